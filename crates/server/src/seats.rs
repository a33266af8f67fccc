//! Which POS is in which multi-session: one at most, in its database (rule S1).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tillsync_store::RoomId;
use tokio::sync::Notify;

/// A POS of a database.
type Pos = (Arc<str>, i64);

/// Which POS is in which multi-session.
#[derive(Debug, Default)]
pub struct Seats {
    seats: Mutex<HashMap<Pos, Seat>>,
    /// Rung when a POS has come to its multi-session.
    pub seated: Notify,
}

#[derive(Debug)]
struct Seat {
    multi_session: i64,
    /// Whether it is on disk. If not, it is gone with the last claim.
    is_kept: bool,
    /// Who is claiming it at the moment.
    claims: usize,
}

impl Seats {
    /// A POS that is in a multi-session, by what is on disk.
    pub fn put(&self, room: &RoomId, pos: i64) {
        let seat = Seat { multi_session: room.multi_session, is_kept: true, claims: 0 };
        self.lock().insert((room.database.clone(), pos), seat);
    }

    /// The multi-session that a POS is in, or is about to be in.
    pub fn of(&self, database: &str, pos: i64) -> Option<i64> {
        self.lock().get(&(Arc::from(database), pos)).map(|seat| seat.multi_session)
    }

    /// Takes a POS for a multi-session before anything is written, so that of two that want it at the same instant one
    /// is refused. A claim that is not kept is given back.
    ///
    /// # Errors
    /// The multi-session that has it.
    pub fn claim(self: &Arc<Self>, room: &RoomId, pos: i64) -> Result<Claim, i64> {
        let key = (room.database.clone(), pos);
        match self.lock().entry(key.clone()) {
            Entry::Occupied(there) if there.get().multi_session != room.multi_session => {
                return Err(there.get().multi_session);
            }
            Entry::Occupied(mut there) => there.get_mut().claims += 1,
            Entry::Vacant(free) => {
                free.insert(Seat { multi_session: room.multi_session, is_kept: false, claims: 1 });
            }
        }
        Ok(Claim { seats: self.clone(), key, multi_session: room.multi_session })
    }

    /// A POS has left its multi-session, by what is on disk.
    pub fn leave(&self, room: &RoomId, pos: i64) {
        let key = (room.database.clone(), pos);
        let mut seats = self.lock();
        if seats.get(&key).is_some_and(|seat| seat.multi_session == room.multi_session) {
            seats.remove(&key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Pos, Seat>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A POS that is being taken for a multi-session.
#[derive(Debug)]
pub struct Claim {
    seats: Arc<Seats>,
    key: Pos,
    multi_session: i64,
}

impl Claim {
    /// What it was for is on disk. A POS that has moved on meanwhile stays where it is.
    pub fn keep(self) {
        let is_new = {
            let mut seats = self.seats.lock();
            let seat = seats.get_mut(&self.key).filter(|seat| seat.multi_session == self.multi_session);
            seat.is_some_and(|seat| !std::mem::replace(&mut seat.is_kept, true))
        };
        if is_new {
            self.seats.seated.notify_waiters();
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut seats = self.seats.lock();
        let seat = seats.get_mut(&self.key).filter(|seat| seat.multi_session == self.multi_session);
        let Some(seat) = seat else { return };
        seat.claims = seat.claims.saturating_sub(1);
        if seat.claims == 0 && !seat.is_kept {
            seats.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_that_claim_a_pos_one_gets_it() {
        let seats = Arc::new(Seats::default());
        let (one, two) = (RoomId::new("odoo", 1), RoomId::new("odoo", 2));
        let first = seats.claim(&one, 7).expect("free");
        assert_eq!(seats.claim(&two, 7).err(), Some(1));
        let again = seats.claim(&one, 7).expect("its own");
        drop(first);
        assert_eq!(seats.claim(&two, 7).err(), Some(1), "it is being claimed still");
        drop(again);
        assert_eq!(seats.of("odoo", 7), None, "what nobody kept is given back");
        seats.claim(&two, 7).expect("free").keep();
        assert_eq!((seats.of("odoo", 7), seats.of("other", 7)), (Some(2), None));
        drop(seats.claim(&two, 7));
        assert_eq!(seats.of("odoo", 7), Some(2), "what was kept stays");
        seats.leave(&one, 7);
        assert_eq!(seats.of("odoo", 7), Some(2), "it left another one");
        seats.leave(&two, 7);
        assert_eq!(seats.claim(&one, 7).map(Claim::keep), Ok(()));
    }

    #[test]
    fn what_was_claimed_before_a_move_does_not_touch_where_the_pos_is_now() {
        let seats = Arc::new(Seats::default());
        let (one, two) = (RoomId::new("odoo", 1), RoomId::new("odoo", 2));
        seats.put(&one, 7);
        let (kept, dropped) =
            (seats.claim(&one, 7).expect("its own"), seats.claim(&one, 7).expect("its own"));
        seats.leave(&one, 7);
        let now = seats.claim(&two, 7).expect("free");
        kept.keep();
        drop(dropped);
        assert_eq!(seats.of("odoo", 7), Some(2));
        drop(now);
        assert_eq!(seats.of("odoo", 7), None, "nobody kept it there");
    }
}
