//! The border of the rules: the crates that decide know no clock, no chance, and no world outside.
//!
//! Time and ids come to them as arguments. That is why their tests need no waiting, and why a failing random run
//! can be played again from its seed.

use super::{Finding, contains_word};

/// Where the rules live.
const PURE: &[&str] = &["crates/core/src/", "crates/odoo/src/"];

/// What must not be named there, and what takes its place.
const FOREIGN: &[(&str, &str)] = &[
    ("SystemTime::now", "take `now` as an argument"),
    ("Instant::now", "take `now` as an argument"),
    ("std::time::SystemTime", "take `now` as an argument"),
    ("rand::", "take the random value as an argument"),
    ("tokio", "return what to do, and let the server do it"),
    ("std::fs", "let the store or the app read and write"),
    ("std::net", "let the server talk"),
    ("std::env", "take the setting as an argument"),
    ("std::process", "return an error, and let the app end"),
    ("std::thread", "return what to do, and let the server do it"),
];

/// Every name of the world outside in a file of the rules. A comment may name what the code does without.
pub fn check(path: &str, text: &str) -> Vec<Finding> {
    if !PURE.iter().any(|folder| path.starts_with(folder)) || !path.ends_with(".rs") {
        return Vec::new();
    }
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.flat_map(|(index, line)| check_line(path, index + 1, line)).collect()
}

/// Every foreign name on one line of code.
fn check_line(path: &str, number: usize, line: &str) -> Vec<Finding> {
    let found = FOREIGN.iter().filter(|(name, _)| contains_word(line, name) || imports(line, name));
    let message =
        |(name, instead): &(&str, &str)| format!("`{name}` has no place among the rules: {instead}");
    found.map(|row| Finding::new(path, number, message(row))).collect()
}

/// Whether the line imports the module as one of a group: `use std::{fs, io};` for `std::fs`.
fn imports(line: &str, name: &str) -> bool {
    let Some((parent, child)) = name.rsplit_once("::") else { return false };
    let group = line.split_once(&format!("{parent}::{{"));
    !child.is_empty() && group.is_some_and(|(_, group)| contains_word(group, child))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_know_nothing_of_the_world_outside() {
        let check_line = |line: &str, expected: &[&str]| {
            let path = "crates/core/src/order.rs";
            let found = check(path, &format!("//! An order.\n{line}\n"));
            let names: Vec<_> =
                found.iter().filter_map(|finding| finding.message.split('`').nth(1)).collect();
            assert_eq!(names, expected, "{line}");
            assert!(found.iter().all(|finding| finding.path == path && finding.line == 2), "{found:?}");
        };
        check_line("let now = Instant::now();", &["Instant::now"]);
        check_line("let now = SystemTime::now();", &["SystemTime::now"]);
        check_line("use std::time::SystemTime;", &["std::time::SystemTime"]);
        check_line("use std::time::{Duration, SystemTime};", &["std::time::SystemTime"]);
        check_line("use std::time::Duration;", &[]);
        check_line("let id = rand::random();", &["rand::"]);
        check_line("let id = operand::random();", &[]);
        check_line("use tokio::sync::mpsc;", &["tokio"]);
        check_line("let tokio_free = true;", &[]);
        check_line("let text = std::fs::read(path);", &["std::fs"]);
        check_line("use std::{fmt, fs, net};", &["std::fs", "std::net"]);
        check_line("use std::{fmt, collections::BTreeMap};", &[]);
        check_line(
            "std::thread::sleep(a); std::process::exit(std::env::args().count())",
            &["std::env", "std::process", "std::thread"],
        );
        check_line("// There is no tokio here, and no std::fs.", &[]);
        check_line("    /// There is no tokio here.", &[]);
        check_line("let plain = 1; // as tokio would", &["tokio"]);
    }

    #[test]
    fn only_the_rules_are_held_to_it() {
        let check_path = |path: &str, expected: usize| {
            assert_eq!(check(path, "use tokio::time;\n").len(), expected, "{path}");
        };
        check_path("crates/core/src/lib.rs", 1);
        check_path("crates/core/src/order/line.rs", 1);
        check_path("crates/odoo/src/shadow.rs", 1);
        check_path("crates/odoo-till/src/lib.rs", 0);
        check_path("crates/core/tests/model.rs", 0);
        check_path("crates/core/src/notes.md", 0);
        check_path("crates/server/src/room.rs", 0);
    }
}
