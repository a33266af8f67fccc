//! Long polling: a poll is held until there is something for its POS, or its time is over.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::http::{HeaderMap, header};
use serde_json::Value;
use tillsync_odoo::channel::{Identity, Wants};
use tillsync_odoo::desk::PollAt;
use tillsync_odoo::error::WireError;
use tokio::time::Instant;

use crate::clock::now_ms;
use crate::config::POLLS_HELD_MAX;
use crate::hub::{Access, Hub};
use crate::room::Room;

/// Channels that a poll may name.
const CHANNELS_MAX: usize = 200;

/// What a poll wants.
struct PollCall {
    database: String,
    pos: i64,
    wants: Wants,
    last: u64,
}

/// Who polls, as far as that can be told: the address, what proxies say of it, and the browser.
pub fn identity(headers: &HeaderMap, peer: Option<SocketAddr>) -> Identity {
    let mut hash = DefaultHasher::new();
    peer.map(|peer| peer.ip()).hash(&mut hash);
    for name in [header::USER_AGENT.as_str(), "x-forwarded-for", "x-tillsync-till"] {
        headers.get(name).map(|value| value.as_bytes()).hash(&mut hash);
    }
    Identity { who: hash.finish(), connection: peer.map_or(0, |peer| u64::from(peer.port())) }
}

/// Holds a poll and answers it: the text of a JSON list, empty when its time is over.
pub async fn hold(
    hub: &Hub,
    access: &Access,
    params: &Value,
    identity: Identity,
) -> Result<String, WireError> {
    let call = read(params)?;
    let _held = Held::new(hub)?;
    let until = Instant::now() + hub.config.poll_hold;
    let mut stopping = hub.stopping.clone();
    loop {
        let seated = hub.seats.seated.notified();
        let room = hub.room_of(access, &call.database, call.pos).await?;
        let Some(room) = room else {
            // Nobody has heard of the POS yet: its first message may come while its poll is being held.
            if wait(until, &mut stopping, seated).await == Waited::Enough {
                return Ok("[]".into());
            }
            continue;
        };
        if let Some(news) = at_room(&room, &call, identity, until, &mut stopping).await {
            return Ok(news);
        }
        // The room's task is gone, and with it whoever would ring: the room is opened anew.
    }
}

/// Holds a poll at its room; none when the room is gone.
async fn at_room(
    room: &Room,
    call: &PollCall,
    identity: Identity,
    until: Instant,
    stopping: &mut tokio::sync::watch::Receiver<bool>,
) -> Option<String> {
    let bell = room.bell(call.pos);
    let slot = match call.wants {
        Wants::Pongs => 0,
        Wants::Orders => {
            let mut desk = room.desk();
            let state = desk.1.clone();
            desk.0.begin_poll(&state, call.pos, identity, call.last, now_ms())
        }
    };
    // An abandoned poll's future is dropped: its slot is free again.
    let _slot = Slot { room, pos: call.pos, slot };
    let at = PollAt { database: Arc::from(call.database.as_str()), pos: call.pos, slot, last: call.last };
    loop {
        let rung = bell.notified();
        tokio::pin!(rung);
        // Listening before looking: what comes in between is heard.
        rung.as_mut().enable();
        let news = {
            let mut desk = room.desk();
            let state = desk.1.clone();
            desk.0.take(&state, &at, call.wants, now_ms())
        };
        if let Some(news) = news {
            return Some(news);
        }
        let rung_or_gone = async {
            tokio::select! {
                () = rung => {}
                () = room.closed() => {}
            }
        };
        if wait(until, stopping, rung_or_gone).await == Waited::Enough {
            return Some("[]".into());
        }
        if room.is_closed() {
            return None;
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Waited {
    /// It was rung.
    Rung,
    /// Time is over, or the server stops.
    Enough,
}

async fn wait(
    until: Instant,
    stopping: &mut tokio::sync::watch::Receiver<bool>,
    rung: impl Future<Output = ()>,
) -> Waited {
    if *stopping.borrow() {
        return Waited::Enough;
    }
    tokio::select! {
        () = rung => Waited::Rung,
        () = tokio::time::sleep_until(until) => Waited::Enough,
        _ = stopping.changed() => Waited::Enough,
    }
}

/// Counts a poll that is held.
struct Held<'a>(&'a Hub);

impl<'a> Held<'a> {
    fn new(hub: &'a Hub) -> Result<Self, WireError> {
        if hub.polls_held.fetch_add(1, Ordering::Relaxed) >= POLLS_HELD_MAX {
            hub.polls_held.fetch_sub(1, Ordering::Relaxed);
            return Err(WireError::unavailable("too many tills are connected"));
        }
        Ok(Self(hub))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.polls_held.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Frees a poll's slot when the poll is over, however it ends.
struct Slot<'a> {
    room: &'a Room,
    pos: i64,
    slot: u64,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.room.desk().0.end_poll(self.pos, self.slot);
    }
}

/// Reads a poll's parameters. Channels of somebody else's beside ours do no harm.
fn read(params: &Value) -> Result<PollCall, WireError> {
    let channels = params.get("channels").and_then(Value::as_array);
    let channels = channels.ok_or_else(|| WireError::bad_request("channels is not a list"))?;
    if channels.len() > CHANNELS_MAX {
        return Err(WireError::bad_request(format!("a poll names {CHANNELS_MAX} channels at most")));
    }
    let last = params.get("last").and_then(Value::as_u64).unwrap_or(0);
    let mut found: Option<PollCall> = None;
    for channel in channels {
        let Some((database, kind, pos)) = read_channel(channel) else { continue };
        let wants = match kind.as_str() {
            "pos.multi_session" => Wants::Orders,
            "pos.longpolling" => Wants::Pongs,
            _ => continue,
        };
        match &mut found {
            Some(found) if found.pos == pos && found.database == database => {
                if wants == Wants::Orders {
                    found.wants = Wants::Orders;
                }
            }
            Some(_) => return Err(WireError::bad_request("a poll names the channels of one POS only")),
            None => found = Some(PollCall { database, pos, wants, last }),
        }
    }
    found.ok_or_else(|| {
        let text =
            r#"a poll names a channel like ["database","pos.multi_session","POS id"]; this one names none"#;
        WireError::bad_request(text)
    })
}

/// A channel is the JSON text of `["database", "kind", "POS id"]`.
fn read_channel(channel: &Value) -> Option<(String, String, i64)> {
    let parsed: Value = match channel {
        Value::String(text) if text.len() < 1_000 => serde_json::from_str(text).ok()?,
        Value::String(_) => return None,
        other => other.clone(),
    };
    let parts = parsed.as_array()?;
    let pos = match parts.get(2)? {
        Value::String(text) => text.parse().ok()?,
        other => other.as_i64()?,
    };
    Some((parts.first()?.as_str()?.to_owned(), parts.get(1)?.as_str()?.to_owned(), pos))
}
