//! The recordings of the real client, played with the till in its place: what it sends must be what the real one sent.

mod recording;
mod scene;

use scene::{Before, Scene, config};
use tillsync_odoo_till::{Popup, Till};

macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("../../recordings/", $name, ".jsonl"))
    };
}

const ONE: &str = "POS1";
const TWO: &str = "POS2";

#[test]
fn a_day_from_the_first_product_to_a_reload() {
    let mut scene = Scene::at(
        &Before { login: 4, number: 5, line: 10, message_id: 26, last: 51 },
        &Before { login: 5, number: 5, line: 1, message_id: 28, last: 52 },
    );
    scene.play("new_order", recorded!("new_order"), |scene, note| match note {
        "POS1 click product 1" => tap(scene, ONE, &[(18, 47.0)]),
        "POS1 click product 2" => tap(scene, ONE, &[(16, 79.0)]),
        other => assert_eq!(other, "scenario new_order"),
    });
    scene.play("change_line", recorded!("change_line"), |scene, note| match note {
        "POS1 qty 3" => scene.till(ONE).type_qty(3.0),
        "POS1 discount 1,0" => scene.till(ONE).type_discount(10.0),
        "POS1 price 5,0" => scene.till(ONE).type_price(50.0),
        // The line that POS2 had selected has gone: the real client typed into nowhere, too.
        "POS2 qty 7" => scene.till(TWO).type_qty(7.0),
        other => assert_eq!(other, "scenario change_line"),
    });
    scene.play("set_customer", recorded!("set_customer"), |scene, note| match note {
        "POS1 customer" => scene.till(ONE).set_customer(Some(26)),
        other => assert_eq!(other, "scenario set_customer"),
    });
    scene.play("remove_line", recorded!("remove_line"), |scene, note| match note {
        "POS1 backspace x2" => scene.till(ONE).remove_line(),
        other => assert_eq!(other, "scenario remove_line"),
    });
    scene.play("delete_order", recorded!("delete_order"), |scene, note| match note {
        "POS2 click product" => tap(scene, TWO, &[(42, 1.98)]),
        "POS2 delete order" => assert_eq!(scene.till(TWO).delete_order().as_deref(), Some("00001-004-0005")),
        other => assert_eq!(other, "scenario delete_order"),
    });
    scene.play("reload_sync_all", recorded!("reload_sync_all"), |scene, note| match note {
        "scenario reload_sync_all" => scene.click(ONE, &[(44, 0.9), (38, 4.8)]),
        "POS2 reload" => scene.till(TWO).reload(),
        other => panic!("{other}"),
    });
    let order = scene.till(TWO).order("00001-004-0006").expect("the order, after the reload");
    assert_eq!(
        order.lines.iter().map(|line| &*line.uid).collect::<Vec<_>>(),
        ["00001-004-0006-13", "00001-004-0006-14"]
    );
    assert_eq!(scene.till(ONE).popups(), []);
    assert_eq!(scene.till(TWO).popups(), []);
}

#[test]
fn concurrent() {
    let mut scene = Scene::at(
        &Before { login: 4, number: 7, line: 15, message_id: 39, last: 79 },
        &Before { login: 6, number: 7, line: 1, message_id: 43, last: 80 },
    );
    scene.play("concurrent", recorded!("concurrent"), |scene, note| match note {
        "scenario concurrent" => scene.click(ONE, &[(29, 3645.0), (42, 1.98)]),
        "both click product at once" => {
            tap(scene, TWO, &[(44, 0.9)]);
            tap(scene, ONE, &[(18, 47.0)]);
        }
        other => panic!("{other}"),
    });
    assert_eq!(scene.till(ONE).popups(), [Popup::Conflict]);
    // The original server has the fourth line; the till that typed it has lost it from its screen.
    let order = scene.till(ONE).order("00001-004-0007").expect("the order");
    assert_eq!((order.revision, order.lines.len(), order.pieces(18)), (4, 3, 0.0));
}

#[test]
fn lines_of_another_till_are_edited_on_and_off_line() {
    let mut scene = Scene::at(
        &Before { login: 10, number: 24, line: 1, message_id: 145, last: 295 },
        &Before { login: 14, number: 24, line: 1, message_id: 152, last: 297 },
    );
    scene.play("edit_line", recorded!("edit_line"), |scene, note| match note {
        "scenario edit_line" => scene.click(ONE, &[(29, 3645.0), (42, 1.98)]),
        "POS2 clicks line 1, qty 7" => {
            assert!(scene.till(TWO).select_line("00001-010-0024-1"));
            scene.till(TWO).type_qty(7.0);
        }
        other => panic!("{other}"),
    });
    scene.play("first_sync_edit", recorded!("first_sync_edit"), |scene, note| match note {
        "scenario first_sync_edit" => {
            scene.till(ONE).delete_order();
            scene.click(ONE, &[(29, 3645.0)]);
        }
        "POS2 qty 7" => {
            assert!(scene.till(TWO).select_order("00001-010-0032"));
            scene.till(TWO).type_qty(7.0);
        }
        other => panic!("{other}"),
    });
    scene.play("offline_qty", recorded!("offline_qty"), |scene, note| match note {
        "scenario offline_qty" => {
            scene.till(ONE).delete_order();
            scene.click(ONE, &[(29, 3645.0), (42, 1.98)]);
        }
        "POS2 offline" => scene.offline(TWO, true),
        "POS2 (offline) clicks line 1 and types qty 9" => {
            assert!(scene.till(TWO).select_order("00001-010-0033"));
            assert!(scene.till(TWO).select_line("00001-010-0033-5"));
            scene.till(TWO).type_qty(9.0);
        }
        "POS1 (online) qty 4 on line 2" => scene.till(ONE).type_qty(4.0),
        "POS2 online" => scene.offline(TWO, false),
        other => panic!("{other}"),
    });
    only_lost(&mut scene, TWO);
    // What was typed offline stays on the screen and is never sent.
    let order = scene.till(TWO).order("00001-010-0033").expect("the order");
    assert_eq!((order.pieces(29), order.pieces(42)), (9.0, 4.0));
}

#[test]
fn from_the_page_load_to_an_order_that_is_paid_twice() {
    let tills = [(1, 14, 49), (2, 23, 49)].map(|(number, login, sequence)| {
        let mut config = config(number);
        (config.login_number, config.sequence_number) = (login, sequence);
        let mut till = Till::new(config);
        till.open();
        till
    });
    let mut scene = Scene::closed(tills);
    scene.play("load", recorded!("load"), |_, note| assert_eq!(note, "scenario load"));
    scene.play("delete_vs_edit", recorded!("delete_vs_edit"), |scene, note| match note {
        "scenario delete_vs_edit" => scene.click(ONE, &[(29, 3645.0), (42, 1.98)]),
        "POS1 delete + POS2 add at once" => {
            scene.till(ONE).delete_order();
            tap(scene, TWO, &[(44, 0.9)]);
        }
        other => panic!("{other}"),
    });
    assert!(scene.till(TWO).order("00001-014-0050").is_none());
    scene.play("pay_vs_edit_repay", recorded!("pay_vs_edit_repay"), |scene, note| match note {
        "scenario pay_vs_edit_repay" => scene.click(ONE, &[(18, 47.0)]),
        "POS1 Validate + POS2 add product at once" => {
            scene.till(ONE).validate(Some(50.0));
            assert!(scene.till(TWO).select_order("00001-014-0051"));
            tap(scene, TWO, &[(44, 0.9)]);
        }
        "POS1 Next Order" => scene.till(ONE).next_order(),
        "POS2 pays the resurrected order" => {
            scene.till(TWO).validate(Some(50.0));
            scene.till(TWO).next_order();
        }
        other => panic!("{other}"),
    });
    assert_eq!(scene.till(ONE).popups(), [Popup::Conflict]);
    assert_eq!(scene.till(TWO).popups(), []);
    assert!(scene.till(ONE).order("00001-014-0051").is_none());
}

#[test]
fn paid_on_and_off_line() {
    let mut scene = Scene::at(
        &Before { login: 7, number: 14, line: 35, message_id: 71, last: 144 },
        &Before { login: 9, number: 14, line: 1, message_id: 75, last: 145 },
    );
    scene.play("pay", recorded!("pay"), |scene, note| match note {
        "scenario pay" => scene.click(ONE, &[(18, 47.0)]),
        "POS1 pay" => {
            scene.till(ONE).validate(Some(50.0));
            scene.till(ONE).next_order();
        }
        other => panic!("{other}"),
    });
    scene.play("offline_pay", recorded!("offline_pay"), |scene, note| match note {
        "scenario offline_pay" => scene.click(ONE, &[(18, 47.0)]),
        "POS2 offline" => scene.offline(TWO, true),
        "POS2 (offline) pays synced order" => {
            assert!(scene.till(TWO).select_order("00001-007-0015"));
            // The till believes that it is online until something fails: what is typed first fails.
            scene.till(TWO).set_odoo(tillsync_odoo_till::Odoo::Down);
            scene.till(TWO).validate(Some(50.0));
            scene.till(TWO).next_order();
        }
        "POS2 (offline) creates and pays new order" => {
            tap(scene, TWO, &[(18, 47.0)]);
            scene.till(TWO).validate(Some(50.0));
            scene.till(TWO).next_order();
        }
        "POS2 online" => {
            scene.offline(TWO, false);
            scene.till(TWO).set_odoo(tillsync_odoo_till::Odoo::AsSync);
        }
        other => panic!("{other}"),
    });
}

#[test]
fn offline_orders_and_edits() {
    let mut scene = Scene::at(
        &Before { login: 5, number: 9, line: 24, message_id: 49, last: 98 },
        &Before { login: 7, number: 8, line: 24, message_id: 52, last: 99 },
    );
    scene.play("offline_create", recorded!("offline_create"), |scene, note| match note {
        "scenario offline_create" => (),
        "POS2 offline" => scene.offline(TWO, true),
        "POS2 (offline) click product" => tap(scene, TWO, &[(29, 3645.0), (42, 1.98)]),
        "POS1 (online) click product in own new order" => tap(scene, ONE, &[(18, 47.0)]),
        "POS2 online" => scene.offline(TWO, false),
        other => panic!("{other}"),
    });
    scene.play("offline_edit_conflict", recorded!("offline_edit_conflict"), |scene, note| match note {
        "scenario offline_edit_conflict" => {
            for (client, uids) in
                [(ONE, ["00001-005-0009", "00002-007-0008"]), (TWO, ["00002-007-0008", "00001-005-0009"])]
            {
                for uid in uids {
                    assert!(scene.till(client).select_order(uid));
                    scene.till(client).delete_order();
                }
            }
            scene.click(ONE, &[(29, 3645.0), (42, 1.98)]);
        }
        "POS2 offline" => scene.offline(TWO, true),
        "POS2 (offline) sets qty 9 on its selected line and adds product" => {
            assert!(scene.till(TWO).select_order("00001-005-0011"));
            scene.till(TWO).type_qty(9.0);
            tap(scene, TWO, &[(44, 0.9)]);
        }
        "POS1 (online) qty 4" => scene.till(ONE).type_qty(4.0),
        "POS2 online" => scene.offline(TWO, false),
        other => panic!("{other}"),
    });
    only_lost(&mut scene, TWO);
}

#[test]
fn rest_flow() {
    let tills = [(1, 15), (2, 24)].map(|(number, login)| {
        let mut config = config(number).restaurant();
        (config.login_number, config.sequence_number) = (login, 51);
        let mut till = Till::new(config);
        till.open();
        till
    });
    let mut scene = Scene::closed(tills);
    scene.play("rest_flow", recorded!("rest_flow"), |scene, note| match note {
        "POS1 table T1 + product" => {
            scene.till(ONE).open_table(1);
            tap(scene, ONE, &[(18, 47.0)]);
        }
        "POS1 line note" => scene.till(ONE).set_note("00001-015-0051-1", "no onions"),
        "POS1 guests=3" => scene.till(ONE).set_guests(3),
        "POS2 opens T1, adds product" => {
            assert_eq!(scene.till(TWO).open_table(1).as_deref(), Some("00001-015-0051"));
            tap(scene, TWO, &[(42, 1.98)]);
        }
        "POS1 transfers order to T2" => scene.till(ONE).set_table(2),
        other => assert_eq!(other, "done"),
    });
    let order = scene.till(TWO).order("00001-015-0051").expect("the order");
    assert_eq!((order.table, order.guests), (Some(2), 3));
}

/// A poll that was still open when the network went was answered, so the till may have lost the server twice.
fn only_lost(scene: &mut Scene, client: &str) {
    let popups = scene.till(client).popups();
    assert!(!popups.is_empty() && popups.iter().all(|popup| *popup == Popup::NoConnection), "{popups:?}");
}

fn tap(scene: &mut Scene, client: &str, products: &[(i64, f64)]) {
    for (product_id, price) in products {
        scene.till(client).tap(*product_id, *price).expect("an order to tap into");
    }
}
