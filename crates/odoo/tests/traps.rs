//! The traps of the recorded wire, each by name.

mod world;

use tillsync_odoo_till::TillConfig;
use world::World;

fn check(world: &World) {
    for at in 0..world.places.len() {
        if let Some(difference) = world.difference(at) {
            panic!("{difference}");
        }
        let popups = world.places[at].till.popups();
        assert!(popups.iter().all(|popup| *popup == tillsync_odoo_till::Popup::NoConnection), "{popups:?}");
    }
}

#[test]
fn a_new_order_gets_its_number_and_true_line_names_everywhere() {
    let (world, uid) = World::with_order();
    let other = world.places[1].till.order(&uid).expect("shown");
    assert_eq!(other.number, 1);
    assert!(other.lines.iter().all(|line| line.created.is_some()), "who added it, from the first sight on");
}

#[test]
fn two_taps_at_once_make_two() {
    let (mut world, _) = World::with_order();
    world.places[0].till.tap(1, 3.0);
    world.places[1].till.tap(1, 3.0);
    world.settle();
    check(&world);
    assert_eq!(world.pieces(1), 3.0);
}

#[test]
fn a_restart_between_two_taps_leaves_every_screen_right() {
    let (mut world, uid) = World::with_order();
    world.places[0].till.tap(1, 3.0);
    world.collect(0);
    assert!(world.arrive(0));
    assert!(world.return_answer(0, false));
    world.restart();
    assert!(world.places[1].till.select_order(&uid));
    world.places[1].till.tap(1, 3.0);
    world.settle();
    check(&world);
    assert_eq!(world.pieces(1), 3.0);
}

#[test]
fn a_list_that_overtakes_what_was_typed_leaves_no_hole_on_the_screen() {
    let (mut world, uid) = World::with_order();
    // After a restart the next poll is answered with the whole list.
    world.restart();
    while world.places[0].held.is_none() {
        world.now_ms += 1_000;
        world.places[0].till.tick(world.now_ms);
        world.collect(0);
        while world.arrive(0) && world.return_answer(0, false) {}
    }
    let till = &mut world.places[0].till;
    assert!(till.select_order(&uid));
    till.tap(8, 1.0);
    world.collect(0);
    world.places[0].till.tap(9, 1.0);
    // The list is put together with the first product and without the second.
    assert!(world.arrive(0));
    assert!(world.answer_poll(0));
    // Any answer ends the protection of lines that were typed meanwhile, so the list takes the second away again
    // before it is at the server; and the till asks for more.
    assert!(world.return_answer(0, false));
    assert!(world.return_poll(0));
    assert_eq!(world.places[0].till.order(&uid).expect("shown").pieces(9), 0.0);
    assert!(world.arrive(0));
    world.settle();
    check(&world);
    assert_eq!(world.pieces(9), 1.0);
}

#[test]
fn an_order_that_comes_back_says_who_added_what() {
    let (mut world, uid) = World::with_order();
    world.places[1].till.tap(9, 1.0);
    world.collect(1);
    assert!(world.arrive(1));
    world.places[0].till.delete_order();
    world.settle();
    check(&world);
    let back = world.places[0].till.order(&uid).expect("it comes back");
    assert!(back.lines.iter().all(|line| line.created.is_some()), "{back:?}");
}

#[test]
fn a_number_whose_answer_was_lost_is_told_when_the_till_asks_for_a_list() {
    let (mut world, _) = World::with_order();
    let till = &mut world.places[1].till;
    till.new_order();
    till.tap(7, 2.0);
    world.collect(1);
    // Another order is registered first, so the number is not the one that the till expects.
    world.places[0].till.new_order();
    world.places[0].till.tap(8, 2.0);
    world.collect(0);
    assert!(world.arrive(0) && world.arrive(1) && world.return_answer(1, true));
    world.settle();
    check(&world);
}

#[test]
fn an_order_is_not_deleted_by_a_list_that_a_till_unknown_since_the_restart_got_before_it_registered_it() {
    let (mut world, _) = World::with_order();
    world.restart();
    // The list is put together while no till of the POS has said anything.
    while world.places[1].held.is_none() {
        world.wait(1_000);
        while world.arrive(1) && world.return_answer(1, false) {}
    }
    world.now_ms += 20_000;
    assert!(world.answer_poll(1));
    world.places[1].till.new_order();
    world.places[1].till.tap(7, 2.0);
    world.collect(1);
    assert!(world.arrive(1) && world.return_answer(1, false));
    assert!(world.return_poll(1));
    world.settle();
    check(&world);
    assert_eq!(world.pieces(7), 1.0);
}

#[test]
fn a_till_far_behind_is_understood_though_its_message_needs_several_former_versions() {
    let (mut world, uid) = World::with_order();
    // Till 1 gets nothing from now on; till 2 makes more versions than memory keeps.
    for _ in 0..12 {
        assert!(world.places[1].till.select_order(&uid));
        world.places[1].till.tap(1, 3.0);
        world.collect(1);
        while world.arrive(1) && world.return_answer(1, false) {}
        world.answer_poll(1);
        world.return_poll(1);
    }
    assert!(world.places[0].till.select_order(&uid));
    world.places[0].till.tap(1, 3.0);
    world.settle();
    check(&world);
    assert_eq!(world.pieces(1), 14.0);
}

/// The customer of a till's order, as it shows it.
fn customer(world: &World, at: usize, uid: &str) -> Option<i64> {
    world.places[at].till.order(uid).expect("shown").customer
}

#[test]
fn a_customer_that_a_late_message_paints_over_comes_back() {
    let (mut world, uid) = World::with_order();
    world.places[0].till.set_customer(Some(7));
    world.settle();
    // What another did is on its way while the customer is changed, and arrives after that was accepted. The till's own
    // change comes as a message of its own, which the client passes over.
    world.places[1].till.tap(1, 3.0);
    world.collect(1);
    assert!(world.arrive(1) && world.answer_poll(0));
    world.places[0].till.set_customer(Some(8));
    world.collect(0);
    assert!(world.arrive(0) && world.return_answer(0, false));
    assert!(world.return_poll(0));
    assert_eq!(customer(&world, 0, &uid), Some(7), "painted over");
    world.settle();
    check(&world);
    assert_eq!(customer(&world, 0, &uid), Some(8));
}

#[test]
fn a_customer_that_another_till_chose_can_be_taken_away() {
    let (mut world, uid) = World::with_order();
    world.places[0].till.set_customer(Some(7));
    world.settle();
    world.places[1].till.set_customer(None);
    world.settle();
    check(&world);
    assert_eq!(customer(&world, 0, &uid), None);
}

#[test]
fn a_till_that_does_not_know_the_customer_does_not_take_him_away() {
    let mut configs = [TillConfig::numbered(1), TillConfig::numbered(2)];
    configs[1].customers = Some([1].into());
    let mut world = World::with(configs.into());
    world.places[0].till.new_order();
    world.places[0].till.tap(1, 3.0);
    world.places[0].till.set_customer(Some(7));
    world.settle();
    let uid = world.drafts()[0].uid.to_string();
    assert!(world.places[1].till.select_order(&uid));
    // The second one sends an order in which nothing is new.
    for _ in 0..2 {
        let line = world.places[1].till.order(&uid).expect("shown").lines[0].uid.clone();
        assert!(world.places[1].till.select_line(&line));
        world.places[1].till.type_qty(3.0);
        world.settle();
        assert_eq!(world.pieces(1), 3.0);
        assert_eq!(customer(&world, 0, &uid), Some(7));
    }
    world.places[1].till.load_customer(7);
    world.settle();
    check(&world);
}

#[test]
fn a_till_is_told_once_what_others_do_after_its_update_was_merged() {
    let (mut world, _) = World::with_order();
    // Both tap; the second one's answer has the first one's tap, too.
    for at in [1, 0] {
        world.places[at].till.tap(1, 3.0);
        world.collect(at);
    }
    for at in [1, 0] {
        assert!(world.arrive(at) && world.return_answer(at, false));
    }
    world.wait(500);
    world.deliver_all();
    // The answer has not this: coming late, it would take it away again.
    world.places[1].till.tap(9, 1.0);
    world.collect(1);
    assert!(world.arrive(1) && world.return_answer(1, false));
    let mut told = 0;
    while world.answer_poll(0) {
        told += 1;
        assert!(world.return_poll(0));
    }
    assert_eq!(told, 1);
    world.settle();
    check(&world);
    assert_eq!((world.pieces(1), world.pieces(9)), (3.0, 1.0));
}

/// Till 1 chooses a customer; what till 2 tapped meanwhile is painted on till 1, then the answer comes that has both.
fn painted_before_a_merged_answer() -> (World, String) {
    let (mut world, uid) = World::with_order();
    world.places[0].till.set_customer(Some(7));
    world.collect(0);
    world.places[1].till.tap(1, 3.0);
    world.collect(1);
    assert!(world.arrive(1) && world.return_answer(1, false) && world.answer_poll(0));
    assert!(world.arrive(0) && world.return_poll(0) && world.return_answer(0, false));
    assert_eq!(world.places[0].till.order(&uid).expect("shown").pieces(1), 2.0);
    // Nobody pays what he has not looked at.
    world.wait(500);
    (world, uid)
}

#[test]
fn what_a_message_painted_before_a_merged_answer_is_paid_with_the_order() {
    let (mut world, _) = painted_before_a_merged_answer();
    world.places[0].till.pay().expect("it can be paid");
    world.collect(0);
    assert!(world.arrive(0));
    world.settle();
    check(&world);
    assert_eq!(world.pieces(1), 2.0);
    assert!(world.drafts().is_empty(), "nothing is left to pay: {:?}", world.drafts());
}

/// Till 2 taps a third piece, and till 1 is paid, showing two; the payment is on its way.
fn paid_before_the_third_piece_is_told() -> World {
    let (mut world, _) = painted_before_a_merged_answer();
    world.places[1].till.tap(1, 3.0);
    world.collect(1);
    assert!(world.arrive(1));
    world.places[0].till.pay().expect("it can be paid");
    world.collect(0);
    world
}

/// The payment arrives: two pieces are paid, the third is left.
fn check_that_two_are_paid(mut world: World) {
    assert!(world.arrive(0));
    world.settle();
    check(&world);
    let left = world.drafts();
    let left: Vec<_> =
        left.iter().flat_map(|order| &order.lines).map(|line| line.fields["qty"].clone()).collect();
    assert_eq!((world.pieces(1), left), (3.0, vec![1.into()]));
}

#[test]
fn what_came_after_what_the_payer_shows_is_not_paid() {
    check_that_two_are_paid(paid_before_the_third_piece_is_told());
}

#[test]
fn what_arrives_while_a_payment_is_on_its_way_is_not_paid() {
    let mut world = paid_before_the_third_piece_is_told();
    world.wait(500);
    assert!(world.answer_poll(0) && world.return_poll(0), "the third piece is told");
    check_that_two_are_paid(world);
}

/// A till's change arrives after its order, and thirty others since, were paid.
#[test]
fn a_change_that_comes_long_after_the_order_was_closed_is_understood() {
    let (mut world, uid) = World::with_order();
    // What they have shown is of several revisions ago.
    for _ in 0..3 {
        world.places[0].till.tap(1, 3.0);
        world.settle();
    }
    world.places[1].till.tap(1, 3.0);
    world.collect(1);
    let late = world.places[1].requests.pop_front().expect("a change");
    let till = &mut world.places[0].till;
    till.pay().expect("it can be paid");
    for _ in 0..30 {
        till.new_order();
        till.tap(2, 5.0);
        till.pay().expect("it can be paid");
    }
    world.collect(0);
    while world.arrive(0) && world.return_answer(0, false) {}
    assert_eq!(world.book.state.orders.len(), 31);
    world.serve(&late);
    let left = world.drafts();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].origin.as_ref().map(|origin| origin.order.as_str()), Some(uid.as_str()));
    assert_eq!((left[0].lines.len(), left[0].lines[0].qty()), (1, 1.into()));
}

/// Till 2 taps and pays at once, without having heard that till 1 has tapped and paid: what till 2 has sold is not open
/// as well.
#[test]
fn what_a_second_payer_added_after_the_closing_is_paid_with_the_rest() {
    let (mut world, uid) = World::with_order();
    world.places[0].till.tap(1, 3.0);
    world.places[0].till.pay().expect("it can be paid");
    world.collect(0);
    while world.arrive(0) && world.return_answer(0, false) {}
    let till = &mut world.places[1].till;
    till.tap(1, 3.0);
    assert_eq!(till.order(&uid).expect("shown").pieces(1), 2.0);
    till.pay().expect("it can be paid");
    world.settle();
    check(&world);
    assert!(world.drafts().is_empty(), "nothing is left to pay: {:?}", world.drafts());
    // Each payer sold two.
    assert_eq!(world.pieces(1), 4.0);
}
