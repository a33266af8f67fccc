//! What a till showed of an order when it says of it nothing but a revision: that it was paid, or paid without a
//! connection.

use tillsync_core::diff::{LineView, View};
use tillsync_core::id::{LineUid, Till};
use tillsync_core::order::Order;

use crate::aliases::true_names;
use crate::before::Question;
use crate::interpret::Interpreter;
use crate::seen::Told;
use crate::sent::SentOrder;
use crate::shadow::Accepted;

/// Nobody looks at an order and pays it faster than this after it changed on the screen. Milliseconds.
const REACTION_MS: u64 = 300;

/// How long the client waits for an answer, in milliseconds, before it goes on without.
const UNANSWERED_MS: u64 = 30_000;

impl Interpreter<'_> {
    /// What the till showed when it sent nothing but a revision.
    pub(crate) fn shown(&self, till: &Till, order: &Order, claim: u64) -> View {
        let accepted = self.shadows.get(till, &order.uid);
        let since = self.sight.told_since_sent(till, &order.uid);
        if let (Some(accepted), Some(since)) = (&accepted, since)
            && let Some(came) = likeliest(since, accepted, claim, self.now_ms)
            && let Some(view) = self.painted_over(order, accepted, &came)
        {
            return view;
        }
        let question = Question::claim(order, claim, accepted.as_deref());
        let former = self.former(&question, None);
        let nothing = View::default();
        let before = question.before(&former, &nothing, |_| None);
        match (before.fields, &accepted) {
            (Some(_), _) => before.view(),
            (None, Some(accepted)) => accepted.view.clone(),
            (None, None) => View::from(order),
        }
    }

    /// What the till was accepted with, after these messages; none if not all of them can be found.
    fn painted_over(&self, order: &Order, accepted: &Accepted, came: &[&Told]) -> Option<View> {
        let mut view = accepted.view.clone();
        for (at, told) in came.iter().enumerate() {
            let then = self.versions.at(&order.uid, told.brings)?;
            // What the till knew under a name of its own comes anew.
            let comes = |uid: &LineUid| told.flags.has(uid) || (at == 0 && accepted.is_renamed(uid));
            let lines = then.lines.iter().map(|line| {
                let kept = view.line(&line.uid).filter(|line| !comes(&line.uid));
                let fields = kept.map_or(&line.fields, |line| &line.fields);
                LineView { uid: line.uid.clone(), fields: fields.clone() }
            });
            view = View { fields: then.fields.clone(), lines: lines.collect() };
        }
        Some(view)
    }

    /// An order that was paid without a connection, in the order's true names.
    pub(crate) fn content(&self, till: &Till, order: &Order, content: &SentOrder) -> View {
        let accepted = self.shadows.get(till, &order.uid);
        let question = Question::update(order, content, accepted.as_deref());
        let former = self.former(&question, Some(content));
        true_names(till, content, &question, &former, &self.follow_ups(order)).view(&content.view)
    }
}

/// Which of these a till had taken when it claimed this revision, and in which order: of all ways that lead to the
/// claim the likeliest; none if no way does.
fn likeliest<'a>(since: &'a [Told], accepted: &Accepted, claim: u64, now_ms: u64) -> Option<Vec<&'a Told>> {
    let polls: Vec<&Told> = since.iter().filter(|told| told.is_poll()).collect();
    let answer = since.iter().find(|told| !told.is_poll());
    let perhaps_before = polls.iter().take_while(|told| told.is_perhaps_before()).count();
    let mut best: Option<(u64, Vec<&Told>)> = None;
    for from in (0..=perhaps_before).rev() {
        for to in from..=polls.len() {
            for place in (from..=to).map(Some).chain([None]) {
                let came = &polls[from..to];
                let place = place.map(|place| place - from);
                let followed = place.into_iter().flat_map(|place| &came[place..]);
                let overtakes_what_came = answer.is_some_and(|answer| {
                    followed.into_iter().any(|told| told.was_taken_at(answer.number()))
                });
                if overtakes_what_came || claimed(came, answer, place, accepted) != claim {
                    continue;
                }
                let delay = delay(came, &polls[to..], answer, place, now_ms);
                if best.as_ref().is_none_or(|(least, _)| delay < *least) {
                    let mut came = came.to_vec();
                    if let (Some(answer), Some(place)) = (answer, place) {
                        came.insert(place, answer);
                    }
                    best = Some((delay, came));
                }
            }
        }
    }
    best.map(|(_, came)| came)
}

/// The revision that the till claims after these answers to polls, with the answer to its update before the one at
/// `place`, if that came. An answer that does not bring the order (then `answer` is none) only raises it.
fn claimed(came: &[&Told], answer: Option<&Told>, place: Option<usize>, accepted: &Accepted) -> u64 {
    let mut claim = accepted.claim;
    for at in 0..=came.len() {
        if place == Some(at) {
            claim = answer.map_or(claim.max(accepted.answered), |answer| answer.says);
        }
        claim = came.get(at).map_or(claim, |told| told.says);
    }
    claim
}

/// For how long things must have been on their way, in milliseconds, for this to have come before the payment, and the
/// rest not.
fn delay(came: &[&Told], rest: &[&Told], answer: Option<&Told>, place: Option<usize>, now_ms: u64) -> u64 {
    // Whoever takes a poll's answer polls again at once, and does not pay what it brought at once.
    let looked = came.iter().map(|told| {
        let looked_ms = told.taken_ms().map_or(0, |taken_ms| now_ms.saturating_sub(taken_ms));
        REACTION_MS.saturating_sub(looked_ms)
    });
    // The payment had set out before these were taken.
    let missed =
        rest.iter().filter_map(|told| told.taken_ms()).map(|taken_ms| now_ms.saturating_sub(taken_ms));
    // A till pays what it got no answer about once it has lost patience.
    let unanswered = if place.is_none() { UNANSWERED_MS } else { 0 };
    let overtook = |answer: &Told, at: usize, told: &Told| match at < place.unwrap_or(0) {
        true => told.told_ms.saturating_sub(answer.told_ms) + u64::from(told.number() > answer.number()),
        false => answer.told_ms.saturating_sub(told.told_ms) + u64::from(told.number() < answer.number()),
    };
    let overtaken = answer.filter(|_| place.is_some()).map(|answer| {
        came.iter().enumerate().map(|(at, told)| overtook(answer, at, told)).max().unwrap_or_default()
    });
    looked.max().unwrap_or_default()
        + missed.max().unwrap_or_default()
        + unanswered
        + overtaken.unwrap_or_default()
}
