//! Answers to what tills send, put together at the moment of telling.

use std::sync::Arc;

use serde_json::json;
use tillsync_core::id::{OrderUid, Till};
use tillsync_core::multi_session::MultiSession;
use tillsync_core::order::Order;

use super::compose::{ListVia, sync_all};
use super::{AnswerGiven, Desk};
use crate::book::Book;
use crate::channel::{Channel, Topic};
use crate::encode::last_sender;
use crate::looks::Flags;
use crate::message::{Head, session_and_login};
use crate::painted::{Painted, Reach};
use crate::plan::{Plan, Sync};

/// How long the repainting after a merged answer waits: by then the till has sent what was typed meanwhile.
const REPAINT_MS: u64 = 400;

/// How long an answer can be on its way: the client gives up a request after this time.
const ANSWER_MS: u64 = 30_000;

/// Answers with an order that are remembered for that time.
const ANSWERS_MAX: usize = 2_000;

impl Desk {
    /// The answer to a message, put together now.
    pub fn answer(&mut self, book: &Book, head: &Head, plan: &Plan, now_ms: u64) -> String {
        let state = &book.state;
        match plan {
            Plan::Revision { order, revision, number, run } => json!({
                "action": "update_revision_ID", "revision_ID": revision, "uid": order, "order_ID": number, "run_ID": run,
            })
            .to_string(),
            // Unless it is asked again later.
            Plan::Merged { order, revision }
                if state.order(order).is_some_and(|order| order.revision <= revision + 1) =>
            {
                self.unpainted(state, head, order, *revision, now_ms)
            }
            Plan::Merged { order, .. } | Plan::AsItStands { order } => {
                let sync = Sync { order: Some(order.clone()), immediate: true, first_ever: false };
                let told = self.channels.get(&head.pos_id).map_or(0, Channel::told_message_id);
                let asked_by = (head.session_id, head.login_number);
                self.list(state, head.pos_id, asked_by, &sync, told, ListVia::Answer, now_ms)
            }
            Plan::Gone { order } => {
                self.let_go_at(order, &head.till());
                json!({"action": "revision_error", "order_uid": order, "state": "deleted"}).to_string()
            }
            Plan::LastNumber { run } => json!({"order_ID": state.last_number((*run).min(state.run))}).to_string(),
            Plan::PassedOn => "1".to_owned(),
            Plan::Listed { sync } if sync.immediate => {
                let asked_by = (head.session_id, head.login_number);
                let channel = self.channels.entry(head.pos_id).or_default();
                if sync.order.is_none() {
                    channel.page_loaded(asked_by.0, asked_by.1);
                    // The client asks a second time as soon as it is connected.
                    channel.greeted = sync.first_ever;
                    self.forget(&head.till());
                }
                let message_id = self.channels.get(&head.pos_id).map_or(0, |channel| channel.message_id);
                self.list(state, head.pos_id, asked_by, sync, message_id, ListVia::Page, now_ms)
            }
            Plan::Listed { sync } => {
                let asked_by = (head.session_id, head.login_number);
                let greeted = self.channels.get_mut(&head.pos_id).map(|channel| std::mem::take(&mut channel.greeted));
                let (only, first_ever) = (sync.order.clone(), sync.first_ever || greeted == Some(true));
                self.push(head.pos_id, Topic::List { asked_by, only, first_ever });
                unheard_number(state, head).unwrap_or_else(|| "{}".to_owned())
            }
        }
    }

    /// The answer to a merged update: it repaints nothing, the repainting follows on the channel.
    fn unpainted(
        &mut self,
        state: &MultiSession,
        head: &Head,
        uid: &OrderUid,
        revision: u64,
        now_ms: u64,
    ) -> String {
        let told = self.channels.get(&head.pos_id).map_or(0, Channel::told_message_id);
        let Some(order) = state.order(uid) else { return "{}".to_owned() };
        let looks = self.texts(&order).looks.clone();
        let painted = self.painted(&order, Reach::BringsOnly);
        let till = head.till();
        let seen = self.seen.entry(uid.clone()).or_default().entry(till.clone()).or_default();
        seen.answered(looks, &Flags::none(), painted, revision, now_ms);
        self.note_answer(uid, &till, head.pos_id, painted, now_ms);
        if let Some(channel) = self.channels.get_mut(&head.pos_id) {
            channel.hold(now_ms + REPAINT_MS);
        }
        let order = self.update_order(&order, &Flags::none(), painted, revision, told, last_sender(&order));
        sync_all(
            &[order],
            told,
            state.last_number(head.run.min(state.run)),
            &json!(uid),
            (head.session_id, head.login_number),
        )
    }

    pub(super) fn note_answer(
        &mut self,
        order: &OrderUid,
        till: &Till,
        pos: i64,
        painted: Painted,
        now_ms: u64,
    ) {
        let (order, till, number) = (order.clone(), till.clone(), painted.delivery);
        self.answers.push_back(AnswerGiven { order, till, pos, number, ends_ms: now_ms + ANSWER_MS });
        if self.answers.len() > ANSWERS_MAX {
            self.answers.pop_front();
        }
    }
}

/// Tells a till the number of the last order that it registered, or that was registered in its session, if nothing was
/// done to it since: the answer that had the number may be what made the till ask for a list, or its page may have been
/// loaded anew before the answer came. The client takes a number from no list, only from this kind of answer, and from
/// that whatever it had asked. The revision is one that it never takes.
fn unheard_number(state: &MultiSession, head: &Head) -> Option<String> {
    let till = head.till();
    let of_session = |by: &Till| session_and_login(by).is_some_and(|(session, _)| session == head.session_id);
    let untouched = |order: &Arc<Order>| order.revision == order.first_revision && order.origin.is_none();
    let of_drafts = |by: &dyn Fn(&Till) -> bool| {
        let drafts = state.drafts().into_iter().filter(untouched);
        let drafts = drafts.filter(|order| order.changed_at.keys().any(by));
        drafts.max_by_key(|order| (order.run, order.number))
    };
    let order = of_drafts(&|by| *by == till).or_else(|| of_drafts(&of_session))?;
    let answer = json!({
        "action": "update_revision_ID", "revision_ID": 0, "uid": order.uid, "order_ID": order.number,
        "run_ID": order.run,
    });
    Some(answer.to_string())
}
