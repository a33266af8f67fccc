//! What polls are answered, and full lists, put together at the moment of telling.

use std::sync::Arc;

use serde_json::{Value, json};
use tillsync_core::id::{OrderUid, Till};
use tillsync_core::multi_session::MultiSession;
use tillsync_core::order::{Order, OrderState};

use super::lists::{Arrival, ListGiven};
use super::{Desk, Given, PollAt, Texts};
use crate::channel::{Entry, Topic, Wants};
use crate::encode::last_sender;
use crate::looks::{Flags, Looks};
use crate::message::till;
use crate::order_text::OrderText;
use crate::painted::{Painted, Reach};
use crate::plan::Sync;
use crate::seen::Seen;

/// The uid in the answer to a POS's very first `sync_all`: nobody's, so that its till destroys nothing that it
/// has open from before.
const NOBODYS_UID: &str = "nobody";

impl Desk {
    /// What a held poll is answered now: the text of a JSON list; none while there is nothing.
    pub fn take(&mut self, state: &MultiSession, at: &PollAt, wants: Wants, now_ms: u64) -> Option<String> {
        let channel = self.channels.get_mut(&at.pos)?;
        let entries = match wants {
            Wants::Pongs => channel.pongs(at.last, now_ms),
            Wants::Orders if channel.has_news(at.slot) => channel.take(at.slot),
            Wants::Orders => return None,
        };
        if entries.is_empty() {
            return None;
        }
        let mut list = String::from("[");
        for entry in entries {
            let (kind, message) = match self.message(state, at.pos, &entry, now_ms) {
                Some(message) => ("pos.multi_session", message),
                None => ("pos.longpolling", "\"PONG\"".to_owned()),
            };
            if list.len() > 1 {
                list.push(',');
            }
            let channel = Value::String(json!([at.database, kind, at.pos.to_string()]).to_string());
            list.push_str(&format!("{{\"id\":{},\"channel\":{channel},\"message\":{message}}}", entry.id));
        }
        list.push(']');
        Some(list)
    }

    fn message(&mut self, state: &MultiSession, pos: i64, entry: &Entry, now_ms: u64) -> Option<String> {
        match &entry.topic {
            Topic::Pong { .. } => None,
            Topic::PassedOn { message } => {
                let mut message = message.clone();
                if let Some(data) = message.get_mut("data").and_then(Value::as_object_mut) {
                    data.insert("message_ID".into(), entry.message_id.into());
                }
                Some(message.to_string())
            }
            Topic::Order { uid, from, paint } => {
                Some(self.order_message(state, pos, uid, *from, paint, entry, now_ms))
            }
            Topic::List { asked_by, only, first_ever } => {
                let sync = Sync { order: only.clone(), immediate: false, first_ever: *first_ever };
                let via = ListVia::Channel { entry: entry.id };
                Some(self.list(state, pos, *asked_by, &sync, entry.message_id, via, now_ms))
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one message, put together from all that it says")]
    fn order_message(
        &mut self,
        state: &MultiSession,
        pos: i64,
        uid: &OrderUid,
        from: (i64, i64),
        paint: &Flags,
        entry: &Entry,
        now_ms: u64,
    ) -> String {
        let run = self.channels.get(&pos).map_or(0, |channel| channel.run);
        let order = state.order(uid).filter(|order| is_listed(order, run, state.run));
        let Some(order) = order else {
            let (revision, finalized) = state
                .order(uid)
                .map_or((1, false), |order| (order.revision, order.state == OrderState::Paid));
            let data = json!({
                "uid": uid, "revision_ID": revision, "finalized": finalized, "run_ID": run, "pos_id": pos,
                "nonce": "", "message_ID": entry.message_id,
            });
            self.told_gone_at(pos, uid);
            return json!({"action": "remove_order", "data": data, "session_id": from.0, "login_number": from.1})
                .to_string();
        };
        let author = till(from.0, from.1);
        let tills: Vec<Till> = self.tills_at(pos).filter(|till| *till != author).collect();
        let looks = self.texts(&order).looks.clone();
        let mut flags = paint.clone();
        for till in &tills {
            self.under_way.entry(till.clone()).or_default().insert(uid.clone());
            let midway = self.channels.get(&pos).is_some_and(|channel| channel.came_midway(till));
            let seen = self.seen.entry(uid.clone()).or_default().entry(till.clone()).or_default();
            // A till that lacks the order takes all of it; one of which nothing is known may have it.
            if seen.has_order() || (midway && seen.is_unknown()) {
                flags = flags.and(seen.flags(&looks));
            }
        }
        let strangers = self.channels.get(&pos).is_some_and(|channel| channel.has_strangers(now_ms));
        if strangers {
            flags = Flags::All;
        }
        let painted = self.painted(&order, Reach::Repaints);
        if strangers {
            let (order, looks, flags) = (uid.clone(), looks.clone(), flags.clone());
            self.note_given(pos, Given { order, looks, flags, entry: entry.id, painted, at_ms: now_ms });
        }
        for till in tills {
            let seen = self.seen.entry(uid.clone()).or_default().entry(till).or_default();
            seen.delivered(looks.clone(), &flags, entry.id, painted, now_ms);
        }
        self.update_order(&order, &flags, painted, order.revision, entry.message_id, from)
    }

    /// The mark of a delivery that is about to be made.
    pub(super) fn painted(&mut self, order: &Order, reach: Reach) -> Painted {
        self.deliveries += 1;
        Painted { revision: order.revision, delivery: self.deliveries, reach }
    }

    /// An `update_order` message.
    pub(super) fn update_order(
        &mut self,
        order: &Arc<Order>,
        flags: &Flags,
        painted: Painted,
        revision: u64,
        message_id: u64,
        (session, login): (i64, i64),
    ) -> String {
        let mut text = String::from("{\"action\":\"update_order\",\"data\":");
        self.text(order, flags).spell(painted, revision, message_id, &mut text);
        text.push_str(&format!(",\"session_id\":{session},\"login_number\":{login}}}"));
        text
    }

    fn tills_at(&self, pos: i64) -> impl Iterator<Item = Till> + use<> {
        let tills: Vec<Till> =
            self.channels.get(&pos).map(|channel| channel.tills().collect()).unwrap_or_default();
        tills.into_iter()
    }

    fn told_gone_at(&mut self, pos: i64, uid: &OrderUid) {
        let tills: Vec<Till> = self.tills_at(pos).collect();
        for till in tills {
            if let Some(seen) = self.seen.get_mut(uid).and_then(|tills| tills.get_mut(&till)) {
                seen.told_gone();
            }
        }
    }

    /// A `sync_all` message.
    #[expect(clippy::too_many_arguments, reason = "one message, put together from all that it says")]
    pub(super) fn list(
        &mut self,
        state: &MultiSession,
        pos: i64,
        asked_by: (i64, i64),
        sync: &Sync,
        message_id: u64,
        via: ListVia,
        now_ms: u64,
    ) -> String {
        let run = self.channels.get(&pos).map_or(state.run, |channel| channel.run);
        let tills: Vec<Till> = match asked_by {
            (0, 0) => self.tills_at(pos).collect(),
            (session, login) => vec![till(session, login)],
        };
        let mut orders: Vec<Arc<Order>> = match &sync.order {
            Some(uid) => {
                state.order(uid).filter(|order| is_listed(order, run, state.run)).into_iter().collect()
            }
            None => {
                let listed = |order: &&Arc<Order>| {
                    is_listed(order, run, state.run)
                        || (via != ListVia::Page
                            && order.state.is_closed()
                            && self.is_shown(&order.uid, &tills))
                };
                state.orders.values().filter(listed).cloned().collect()
            }
        };
        orders.sort_by_key(|order| (order.number, order.uid.clone()));
        let strangers = self.channels.get(&pos).is_some_and(|channel| channel.has_strangers(now_ms));
        let mut texts = Vec::new();
        for order in &orders {
            let looks = self.texts(order).looks.clone();
            let mut flags = Flags::none();
            // A POS of which no till is known yet may create it from this.
            let mut is_new = tills.is_empty();
            for till in &tills {
                if matches!(via, ListVia::Channel { .. }) {
                    self.under_way.entry(till.clone()).or_default().insert(order.uid.clone());
                }
                let seen = self.seen.entry(order.uid.clone()).or_default().entry(till.clone()).or_default();
                is_new |= !seen.has_order();
                flags = flags.and(seen.flags(&looks));
            }
            let painted = self.painted(order, Reach::Repaints);
            if let (ListVia::Channel { entry }, true) = (via, strangers) {
                let (order, looks, flags) = (order.uid.clone(), looks.clone(), flags.clone());
                self.note_given(pos, Given { order, looks, flags, entry, painted, at_ms: now_ms });
            }
            for till in &tills {
                let seen = self.seen.entry(order.uid.clone()).or_default().entry(till.clone()).or_default();
                match via {
                    ListVia::Channel { entry } => {
                        seen.delivered(looks.clone(), &flags, entry, painted, now_ms)
                    }
                    ListVia::Page => seen.loaded(&looks),
                    ListVia::Answer => {
                        seen.answered(looks.clone(), &flags, painted, order.revision, now_ms);
                        self.note_answer(&order.uid, till, pos, painted, now_ms);
                    }
                }
            }
            if order.state.is_closed() {
                // A till that has typed something to an order that was closed meanwhile sends it, if the order
                // is in the list; after that it is told that the order is gone.
                self.push(pos, Topic::Order { uid: order.uid.clone(), from: (0, 0), paint: Flags::none() });
            } else if is_new && sync.order.is_none() && matches!(via, ListVia::Channel { .. }) {
                self.push(pos, Topic::Order { uid: order.uid.clone(), from: (0, 0), paint: Flags::All });
            }
            let from = last_sender(order);
            texts.push(self.update_order(order, &flags, painted, order.revision, message_id, from));
        }
        let uid = match &sync.order {
            Some(uid) => json!(uid),
            None if sync.first_ever => json!(NOBODYS_UID),
            None => {
                let asked = (asked_by != (0, 0)).then(|| till(asked_by.0, asked_by.1));
                let arrival = match via {
                    ListVia::Channel { entry } => Arrival::UnderWay { entry },
                    ListVia::Answer | ListVia::Page => Arrival::Unknown,
                };
                self.note_list(ListGiven {
                    pos,
                    till: asked,
                    at_ms: now_ms,
                    orders: orders.iter().map(|order| order.uid.clone()).collect(),
                    arrival,
                });
                Value::Null
            }
        };
        sync_all(&texts, message_id, state.last_number(run.min(state.run)), &uid, asked_by)
    }

    fn is_shown(&self, uid: &OrderUid, tills: &[Till]) -> bool {
        let seen = self.seen.get(uid);
        tills.iter().any(|till| seen.and_then(|tills| tills.get(till)).is_some_and(Seen::has_order))
    }

    pub(super) fn texts(&mut self, order: &Arc<Order>) -> &mut Texts {
        let fresh =
            || Texts { revision: order.revision, looks: Arc::new(Looks::of(order)), by_flags: Vec::new() };
        let texts = self.texts.entry(order.uid.clone()).or_insert_with(fresh);
        if texts.revision != order.revision {
            *texts = fresh();
        }
        texts
    }

    /// The order's text, encoded once for all tills that need the same lines repainted.
    fn text(&mut self, order: &Arc<Order>, flags: &Flags) -> Arc<OrderText> {
        let texts = self.texts(order);
        if let Some((_, text)) = texts.by_flags.iter().find(|(known, _)| known == flags) {
            return text.clone();
        }
        let text = Arc::new(OrderText::new(order, flags));
        texts.by_flags.push((flags.clone(), text.clone()));
        text
    }
}

/// A `sync_all` message of these orders; `uid` is null for a full list.
pub(super) fn sync_all(
    orders: &[String],
    message_id: u64,
    last_number: u32,
    uid: &Value,
    (session, login): (i64, i64),
) -> String {
    format!(
        "{{\"action\":\"sync_all\",\"data\":{{\"orders\":[{}],\"message_ID\":{message_id},\"order_ID\":{last_number},\
         \"uid\":{uid},\"login_number\":{login},\"session_id\":{session}}}}}",
        orders.join(","),
    )
}

/// Where a list goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListVia {
    /// In the answer to a page that is loading.
    Page,
    /// In the answer to an update.
    Answer,
    /// On the channel.
    Channel {
        /// As this entry.
        entry: u64,
    },
}

/// Whether the tills of a run show the order: its drafts; those of a run that is over, too, while tills are
/// still in it.
pub(super) fn is_listed(order: &Order, run: u32, current: u32) -> bool {
    order.run == run
        && match order.state {
            OrderState::Draft => true,
            OrderState::Unpaid => run < current,
            OrderState::Paid | OrderState::Deleted => false,
        }
}
