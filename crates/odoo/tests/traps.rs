//! The traps of the recorded wire, each by name.

mod world;

use world::World;

/// Till 1 makes an order of LB (product 2) and LA (product 1); both tills show it.
fn with_order() -> (World, String) {
    let mut world = World::open(2);
    let till = &mut world.places[0].till;
    till.new_order();
    till.tap(2, 5.0);
    till.tap(1, 3.0);
    world.settle();
    let uid = world.drafts()[0].uid.to_string();
    for place in &mut world.places {
        assert!(place.till.select_order(&uid));
    }
    check(&world);
    (world, uid)
}

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
    let (world, uid) = with_order();
    let other = world.places[1].till.order(&uid).expect("shown");
    assert_eq!(other.number, 1);
    assert!(other.lines.iter().all(|line| line.created.is_some()), "who added it, from the first sight on");
}

#[test]
fn two_taps_at_once_make_two() {
    let (mut world, _) = with_order();
    world.places[0].till.tap(1, 3.0);
    world.places[1].till.tap(1, 3.0);
    world.settle();
    check(&world);
    assert_eq!(world.pieces(1), 3.0);
}
