//! Where each till of the bench sits, and what it does there.

/// POSes of multi-session `m` have ids from `m * POSES_APART + 1`.
const POSES_APART: usize = 10_000;

/// Idle tills are at least so many to a multi-session: a room for each would be measured with it otherwise.
const IDLE_TOGETHER_MIN: usize = 10;

/// A till's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Which of all tills, from 0.
    pub index: usize,
    /// The multi-session, from 1.
    pub multi_session: usize,
    /// Which till of the multi-session, from 0. Each is a POS of its own.
    pub place: usize,
    /// How many tills the multi-session has.
    pub together: usize,
    /// What it does.
    pub role: Role,
}

/// What a till does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It makes an order and edits it.
    Creates,
    /// It edits the order that the till of this index has made.
    Joins(usize),
    /// It only listens.
    Hears,
}

impl Seat {
    /// The id of its POS.
    pub fn pos(&self) -> usize {
        self.multi_session * POSES_APART + self.place + 1
    }
}

/// The tills of the load: half of those of a multi-session edit, two at each order.
pub fn working(tills: usize, multi_sessions: usize) -> Vec<Seat> {
    let seat = |index: usize| {
        let (room, place) = (index % multi_sessions, index / multi_sessions);
        let together = tills / multi_sessions + usize::from(room < tills % multi_sessions);
        let role = match place {
            _ if place >= together.div_ceil(2) => Role::Hears,
            _ if place % 2 == 0 => Role::Creates,
            _ => Role::Joins(index - multi_sessions),
        };
        Seat { index, multi_session: room + 1, place, together, role }
    };
    (0..tills).map(seat).collect()
}

/// Tills that only listen, in multi-sessions of their own that are as large as those of the load.
pub fn idle(idle: usize, tills: usize, multi_sessions: usize) -> Vec<Seat> {
    let together = tills.div_ceil(multi_sessions).max(IDLE_TOGETHER_MIN);
    let seat = |at: usize| Seat {
        index: tills + at,
        multi_session: multi_sessions + at / together + 1,
        place: at % together,
        together,
        role: Role::Hears,
    };
    (0..idle).map(seat).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_multi_session_edits_and_two_share_an_order() {
        let roles = |tills, multi_sessions| -> Vec<Role> {
            working(tills, multi_sessions).iter().map(|seat| seat.role).collect()
        };
        use Role::{Creates, Hears, Joins};
        assert_eq!(roles(1, 1), [Creates]);
        assert_eq!(roles(2, 1), [Creates, Hears]);
        assert_eq!(roles(5, 1), [Creates, Joins(0), Creates, Hears, Hears]);
        assert_eq!(roles(5, 2), [Creates, Creates, Joins(0), Hears, Hears]);
        assert_eq!(working(5, 2).iter().map(|seat| seat.together).collect::<Vec<_>>(), [3, 2, 3, 2, 3]);
    }

    #[test]
    fn idle_tills_are_in_no_multi_session_that_works() {
        let seats = idle(25, 20, 2);
        assert_eq!(seats.iter().map(|seat| seat.multi_session).min(), Some(3));
        assert_eq!(seats.iter().map(|seat| seat.multi_session).max(), Some(5));
        assert_eq!(seats[0].pos(), 30_001);
    }
}
