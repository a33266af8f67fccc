//! Orders that are off the screens: what there is, and back with it.

use std::sync::Arc;

use clap::Args;
use tillsync_core::command::{ACTIONS_MAX, Action, Restore};
use tillsync_core::id::OrderUid;
use tillsync_core::order::{Order, OrderState};
use tillsync_server::clock::now_ms;

use crate::say::say;
use crate::shop::{Shop, ShopArgs};

/// How many deleted orders are listed, the last ones.
const DELETED_LISTED_MAX: usize = 30;

/// Open unpaid (or deleted) orders again, in the current run.
///
/// Unpaid is what was still open when its run ended.
#[derive(Debug, Args)]
pub struct RestoreOrders {
    #[command(flatten)]
    shop: ShopArgs,
    /// The orders, such as 00001-001-0007; without any, those that can be restored are listed and none is opened.
    #[arg(value_name = "UID")]
    uids: Vec<String>,
    /// Open every unpaid order of the multi-session.
    #[arg(long, conflicts_with = "uids")]
    all: bool,
}

impl RestoreOrders {
    /// Carries the command out.
    pub async fn run(self) -> anyhow::Result<()> {
        let shop = self.shop.open().await?;
        if self.uids.is_empty() && !self.all {
            return list(&shop, self.shop.multi_session).await;
        }
        let wanted: Vec<OrderUid> = if self.all {
            shop.state.unpaid().iter().map(|order| order.uid.clone()).collect()
        } else {
            self.uids.iter().map(OrderUid::new).collect()
        };
        if wanted.is_empty() {
            say!("There is no unpaid order to restore.");
            return Ok(());
        }
        restore(shop, &wanted).await
    }
}

/// Shows what can be restored.
async fn list(shop: &Shop, multi_session: i64) -> anyhow::Result<()> {
    let unpaid = shop.state.unpaid();
    say!("Unpaid orders of multi-session {multi_session}:");
    for order in &unpaid {
        say!("  {}", line(order));
    }
    if unpaid.is_empty() {
        say!("  none");
    }
    let mut deleted = Vec::new();
    for order in shop.state.orders.values().filter(|order| order.state == OrderState::Deleted) {
        if let Some((time_ms, by)) = shop.deleted(&order.uid).await? {
            deleted.push((time_ms, by, order));
        }
    }
    deleted.sort_by_key(|(time_ms, ..)| std::cmp::Reverse(*time_ms));
    say!("Deleted in run {} and the run before, the last first:", shop.state.run);
    for (time_ms, by, order) in deleted.iter().take(DELETED_LISTED_MAX) {
        let ago = ago(now_ms().saturating_sub(*time_ms));
        say!("  {}, deleted {ago} by {} ({})", line(order), by.user.name, by.pos.name);
    }
    match deleted.len().saturating_sub(DELETED_LISTED_MAX) {
        0 if deleted.is_empty() => say!("  none"),
        0 => {}
        more => say!("  and {more} more"),
    }
    if !unpaid.is_empty() || !deleted.is_empty() {
        say!("Name the ones to restore. --all restores every unpaid one.");
    }
    Ok(())
}

/// An order, as a person tells it from others.
fn line(order: &Arc<Order>) -> String {
    let lines = match order.lines.len() {
        1 => "1 line".to_owned(),
        many => format!("{many} lines"),
    };
    format!("{}  number {} of run {}, {lines}", order.uid, order.number, order.run)
}

/// How long ago something was, in the largest unit that fits: nobody's time zone is known here.
fn ago(ms: u64) -> String {
    let minutes = ms / 60_000;
    match minutes {
        0 => "just now".to_owned(),
        1..=119 => format!("{minutes} min ago"),
        120..=2_879 => format!("{} hours ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1_440),
    }
}

async fn restore(mut shop: Shop, wanted: &[OrderUid]) -> anyhow::Result<()> {
    for uid in wanted {
        shop.know(uid).await?;
    }
    let were_open: Vec<&OrderUid> = wanted
        .iter()
        .filter(|uid| shop.state.order(uid).is_some_and(|order| order.state == OrderState::Draft))
        .collect();
    let restore = |uid: &OrderUid| Action::Restore(Restore { order: uid.clone() });
    for some in wanted.chunks(ACTIONS_MAX) {
        shop.take(some.iter().map(restore).collect()).await?;
    }
    for uid in wanted {
        if let Some(order) = shop.state.order(uid) {
            let how = if were_open.contains(&uid) { "was open already" } else { "is open again" };
            say!("Order {uid} {how}: number {} of run {}.", order.number, order.run);
        }
    }
    say!("The tills are told at once if the server runs, and with their next sync otherwise.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_the_largest_unit_that_fits() {
        const MINUTE: u64 = 60_000;
        for (ms, said) in [
            (59_999, "just now"),
            (MINUTE, "1 min ago"),
            (119 * MINUTE, "119 min ago"),
            (120 * MINUTE, "2 hours ago"),
            (49 * 60 * MINUTE, "2 days ago"),
        ] {
            assert_eq!(ago(ms), said);
        }
    }
}
