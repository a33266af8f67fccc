//! A multi-session's log, written to from the command line, also while the server runs: the contract of the
//! store (expected seq) is all that it takes.

use anyhow::{Context, bail};
use clap::Args;
use tillsync_core::author::{Author, Mark};
use tillsync_core::command::{Action, Command, decide};
use tillsync_core::event::Change;
use tillsync_core::id::{CommandId, OrderUid, Till, stable_id};
use tillsync_core::multi_session::MultiSession;
use tillsync_server::clock::now_ms;
use tillsync_store::sqlite::{OpenMode, SqliteStore};
use tillsync_store::{Append, Appended, RoomId, Store, StoredAnswer};

use crate::arguments;
use crate::data::DataDir;

/// How many entries of the log are read in one step.
const EVENTS_AT_ONCE: usize = 1_000;

/// How often a command is decided anew because the log grew under it.
const STALE_MAX: usize = 100;

/// Which multi-session a command works on.
#[derive(Debug, Args)]
pub struct ShopArgs {
    #[command(flatten)]
    data: DataDir,
    /// The database's name, as its tills say it.
    #[arg(long, value_name = "NAME", value_parser = arguments::database)]
    database: String,
    /// The multi-session's id, which is Odoo's for Odoo's tills.
    #[arg(long, value_name = "ID", value_parser = arguments::multi_session)]
    pub multi_session: i64,
}

impl ShopArgs {
    /// Opens it beside the server.
    pub async fn open(&self) -> anyhow::Result<Shop> {
        Shop::open(self.data.open(OpenMode::Beside)?, &self.database, self.multi_session).await
    }
}

/// A multi-session, opened from the command line.
pub struct Shop {
    store: SqliteStore,
    room: RoomId,
    /// The state, as the store has it.
    pub state: MultiSession,
}

impl Shop {
    /// Opens a multi-session that is there.
    async fn open(store: SqliteStore, database: &str, multi_session: i64) -> anyhow::Result<Self> {
        let room = RoomId::new(database, multi_session);
        let loaded = store.load(&room).await?.with_context(|| {
            format!("database '{database}' has no multi-session {multi_session} here; 'tillsync odoo list' shows them")
        })?;
        let state = MultiSession::from_parts(loaded.summary, loaded.orders);
        Ok(Self { store, room, state })
    }

    /// Reads an order that is not in memory.
    pub async fn know(&mut self, uid: &OrderUid) -> anyhow::Result<()> {
        if self.state.order(uid).is_none() {
            let order = self.store.order(&self.room, uid).await?;
            let order = order.with_context(|| format!("there is no order {uid} in this multi-session"))?;
            self.state.orders.insert(uid.clone(), std::sync::Arc::new(order));
        }
        Ok(())
    }

    /// When an order was deleted last, in milliseconds since 1970, and by whom.
    pub async fn deleted(&self, uid: &OrderUid) -> anyhow::Result<Option<(u64, Mark)>> {
        let deletes = |change: &Change| matches!(change, Change::Deleted { order, .. } if order == uid);
        let mut deleted = None;
        let mut after = 0;
        loop {
            let some = self.store.history(&self.room, uid, after, EVENTS_AT_ONCE).await?;
            let Some(last) = some.last() else { return Ok(deleted) };
            after = last.seq;
            if let Some(event) = some.iter().rfind(|event| event.changes.iter().any(deletes)) {
                deleted = Some((event.time_ms, event.author.mark.clone()));
            }
        }
    }

    /// Takes actions together, or none of them.
    pub async fn take(&mut self, actions: Vec<Action>) -> anyhow::Result<()> {
        let id = stable_id(&["cli", &std::process::id().to_string(), &now_ms().to_string()]);
        let command = Command {
            id: CommandId::new(id),
            number: None,
            author: Author { till: Till::new("command-line"), mark: Mark::server(), device_time_ms: None },
            actions,
        };
        for _ in 0..STALE_MAX {
            let decision = decide(&self.state, &command, now_ms())?;
            if decision.event.changes.is_empty() {
                return Ok(());
            }
            let mut state = self.state.clone();
            state.evolve(&decision.event);
            let touched = MultiSession::touched_by(&decision.event);
            let landed = self
                .store
                .append(Append {
                    room: self.room.clone(),
                    expected_seq: self.state.seq,
                    orders: touched.iter().filter_map(|uid| state.order(uid)).collect(),
                    summary: state.summary(),
                    events: vec![decision.event],
                    answers: vec![StoredAnswer {
                        command: command.id.clone(),
                        answer: serde_json::Value::Null,
                    }],
                    side: Vec::new(),
                })
                .await?;
            match landed {
                Appended::Landed => {
                    self.state = state;
                    return Ok(());
                }
                Appended::Stale => {
                    for event in self.store.tail(&self.room, self.state.seq, EVENTS_AT_ONCE).await? {
                        self.state.evolve(&event);
                    }
                }
            }
        }
        bail!("the server is writing all the time; try again")
    }
}
