//! `/api/admin/live`: who is connected, and how much is going on.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde::Serialize;
use tillsync_store::RoomId;
use utoipa::ToSchema;

use super::{Manager, Named as NamedRecord, Names, order_shown, orders};
use crate::api::ApiState;
use crate::api::error::ApiError;
use crate::clock::now_ms;

/// How often a page that listens is told that there is something new, at most.
const BELL_EVERY: Duration = Duration::from_millis(300);

/// What is going on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Live {
    /// The server's time, in milliseconds since 1970.
    now_ms: u64,
    /// Every multi-session.
    multi_sessions: Vec<RoomShown>,
}

/// A multi-session at work.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomShown {
    /// Its id.
    id: i64,
    /// What it is called.
    name: String,
    /// Whether its POSes share their orders.
    active: bool,
    /// The run.
    run: u32,
    /// Orders that are open.
    open_orders: usize,
    /// Updates in each of the last 60 minutes, oldest first, since the server was started.
    updates: Vec<u32>,
    /// Its tills: those that are connected, and devices of open sessions that are not.
    tills: Vec<TillShown>,
}

/// A till.
#[derive(Debug, Serialize, ToSchema)]
pub struct TillShown {
    /// Its device's name.
    device: String,
    /// Its POS.
    pos: NamedRecord,
    /// Who is at it.
    user: NamedRecord,
    /// Whether it is connected.
    online: bool,
    /// Since when it is connected, or when it logged in last, in milliseconds since 1970.
    since_ms: u64,
    /// The program that it runs, and its version; empty where it is not connected.
    app: String,
    /// Changes that it has not sent, by what it said last.
    unsent: u64,
    /// How old the oldest of these is, in milliseconds.
    oldest_ms: Option<u64>,
    /// How long its last change took from being sent to being answered, in milliseconds.
    delay_ms: Option<u64>,
    /// The order on its screen.
    order: Option<String>,
}

/// Who is connected, and how much is going on.
pub async fn look(State(state): State<ApiState>, manager: Manager) -> Result<Json<Live>, ApiError> {
    let names = Names::of(&state, &manager, &["multi_session", "pos"]).await?;
    let mut multi_sessions = Vec::new();
    for id in orders::rooms(&state, &manager).await? {
        let room = state.hub().room(&RoomId::new(manager.database(), id)).await?;
        let shared = Arc::clone(&room.desk().1);
        let connected = room.connected().await;
        let mut tills: Vec<TillShown> = connected
            .iter()
            .map(|connected| {
                let present = &connected.present;
                TillShown {
                    device: present.till.to_string(),
                    pos: (&present.mark.pos).into(),
                    user: (&present.mark.user).into(),
                    online: true,
                    since_ms: connected.since_ms,
                    app: connected.app.clone(),
                    unsent: present.unsent,
                    oldest_ms: connected.waits.oldest_ms,
                    delay_ms: connected.waits.delay_ms,
                    order: present.order.as_ref().map(ToString::to_string),
                }
            })
            .collect();
        for (pos, seat) in &shared.poses {
            let Some(session) = &seat.session else { continue };
            for device in &session.devices {
                let is_here = |till: &TillShown| {
                    let name = till.device.rsplit_once('/').map_or(till.device.as_str(), |(name, _)| name);
                    name == device.device && till.pos.id == *pos
                };
                if !tills.iter().any(is_here) {
                    tills.push(TillShown {
                        device: device.device.clone(),
                        pos: NamedRecord { id: *pos, name: seat.name.clone() },
                        user: (&device.user).into(),
                        online: false,
                        since_ms: device.ms,
                        app: String::new(),
                        unsent: 0,
                        oldest_ms: None,
                        delay_ms: None,
                        order: None,
                    });
                }
            }
        }
        multi_sessions.push(RoomShown {
            id,
            name: order_shown::room_name(&names, id).name,
            active: shared.active,
            run: shared.run,
            open_orders: shared.drafts().len(),
            updates: room.pace(now_ms()),
            tills,
        });
    }
    Ok(Json(Live { now_ms: now_ms(), multi_sessions }))
}

/// Server-sent events: each says that something changed in a multi-session, and how far its log is.
pub async fn events(
    State(state): State<ApiState>,
    manager: Manager,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let database = manager.caller.database.clone();
    let hub = state.hub().clone();
    let known: std::collections::BTreeMap<i64, u64> = hub.seqs(&database).into_iter().collect();
    let stopping = hub.stopping.clone();
    let bell = futures::stream::unfold((hub, known, Vec::new()), move |(hub, mut known, mut waiting)| {
        let (database, mut stopping) = (database.clone(), stopping.clone());
        async move {
            loop {
                if let Some((multi_session, seq)) = waiting.pop() {
                    let event =
                        Event::default().data(format!("{{\"multi_session\":{multi_session},\"seq\":{seq}}}"));
                    return Some((Ok(event), (hub, known, waiting)));
                }
                tokio::select! {
                    () = tokio::time::sleep(BELL_EVERY) => {}
                    _ = stopping.wait_for(|stopping| *stopping) => return None,
                }
                for (room, seq) in hub.seqs(&database) {
                    if known.insert(room, seq) != Some(seq) {
                        waiting.push((room, seq));
                    }
                }
            }
        }
    });
    Ok(Sse::new(bell).keep_alive(KeepAlive::default()))
}
