//! `cargo xtask lint`: everything that is said about the code without running it.

use std::env;
use std::ffi::OsString;

use anyhow::{Context as _, Result, bail};

use crate::{sh, tidy, web};

/// One check of the lint: its name and what it does.
type Step = (&'static str, fn() -> Result<()>);

/// The checks, the quickest first.
const STEPS: &[Step] =
    &[("fmt", fmt), ("tidy", tidy::run), ("web", web::lint), ("clippy", clippy), ("deny", deny)];

/// Runs every check, also after one failed, and fails with the names of those that did.
pub fn run() -> Result<()> {
    let mut failed = Vec::new();
    for (name, step) in STEPS {
        sh::heading(name);
        if let Err(error) = step() {
            eprintln!("{error:#}");
            failed.push(*name);
        }
    }
    match failed.as_slice() {
        [] => Ok(()),
        failed => bail!("the lint failed: {}", failed.join(", ")),
    }
}

/// The code looks as rustfmt would write it.
fn fmt() -> Result<()> {
    sh::run(&mut sh::cargo(["fmt", "--all", "--check"])).context("`cargo fmt --all` repairs it")
}

/// Clippy and the compiler have nothing to say.
fn clippy() -> Result<()> {
    sh::run(&mut sh::cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// The dependencies have licences and sources that `deny.toml` allows.
///
/// Their security advisories are not asked for: that needs a database from outside, and the same commit
/// would pass today and fail tomorrow.
fn deny() -> Result<()> {
    let path = path_with_tools()?;
    if !sh::succeeds(sh::cargo(["deny", "--version"]).env("PATH", &path)) {
        eprintln!("skipped: cargo-deny is not installed (`cargo install cargo-deny --locked` installs it)");
        return Ok(());
    }
    // Without `--hide-inclusion-graph` each crate that is there twice takes a screen to say so.
    let words = ["deny", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"];
    sh::run(sh::cargo(words).env("PATH", &path))
}

/// `PATH` with the folder in front into which `.ci/run` installs what the machine lacks.
fn path_with_tools() -> Result<OsString> {
    let tools = sh::root().join("target/tools/bin");
    let rest = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(std::iter::once(tools).chain(env::split_paths(&rest)))?)
}
