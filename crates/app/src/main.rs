//! The binary `tillsync`.

mod after_restore;
mod arguments;
mod bench;
mod data;
mod demo;
mod logging;
mod numbers;
mod odoo;
mod replay;
mod say;
mod serve;
mod settings;
mod shop;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// A till's update is many small pieces of JSON: a quarter of the server's time went into the system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Keeps the orders of a shop's tills the same, instantly: a Sync Server for Odoo's Point of Sale.
#[derive(Debug, Parser)]
#[command(name = "tillsync", version, arg_required_else_help = true, after_help = FIRST_STEPS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Where to begin, below the list of the commands.
const FIRST_STEPS: &str = "\
To see it at work:  tillsync demo
For a shop's tills: tillsync serve --data DIR --listen 0.0.0.0:8090
                    tillsync odoo add --data DIR --database NAME
                    and type the address that this prints into Odoo's field Sync Server";

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    #[command(subcommand)]
    Odoo(odoo::OdooCommand),
    Settings(settings::Settings),
    AfterRestore(after_restore::AfterRestore),
    Demo(demo::Demo),
    Replay(replay::Replay),
    #[command(subcommand)]
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let is_wrong = error.use_stderr();
            error.print().ok();
            if is_wrong {
                tell_of_variables(&error.to_string());
            }
            return ExitCode::from(if is_wrong { 2 } else { 0 });
        }
    };
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
            Command::Odoo(command) => command.run().await,
            Command::Settings(settings) => settings.run().await,
            Command::AfterRestore(restored) => restored.run().await,
            Command::Demo(demo) => demo.run().await,
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

/// A wrong value may stand in a variable, which the parser's error does not name.
fn tell_of_variables(error: &str) {
    let wrong = std::env::vars()
        .filter(|(name, value)| name.starts_with("TILLSYNC_") && error.contains(&format!("'{value}'")));
    for (name, value) in wrong {
        eprintln!("'{value}' stands in the environment, as {name}.");
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_command_and_every_argument_says_what_it_is_for() {
        let mut cli = Cli::command();
        cli.build();
        check(&cli);
    }

    fn check(command: &clap::Command) {
        let name = command.get_bin_name().unwrap_or_default();
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.contains(' ') && about.len() < 110, "{name} has one short line in the list: {about:?}");
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{name}: {argument} has no help");
        }
        command.get_subcommands().for_each(check);
    }
}
