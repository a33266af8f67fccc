//! `tillsync settings`: what can be chosen for a multi-session.

use clap::{Args, ValueEnum};
use tillsync_core::command::{Action, SetActive, SetOfflineEdits};
use tillsync_core::multi_session::{MultiSession, OfflineEdits};

use crate::arguments;
use crate::say::say;
use crate::shop::ShopArgs;

/// Show or choose a multi-session's settings, for tills that are not Odoo's.
///
/// Works while the server runs; the tills are told at once. Odoo's tills have these settings from Odoo.
#[derive(Debug, Args)]
pub struct Settings {
    #[command(flatten)]
    shop: ShopArgs,
    /// What tills may do, without a connection, to orders that the server knows.
    #[arg(long, value_enum, value_name = "POLICY")]
    offline_edits: Option<Policy>,
    /// Whether the POSes share their orders: yes or no.
    #[arg(long, value_parser = arguments::switch, value_name = "YES_OR_NO")]
    active: Option<bool>,
}

/// See rule O11.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Policy {
    /// Nothing: they are locked until the connection is back.
    Lock,
    /// Everything: what others did meanwhile is merged when the connection is back.
    Merge,
}

impl Settings {
    /// Carries the command out.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut shop = self.shop.open().await?;
        let policy = self.offline_edits.map(|policy| match policy {
            Policy::Lock => OfflineEdits::Lock,
            Policy::Merge => OfflineEdits::Merge,
        });
        let actions: Vec<Action> = [
            policy.map(|offline_edits| Action::SetOfflineEdits(SetOfflineEdits { offline_edits })),
            self.active.map(|active| Action::SetActive(SetActive { active })),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !actions.is_empty() {
            shop.take(actions).await?;
        }
        say!("{}", described(self.shop.multi_session, &shop.state));
        Ok(())
    }
}

fn described(multi_session: i64, state: &MultiSession) -> String {
    let active = match state.active {
        true => "active: yes (the POSes share their orders)",
        false => "active: no (each POS has its own orders)",
    };
    let offline = match state.offline_edits {
        OfflineEdits::Lock => {
            "offline edits: lock (without a connection, orders that the server knows are locked)"
        }
        OfflineEdits::Merge => {
            "offline edits: merge (without a connection, every order can be changed; it is merged on return)"
        }
    };
    format!("Multi-session {multi_session}:\n  {active}\n  {offline}")
}
