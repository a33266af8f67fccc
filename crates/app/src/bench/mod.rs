//! `tillsync bench`: measures a Sync Server under load.

use clap::Subcommand;

mod body;
mod connection;
mod floor;
mod odoo;
mod process;
mod report;
mod tally;
mod till;

/// Measure a Sync Server.
#[derive(Debug, Subcommand)]
pub enum Bench {
    Odoo(odoo::BenchOdoo),
    /// The least that any server must do for the same requests; `bench odoo` starts it by itself.
    #[command(hide = true)]
    Floor(floor::Floor),
}

impl Bench {
    /// Measures.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Bench::Odoo(odoo) => odoo.run().await,
            Bench::Floor(floor) => floor.run().await,
        }
    }
}
