//! `cargo xtask test`: every test of the workspace, and those of `web/`.
//!
//! It needs no person and no set-up, npm's packages are installed along: it runs from a fresh clone, without standard input, as whoever it is.

use std::ffi::{OsStr, OsString};

use anyhow::{Result, bail};

use crate::{sh, web};

/// The command line of `cargo xtask test`.
#[derive(clap::Args)]
pub struct Args {
    /// Passed on to `cargo nextest run` (to `cargo test` where nextest is missing); write `--` before `--help`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

/// Runs the tests, then the doctests; both even when the first fails, since one run should tell everything.
pub fn run(args: &Args) -> Result<()> {
    let mut failures = Vec::new();
    for (title, words) in plan(&args.args, nextest_is_installed()) {
        sh::heading(title);
        if let Err(failure) = sh::run(&mut sh::cargo(words)) {
            eprintln!("{failure}");
            failures.push(failure.to_string());
        }
    }
    // Someone who asks for one Rust test does not wait for the web's.
    if args.args.is_empty() {
        sh::heading("web tests");
        if let Err(failure) = web::test() {
            eprintln!("{failure:#}");
            failures.push(failure.to_string());
        }
    }
    match failures.len() {
        0 => Ok(()),
        _ => bail!("the tests failed: {}", failures.join("; ")),
    }
}

/// Whether `cargo nextest` works here. It is not built when it is missing: that takes longer than the tests.
fn nextest_is_installed() -> bool {
    let installed = sh::succeeds(&mut sh::cargo(["nextest", "--version"]));
    if !installed {
        eprintln!(
            "cargo-nextest is not installed, so `cargo test` runs the tests (https://nexte.st has prebuilt binaries)"
        );
    }
    installed
}

/// The cargo commands to run, one after the other, each with its title.
fn plan(asked: &[OsString], nextest: bool) -> [(&'static str, Vec<OsString>); 2] {
    let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
    let doctests = words(&["test", "--doc", "--workspace"]);
    let mut tests = if nextest {
        let mut config = OsString::from("xtask:");
        config.push(sh::root().join("xtask/nextest.toml"));
        [words(&["nextest", "run", "--tool-config-file"]), vec![config]].concat()
    } else {
        words(&["test", "--no-fail-fast"])
    };
    // With both, `--workspace` would win, and someone who asked for one crate would get all of them.
    if !names_a_package(asked) {
        tests.push("--workspace".into());
    }
    if !nextest {
        // Alone, `cargo test` would run the doctests too; like this they run once, in a step of their own.
        tests.push("--tests".into());
    }
    tests.extend(asked.iter().cloned());
    [("tests", tests), ("doctests", doctests)]
}

/// Whether the arguments choose packages themselves.
fn names_a_package(asked: &[OsString]) -> bool {
    asked.iter().map(OsString::as_os_str).take_while(|word| *word != OsStr::new("--")).any(|word| {
        let word = word.to_string_lossy();
        word.starts_with("-p") || word == "--package" || word.starts_with("--package=")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_covers_the_workspace_and_the_doctests() {
        let check = |asked: &[&str], nextest: bool, expected: &str| {
            let asked: Vec<OsString> = asked.iter().map(OsString::from).collect();
            let lines = plan(&asked, nextest).into_iter().map(|(_, words)| {
                let words: Vec<_> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
                words.join(" ").replace(&format!("{}/", sh::root().display()), "")
            });
            assert_eq!(lines.collect::<Vec<_>>().join(" ; "), expected);
        };
        let nextest = "nextest run --tool-config-file xtask:xtask/nextest.toml";
        let doctests = "test --doc --workspace";
        check(&[], true, &format!("{nextest} --workspace ; {doctests}"));
        check(&["room"], true, &format!("{nextest} --workspace room ; {doctests}"));
        check(&["-p", "xtask"], true, &format!("{nextest} -p xtask ; {doctests}"));
        check(&["--package=xtask"], true, &format!("{nextest} --package=xtask ; {doctests}"));
        check(&["--", "-p"], true, &format!("{nextest} --workspace -- -p ; {doctests}"));
        check(&[], false, &format!("test --no-fail-fast --workspace --tests ; {doctests}"));
        check(&["room"], false, &format!("test --no-fail-fast --workspace --tests room ; {doctests}"));
    }
}
