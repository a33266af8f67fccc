//! What messages do to the screen.

use crate::desk::{Desk, THEIRS, given, list, order};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tillsync_odoo_till::{Popup, TillConfig};

#[test]
fn its_own_message_only_moves_the_count() {
    let check = |action: &str, session: i64, login: i64, processed: bool| {
        let mut desk = Desk::open();
        let data = match action {
            "sync_all" => {
                let mut data = list(20, &[order(THEIRS, 1, &[])])["data"].take();
                (data["session_id"], data["login_number"]) = (json!(session), json!(login));
                data
            }
            _ => {
                let mut data = order(THEIRS, 1, &[]);
                data["message_ID"] = json!(20);
                data
            }
        };
        let mut message = json!({ "action": action, "data": data });
        if action != "sync_all" {
            (message["session_id"], message["login_number"]) = (json!(session), json!(login));
        }
        desk.deliver(message);
        let name = format!("{action} of {session}/{login}");
        assert_eq!(desk.till.order(THEIRS).is_some(), processed, "{name}");
        // A message that is processed after a hole leaves the count to the sync_all that it asks for.
        let hole = processed && action != "sync_all";
        assert_eq!(
            (desk.till.message_id(), desk.sends().len()),
            if hole { (10, 1) } else { (20, 0) },
            "{name}"
        );
    };
    check("update_order", 1, 1, false);
    check("update_order", 1, 2, true);
    check("update_order", 9, 1, true);
    check("sync_all", 1, 1, true);
    check("sync_all", 1, 2, false);
    check("sync_all", 9, 9, true);
}

#[test]
fn a_hole_asks_once_and_the_message_counts() {
    let mut desk = Desk::open();
    desk.message("update_order", order(THEIRS, 1, &[("a", 1, 1)]), 13);
    assert_eq!((desk.sends(), desk.order(THEIRS).lines.len()), (vec!["sync_all".to_owned()], 1));
    desk.message("something_else", json!({}), 14);
    assert_eq!(desk.sends(), Vec::<String>::new());
}

#[test]
fn a_full_list_destroys_what_it_lacks() {
    let mut desk = Desk::open();
    let uid = desk.registered(&[18]);
    let new = desk.till.new_order().expect("a new order");
    desk.till.tap(19, 1.0);
    let update = desk.one();
    desk.fail(&update);
    let sync_all = desk.wait().remove(0);
    desk.answer(&sync_all, json!({}));
    let mut only = list(11, &[]);
    only["data"]["uid"] = json!("nobody's");
    desk.deliver(only);
    assert_eq!((desk.sends(), desk.till.order(&uid).is_some()), (vec![], true));
    desk.deliver(list(12, &[]));
    assert_eq!((desk.till.order(&uid), desk.till.message_id()), (None, 12));
    // The orders of the server first, then those that it never got.
    let removal = desk.one();
    assert_eq!(crate::desk::in_words(&removal), format!("remove {uid} r1"));
    desk.answer(&removal, json!({}));
    assert_eq!(desk.sends(), [format!("update {new} r1 1x19")]);
}

#[test]
fn a_received_removal_is_silent() {
    let mut desk = Desk::open();
    desk.message("update_order", order(THEIRS, 1, &[]), 11);
    desk.message("remove_order", json!({ "uid": THEIRS, "revision_ID": 1, "finalized": false }), 12);
    assert_eq!((desk.till.order(THEIRS), desk.sends()), (None, vec![]));
    assert!(desk.selected().new_order);
}

#[test]
fn lines_of_a_new_order_get_uids_of_the_tills_own() {
    let mut desk = Desk::open();
    let mut data = order(THEIRS, 3, &[("theirs-4", 4, 1), ("theirs-9", 9, 2)]);
    data["sequence_number"] = json!(32);
    desk.message("update_order", data, 11);
    assert_eq!(desk.lines(THEIRS), ["00001-001-0032-4 1x7", "00001-001-0032-9 2x7"]);
    let order = desk.order(THEIRS);
    assert!(order.lines.iter().all(|line| line.created.is_none() && !line.offline));
    assert_eq!((order.revision, order.created.map(|author| author.user.0)), (3, Some(9)));
    // The first empty order has given way, and the line counter is beyond what was seen.
    assert_eq!((desk.till.orders().len(), desk.till.tap(18, 1.0)), (1, Some("00001-001-0032-10".to_owned())));
    let next = desk.till.new_order().expect("a new order");
    assert_eq!(next, "00001-001-0033");
}

#[test]
fn the_empty_order_gives_way_once_and_only_if_told() {
    let check = |config: TillConfig, expected: usize| {
        let mut desk = Desk::with(config);
        desk.message("update_order", order(THEIRS, 1, &[]), 11);
        assert_eq!(desk.till.orders().len(), expected);
        desk
    };
    let mut config = TillConfig::numbered(1);
    config.replace_empty_order = false;
    check(config, 2);
    let mut desk = check(TillConfig::numbered(1), 1);
    desk.till.new_order();
    desk.message("update_order", order("another", 1, &[]), 12);
    assert_eq!((desk.till.orders().len(), desk.selected().new_order), (3, true));
}

#[test]
fn a_known_line_is_repainted_only_when_told() {
    let mut desk = Desk::open();
    desk.message("update_order", order(THEIRS, 1, &[("a", 1, 1)]), 11);
    desk.message("update_order", order(THEIRS, 2, &[("a", 1, 1)]), 12);
    // The order's first line was the till's own reading of it: now it has the true one.
    assert_eq!(desk.lines(THEIRS), ["a 1x7"]);
    let mut data = order(THEIRS, 3, &[("a", 1, 5), ("b", 2, 1)]);
    data["partner_id"] = json!(26);
    data["fiscal_position_id"] = json!(3);
    data["pricelist_id"] = json!(2);
    desk.message("update_order", data.clone(), 13);
    assert_eq!(desk.lines(THEIRS), ["a 1x7", "b 1x7"]);
    let seen = desk.order(THEIRS);
    assert_eq!(
        (seen.revision, seen.customer, seen.fiscal_position, seen.pricelist),
        (3, Some(26), Some(3), 1)
    );
    data["lines"][0][2]["is_changed"] = json!(true);
    data["lines"][0][2]["price_unit"] = json!(4);
    data["lines"][0][2]["discount"] = json!(50);
    data["fiscal_position_id"] = json!(false);
    desk.message("update_order", data, 14);
    let seen = desk.order(THEIRS);
    assert_eq!((seen.lines[0].qty, seen.lines[0].price, seen.lines[0].discount), (5.0, 4.0, 50.0));
    assert_eq!(seen.fiscal_position, Some(3));
    desk.message("update_order", order(THEIRS, 4, &[("b", 2, 1)]), 15);
    assert_eq!((desk.lines(THEIRS), desk.order(THEIRS).customer), (vec!["b 1x7".to_owned()], None));
    assert_eq!(desk.sends(), Vec::<String>::new());
}

#[test]
fn a_line_that_was_taken_away_swallows_what_is_typed() {
    let mut desk = Desk::open();
    desk.message("update_order", order(THEIRS, 1, &[("a", 1, 1)]), 11);
    desk.message("update_order", order(THEIRS, 2, &[("a", 1, 1)]), 12);
    desk.till.type_qty(7.0);
    assert_eq!(desk.sends(), [format!("update {THEIRS} r2 1x7")]);
    assert_eq!(desk.order(THEIRS).changed.map(|author| author.user.0), Some(1));
    assert!(desk.till.select_line("a"));
    desk.till.type_qty(7.0);
    assert_eq!(desk.lines(THEIRS), ["a 7x7"]);
}

#[test]
fn offline_lines_stay_and_are_sent_again() {
    let mut desk = Desk::open();
    let uid = desk.registered(&[18]);
    desk.till.tap(19, 1.0);
    let update = desk.one();
    desk.message("update_order", order(&uid, 2, &[(&format!("{uid}-1"), 1, 1)]), 11);
    assert_eq!(desk.order(&uid).lines.len(), 2);
    desk.answer(&update, json!({ "action": "revision_error", "order_uid": uid, "state": "draft" }));
    let sent = desk.sends();
    assert_eq!(sent, [format!("sync_all {uid}"), format!("update {uid} r2 1x18 1x19")]);
}

#[test]
fn the_order_of_things_in_an_answer() {
    let mut desk = Desk::open();
    let uid = desk.registered(&[18]);
    desk.till.tap(19, 1.0);
    let first = desk.one();
    desk.till.tap(20, 1.0);
    // An answer with the order: processed while the lines are still offline, so both stay; then the flags go, then the
    // queue's next, then what the message has caused.
    let mut answer = list(10, &[order(&uid, 5, &[(&format!("{uid}-1"), 1, 1), ("b", 7, 3)])]);
    answer["data"]["uid"] = json!(uid);
    desk.answer(&first, answer);
    let view = desk.order(&uid);
    assert_eq!((view.lines.len(), view.revision, desk.till.message_id()), (4, 5, 10));
    assert!(view.lines.iter().all(|line| !line.offline));
    let second = desk.one();
    assert_eq!(crate::desk::in_words(&second), format!("update {uid} r5 1x18 1x19 1x20 3x7"));
    desk.answer(&second, given(&json!(uid), 6, 1));
    assert_eq!(desk.sends(), [format!("update {uid} r6 1x18 1x19 1x20 3x7")]);
}

#[test]
fn after_an_order_with_offline_lines_the_rest_counts_as_typed() {
    let mut desk = Desk::open();
    desk.message("update_order", order(THEIRS, 1, &[("a", 1, 1)]), 11);
    desk.message("update_order", order(THEIRS, 2, &[("a", 1, 1)]), 12);
    let mine = desk.till.new_order().expect("a new order");
    desk.registered(&[18]);
    desk.till.tap(19, 1.0);
    let lost = desk.one();
    desk.fail(&lost);
    let mut theirs = order(THEIRS, 3, &[("a", 1, 5)]);
    theirs["lines"][0][2]["is_changed"] = json!(true);
    desk.deliver(list(13, &[order(&mine, 1, &[(&format!("{mine}-2"), 2, 1)]), theirs]));
    let sent: Vec<Value> = desk.requests().iter().map(|out| out.message()["data"]["uid"].clone()).collect();
    assert!(sent.contains(&json!(mine)), "{sent:?}");
    assert_eq!(desk.order(THEIRS).lines[0].changed.as_ref().map(|author| author.user.0), Some(1));
    assert_eq!(desk.till.unsent(), 2);
}

#[test]
fn a_customer_that_is_not_loaded_is_exported_as_false() {
    let mut config = TillConfig::numbered(1);
    config.customers = Some(BTreeSet::from([1]));
    let mut desk = Desk::with(config);
    let uid = desk.registered(&[18]);
    let mut data = order(&uid, 2, &[(&format!("{uid}-1"), 1, 1)]);
    data["partner_id"] = json!(26);
    desk.message("update_order", data, 11);
    desk.till.type_qty(2.0);
    let update = desk.one();
    assert_eq!(update.message()["data"]["partner_id"], json!(false));
    desk.accept(&update, 3, 1);
    desk.till.load_customer(26);
    assert_eq!(desk.one().message()["data"]["partner_id"], json!(26));
}

#[test]
fn orders_of_others_may_be_refused_and_need_their_maker() {
    let mut config = TillConfig::numbered(1);
    config.accept_incoming_orders = false;
    let mut desk = Desk::with(config);
    desk.message("update_order", order(THEIRS, 1, &[]), 11);
    assert_eq!((desk.till.order(THEIRS), desk.till.popups()), (None, &[][..]));
    let mut own = order("mine", 1, &[]);
    own["ms_info"]["created"]["user"]["id"] = json!(1);
    desk.message("update_order", own, 12);
    assert!(desk.till.order("mine").is_some());
    let mut nobodys = order("nobody's", 1, &[]);
    nobodys["ms_info"] = json!({ "changed": {} });
    desk.message("update_order", nobodys, 13);
    assert!(matches!(desk.till.popups(), [Popup::Crash(_)]));
}

#[test]
fn a_restaurant_till_stays_at_its_table() {
    let mut desk = Desk::with(TillConfig::numbered(1).restaurant());
    let mut data = order(THEIRS, 1, &[("a", 1, 1)]);
    (data["table_id"], data["customer_count"]) = (json!(1), json!(2));
    desk.message("update_order", data.clone(), 11);
    assert_eq!((desk.till.selected(), desk.order(THEIRS).guests), (None, 2));
    assert_eq!(desk.till.open_table(1).as_deref(), Some(THEIRS));
    let mut other = order("other", 1, &[]);
    other["table_id"] = json!(2);
    desk.message("update_order", other, 12);
    assert_eq!(desk.selected().uid, THEIRS);
    // Its own order moves, and the screen with it.
    data["table_id"] = json!(3);
    desk.message("update_order", data, 13);
    assert_eq!((desk.selected().uid.as_str(), desk.selected().table), (THEIRS, Some(3)));
    desk.till.set_guests(4);
    let update = desk.one();
    let exported = &update.message()["data"];
    assert_eq!(
        (&exported["table"], &exported["removed_table_id"], &exported["customer_count"]),
        (&json!("T3"), &json!(false), &json!(4))
    );
    let mut unknown = order("unknown", 1, &[]);
    unknown["table_id"] = json!(99);
    desk.message("update_order", unknown, 14);
    assert_eq!(desk.order("unknown").table, None);
}
