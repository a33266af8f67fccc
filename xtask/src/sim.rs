//! `cargo xtask sim`: shops whose network, tills and power fail, each from a seed.

use std::ffi::OsString;

use anyhow::Result;

use crate::sh;

/// The command line of `cargo xtask sim`.
#[derive(clap::Args)]
pub struct Args {
    /// Passed on to the simulator: `--seed N`, `--seeds N`, `--tills N`, `--steps N`; write `--` before `--help`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

/// Builds the simulator and becomes it.
pub fn run(args: &Args) -> Result<()> {
    let mut words: Vec<OsString> =
        ["run", "--release", "--quiet", "-p", "tillsync-sim", "--"].iter().map(OsString::from).collect();
    words.extend(args.args.iter().cloned());
    match sh::exec(&mut sh::cargo(words))? {}
}
