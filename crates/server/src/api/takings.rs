//! What a session took, which is what its drawer should hold: the money of its own tills, whoever closed the orders.

use rust_decimal::Decimal;
use serde::Serialize;
use tillsync_core::money::{Money, payments_of};
use tillsync_core::multi_session::{MultiSession, PosSession};
use tillsync_core::order::{Closing, Order, OrderState, Payment};
use tillsync_core::protocol::session_of;
use tillsync_store::{Closed, Result as StoreResult, RoomId};

use super::ApiState;

/// Closed orders that are read at a time.
const PAGE_MAX: usize = 500;

/// What was sold in a session, and taken at its point of sale.
#[derive(Debug, Default, Serialize)]
pub struct Sold {
    /// Orders that were closed there as paid.
    orders: u64,
    /// Of these, those that gave money back.
    refunds: u64,
    /// Of these, those of a device that was silent when the session before was closed.
    late: u64,
    /// What rounding to the coins that there are brought, or took.
    rounding: Decimal,
    /// Their totals; and what the session's tills were given, also for orders that another closed, or that are open.
    #[serde(flatten)]
    money: Money,
}

/// Looks through everything that was closed since the session before it ended.
pub async fn sold(
    state: &ApiState,
    room: &RoomId,
    pos: i64,
    shared: &MultiSession,
    session: &PosSession,
) -> StoreResult<Sold> {
    let last = shared.poses.get(&pos).and_then(|seat| seat.last.as_ref());
    let since_ms = last.map_or(session.opened_ms, |last| last.closed_ms.min(session.opened_ms));
    let books = Books { shared, session, pos, since_ms };
    let (mut sold, mut after) = (Sold::default(), None);
    loop {
        let wanted = Closed { session: None, after, max: PAGE_MAX };
        let page = state.hub().store().closed(room, &wanted).await?;
        let Some((closing, uid)) = page.last().and_then(|last| Some((last.closing.as_ref()?, &last.uid)))
        else {
            break;
        };
        let is_end = closing.ms < since_ms;
        after = Some((closing.ms, uid.clone()));
        page.iter().for_each(|order| books.add(order, &mut sold));
        if is_end {
            break;
        }
    }
    for draft in shared.drafts() {
        sold.money.add_given(draft.payments.iter().filter(|payment| books.is_own(payment)));
    }
    Ok(sold)
}

/// Which money is whose.
struct Books<'a> {
    shared: &'a MultiSession,
    session: &'a PosSession,
    pos: i64,
    /// When the POS's session before this one was closed.
    since_ms: u64,
}

impl Books<'_> {
    fn add(&self, order: &Order, sold: &mut Sold) {
        let Some(closing) = &order.closing else { return };
        let is_late = self.is_late(closing);
        let is_here = is_late || closing.session == Some(self.session.id);
        let mine = |payment: &&Payment| self.is_mine(payment, closing, is_here);
        let all = Money::of(order);
        if order.state != OrderState::Paid {
            // Deleted with money in it: that is in the drawer all the same.
            sold.money.add_given(order.payments.iter().filter(mine));
            return;
        }
        if is_here {
            sold.orders += 1;
            sold.refunds += u64::from(all.total.is_sign_negative() && !all.total.is_zero());
            sold.late += u64::from(is_late);
            sold.rounding += all.given() - all.change - all.total;
            sold.money.add(Money { total: all.total, tax: all.tax, ..Money::default() });
        }
        sold.money.add_given(payments_of(order).filter(mine));
        // Whoever took the last of it gave the change.
        if payments_of(order).last().filter(mine).is_some() {
            sold.money.change += all.change;
        }
    }

    /// Closed by a device of this POS while it had no session: between the one before and this one.
    fn is_late(&self, closing: &Closing) -> bool {
        closing.session.is_none() && closing.by.pos.id == self.pos && closing.ms >= self.since_ms
    }

    fn is_own(&self, payment: &Payment) -> bool {
        session_of(&payment.till) == Some(self.session.id)
    }

    /// A payment is its till's session's; what comes when that is over goes with the order.
    fn is_mine(&self, payment: &Payment, closing: &Closing, is_here: bool) -> bool {
        match session_of(&payment.till).filter(|session| self.was_open(*session, closing.ms)) {
            Some(session) => session == self.session.id,
            None => is_here,
        }
    }

    fn was_open(&self, session: u32, ms: u64) -> bool {
        self.shared.poses.values().any(|seat| {
            let is_open = seat.session.as_ref().is_some_and(|open| open.id == session);
            is_open || seat.last.as_ref().is_some_and(|last| last.id == session && last.closed_ms >= ms)
        })
    }
}
