//! What a till means by a message: the command to decide, and what it is answered once that is on disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use tillsync_core::author::{Author, Mark, Pos, User};
use tillsync_core::command::{
    Action, Answer, BeginRun, Command, Create, CreatedLine, Delete, JoinPos, OldRun, Update,
};
use tillsync_core::diff::{LineView, View};
use tillsync_core::id::{CommandId, CreationId, LineUid, OrderUid, Till, stable_id};
use tillsync_core::json::Fields;
use tillsync_core::multi_session::MultiSession;
use tillsync_core::order::Order;
use tillsync_core::refusal::Refusal;

use crate::aliases::{Aliases, Renamed, true_names};
use crate::before::{Former, Question};
use crate::edits::{OwnValues, customer_taken_away, edits};
use crate::error::WireError;
use crate::looks::shows;
use crate::message::{Body, Head, Message, Removal, RemoveOrder, UpdateCall};
use crate::plan::{Plan, Sync};
use crate::seen::Told;
use crate::sent::SentOrder;
use crate::shadow::{Accepted, Shadows};

/// What is known of the tills beside what they send.
pub trait Sight {
    /// Whether a full list that lacked the order was given to the till at the POS within the last seconds: a
    /// removal is then the client's destroying and not a person's wish.
    fn lacked(&self, pos: i64, till: &Till, order: &OrderUid) -> bool;

    /// What the till was told of the order since it sent it last, in the order of telling; none if that is not known.
    fn told_since_sent(&self, till: &Till, order: &OrderUid) -> Option<&[Told]>;

    /// Who was last seen at the POS.
    fn person(&self, pos_id: i64) -> Option<Mark>;
}

/// Former versions of orders.
pub trait Versions {
    /// The order as it was at a revision.
    fn at(&self, order: &OrderUid, revision: u64) -> Option<Arc<Order>>;

    /// Those that are at hand.
    fn recent(&self, order: &OrderUid) -> Vec<Arc<Order>>;
}

/// A message, understood.
#[derive(Debug, Clone)]
pub struct Meant {
    /// To be decided; without actions there is nothing to decide and only `plan` to answer.
    pub command: Command,
    /// What the till showed, to be noted as accepted.
    pub shown: Option<(OrderUid, Accepted)>,
    /// An order that the till has let go: what it was accepted with counts no more, should the order come back there.
    pub let_go: Option<OrderUid>,
    /// Orders that every till should be sent again.
    pub send_again: Vec<OrderUid>,
    then: Then,
}

#[derive(Debug, Clone)]
enum Then {
    Answer(Plan),
    Update { sent: View, renamed_lines: Renamed, answered: u64 },
    Delete { order: OrderUid, run: u32 },
}

/// Understands messages of one multi-session on a state.
pub struct Interpreter<'a> {
    /// The state that the command will be decided on.
    pub state: &'a MultiSession,
    /// What tills were last accepted with.
    pub shadows: &'a Shadows,
    /// What else is known of them.
    pub sight: &'a dyn Sight,
    /// Former versions.
    pub versions: &'a dyn Versions,
    /// Milliseconds since 1970.
    pub now_ms: u64,
}

/// The id under which a message is known: the till and the whole message. A repeated nonce alone proves
/// nothing, the client's nonces are short.
pub fn command_id(call: &UpdateCall) -> CommandId {
    let head = &call.message.head;
    let (session, login) = (head.session_id.to_string(), head.login_number.to_string());
    // Its numbers are normalized and its keys are sorted: one message has one text.
    CommandId::new(stable_id(&["odoo", &session, &login, &call.message.raw.to_string()]))
}

impl Interpreter<'_> {
    /// Understands one message.
    pub fn understand(&self, call: &UpdateCall, id: CommandId) -> Meant {
        let message = &call.message;
        let mut meant = Meant {
            command: Command {
                id,
                number: None,
                author: self.author(call),
                actions: self.before(message, call),
            },
            shown: None,
            let_go: None,
            send_again: Vec::new(),
            then: Then::Answer(Plan::PassedOn),
        };
        match &message.body {
            Body::UpdateOrder(sent) => self.update(&message.head, sent, &mut meant),
            Body::RemoveOrder(remove) => self.remove(&message.head, remove, &mut meant),
            Body::SyncAll(sync) => {
                let first_ever = !self.state.poses.contains_key(&message.head.pos_id);
                let immediate = sync.answer == crate::message::SyncAnswer::Immediate;
                let sync = Sync { order: sync.uid.clone(), immediate, first_ever };
                meant.then = Then::Answer(Plan::Listed { sync });
            }
            Body::Relay => {}
        }
        meant
    }

    fn author(&self, call: &UpdateCall) -> Author {
        let head = &call.message.head;
        let sent = match &call.message.body {
            Body::UpdateOrder(sent) => sent.author(head.pos_id),
            Body::RemoveOrder(remove) => match &remove.reason {
                Removal::Paid(Some(content)) => content.author(head.pos_id),
                Removal::Paid(None) | Removal::Deleted => None,
            },
            Body::SyncAll(_) | Body::Relay => None,
        };
        let mark = sent.or_else(|| self.sight.person(head.pos_id)).unwrap_or_else(|| {
            let pos = self.state.poses.get(&head.pos_id).map(|seat| seat.name.clone());
            Mark {
                user: User { id: call.user_id, name: format!("User {}", call.user_id) },
                pos: Pos { id: head.pos_id, name: pos.unwrap_or_else(|| format!("POS {}", head.pos_id)) },
            }
        });
        Author { till: head.till(), mark, device_time_ms: None }
    }

    /// What goes before: a later run, a POS that joins or has another name.
    fn before(&self, message: &Message, call: &UpdateCall) -> Vec<Action> {
        let head = &message.head;
        let mut actions = Vec::new();
        if head.run > self.state.run {
            actions.push(Action::BeginRun(BeginRun { run: head.run }));
        }
        let known = self.state.poses.get(&head.pos_id).map(|seat| seat.name.as_str());
        let mark = self.author(call);
        let name = mark.mark.pos.name;
        let said = mark.mark.pos.id == head.pos_id && known != Some(name.as_str());
        if known.is_none() || (said && !name.starts_with("POS ")) {
            actions.push(Action::JoinPos(JoinPos { receipts: 0, pos: head.pos_id, name }));
        }
        actions
    }

    fn update(&self, head: &Head, sent: &SentOrder, meant: &mut Meant) {
        let till = head.till();
        let Some(order) = self.state.order(&sent.uid) else {
            self.create(head, sent, meant);
            return;
        };
        let accepted = self.shadows.get(&till, &sent.uid);
        let question = Question::update(&order, sent, accepted.as_deref());
        let former = self.former(&question, Some(sent));
        let names = true_names(&till, sent, &question, &former, &self.follow_ups(&order));
        // An order that came back to a till by a message is as that brought it, whatever was accepted before.
        let accepted = accepted.filter(|accepted| !names.are_of_another_life(accepted));
        let question = Question::update(&order, sent, accepted.as_deref());
        let former = self.former(&question, Some(sent));
        let (view, renamed_lines) = (names.view(&sent.view), names.renamed());
        let marks = names.marks(sent);
        let before = question.before(&former, &view, |uid| marks.get(uid).copied());
        let own = OwnValues {
            accepted: accepted.as_ref().map(|accepted| &accepted.view),
            formerly: sent.painted.map(|_| self.versions.recent(&sent.uid)),
        };
        let mut operations = edits(&order, &before, &own, &view);
        let touched = touched(head, &order, sent, &view);
        // Not a mark from before what others did since, of which the till may have sent something already.
        let latest = |uid: &LineUid| {
            let painted = marks.get(uid).map_or(0, |painted| painted.revision);
            order.line(uid).is_some_and(|line| line.changed <= painted)
        };
        let has_touched = touched.iter().flatten().any(latest);
        operations.extend(customer_taken_away(&operations, &before, &view.fields, has_touched));
        let seen = question.seen();
        let is_open = !order.state.is_closed();
        let answered = order.revision + u64::from(is_open);
        // A revision of its own for the message that repaints: see `Plan::Merged`.
        let stale = is_open && order.changed_by_others_since(&till, seen);
        let revision = answered + u64::from(stale);
        let accepted = Accepted {
            claim: sent.revision,
            base: question.held().map_or(sent.revision, |held| held.revision),
            revision,
            answered,
            seen: if stale { seen } else { revision },
            view: view.clone(),
            painted: sent.painted,
            painted_lines: marks,
            aliases: names.into_inner(),
        };
        meant.shown = Some((sent.uid.clone(), accepted));
        if !is_open {
            meant.then = Then::Answer(Plan::Gone { order: order.uid.clone() });
            self.after_close(head, &order, operations, &before, meant);
            return;
        }
        meant.command.actions.push(Action::Update(Update {
            order: sent.uid.clone(),
            creation: None,
            base: seen,
            carried_lines: carried_lines(&order, sent, &view),
            operations,
            carried: carried(head, sent),
            touched,
        }));
        if stale {
            meant.command.actions.push(Action::Update(Update {
                order: sent.uid.clone(),
                creation: None,
                base: seen,
                operations: Vec::new(),
                carried: Fields::new(),
                carried_lines: BTreeMap::new(),
                touched: Vec::new(),
            }));
        }
        meant.then = Then::Update { sent: view, renamed_lines, answered };
    }

    fn create(&self, head: &Head, sent: &SentOrder, meant: &mut Meant) {
        let lines = sent.view.lines.iter().map(|line| CreatedLine {
            uid: line.uid.clone(),
            fields: line.fields.clone(),
            carried: sent.carried_lines.get(&line.uid).cloned().unwrap_or_default(),
            added: sent.line_marks.get(&line.uid).and_then(|marks| marks.created.clone()),
        });
        meant.command.actions.push(Action::Create(Create {
            order: sent.uid.clone(),
            creation: creation(&sent.uid),
            run: head.run,
            old_run: OldRun::Serve,
            former_revision: if sent.revision > 1 { sent.revision } else { 0 },
            fields: sent.view.fields.clone(),
            lines: lines.collect(),
            carried: carried(head, sent),
            origin: None,
        }));
        let revision = if sent.revision > 1 { sent.revision } else { 1 };
        let (claim, view) = (sent.revision, sent.view.clone());
        let accepted = Accepted {
            claim,
            base: claim,
            revision,
            answered: revision,
            seen: revision,
            view,
            painted: sent.painted,
            painted_lines: Aliases::default().marks(sent),
            aliases: BTreeMap::new(),
        };
        meant.shown = Some((sent.uid.clone(), accepted));
        let sent = sent.view.clone();
        meant.then = Then::Update { sent, renamed_lines: Renamed::None, answered: revision };
    }

    fn remove(&self, head: &Head, remove: &RemoveOrder, meant: &mut Meant) {
        let till = head.till();
        let order = self.state.order(&remove.uid);
        meant.let_go = Some(remove.uid.clone());
        meant.then = Then::Answer(Plan::LastNumber { run: head.run });
        match (&remove.reason, order) {
            (Removal::Deleted, None) => {}
            (Removal::Deleted, Some(order)) if order.state.is_closed() => {}
            (Removal::Deleted, Some(_)) if self.sight.lacked(head.pos_id, &till, &remove.uid) => {
                meant.send_again.push(remove.uid.clone());
            }
            (Removal::Deleted, Some(order)) => {
                let accepted = self.shadows.get(&till, &remove.uid);
                let base = Question::claim(&order, remove.revision, accepted.as_deref()).seen();
                let order = remove.uid.clone();
                let delete = Delete { order, creation: None, base, payments_seen: Vec::new() };
                meant.command.actions.push(Action::Delete(delete));
                meant.then = Then::Delete { order: remove.uid.clone(), run: head.run };
            }
            (Removal::Paid(None), None) => {}
            (Removal::Paid(content), order) => self.pay(head, remove, content.as_deref(), order, meant),
        }
    }

    /// The orders that came out of an order, as far as they are at hand.
    pub(crate) fn follow_ups(&self, order: &Order) -> Vec<Arc<Order>> {
        order.follow_ups.iter().filter_map(|uid| self.state.order(uid)).collect()
    }

    /// The former versions that a question needs, as far as they are at hand.
    pub(crate) fn former(&self, question: &Question, sent: Option<&SentOrder>) -> Former {
        Former::find(&question.needs(sent), |revision| self.versions.at(&question.now.uid, revision))
    }
}

impl Meant {
    /// What is answered once the command has been decided on `state` (which is the state afterwards).
    pub fn plan(&self, state: &MultiSession, answer: &Answer) -> Plan {
        match &self.then {
            Then::Answer(plan) => plan.clone(),
            Then::Delete { run, .. } => Plan::LastNumber { run: *run },
            Then::Update { sent, renamed_lines, answered } => {
                let uid = answer.order.clone().unwrap_or_else(|| OrderUid::new(""));
                let Some(order) = state.order(&uid) else { return Plan::Gone { order: uid } };
                let merged =
                    !answer.merged_with.is_empty() || *renamed_lines == Renamed::Some || !shows(sent, &order);
                if merged {
                    Plan::Merged { order: uid, revision: *answered }
                } else {
                    Plan::Revision {
                        order: uid,
                        revision: order.revision,
                        number: order.number,
                        run: order.run,
                    }
                }
            }
        }
    }

    /// What a refusal comes to: a stale removal brings the order back, everything else is an error.
    pub fn refused(&mut self, refusal: &Refusal) -> Result<Plan, WireError> {
        match (&self.then, refusal) {
            (Then::Delete { order, run }, Refusal::ChangedByOthers { .. }) => {
                self.send_again.push(order.clone());
                Ok(Plan::LastNumber { run: *run })
            }
            _ => Err(WireError::bad_request(refusal.to_string())),
        }
    }
}

/// The creation of an order, for a client that sends none: its uid is all there is.
pub(crate) fn creation(uid: &OrderUid) -> CreationId {
    CreationId::new(stable_id(&["odoo", uid.as_str()]))
}

pub(crate) fn carried(head: &Head, sent: &SentOrder) -> Fields {
    let mut carried = sent.carried.clone();
    carried.insert("session_id".into(), head.session_id.into());
    carried.insert("login_number".into(), head.login_number.into());
    carried.insert("pos_id".into(), head.pos_id.into());
    carried.insert("nonce".into(), head.nonce.clone().into());
    carried
}

/// What a till says of its lines, where it says something new.
fn carried_lines(order: &Order, sent: &SentOrder, view: &View) -> BTreeMap<LineUid, Fields> {
    let news = |(line, as_sent): (&LineView, &LineView)| {
        let known = order.line(&line.uid).map(|line| &line.carried);
        let said = sent.carried_lines.get(&as_sent.uid).into_iter().flatten();
        let news: Fields = said
            .filter(|(field, value)| known.and_then(|known| known.get(*field)) != Some(*value))
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect();
        (!news.is_empty()).then(|| (line.uid.clone(), news))
    };
    view.lines.iter().zip(&sent.view.lines).filter_map(news).collect()
}

/// Lines that the till's own user touched, by the till's `ms_info`.
fn touched(head: &Head, order: &Order, sent: &SentOrder, view: &View) -> Vec<Option<LineUid>> {
    let mut touched = Vec::new();
    for (line, as_sent) in view.lines.iter().zip(&sent.view.lines) {
        let changed = sent.line_marks.get(&as_sent.uid).and_then(|marks| marks.changed.as_ref());
        let news = changed.filter(|mark| mark.pos.id == head.pos_id);
        if let (Some(mark), Some(known)) = (news, order.line(&line.uid))
            && known.edited.as_ref() != Some(mark)
        {
            touched.push(Some(line.uid.clone()));
        }
    }
    touched
}
