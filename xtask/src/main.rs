//! The chores of this workspace, as `cargo xtask <command>`, so that a fresh clone needs no further tool.
//!
//! One file per command: its arguments, what it does, its tests.

mod bench;
mod lint;
mod run;
mod sh;
mod sim;
mod test;
mod tidy;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What `cargo xtask` understands.
#[derive(Parser)]
#[command(name = "cargo xtask", about = "The chores of the Tillsync workspace")]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

/// One variant for each command; the file of the same name explains it.
#[derive(Subcommand)]
enum Command {
    /// Start a server on an embedded database, with recorded tills playing through it
    Run(run::Args),
    /// Run every test of the workspace, doctests too
    Test(test::Args),
    /// Check format, clippy, tidy, and the licences and sources of the dependencies
    Lint,
    /// Check the hygiene that neither rustfmt nor clippy looks at
    Tidy,
    /// Measure a release build under the load of many tills
    Bench(bench::Args),
    /// Simulate shops whose network, tills and power fail; a seed that fails fails again
    Sim(sim::Args),
}

fn main() -> ExitCode {
    let result = match Xtask::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Lint => lint::run(),
        Command::Tidy => tidy::run(),
        Command::Bench(args) => bench::run(&args),
        Command::Sim(args) => sim::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Only the message: whoever runs a chore asks what failed, not through which functions it came.
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Xtask::command().debug_assert();
    }

    #[test]
    fn flags_behind_a_command_belong_to_what_it_starts() {
        let check = |line: &str, expected: &[&str]| {
            let args = match Xtask::parse_from(line.split(' ')).command {
                Command::Run(run::Args { args }) => args,
                Command::Test(test::Args { args }) => args,
                Command::Bench(bench::Args { args }) => args,
                Command::Sim(sim::Args { args }) => args,
                Command::Lint | Command::Tidy => Vec::new(),
            };
            assert_eq!(args, expected, "{line}");
        };
        check("xtask run", &[]);
        check("xtask run --tills 3", &["--tills", "3"]);
        check("xtask run -- --help", &["--help"]);
        check("xtask test -p tillsync-core -- --nocapture", &["-p", "tillsync-core", "--", "--nocapture"]);
        check("xtask bench odoo --tills 9", &["odoo", "--tills", "9"]);
        check("xtask sim --seed 7", &["--seed", "7"]);
        check("xtask lint", &[]);
    }
}
