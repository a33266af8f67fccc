//! A point of sale that a request names, and its room.

use serde::Deserialize;
use serde_json::{Map, Value};
use tillsync_core::author::{Author, Mark, Pos, User};
use tillsync_core::command::{Action, Command, JoinPos, OpenSession};
use tillsync_core::id::{CommandId, Till, stable_id};
use tillsync_core::json::Fields;
use tillsync_store::{Record, RoomId};

use super::error::ApiError;
use super::{ApiState, Caller};
use crate::room::{OwnError, Room};

/// A POS in no multi-session is in one of its own, whose id is this and the POS's (rule 20).
const ALONE: i64 = 1_000_000_000;

/// The multi-session of a POS that is in none: its own.
pub fn alone(pos: i64) -> i64 {
    ALONE + pos
}

/// The POS whose own a multi-session is; none for one that is shared.
pub fn alone_pos(multi_session: i64) -> Option<i64> {
    (multi_session > ALONE).then(|| multi_session - ALONE)
}

/// A POS as its record has it; the options are for the till to know.
#[derive(Debug, Clone, Deserialize)]
pub struct PosRecord {
    /// Its name.
    pub name: String,
    /// Its multi-session; none works alone.
    #[serde(default)]
    pub multi_session: Option<i64>,
    /// Everything else.
    #[serde(flatten)]
    pub options: Map<String, Value>,
}

/// A POS that there is and that the key covers.
pub struct AskedPos {
    /// Its id.
    pub id: i64,
    /// What is known of it.
    pub record: PosRecord,
    /// Its multi-session.
    pub room: Room,
}

impl AskedPos {
    /// Finds it.
    pub async fn find(state: &ApiState, caller: &Caller, id: i64) -> Result<Self, ApiError> {
        let found = state.active_one(&caller.database, "pos", id).await?;
        let record = found.and_then(read).ok_or_else(|| {
            ApiError::not_found("there is no such point of sale; the list at / shows those that there are")
        })?;
        let room = room_of(caller, id, &record);
        if caller.access.multi_session.is_some_and(|served| served != room.multi_session) {
            return Err(ApiError::access("this key is of another multi-session"));
        }
        let room = state.hub().room(&room).await?;
        Ok(Self { id, record, room })
    }

    /// Has the multi-session take something in a person's name.
    pub async fn take(&self, user: &User, actions: Vec<Action>) -> Result<(), ApiError> {
        take(&self.room, self.author(user), actions).await
    }

    /// A person at this POS, as the Register's requests speak for them.
    pub fn author(&self, user: &User) -> Author {
        let pos = Pos { id: self.id, name: self.record.name.clone() };
        Author { till: Till::new("api"), mark: Mark { user: user.clone(), pos }, device_time_ms: None }
    }

    /// Opens its session in a person's name, with what was counted and noted.
    ///
    /// # Errors
    /// It is in another multi-session on the server, or has an open session already.
    pub async fn open_session(&self, state: &ApiState, by: Author, opening: Fields) -> Result<u32, ApiError> {
        let claim = state.hub().seats.claim(&self.room.id, self.id).map_err(|other| {
            let text = format!(
                "this point of sale is in multi-session {other} on the server; close its session there"
            );
            ApiError::conflict("session", &text)
        })?;
        let session = state.hub().store().next_session_id(&self.room.id.database).await?;
        let (pos, name, user) = (self.id, self.record.name.clone(), by.mark.user.clone());
        let join = Action::JoinPos(JoinPos { pos, name, receipts: 0 });
        let open = Action::OpenSession(OpenSession { pos, session, user, opening });
        let is_known = self.room.desk().1.poses.contains_key(&pos);
        let actions = if is_known { vec![open] } else { vec![join, open] };
        take(&self.room, by, actions).await?;
        claim.keep();
        Ok(session)
    }
}

/// Has a multi-session take something that no till asks for.
pub async fn take(room: &Room, author: Author, actions: Vec<Action>) -> Result<(), ApiError> {
    let chance: [u64; 2] = rand::random();
    let command = Command {
        id: CommandId::new(stable_id(&[author.till.as_str(), &format!("{chance:?}")])),
        number: None,
        author,
        actions,
    };
    match room.own(command).await {
        Ok(()) => {
            room.ring();
            Ok(())
        }
        Err(OwnError::Refused(refusal)) => Err(ApiError::conflict(refusal.reason(), &refusal.to_string())),
        Err(OwnError::Store(error)) => Err(error.into()),
    }
}

/// Where a POS's orders are.
pub fn room_of(caller: &Caller, id: i64, pos: &PosRecord) -> RoomId {
    RoomId::new(&caller.database, pos.multi_session.unwrap_or_else(|| alone(id)))
}

/// A POS that cannot be read is left out, and the log says so: one wrong record does not close the shop.
pub fn read(record: Record) -> Option<PosRecord> {
    let id = record.id;
    match serde_json::from_value(record.body.unwrap_or_default()) {
        Ok(pos) => Some(pos),
        Err(error) => {
            tracing::error!(pos = id, %error, "the record of a point of sale cannot be read");
            None
        }
    }
}
