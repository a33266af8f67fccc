//! `tillsync bench`: measures a Sync Server under load.

use clap::Subcommand;

mod address;
mod disk;
mod folder;
mod lists;
mod measured;
mod native;
mod odoo;
mod process;
mod slice;
mod table;
mod tally;
mod work;

/// Measure a Sync Server.
#[derive(Debug, Subcommand)]
pub enum Bench {
    Odoo(odoo::BenchOdoo),
    Native(native::BenchNative),
    Lists(lists::BenchLists),
    /// The least that any server must do for the same requests; `bench odoo` starts it by itself.
    #[command(hide = true)]
    Floor(odoo::floor::Floor),
    /// The least that any server must do with the same messages; `bench native` starts it by itself.
    #[command(hide = true)]
    SocketFloor(native::socket_floor::SocketFloor),
}

impl Bench {
    /// Measures.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Bench::Odoo(odoo) => odoo.run().await,
            Bench::Native(native) => native.run().await,
            Bench::Lists(lists) => lists.run().await,
            Bench::Floor(floor) => floor.run().await,
            Bench::SocketFloor(floor) => floor.run().await,
        }
    }
}
