//! `cargo xtask bench`: how fast a release build is when many tills work at once, and how quick the Register is.

use std::ffi::{OsStr, OsString};

use anyhow::Result;

use crate::{sh, web};

/// The load when nobody asks for another: a chain of 50 restaurants with ten Odoo tills each.
const DEFAULT: &[&str] =
    &["odoo", "--tills", "500", "--multi-sessions", "50", "--lines", "5", "--seconds", "20"];

/// What is measured in a browser, by a script of its own.
const REGISTER: &str = "register";

/// The command line of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct Args {
    /// `register`, or what is passed on to `tillsync bench` in place of the default load; write `--` before `--help`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

/// Measures the Register, or builds the binary and becomes `tillsync bench`.
pub fn run(args: &Args) -> Result<()> {
    if args.args.first().is_some_and(|word| word == REGISTER) {
        return web::bench();
    }
    match sh::become_tillsync(words(&args.args))? {}
}

/// The words behind `tillsync`: what was asked for, or the default load.
fn words(asked: &[OsString]) -> Vec<&OsStr> {
    let mut words = vec![OsStr::new("bench")];
    if asked.is_empty() {
        words.extend(DEFAULT.iter().map(OsStr::new));
    } else {
        words.extend(asked.iter().map(OsString::as_os_str));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_load_stands_only_when_nothing_was_asked() {
        let check = |asked: &[&str], expected: &str| {
            let asked: Vec<OsString> = asked.iter().map(OsString::from).collect();
            assert_eq!(words(&asked).join(OsStr::new(" ")), expected);
        };
        check(&[], "bench odoo --tills 500 --multi-sessions 50 --lines 5 --seconds 20");
        check(&["odoo", "--tills", "3"], "bench odoo --tills 3");
        check(&["native", "--idle", "9"], "bench native --idle 9");
        check(&["--help"], "bench --help");
    }
}
