//! What people do at their tills, and random work of them.

use proptest::collection::vec;
use proptest::prelude::*;

/// What somebody does. Numbers pick among what the till shows at that moment.
#[derive(Debug, Clone)]
pub enum Act {
    Sync,
    Create { qtys: Vec<i64>, claim: Option<u8> },
    Tap { order: u8, line: u8, by: i64 },
    Type { order: u8, line: u8, qty: i64 },
    Own { order: u8, line: Option<u8> },
    Tag { order: u8, line: u8 },
    Add { order: u8, qty: i64 },
    Remove { order: u8, line: u8 },
    Move { from: u8, to: Option<u8>, lines: Vec<(u8, u8)>, merge: bool, delete: bool },
    Pay { order: u8 },
    Close { order: u8 },
    Settle { order: u8, extra: Option<i64>, recorded: bool },
    Delete { order: u8 },
    Restore { order: u8 },
    EndRun { mark_unpaid: bool },
    HalfBad { order: u8 },
}

pub fn qty() -> impl Strategy<Value = i64> {
    prop_oneof![3 => (1i64..5).prop_map(|whole| whole * 1_000), 1 => 1i64..5_000, 1 => -3_000i64..0]
}

/// Changes of drafts that take no line away: increments, edits, new lines.
pub fn growth() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Sync),
        4 => (any::<u8>(), any::<u8>(), qty()).prop_map(|(order, line, by)| Act::Tap { order, line, by }),
        2 => (any::<u8>(), qty()).prop_map(|(order, qty)| Act::Add { order, qty }),
        2 => (any::<u8>(), any::<Option<u8>>()).prop_map(|(order, line)| Act::Own { order, line }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(order, line)| Act::Tag { order, line }),
    ]
}

/// Changes of drafts.
pub fn edit() -> impl Strategy<Value = Act> {
    let remove = (any::<u8>(), any::<u8>()).prop_map(|(order, line)| Act::Remove { order, line });
    prop_oneof![5 => growth(), 1 => remove]
}

pub fn movement() -> impl Strategy<Value = Act> {
    let lines = vec((any::<u8>(), 1u8..=4), 1..4);
    (any::<u8>(), any::<Option<u8>>(), lines, any::<bool>(), any::<bool>())
        .prop_map(|(from, to, lines, merge, delete)| Act::Move { from, to, lines, merge, delete })
}

/// Everything.
pub fn any_act() -> impl Strategy<Value = Act> {
    let create = (vec(qty(), 0..3), proptest::option::weighted(0.2, any::<u8>()));
    let settle = (any::<u8>(), proptest::option::of(qty()), any::<bool>());
    prop_oneof![
        12 => edit(),
        3 => create.prop_map(|(qtys, claim)| Act::Create { qtys, claim }),
        3 => movement(),
        1 => (any::<u8>(), any::<u8>(), qty()).prop_map(|(order, line, qty)| Act::Type { order, line, qty }),
        1 => any::<u8>().prop_map(|order| Act::Pay { order }),
        1 => any::<u8>().prop_map(|order| Act::Close { order }),
        3 => settle.prop_map(|(order, extra, recorded)| Act::Settle { order, extra, recorded }),
        1 => any::<u8>().prop_map(|order| Act::Delete { order }),
        1 => any::<u8>().prop_map(|order| Act::Restore { order }),
        1 => any::<bool>().prop_map(|mark_unpaid| Act::EndRun { mark_unpaid }),
        1 => any::<u8>().prop_map(|order| Act::HalfBad { order }),
    ]
}

pub fn work(act: impl Strategy<Value = Act>, acts: usize) -> impl Strategy<Value = Vec<(usize, Act)>> {
    vec((0usize..4, act), 0..acts)
}
