//! `cargo xtask sim`: runs seeds until one fails, or one seed as often as it takes to understand it.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use tillsync_sim::{Options, run};

/// Simulate a shop whose network, tills and power fail, from a seed.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask sim")]
struct Cli {
    /// Run this seed alone.
    #[arg(long)]
    seed: Option<u64>,
    /// Run so many seeds, from 1 on.
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let seeds = cli.seed.map_or(1..=cli.seeds, |seed| seed..=seed);
    let began = Instant::now();
    let (mut runs, mut answered, mut refused, mut crashes, mut connections) = (0u64, 0, 0, 0, 0);
    for seed in seeds {
        match run(seed, &cli.options) {
            Ok(report) => {
                runs += 1;
                answered += report.answered;
                refused += report.refused;
                crashes += report.crashes;
                connections += report.connections;
            }
            Err(wrong) => {
                let Options { tills, steps, .. } = cli.options;
                eprintln!("seed {seed} fails: {wrong}");
                eprintln!("again: cargo xtask sim --seed {seed} --tills {tills} --steps {steps}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!(
        "{runs} seeds in {:.1} s: {answered} commands answered ({refused} refused), {crashes} crashes, {connections} connections; nothing missing",
        began.elapsed().as_secs_f64()
    );
    ExitCode::SUCCESS
}
