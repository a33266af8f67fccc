//! What a room reads: what a batch needs and memory lacks, what others have written, what was answered before.

use std::sync::Arc;

use tillsync_core::author::{Author, Mark};
use tillsync_core::command::{Action, Command, JoinPos};
use tillsync_core::event::Change;
use tillsync_core::id::{CommandId, OrderUid, Till, stable_id};
use tillsync_core::multi_session::MultiSession;
use tillsync_odoo::book::Missing;
use tillsync_odoo::error::WireError;
use tillsync_odoo::message::{Body, UpdateCall};
use tillsync_odoo::plan::Plan;
use tillsync_store::StoreError;

use super::OwnError;
use super::task::{Asked, RoomTask};
use crate::attention;
use crate::clock::now_ms;

/// Events that are read from the log at a time.
const TAIL_MAX: usize = 1_000;

/// Events of one order that are read to rebuild a former version.
const HISTORY_MAX: usize = 5_000;

impl RoomTask {
    /// Another process may have written: what is in the log and not in the book is followed and told.
    pub(super) async fn look_at_the_log(&mut self) {
        match self.catch_up().await {
            Ok(()) => {}
            Err(error) => tracing::warn!(room = %self.id, %error, "the log could not be read"),
        }
    }

    /// Reads what the batch needs and memory lacks.
    pub(super) async fn supply(&mut self, call: &UpdateCall) -> Result<(), StoreError> {
        for missing in self.book.missing(call) {
            match missing {
                Missing::Order(uid) => {
                    if let Some(order) = self.store.order(&self.id, &uid).await? {
                        if order.state.is_closed() {
                            self.closed.push_back(uid);
                        }
                        self.book.supply_order(order);
                        Box::pin(self.supply(call)).await?;
                    }
                }
                Missing::Version(uid, revision) => {
                    let history = self.store.history(&self.id, &uid, 0, HISTORY_MAX).await?;
                    self.book.supply_version(&uid, revision, &history);
                }
            }
        }
        Ok(())
    }

    /// Lets an Odoo till's POS join before its first message is judged, if its receipts' numbers come along.
    pub(super) async fn seat(&mut self, pos: i64) -> Result<(), StoreError> {
        if self.book.state.poses.contains_key(&pos) || self.receipts_elsewhere(pos).await? == 0 {
            return Ok(());
        }
        let chance: [u64; 2] = rand::random();
        let join = Command {
            id: CommandId::new(stable_id(&["seat", &format!("{chance:?}")])),
            number: None,
            author: Author { till: Till::new("server"), mark: Mark::server(), device_time_ms: None },
            actions: vec![Action::JoinPos(JoinPos { pos, name: format!("POS {pos}"), receipts: 0 })],
        };
        match self.take_own(&join).await {
            Ok(_) => Ok(()),
            Err(OwnError::Store(error)) => Err(error),
            // There are too many: the message that brings the POS is refused for the same reason.
            Err(OwnError::Refused(_)) => Ok(()),
        }
    }

    /// The last receipt number that a POS which is new here gave in the multi-sessions that it was in before (rule N7).
    pub(super) async fn receipts_elsewhere(&self, pos: i64) -> Result<u64, StoreError> {
        let mut last = 0;
        let rooms = self.store.rooms().await?;
        for room in rooms.iter().filter(|room| room.database == self.id.database && **room != self.id) {
            let summary = self.store.summary(room).await?;
            let given = summary.and_then(|summary| summary.receipts.get(&pos).copied());
            last = last.max(given.unwrap_or_default());
        }
        Ok(last)
    }

    /// Follows what is in the log and not in the book, and tells the tills.
    pub(super) async fn catch_up(&mut self) -> Result<(), StoreError> {
        loop {
            let events = self.store.tail(&self.id, self.book.state.seq, TAIL_MAX).await?;
            if events.is_empty() {
                return Ok(());
            }
            // What was answered to tills may have landed with them.
            self.tills.clear();
            for event in &events {
                for uid in MultiSession::touched_by(event) {
                    if self.book.state.order(&uid).is_none()
                        && let Some(order) = self.store.order(&self.id, &uid).await?
                        && !event.changes.iter().any(|change| registers(change, &uid))
                    {
                        self.book.supply_order(order);
                    }
                }
                self.book.follow(event);
                attention::log(&self.id, event);
                self.known.insert(event.command.clone());
            }
            let state = Arc::new(self.book.state.clone());
            {
                let mut desk = self.front.desk();
                desk.1 = state.clone();
                for event in &events {
                    desk.0.announce(&state, event, now_ms());
                }
            }
            for event in &events {
                self.audience.publish(event, &state);
            }
        }
    }

    /// Of a batch that may have landed after all: answers those whose commands are in the store.
    pub(super) async fn answer_landed(&mut self, batch: &mut Vec<Asked>) -> Result<(), StoreError> {
        let mut landed = Vec::new();
        for (at, asked) in batch.iter().enumerate() {
            if self.store.answer(&self.id, &asked.id).await?.is_some() {
                landed.push(at);
            }
        }
        for at in landed.into_iter().rev() {
            let asked = batch.remove(at);
            self.known.insert(asked.id.clone());
            let message = asked.call.message.clone();
            self.answer_again(asked).await;
            // What its till shows was not followed when it landed.
            self.front.desk().0.make_whole(&self.book.state, &message);
        }
        Ok(())
    }

    /// A command that was taken before gets the answer that it got.
    pub(super) async fn answer_again(&mut self, asked: Asked) {
        let plan = match self.store.answer(&self.id, &asked.id).await {
            Ok(Some(answer)) => serde_json::from_value::<Plan>(answer).ok(),
            Ok(None) => None,
            Err(error) => {
                self.failed(&error);
                let text = "the Sync Server cannot read now; the till tries again by itself";
                asked.reply.send(Err(WireError::unavailable(text))).ok();
                return;
            }
        };
        let plan = plan.unwrap_or(match &asked.call.message.body {
            // Taken by another process, or so long ago that the answer was dropped: the order as it stands.
            Body::UpdateOrder(sent) => Plan::AsItStands { order: sent.uid.clone() },
            Body::RemoveOrder(_) | Body::SyncAll(_) | Body::Relay => {
                Plan::LastNumber { run: asked.call.message.head.run }
            }
        });
        let head = &asked.call.message.head;
        let result = self.front.desk().0.answer(&self.book, head, &plan, now_ms());
        asked.reply.send(Ok(result)).ok();
    }
}

fn registers(change: &Change, uid: &OrderUid) -> bool {
    matches!(change, Change::Registered(registered) if registered.order == *uid)
}
