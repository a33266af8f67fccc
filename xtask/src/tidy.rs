//! `cargo xtask tidy`: hygiene as a test.
//!
//! What rustfmt and clippy do not look at: marks of unfinished work, files that grew too long, paths that exist on
//! one machine only, and the two borders that hold the architecture up: which crate may use which
//! ([`arrows`]), and what the crates with the rules must not know ([`pure`]).

mod arrows;
mod pure;
mod text;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::sh;

/// Something that is not as it should be, and where.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    /// From the root of the workspace, with `/` between the folders.
    path: String,
    /// Counted from 1.
    line: usize,
    /// What is wrong, and what to do about it.
    message: String,
}

impl Finding {
    /// A finding at this line, counted from 1.
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// Checks every file that is or may become a part of the repository, and prints each finding on a line.
pub fn run() -> Result<()> {
    let mut findings = Vec::new();
    let mut files = 0;
    for path in paths()? {
        if let Some(bytes) = read(&path)? {
            findings.extend(check(&path, &bytes));
            files += 1;
        }
    }
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} to tidy up", count(findings.len(), "place"));
    }
    eprintln!("{} are tidy", count(files, "file"));
    Ok(())
}

/// Every finding of every check in one file.
fn check(path: &str, bytes: &[u8]) -> Vec<Finding> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return text::check_binary(path);
    };
    let mut findings = text::check(path, text);
    findings.extend(pure::check(path, text));
    findings.extend(arrows::check(path, text));
    findings
}

/// What git tracks, and what it would take in with `git add --all`; each path once, sorted.
fn paths() -> Result<BTreeSet<String>> {
    let mut git = Command::new("git");
    // Git refuses a clone that belongs to another user, as it does in many containers. Whoever runs this has already
    // compiled the clone's code, so there is nothing left to refuse.
    git.current_dir(sh::root()).args(["-c", "safe.directory=*"]);
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listing = sh::output(&mut git).context("tidy asks git which files belong to the repository")?;
    let listing = String::from_utf8(listing).context("a file's name is not UTF-8")?;
    Ok(listing.split_terminator('\0').map(str::to_owned).collect())
}

/// The file's content, or nothing where there is no file: deleted but not yet committed, or a link.
fn read(path: &str) -> Result<Option<Vec<u8>>> {
    let path = sh::root().join(path);
    match fs::symlink_metadata(&path) {
        Ok(metadata) if metadata.is_file() => {
            Ok(Some(fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?))
        }
        Ok(_) => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// `1 file`, `2 files`.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Whether `word` stands in `text` on its own, not as a part of a longer name.
fn contains_word(text: &str, word: &str) -> bool {
    let in_a_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back().is_some_and(in_a_name);
        let after = text[start + word.len()..].chars().next().is_some_and(in_a_name);
        // A pattern that begins or ends in punctuation, such as `rand::`, is complete at that end.
        let goes_on_before = word.starts_with(in_a_name) && before;
        let goes_on_after = word.ends_with(in_a_name) && after;
        !goes_on_before && !goes_on_after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_on_their_own_only() {
        let check = |text: &str, word: &str, expected: bool| {
            assert_eq!(contains_word(text, word), expected, "{word} in {text}");
        };
        check("use tokio::time;", "tokio", true);
        check("let tokio_like = 1;", "tokio", false);
        check("let my_tokio = 1;", "tokio", false);
        check("rand::random()", "rand::", true);
        check("operand::new()", "rand::", false);
        check("std::fs::read", "std::fs", true);
        check("std::fsx::read", "std::fs", false);
        check("let Ünstant = x; Instant::now()", "Instant::now", true);
        check("", "tokio", false);
    }

    #[test]
    fn a_finding_is_one_line_that_an_editor_can_jump_to() {
        let finding = Finding::new("crates/core/src/lib.rs", 7, "a tab: use spaces");
        assert_eq!(finding.to_string(), "crates/core/src/lib.rs:7: a tab: use spaces");
    }

    #[test]
    fn numbers_agree_with_their_nouns() {
        let check = |number: usize, expected: &str| assert_eq!(count(number, "file"), expected);
        check(0, "0 files");
        check(1, "1 file");
        check(2, "2 files");
    }
}
