//! What the hands do, and how it goes out.

use crate::desk::{Desk, THEIRS, list, order};
use serde_json::json;
use tillsync_odoo_till::{Answer, Odoo, Popup, TillConfig};

const MINE: &str = "00001-001-0001";

#[test]
fn one_request_at_a_time_exported_when_its_turn_comes() {
    let mut desk = Desk::open();
    desk.till.tap(18, 1.0);
    desk.till.tap(19, 1.0);
    desk.till.tap(20, 1.0);
    let first = desk.one();
    assert_eq!(first.message()["data"]["lines"].as_array().map(Vec::len), Some(1));
    assert!(first.message()["data"].get("order_on_server").is_none());
    desk.accept(&first, 1, 5);
    assert_eq!(desk.sends(), [format!("update {MINE} r1 1x18 1x19 1x20")]);
    assert_eq!((desk.order(MINE).number, desk.till.unsent()), (5, 1));
}

#[test]
fn a_tap_adds_to_the_last_line_only_if_it_is_alike() {
    let check = |name: &str, prepare: fn(&mut Desk), expected: &[(f64, i64)]| {
        let mut desk = Desk::with(TillConfig::numbered(1).restaurant());
        desk.till.open_table(1);
        desk.till.tap(18, 2.0);
        prepare(&mut desk);
        desk.till.tap(18, 2.0);
        let lines: Vec<_> = desk.selected().lines.iter().map(|line| (line.qty, line.product_id)).collect();
        assert_eq!(lines, expected, "{name}");
    };
    check("alike", |_| (), &[(2.0, 18)]);
    check("another quantity", |desk| desk.till.type_qty(5.0), &[(6.0, 18)]);
    check("another price", |desk| desk.till.type_price(1.0), &[(1.0, 18), (1.0, 18)]);
    check("a discount", |desk| desk.till.type_discount(10.0), &[(1.0, 18), (1.0, 18)]);
    check("not the last", |desk| drop(desk.till.tap(19, 2.0)), &[(1.0, 18), (1.0, 19), (1.0, 18)]);
    let note = |desk: &mut Desk| {
        let uid = desk.selected().lines[0].uid.clone();
        desk.till.set_note(&uid, "hot");
    };
    check("a note", note, &[(1.0, 18), (1.0, 18)]);
}

#[test]
fn a_tap_that_is_added_uses_up_a_line_id() {
    let mut desk = Desk::open();
    let taps: Vec<_> = [18, 18, 19].map(|product| desk.till.tap(product, 1.0).expect("a line")).to_vec();
    assert_eq!(taps, [format!("{MINE}-1"), format!("{MINE}-1"), format!("{MINE}-3")]);
    let lines = desk.selected().lines;
    assert_eq!((lines[0].changed.is_some(), lines[1].changed.is_some()), (true, false));
}

#[test]
fn any_answer_clears_the_flag_of_all_lines() {
    let answers = [
        json!({ "action": "" }),
        json!(1),
        json!({ "action": "revision_error", "order_uid": MINE, "state": "draft" }),
    ];
    for answer in answers {
        let mut desk = Desk::open();
        desk.till.tap(18, 1.0);
        let request = desk.one();
        desk.till.tap(19, 1.0);
        assert!(desk.selected().lines.iter().all(|line| line.offline));
        desk.answer(&request, answer.clone());
        let order = desk.selected();
        assert!(order.order_on_server && order.lines.iter().all(|line| !line.offline), "{answer}");
        assert_eq!(order.number, 1);
    }
}

#[test]
fn a_lost_request_is_not_sent_again_but_a_new_order_is() {
    for answer in [Answer::Failed, Answer::error("odoo.exceptions.UserError"), Answer::error("NotFound")] {
        let mut desk = Desk::open();
        let known = desk.registered(&[18]);
        desk.till.tap(19, 1.0);
        let update = desk.one();
        desk.till.answer(update.id, answer);
        assert!(!desk.till.is_online());
        let new = desk.till.new_order().expect("a new order");
        desk.till.tap(20, 1.0);
        let update = desk.one();
        desk.fail(&update);
        assert_eq!(desk.till.popups(), [Popup::NoConnection]);
        let before_ms = desk.now_ms;
        let sync_all = desk.wait().remove(0);
        assert!((6_000..=15_000).contains(&(desk.now_ms - before_ms)));
        desk.answer(&sync_all, json!({}));
        assert!(desk.till.is_online() && desk.sends().is_empty());
        let registered = order(&known, 1, &[(&format!("{known}-1"), 1, 1)]);
        desk.deliver(list(11, &[registered]));
        // The line that was typed offline is still flagged, so its order goes too.
        let mut sent = desk.sends();
        let next = desk.till.unsent();
        sent.push(format!("and {next}"));
        assert_eq!(sent, [format!("update {known} r1 1x18 1x19"), "and 2".to_owned()]);
        assert!(!desk.order(&new).order_on_server);
    }
}

#[test]
fn what_was_typed_offline_into_a_known_line_is_never_sent() {
    let mut desk = Desk::open();
    let uid = desk.registered(&[18]);
    desk.till.type_qty(4.0);
    let update = desk.one();
    desk.fail(&update);
    let sync_all = desk.wait().remove(0);
    desk.answer(&sync_all, json!({}));
    let line = format!("{uid}-1");
    desk.deliver(list(11, &[order(&uid, 1, &[(&line, 1, 1)])]));
    assert_eq!(desk.sends(), Vec::<String>::new());
    assert_eq!(desk.lines(&uid), [format!("{line} 4x18")]);
}

#[test]
fn an_unnamed_error_only_asks_for_everything() {
    let mut desk = Desk::open();
    desk.till.tap(18, 1.0);
    let update = desk.one();
    desk.till.answer(update.id, Answer::Ok(json!({ "error": { "code": 100, "data": {} } })));
    assert!(desk.till.is_online());
    assert_eq!((desk.sends(), desk.till.popups()), (vec!["sync_all".to_owned()], &[][..]));
}

#[test]
fn revision_errors() {
    let mut desk = Desk::open();
    let uid = desk.registered(&[18, 19]);
    desk.till.type_qty(2.0);
    let update = desk.one();
    desk.answer(&update, json!({ "action": "revision_error", "order_uid": uid, "state": "draft" }));
    assert_eq!((desk.sends(), desk.till.popups()), (vec![format!("sync_all {uid}")], &[Popup::Conflict][..]));

    desk.till.type_qty(3.0);
    let update = desk.one();
    desk.answer(&update, json!({ "action": "revision_error", "order_uid": uid, "state": "deleted" }));
    assert!(desk.till.order(&uid).is_none());
    assert_eq!(desk.sends(), [format!("remove {uid} r2")]);
    assert_eq!(desk.till.popups().len(), 1);
}

#[test]
fn a_deleted_order_leaves_first_and_hears_nothing_more() {
    let mut desk = Desk::open();
    let uid = desk.registered(&[18]);
    desk.till.tap(19, 1.0);
    let in_the_air = desk.one();
    desk.till.tap(20, 1.0);
    assert_eq!(desk.till.delete_order().as_ref(), Some(&uid));
    assert!(desk.till.order(&uid).is_none());
    desk.accept(&in_the_air, 2, 1);
    let queued = desk.one();
    assert_eq!(crate::desk::in_words(&queued), format!("update {uid} r1 1x18 1x19 1x20"));
    desk.accept(&queued, 3, 1);
    assert_eq!(desk.sends(), [format!("remove {uid} r1")]);
}

#[test]
fn a_queued_update_may_swallow_the_deletion() {
    let mut config = TillConfig::numbered(1);
    config.queued_update_swallows_delete = true;
    let mut desk = Desk::with(config);
    let uid = desk.registered(&[18]);
    desk.till.tap(19, 1.0);
    let first = desk.one();
    desk.till.tap(20, 1.0);
    desk.till.delete_order();
    desk.accept(&first, 2, 1);
    let second = desk.one();
    desk.accept(&second, 3, 1);
    assert_eq!((desk.sends(), desk.till.is_quiet()), (vec![], true));
    assert!(desk.till.order(&uid).is_none());
}

#[test]
fn deleting_while_offline() {
    let mut desk = Desk::open();
    let uid = desk.registered(&[18]);
    desk.till.type_qty(2.0);
    let update = desk.one();
    desk.fail(&update);
    desk.till.delete_order();
    assert_eq!((desk.sends(), desk.till.order(&uid)), (vec![], None));
    assert_eq!(desk.till.popups(), [Popup::NoConnection, Popup::NoConnection]);
    // An order that was never registered is removed in any case.
    let new = desk.selected().uid;
    desk.till.delete_order();
    assert_eq!(desk.sends(), [format!("remove {new} r1")]);
}

#[test]
fn paying() {
    let mut desk = Desk::open();
    let uid = desk.registered(&[18]);
    assert_eq!(desk.till.pay().as_ref(), Some(&uid));
    assert!(desk.till.order(&uid).is_none() && desk.till.kept_sales().is_empty());
    assert_eq!(desk.sends(), [format!("remove {uid} r1 paid")]);
}

#[test]
fn paying_offline_is_told_on_return() {
    let mut desk = Desk::open();
    let known = desk.registered(&[18]);
    desk.till.type_qty(2.0);
    let update = desk.one();
    desk.fail(&update);
    desk.till.pay();
    let new = desk.selected().uid;
    desk.till.tap(19, 1.0);
    let update = desk.one();
    desk.fail(&update);
    desk.till.pay();
    let removal = desk.one();
    desk.fail(&removal);
    assert_eq!((desk.till.kept_sales().len(), desk.till.unsent()), (2, 2));

    let back = desk.wait().remove(0);
    assert_eq!(crate::desk::in_words(&back), format!("remove {known} r1 paid kept"));
    let text = back.message()["data"]["order_data"].as_str().expect("text");
    let kept: serde_json::Value = serde_json::from_str(text).expect("JSON");
    assert_eq!((&kept["id"], &kept["to_invoice"]), (&json!(known), &json!(false)));
    assert_eq!((&kept["data"]["amount_paid"], &kept["data"]["amount_return"]), (&json!(2), &json!(0)));
    desk.answer(&back, json!({ "order_ID": 1 }));
    let second = desk.one();
    assert_eq!(crate::desk::in_words(&second), format!("remove {new} r1 paid kept"));
    desk.answer(&second, json!({ "order_ID": 2 }));
    assert_eq!(desk.sends(), Vec::<String>::new());
    desk.pass(500);
    assert_eq!((desk.sends(), desk.till.kept_sales().len()), (vec!["sync_all".to_owned()], 0));
}

#[test]
fn a_validated_order_stays_and_cannot_be_edited() {
    let mut desk = Desk::open();
    let uid = desk.registered(&[18]);
    desk.till.set_odoo(Odoo::Up);
    assert_eq!(desk.till.validate(Some(5.0)).as_ref(), Some(&uid));
    desk.pass(500);
    assert!(desk.till.kept_sales().is_empty() && desk.order(&uid).finalized);
    assert_eq!(desk.till.tap(19, 1.0), None);
    desk.message("update_order", order(&uid, 2, &[("x", 1, 9)]), 11);
    assert_eq!(desk.order(&uid).lines.len(), 1);
    desk.till.next_order();
    assert_eq!(desk.sends(), [format!("remove {uid} r1 paid")]);
}

#[test]
fn list_prices_come_back_unless_they_were_typed_here() {
    let mut config = TillConfig::numbered(1);
    config.list_prices.insert(7, 3.0);
    let mut desk = Desk::with(config);
    desk.message("update_order", order(THEIRS, 1, &[("a", 1, 1)]), 11);
    assert!((desk.order(THEIRS).lines[0].price - 1.0).abs() < 1e-9);
    desk.till.type_qty(2.0);
    assert!((desk.order(THEIRS).lines[0].price - 3.0).abs() < 1e-9);
    desk.till.type_price(4.0);
    desk.till.type_qty(5.0);
    desk.till.set_customer(Some(1));
    assert!((desk.order(THEIRS).lines[0].price - 4.0).abs() < 1e-9);
}

#[test]
fn the_kitchen_is_told_by_line() {
    let mut desk = Desk::with(TillConfig::numbered(1).restaurant());
    desk.till.open_table(2);
    let plain = desk.till.tap(18, 1.0).expect("a line");
    let noted = desk.till.tap(19, 1.0).expect("a line");
    desk.till.set_note(&noted, "hot");
    desk.till.send_to_kitchen();
    let table = desk.one();
    assert_eq!(
        (&table.message()["data"]["table"], &table.message()["data"]["lines"]),
        (&json!("T2"), &json!([]))
    );
    desk.accept(&table, 1, 1);
    let update = desk.one();
    let resume = &update.message()["data"]["multiprint_resume"];
    assert_eq!((&resume[&plain]["qty"], &resume[format!("{noted}|hot")]["note"]), (&json!(1), &json!("hot")));
}

#[test]
fn an_answer_does_not_reach_an_order_of_another_table() {
    let mut desk = Desk::with(TillConfig::numbered(1).restaurant());
    let first = desk.till.open_table(1).expect("an order");
    let request = desk.one();
    desk.till.leave_table();
    desk.accept(&request, 1, 5);
    assert_eq!((desk.order(&first).number, desk.till.tap(18, 1.0)), (5, None));
    desk.till.open_table(1);
    desk.till.tap(18, 1.0);
    let request = desk.one();
    desk.till.open_table(2);
    desk.accept(&request, 2, 5);
    assert_eq!((desk.order(&first).revision, desk.order(&first).lines[0].offline), (1, false));
}
