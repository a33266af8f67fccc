use tillsync_core::id::LineUid;

use super::*;

fn looks(of: &[(&str, u64)]) -> Looks {
    Looks::made(1, of)
}

fn mark(delivery: u64) -> Painted {
    Painted { revision: 1, delivery, reach: Reach::Repaints }
}

/// A till that showed line `a` as 1 and was told, as delivery 5 in entry 1, to repaint it as 2.
fn told_to_repaint() -> Seen {
    let mut seen = Seen::default();
    seen.sent(looks(&[("a", 1)]), None, &LinesPainted::new());
    let flags = seen.flags(&looks(&[("a", 2)]));
    assert_eq!(flags, Flags::Lines([LineUid::new("a")].into()));
    seen.delivered(Arc::new(looks(&[("a", 2)])), &flags, 1, mark(5), 0);
    seen
}

#[test]
fn what_is_on_its_way_counts_before_and_after_it_arrives() {
    let mut seen = told_to_repaint();
    assert!(seen.is_whole(Some(&looks(&[("a", 2)]))));
    assert!(!seen.flags(&looks(&[("a", 2)])).has(&LineUid::new("b")));
    assert!(seen.flags(&looks(&[("a", 2)])).has(&LineUid::new("a")), "it may still show the old look");
    seen.processed(1, 5, 0);
    assert_eq!(seen.flags(&looks(&[("a", 2)])), Flags::none());
}

#[test]
fn what_a_till_sent_before_it_took_a_message_is_overtaken_by_it() {
    // Marked before the message: it takes, or has taken, that afterwards, and no longer shows what it sent.
    for painted in [None, Some(mark(4))] {
        let mut seen = told_to_repaint();
        seen.processed(1, 5, 0);
        seen.sent(looks(&[("a", 3)]), painted, &LinesPainted::new());
        assert!(!seen.is_whole(Some(&looks(&[("a", 3)]))), "{painted:?}");
    }
    // Marked with the message, or with an answer that was made once it was known to be taken.
    for painted in [mark(5), mark(6)] {
        let mut seen = told_to_repaint();
        seen.processed(1, 5, 0);
        seen.sent(looks(&[("a", 3)]), Some(painted), &LinesPainted::new());
        assert!(seen.is_whole(Some(&looks(&[("a", 3)]))), "{painted:?}");
    }
}

#[test]
fn an_answer_that_overtook_a_message_is_no_proof_of_it() {
    let mut seen = told_to_repaint();
    seen.sent(looks(&[("a", 3)]), Some(mark(6)), &LinesPainted::new());
    assert!(!seen.is_whole(Some(&looks(&[("a", 3)]))));
    seen.processed(1, 7, 0);
    assert!(seen.flags(&looks(&[("a", 3)])).has(&LineUid::new("a")));
}

/// A till that was answered with line `a` as 1, as delivery 5, and told to repaint it as 2, as delivery 6.
fn answered_and_told() -> Seen {
    let mut seen = Seen::default();
    seen.answered(Arc::new(looks(&[("a", 1)])), &Flags::All, mark(5), 1, 0);
    seen.delivered(Arc::new(looks(&[("a", 2)])), &Flags::All, 1, mark(6), 0);
    seen
}

#[test]
fn an_answer_is_taken_for_arrived_once_a_later_message_is_until_it_is_settled() {
    let now = looks(&[("a", 2)]);
    let mut seen = answered_and_told();
    assert!(!seen.is_whole(Some(&now)), "the answer may come last");
    seen.processed(1, 6, 0);
    assert!(seen.is_whole(Some(&now)));
    assert!(seen.flags(&now).has(&LineUid::new("a")), "it may come last still");
    // It came at some time before delivery 7, perhaps after 6.
    seen.settle(5, 6);
    assert!(!seen.is_whole(Some(&now)));
    seen.delivered(Arc::new(now.clone()), &seen.flags(&now), 2, mark(7), 0);
    seen.processed(2, 7, 0);
    assert!(seen.is_whole(Some(&now)));
    assert_eq!(seen.flags(&now), Flags::none());
}

#[test]
fn the_list_that_a_page_loads_with_comes_before_everything() {
    let mut seen = answered_and_told();
    seen.loaded(&looks(&[("a", 3)]));
    assert!(seen.is_whole(Some(&looks(&[("a", 3)]))));
    assert_eq!(seen.flags(&looks(&[("a", 3), ("b", 1)])), Flags::Lines([LineUid::new("b")].into()));
}

#[test]
fn what_differs_in_the_order_itself_needs_no_flag_but_a_message() {
    let mut seen = Seen::default();
    seen.loaded(&Looks::made(1, &[("a", 1)]));
    let now = Looks::made(2, &[("a", 1)]);
    assert!(!seen.is_whole(Some(&now)));
    assert_eq!(seen.flags(&now), Flags::none());
    seen.delivered(Arc::new(now.clone()), &Flags::none(), 1, mark(5), 0);
    assert!(seen.is_whole(Some(&now)));
}

#[test]
fn much_on_its_way_has_a_bound_and_ends_right() {
    let mut seen = told_to_repaint();
    for at in 2..20 {
        let now = looks(&[("a", at), ("b", 7)]);
        let flags = seen.flags(&now);
        seen.delivered(Arc::new(now), &flags, at, mark(4 + at), 0);
        assert!(seen.since.len() <= TOLD_MAX);
    }
    assert!(seen.is_whole(Some(&looks(&[("a", 19), ("b", 7)]))));
    seen.processed(19, 30, 0);
    assert_eq!(seen.flags(&looks(&[("a", 19), ("b", 7)])), Flags::none());
}

#[test]
fn an_order_that_was_let_go_comes_back_by_what_was_on_its_way() {
    let mut seen = told_to_repaint();
    seen.let_go();
    assert!(!seen.is_whole(None));
    seen.told_gone();
    assert!(seen.is_whole(None));
}
