//! The traps of the recorded wire, each by name.

mod world;

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
