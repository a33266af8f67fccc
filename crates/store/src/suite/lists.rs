//! Lists over all of a database.

use std::cmp::Ordering;

use serde_json::{Value, json};
use tillsync_core::id::OrderUid;
use tillsync_core::order::{Order, OrderState};

use super::shop::{
    POS, Shop, a_busy_shop, close_session, create, delete, join, open_session, settle, update,
};
use super::{Engine, Opened, land};
use crate::facts::{Facts, products};
use crate::lists::{Key, ListStore, Remarkable, Sort, Wanted, WantedRecords, WantedSessions};
use crate::records::RecordChange;

/// Orders with what filters look for, in two multi-sessions; and one of another database.
async fn two_rooms(opened: &Opened) -> Vec<(i64, Order)> {
    let store = &*opened.store;
    let mut all = Vec::new();
    for multi_session in [1, 2] {
        let mut shop = Shop::new(multi_session);
        let pos = POS + multi_session;
        land(store, shop.does(join(pos))).await;
        let uids: Vec<String> = (0..12).map(|n| format!("{multi_session}-{n}")).collect();
        let made = uids.iter().enumerate().map(|(n, uid)| {
            let mut order = create(uid, n % 3 + 1);
            order["fields"]["table"] = json!(false);
            if n == 6 {
                order["fields"]["table_id"] = json!([5, "Window"]);
            }
            if n == 7 {
                order["fields"]["table"] = json!("Window");
            }
            order["fields"]["partner_id"] = if n % 4 == 0 { json!(n / 4 + 1) } else { json!(false) };
            order
        });
        land(store, shop.does_all(made.collect())).await;
        let removal = |uid: &str| {
            json!({"action": "update", "order": uid, "base": 1_000_000, "operations": [
                {"op": "remove_line", "line": format!("{uid}/1"), "seen": 1}]})
        };
        land(store, shop.does_all(vec![removal(&uids[2]), removal(&uids[5]), update(&uids[1])])).await;
        for uid in &uids[..8] {
            let action = if uid.ends_with('3') { delete(uid) } else { settle(&shop.order(uid)) };
            land(store, shop.does(action)).await;
        }
        // Paid a second time: a manager is told.
        let mut second = settle(&shop.order(&uids[0]));
        second["payment"]["id"] = json!("a second payment");
        land(store, shop.does(second)).await;
        all.extend(shop.state.orders.values().map(|order| (multi_session, Order::clone(order))));
    }
    let mut elsewhere = Shop::of("another", 1);
    land(store, elsewhere.does_all(vec![create("another's", 1), delete("another's")])).await;
    all
}

fn uids(orders: &[(i64, Order)]) -> Vec<(i64, String)> {
    orders.iter().map(|(multi_session, order)| (*multi_session, order.uid.to_string())).collect()
}

/// What is wanted, found without an index.
fn expected(all: &[(i64, Order)], wanted: &Wanted) -> Vec<(i64, String)> {
    let mut found: Vec<(Facts, &Order)> = all
        .iter()
        .filter_map(|(multi_session, order)| Some((Facts::of(*multi_session, order, 0)?, order)))
        .filter(|(facts, order)| wanted.is(facts, |product| products(order).contains(&product)))
        .collect();
    found.sort_by(|(one, _), (other, _)| match wanted.is_after(&one.place, &other.place) {
        true => Ordering::Greater,
        false => Ordering::Less,
    });
    found.iter().map(|(facts, order)| (facts.place.multi_session, order.uid.to_string())).collect()
}

async fn listed(lists: &dyn ListStore, wanted: &Wanted, max: usize) -> Vec<(i64, String)> {
    let (mut all, mut wanted) = (Vec::new(), Wanted { max, ..wanted.clone() });
    loop {
        let page = lists.past("main", &wanted).await.expect("a page");
        assert!(page.orders.len() <= max);
        let orders: Vec<(i64, Order)> =
            page.orders.into_iter().map(|past| (past.multi_session, past.order)).collect();
        all.extend(uids(&orders));
        let Some(next) = page.next else { return all };
        wanted.after = Some(next);
    }
}

/// Each filter, alone and with others, in every order and in pages of any size, finds what it says and nothing else.
pub async fn every_filter_finds_what_it_says(engine: &dyn Engine) {
    let opened = engine.open().await;
    let all = two_rooms(&opened).await;
    let any = Wanted::default();
    let paid = Wanted { state: Some(OrderState::Paid), ..any.clone() };
    let ms = all.iter().filter_map(|(_, order)| Some(order.closing.as_ref()?.ms)).max().expect("a time");
    let wanted = [
        (any.clone(), 18),
        (paid.clone(), 16),
        (Wanted { state: Some(OrderState::Deleted), ..any.clone() }, 2),
        (Wanted { multi_session: Some(2), ..any.clone() }, 9),
        (Wanted { pos: Some(POS), ..any.clone() }, 18),
        (Wanted { pos: Some(POS + 1), ..any.clone() }, 0),
        (Wanted { user: Some(1), ..any.clone() }, 18),
        (Wanted { partner: Some(2), ..any.clone() }, 2),
        (Wanted { partner: Some(2), multi_session: Some(1), ..any.clone() }, 1),
        (Wanted { product: Some(3), ..any.clone() }, 4),
        (Wanted { product: Some(3), state: Some(OrderState::Deleted), ..any.clone() }, 0),
        (Wanted { number: Some(4), ..any.clone() }, 4),
        (Wanted { mark: Some(Remarkable::TakenAway), ..any.clone() }, 4),
        (Wanted { mark: Some(Remarkable::InQuestion), ..any.clone() }, 2),
        (Wanted { mark: Some(Remarkable::Refund), ..any.clone() }, 0),
        (Wanted { until_ms: ms, multi_session: Some(2), ..any.clone() }, 8),
        (Wanted { from_ms: ms, ..any.clone() }, 2),
        (Wanted { any: vec![Key::Partner(1), Key::Product(3), Key::Number(2)], ..any.clone() }, 10),
        (Wanted { any: vec![Key::Uid(OrderUid::new("2-6"))], ..any.clone() }, 1),
        (Wanted { any: vec![Key::Seat("#5".into()), Key::Seat("window".into())], ..any.clone() }, 4),
        (Wanted { any: vec![Key::User(1)], product: Some(2), ..paid }, 10),
    ];
    for (wanted, count) in wanted {
        for sort in [Sort::Latest, Sort::Earliest, Sort::Largest, Sort::Smallest] {
            let wanted = Wanted { sort, ..wanted.clone() };
            let expected = expected(&all, &wanted);
            assert_eq!(expected.len(), count, "{wanted:?}: {expected:?}");
            for max in [1, 3, 100] {
                assert_eq!(listed(&*opened.lists, &wanted, max).await, expected, "{wanted:?}");
            }
        }
    }
    let taken = Wanted { mark: Some(Remarkable::TakenAway), sort: Sort::Earliest, ..Wanted::default() };
    let taken = listed(&*opened.lists, &taken, 10).await;
    assert_eq!(taken.iter().map(|(_, uid)| uid.as_str()).collect::<Vec<_>>(), ["1-2", "2-2", "1-5", "2-5"]);
}

/// An order that is restored is on the screens, and in no list; settled, a matter is no reason to look.
pub async fn an_order_that_comes_back_is_in_no_list(engine: &dyn Engine) {
    let Opened { store, lists, .. } = engine.open().await;
    let mut shop = Shop::new(1);
    land(&*store, shop.does_all(vec![join(POS), open_session(1), create("A", 2), create("B", 1)])).await;
    land(&*store, shop.does_all(vec![delete("A"), close_session("mark_unpaid"), open_session(2)])).await;
    let all = Wanted::default();
    let mut found = listed(&*lists, &all, 10).await;
    found.sort();
    assert_eq!(found, [(1, "A".to_owned()), (1, "B".to_owned())]);
    let restore = |uid: &str| json!({"action": "restore", "order": uid});
    land(&*store, shop.does_all(vec![restore("A"), restore("B")])).await;
    assert_eq!(listed(&*lists, &all, 10).await, []);
    assert_eq!(listed(&*lists, &Wanted { product: Some(1), ..all.clone() }, 10).await, []);
    let changed = lists.changed_ms(&shop.room, &[OrderUid::new("B"), OrderUid::new("nobody's")]).await;
    assert_eq!(changed, Ok(vec![shop.state.seq_ms, 0]));
    let paid = settle(&shop.order("A"));
    land(&*store, shop.does(paid.clone())).await;
    let mut second = paid;
    second["payment"]["id"] = json!("another");
    land(&*store, shop.does(second)).await;
    let asked = Wanted { mark: Some(Remarkable::InQuestion), ..all };
    assert_eq!(listed(&*lists, &asked, 10).await, [(1, "A".to_owned())]);
    land(&*store, shop.does(json!({"action": "resolve", "order": "A", "note": "given back"}))).await;
    assert_eq!(listed(&*lists, &asked, 10).await, []);
}

/// Sessions are listed with how they were opened and closed, those opened last first.
pub async fn sessions_are_listed(engine: &dyn Engine) {
    let Opened { store, lists, .. } = engine.open().await;
    let (mut shop, batches) = a_busy_shop(1);
    for batch in batches {
        land(&*store, batch).await;
    }
    let cash = json!({"action": "move_cash", "pos": POS, "session": 3, "method": 1, "amount": 5, "reason": "change"});
    land(&*store, shop.does(cash)).await;
    let wanted = WantedSessions { max: 2, ..WantedSessions::default() };
    let first = lists.sessions("main", &wanted).await.expect("a page");
    let ids = |sessions: &[crate::lists::Session]| sessions.iter().map(|s| s.opened.id).collect::<Vec<_>>();
    assert_eq!(ids(&first), [3, 2]);
    let after = Some((first[1].opened.opened_ms, first[1].opened.id));
    let rest = lists.sessions("main", &WantedSessions { after, ..wanted.clone() }).await.expect("a page");
    assert_eq!(ids(&rest), [1]);
    assert_eq!(rest[0].closed.as_ref().map(|closed| closed.id), Some(1));
    assert_eq!((rest[0].run, rest[0].pos, rest[0].multi_session), (1, POS, 1));
    let open =
        lists.sessions("main", &WantedSessions { open: true, ..wanted.clone() }).await.expect("a page");
    assert_eq!(ids(&open), [3]);
    let elsewhere = WantedSessions { pos: Some(POS + 1), ..wanted.clone() };
    assert_eq!(lists.sessions("main", &elsewhere).await, Ok(Vec::new()));
    land(&*store, shop.does(close_session("carry_on"))).await;
    let closed = lists.session("main", 3).await.expect("it is read").and_then(|session| session.closed);
    assert_eq!(closed, shop.state.poses[&POS].last);
    assert_eq!(closed.map(|closed| closed.moves.len()), Some(1));
    assert_eq!(lists.session("main", 9).await, Ok(None));
    assert_eq!(lists.sessions("another", &wanted).await, Ok(Vec::new()));
}

/// Records are found by a part of what they are called, sorted by it, and counted.
pub async fn records_are_sorted_and_found(engine: &dyn Engine) {
    let Opened { records, lists, .. } = engine.open().await;
    let put =
        |kind: &str, body: Value| RecordChange { kind: kind.into(), id: None, seen: None, body: Some(body) };
    let product = |name: &str, code: &str, category: i64| {
        put("product", json!({"display_name": name, "default_code": code, "pos_categ_id": category}))
    };
    let made = vec![
        product("tea", "T1", 1),
        product("Coffee", "C1", 2),
        product("iced 100 % coffee", "C2", 2),
        product("Beer", "B1_", 3),
        put("tax", json!({"name": "coffee tax"})),
        put("product", json!({"display_name": "coffee of last year", "active": false})),
    ];
    records.change_records("main", made).await.expect("it lands");
    let gone = RecordChange { kind: "product".into(), id: Some(4), seen: None, body: None };
    records.change_records("main", vec![gone]).await.expect("it lands");
    let products = WantedRecords {
        kind: "product".into(),
        fields: vec!["default_code".into()],
        by_name: true,
        max: 10,
        ..WantedRecords::default()
    };
    for (wanted, ids, total) in [
        (products.clone(), vec![2, 3, 1], 3),
        (WantedRecords { descending: true, ..products.clone() }, vec![1, 3, 2], 3),
        (WantedRecords { by_name: false, ..products.clone() }, vec![1, 2, 3], 3),
        (WantedRecords { text: "COFF".into(), ..products.clone() }, vec![2, 3], 2),
        (WantedRecords { text: "t1".into(), ..products.clone() }, vec![1], 1),
        (WantedRecords { text: "%".into(), ..products.clone() }, vec![3], 1),
        (WantedRecords { text: "_".into(), ..products.clone() }, vec![], 0),
        (WantedRecords { references: vec![("pos_categ_id".into(), 2)], ..products.clone() }, vec![2, 3], 2),
        (WantedRecords { offset: 1, max: 1, ..products.clone() }, vec![3], 3),
        (WantedRecords { kind: "tax".into(), ..products.clone() }, vec![1], 1),
    ] {
        let (page, all) = lists.records_page("main", &wanted).await.expect("a page");
        assert_eq!(page.iter().map(|record| record.id).collect::<Vec<_>>(), ids, "{wanted:?}");
        assert_eq!(all, total, "{wanted:?}");
    }
}
