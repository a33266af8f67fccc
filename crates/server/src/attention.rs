//! What a manager should look at, in the log: a line for each, once it is on disk.

use tillsync_core::event::{Attention, Change, Event};
use tillsync_core::id::{LineUid, OrderUid};
use tillsync_store::RoomId;

/// Orderlines that a line of the log names.
const LINES_NAMED_MAX: usize = 10;

/// Logs what an event that was committed asks a manager to look at.
pub fn log(room: &RoomId, event: &Event) {
    for change in &event.changes {
        if let Change::Attention { order, about } = change {
            tracing::warn!(%room, %order, about = say(order, about), "an order needs a look");
        }
    }
}

fn say(order: &OrderUid, about: &Attention) -> String {
    match about {
        Attention::TakenAway { lines } => {
            format!("paid with lines that another till had taken away: {}", names(lines))
        }
        Attention::DeletedThenPaid => "it was deleted before its payment came".to_owned(),
        Attention::PaidTwice { second } if second == order => {
            "paid twice; the second payment lies on it until its till books it, or somebody gives it back"
                .to_owned()
        }
        Attention::PaidTwice { second } => format!("paid twice; the second payment is on order {second}"),
    }
}

fn names(lines: &[LineUid]) -> String {
    let named: Vec<&str> = lines.iter().take(LINES_NAMED_MAX).map(LineUid::as_str).collect();
    let rest = match lines.len() - named.len() {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    format!("{}{rest}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_in_words_what_it_is_about() {
        let order = OrderUid::new("00001-001-0001");
        let lines = |count: usize| (1..=count).map(|n| LineUid::new(n.to_string())).collect();
        for (about, expected) in [
            (Attention::DeletedThenPaid, "it was deleted before its payment came"),
            (
                Attention::PaidTwice { second: OrderUid::new("00001-001-0002") },
                "paid twice; the second payment is on order 00001-001-0002",
            ),
            (
                Attention::PaidTwice { second: order.clone() },
                "paid twice; the second payment lies on it until its till books it, or somebody gives it back",
            ),
            (
                Attention::TakenAway { lines: lines(2) },
                "paid with lines that another till had taken away: 1, 2",
            ),
            (
                Attention::TakenAway { lines: lines(12) },
                "paid with lines that another till had taken away: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more",
            ),
        ] {
            assert_eq!(say(&order, &about), expected);
        }
    }
}
