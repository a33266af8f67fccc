//! `cargo xtask run`: Tillsync as a newcomer meets it.
//!
//! A release build of the server, on an embedded database, with recorded tills playing through it.

use std::ffi::{OsStr, OsString};

use anyhow::Result;

use crate::{sh, web};

/// The command line of `cargo xtask run`.
#[derive(clap::Args)]
pub struct Args {
    /// Passed on to `tillsync demo`; write `--` before `--help`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

/// Builds the binary and becomes `tillsync demo`.
pub fn run(args: &Args) -> Result<()> {
    // The Register goes into the binary. Without Node the rest is there all the same.
    match web::build() {
        Ok(()) => {}
        Err(missing) => eprintln!("{missing:#}\nSo this server comes without the Register."),
    }
    let demo = std::iter::once(OsStr::new("demo"));
    match sh::become_tillsync(demo.chain(args.args.iter().map(OsString::as_os_str)))? {}
}
