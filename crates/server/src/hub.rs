//! All rooms, and what stands between an address and a room.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tillsync_core::author::{Author, Mark};
use tillsync_core::command::{Action, Command, LeavePos};
use tillsync_core::id::{CommandId, Till, stable_id};
use tillsync_core::protocol::{ErrorCode, Hello};
use tillsync_odoo::error::WireError;
use tillsync_odoo::message::{Body, SyncAnswer, UpdateCall};
use tillsync_store::{Result, RoomId, Store};
use tokio::sync::watch;

use crate::ailing::Ailing;
use crate::clock::now_ms;
use crate::config::{Config, ROOMS_MAX};
use crate::native::message::{self, Goodbye};
use crate::room::{Identity, Reply, Room};
use crate::seats::{Claim, Seats};

/// What an address gives access to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The database; none where every database is served.
    pub database: Option<Arc<str>>,
    /// The multi-session; none for all of the database.
    pub multi_session: Option<i64>,
    /// Pages that may use the address from a browser; none for all.
    pub origins: Vec<String>,
}

/// All rooms.
pub struct Hub {
    /// What was set.
    pub config: Config,
    /// Polls that are held.
    pub polls_held: AtomicUsize,
    /// Connections of tills of our own.
    pub sockets_open: AtomicUsize,
    /// Whether changes can be written.
    pub ailing: Arc<Ailing>,
    /// Which POS is in which multi-session.
    pub seats: Arc<Seats>,
    store: Arc<dyn Store>,
    identity: Arc<Identity>,
    rooms: Mutex<HashMap<RoomId, Room>>,
    /// Opening a room reads the store; one at a time, so that no room opens twice.
    opening: tokio::sync::Mutex<()>,
    /// Turns to true when the server stops. The last field, since the stop waits until all of these are gone and the
    /// store with them.
    pub stopping: watch::Receiver<bool>,
}

impl Hub {
    /// A hub on a store: finds out which POS is where, opens no room yet.
    pub async fn new(config: Config, store: Arc<dyn Store>, stopping: watch::Receiver<bool>) -> Result<Self> {
        let seats = Seats::default();
        for room in store.rooms().await? {
            let summary = store.summary(&room).await?;
            for pos in summary.iter().flat_map(|summary| summary.poses.keys()) {
                seats.put(&room, *pos);
            }
        }
        let identity = Identity { server: store.server_id().await?.into(), epoch: store.epoch().await? };
        Ok(Self {
            config,
            identity: Arc::new(identity),
            sockets_open: AtomicUsize::new(0),
            polls_held: AtomicUsize::new(0),
            ailing: Arc::default(),
            seats: Arc::new(seats),
            store,
            rooms: Mutex::new(HashMap::new()),
            opening: tokio::sync::Mutex::new(()),
            stopping,
        })
    }

    /// Which server this is, and which epoch of its logs.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// How many rooms are open, and how many polls are held.
    pub fn load(&self) -> (usize, usize) {
        (lock(&self.rooms).len(), self.polls_held.load(Ordering::Relaxed))
    }

    /// The store, to look whether it is well.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Serves a message of an Odoo till that came in by an address.
    pub async fn odoo(&self, access: &Access, call: UpdateCall) -> Reply {
        let id = claimed_room(access, &call)?;
        let pos = call.message.head.pos_id;
        let mut claim = self.seats.claim(&id, pos);
        if let Err(other) = claim {
            self.move_pos(access, &call, &RoomId { multi_session: other, ..id.clone() }, pos).await?;
            claim = self.seats.claim(&id, pos);
        }
        let claim = claim.map_err(|other| {
            // Another multi-session has claimed it since it left the one before.
            WireError::not_served(format!("POS {pos} is in multi-session {other} here; load its page anew"))
        })?;
        let room = self.room(&id).await.map_err(|error| unavailable(&error))?;
        let reply = room.odoo(call).await;
        if reply.is_ok() || room.desk().1.poses.contains_key(&pos) {
            claim.keep();
        }
        reply
    }

    /// A POS that was given another multi-session in Odoo moves when its page loads, if the address covers both.
    async fn move_pos(
        &self,
        access: &Access,
        call: &UpdateCall,
        from: &RoomId,
        pos: i64,
    ) -> Result<(), WireError> {
        let loads = matches!(&call.message.body, Body::SyncAll(sync) if sync.answer == SyncAnswer::Immediate);
        if !loads || access.multi_session.is_some() {
            let advice = match access.multi_session {
                Some(_) => {
                    "close its session, and load its page by an address that is for all multi-sessions"
                }
                None => "close its session, and load its page anew",
            };
            let text = format!("POS {pos} is in multi-session {} here; {advice}", from.multi_session);
            return Err(WireError::not_served(text));
        }
        let room = self.room(from).await.map_err(|error| unavailable(&error))?;
        let now = now_ms().to_string();
        let command = Command {
            id: CommandId::new(stable_id(&["leave", &pos.to_string(), &now])),
            number: None,
            author: Author { till: Till::new("server"), mark: Mark::server(), device_time_ms: None },
            actions: vec![Action::LeavePos(LeavePos { pos, unsent: Vec::new() })],
        };
        room.own(command).await.map_err(|error| WireError::not_served(error.to_string()))?;
        self.seats.leave(from, pos);
        room.ring();
        Ok(())
    }

    /// The room that a till of our own names, if the address covers it and the POS is in no other. What stands in the
    /// way otherwise. The claim is to be kept when the till was let in.
    pub async fn room_for(&self, access: &Access, hello: &Hello) -> Result<(Room, Claim), Goodbye> {
        let refused = |text: &str| Err(message::error(ErrorCode::Access, text));
        if access.database.as_deref().is_some_and(|served| served != hello.database) {
            return refused("this address is of another database; use the address of the till's own");
        }
        if access.multi_session.is_some_and(|served| served != hello.multi_session) {
            return refused("this address is of another multi-session; use the address of the till's own");
        }
        let id = RoomId::new(&hello.database, hello.multi_session);
        let claim = match self.seats.claim(&id, hello.pos.id) {
            Ok(claim) => claim,
            Err(other) => {
                return refused(&format!(
                    "POS {} is in multi-session {other}; move it there, while its session is closed, or connect it there",
                    hello.pos.id
                ));
            }
        };
        let room = self.room(&id).await.map_err(|error| {
            tracing::error!(%error, "a room could not be opened");
            message::error(
                ErrorCode::Busy,
                "the server cannot open this multi-session now; the till tries again",
            )
        })?;
        Ok((room, claim))
    }

    /// The room that a POS's polls listen to; none while the POS has not been heard of.
    ///
    /// # Errors
    /// The address does not cover the POS.
    pub async fn room_of(
        &self,
        access: &Access,
        database: &str,
        pos: i64,
    ) -> Result<Option<Room>, WireError> {
        covers(access, database, None)?;
        let Some(multi_session) = self.seats.of(database, pos) else { return Ok(None) };
        if access.multi_session.is_some_and(|served| served != multi_session) {
            let text =
                format!("this address is not of POS {pos}'s multi-session; type the address of its own");
            return Err(WireError::not_served(text));
        }
        let room = self.room(&RoomId::new(database, multi_session)).await;
        room.map(Some).map_err(|error| unavailable(&error))
    }

    /// The room of a multi-session; opened if it is not open.
    pub async fn room(&self, id: &RoomId) -> Result<Room> {
        if let Some(room) = self.open_room(id) {
            return Ok(room);
        }
        let _one_at_a_time = self.opening.lock().await;
        if let Some(room) = self.open_room(id) {
            return Ok(room);
        }
        if lock(&self.rooms).len() >= ROOMS_MAX {
            return Err(tillsync_store::StoreError::Busy);
        }
        let (room, task) = Room::open(
            id.clone(),
            self.store.clone(),
            self.identity.clone(),
            self.ailing.clone(),
            self.config.on_fatal,
        )
        .await?;
        let stopping = self.stopping.clone();
        tokio::spawn(async move {
            task.await;
            // The task has let go of the store: as far as it goes, the server's stop is over.
            drop(stopping);
        });
        lock(&self.rooms).insert(id.clone(), room.clone());
        Ok(room)
    }

    /// Tells the tills of a database that its records have changed.
    pub fn records_changed(&self, database: &str, change: u64) {
        for room in lock(&self.rooms).values().filter(|room| &*room.id.database == database) {
            room.records_changed(change);
        }
    }

    /// How far the logs of a database's open rooms are.
    pub fn seqs(&self, database: &str) -> Vec<(i64, u64)> {
        let rooms = lock(&self.rooms);
        let of_it = rooms.values().filter(|room| &*room.id.database == database);
        of_it.map(|room| (room.id.multi_session, room.desk().1.seq)).collect()
    }

    fn open_room(&self, id: &RoomId) -> Option<Room> {
        lock(&self.rooms).get(id).filter(|room| !room.is_closed()).cloned()
    }
}

/// The multi-session that a message is for: the address decides, and what the message claims must agree.
fn claimed_room(access: &Access, call: &UpdateCall) -> Result<RoomId, WireError> {
    covers(access, &call.database, Some(call.multi_session))?;
    Ok(RoomId::new(&call.database, call.multi_session))
}

/// Whether what a till says is of this address.
fn covers(access: &Access, database: &str, multi_session: Option<i64>) -> Result<(), WireError> {
    if let Some(served) = access.database.as_deref().filter(|served| *served != database) {
        let text = format!(
            "this address is of database '{served}', the till says '{database}'; type the address of its own database"
        );
        return Err(WireError::not_served(text));
    }
    let claimed = multi_session.zip(access.multi_session);
    if let Some((said, served)) = claimed.filter(|(said, served)| said != served) {
        let text = format!(
            "this address is of multi-session {served}, the till says {said}; type the address of its own multi-session"
        );
        return Err(WireError::not_served(text));
    }
    Ok(())
}

fn unavailable(error: &tillsync_store::StoreError) -> WireError {
    tracing::error!(%error, "a room could not be opened");
    WireError::unavailable(
        "the Sync Server cannot open this multi-session now; the till tries again by itself",
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
