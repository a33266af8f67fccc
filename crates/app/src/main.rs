//! The binary `tillsync`.

mod after_restore;
mod bench;
mod data;
mod demo;
mod keys;
mod logging;
mod numbers;
mod replay;
mod serve;
mod shop;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Keeps the orders of a shop's tills the same, instantly.
#[derive(Debug, Parser)]
#[command(name = "tillsync", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the Sync Server.
    Serve(serve::Serve),
    /// Run the Sync Server and play recorded tills through it, to see what it does.
    Demo(demo::Demo),
    /// Addresses for Odoo's tills, and their multi-sessions.
    #[command(subcommand)]
    Odoo(keys::OdooCommand),
    AfterRestore(after_restore::AfterRestore),
    /// Play recorded tills against a Sync Server and show where its answers differ.
    Replay(replay::Replay),
    /// Measure a Sync Server.
    #[command(subcommand)]
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("tillsync: the runtime could not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Serve(serve) => serve.run().await,
            Command::Demo(demo) => demo.run().await,
            Command::Odoo(command) => command.run().await,
            Command::AfterRestore(restored) => restored.run().await,
            Command::Replay(replay) => replay.run().await,
            Command::Bench(bench) => bench.run().await,
        }
    });
    // What still runs has no one left to answer to.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tillsync: {error:#}");
            ExitCode::FAILURE
        }
    }
}
