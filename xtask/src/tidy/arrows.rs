//! The arrows between the crates: which of ours may use which other of ours.
//!
//! The table is the architecture. An arrow that is not in it is a decision, and belongs into `ARCHITECTURE.md` first.

use toml::{Table, Value};

use super::Finding;

/// Each crate: its folder below `crates/`, its package, and the packages of ours that it may use.
///
/// Tests may use more: a crate's dev-dependencies are not looked at.
const ARROWS: &[(&str, &str, &[&str])] = &[
    ("core", "tillsync-core", &[]),
    ("odoo-till", "tillsync-odoo-till", &[]),
    ("odoo", "tillsync-odoo", &["tillsync-core"]),
    ("store", "tillsync-store", &["tillsync-core"]),
    ("server", "tillsync-server", &["tillsync-core", "tillsync-odoo", "tillsync-store"]),
    ("sim", "tillsync-sim", &["tillsync-core", "tillsync-store", "tillsync-server"]),
    (
        "app",
        "tillsync",
        &["tillsync-core", "tillsync-odoo", "tillsync-odoo-till", "tillsync-store", "tillsync-server"],
    ),
];

/// Every arrow in a crate's manifest that the table does not have. Any other file has none.
pub fn check(path: &str, text: &str) -> Vec<Finding> {
    let Some(folder) = path.strip_prefix("crates/").and_then(|rest| rest.strip_suffix("/Cargo.toml")) else {
        return Vec::new();
    };
    let manifest = match text.parse::<Table>() {
        Ok(manifest) => manifest,
        Err(error) => return vec![Finding::new(path, 1, format!("not a manifest: {}", error.message()))],
    };
    let Some((_, package, allowed)) = ARROWS.iter().find(|(row, ..)| *row == folder) else {
        let message = "a crate without a row in the table of arrows: add it to xtask/src/tidy/arrows.rs";
        return vec![Finding::new(path, 1, message)];
    };
    let mut findings = Vec::new();
    if name(&manifest) != *package {
        let message =
            format!("the package here is called `{package}`: name it so, or change the table of arrows");
        findings.push(Finding::new(path, line_of(text, "name"), message));
    }
    for (key, used) in used(&manifest) {
        if !allowed.contains(&used.as_str()) {
            let message = format!("`{package}` must not use `{used}`: {}", instead(allowed));
            findings.push(Finding::new(path, line_of(text, &key), message));
        }
    }
    findings
}

/// The package's name as the manifest says it.
fn name(manifest: &Table) -> &str {
    manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The packages of ours that the manifest uses outside of tests: each with the key that it stands under.
fn used(manifest: &Table) -> Vec<(String, String)> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = std::iter::once(manifest).chain(targets.filter_map(Value::as_table));
    let sections = tables.flat_map(|table| [table.get("dependencies"), table.get("build-dependencies")]);
    let dependencies = sections.flatten().filter_map(Value::as_table).flatten();
    let packages = dependencies.map(|(key, value)| (key.clone(), package(key, value).to_owned()));
    packages.filter(|(_, package)| package == "tillsync" || package.starts_with("tillsync-")).collect()
}

/// The package behind a dependency, which may go by another name in the crate.
fn package<'a>(key: &'a str, value: &'a Value) -> &'a str {
    value.get("package").and_then(Value::as_str).unwrap_or(key)
}

/// What the crate may use instead.
fn instead(allowed: &[&str]) -> String {
    match allowed {
        [] => "it uses no other crate of ours; hand in what it needs as an argument".to_owned(),
        allowed => {
            format!("of ours it may use {}; turn the arrow round or move the code", allowed.join(", "))
        }
    }
}

/// The first line, counted from 1, on which the key stands; the first of the file when it is spelled unusually.
fn line_of(text: &str, key: &str) -> usize {
    let stands_on = |line: &str| {
        let line = line.trim_start();
        let line = line
            .strip_prefix('[')
            .map_or(line, |table| table.rsplit_once("dependencies.").map_or("", |t| t.1));
        line.strip_prefix(key).is_some_and(|rest| rest.starts_with([' ', '.', '=', ']']))
    };
    text.lines().position(stands_on).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the manifest of the crate in that folder; each expected string is a line's number and the message's start.
    fn check_manifest(folder: &str, text: &str, expected: &[&str]) {
        let found = check(&format!("crates/{folder}/Cargo.toml"), text);
        let found: Vec<_> = found.iter().map(|f| format!("{} {}", f.line, f.message)).collect();
        let as_expected =
            found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| f.starts_with(e));
        assert!(as_expected, "{folder} {text:?}\n   found {found:?}\nexpected {expected:?}");
    }

    #[test]
    fn arrows_run_one_way() {
        let check_use = |folder: &str, dependencies: &str, expected: &[&str]| {
            let (_, package, _) = ARROWS.iter().find(|row| row.0 == folder).expect("a row of the table");
            check_manifest(folder, &format!("[package]\nname = \"{package}\"\n{dependencies}"), expected);
        };
        let core = "tillsync-core.workspace = true\n";
        let store = "tillsync-store = { path = \"../store\" }\n";
        let must_not = |package: &str, used: &str| format!("4 `{package}` must not use `{used}`");

        check_use("core", "", &[]);
        check_use("core", "[dependencies]\nserde.workspace = true\n", &[]);
        check_use(
            "core",
            &format!("[dependencies]\n{store}"),
            &[&must_not("tillsync-core", "tillsync-store")],
        );
        check_use(
            "core",
            &format!("[build-dependencies]\n{store}"),
            &[&must_not("tillsync-core", "tillsync-store")],
        );
        check_use("core", &format!("[dev-dependencies]\n{store}"), &[]);
        check_use(
            "odoo-till",
            &format!("[dependencies]\n{core}"),
            &[&must_not("tillsync-odoo-till", "tillsync-core")],
        );
        check_use("odoo", &format!("[dependencies]\n{core}"), &[]);
        check_use(
            "odoo",
            &format!("[dependencies]\n{store}"),
            &[&must_not("tillsync-odoo", "tillsync-store")],
        );
        check_use("store", &format!("[dependencies]\n{core}"), &[]);
        check_use("server", &format!("[dependencies]\n{core}{store}"), &[]);
        check_use(
            "server",
            "[dependencies]\ntillsync = \"1\"\n",
            &[&must_not("tillsync-server", "tillsync")],
        );
        check_use("app", &format!("[dependencies]\n{core}{store}tillsync-server.workspace = true\n"), &[]);
    }

    #[test]
    fn arrows_are_seen_however_they_are_spelled() {
        let check_spelling = |dependencies: &str, line: usize| {
            let text = format!("[package]\nname = \"tillsync-core\"\n{dependencies}");
            check_manifest(
                "core",
                &text,
                &[&format!("{line} `tillsync-core` must not use `tillsync-store`")],
            );
        };
        check_spelling("[dependencies]\ntillsync-store.workspace = true\n", 4);
        check_spelling("[dependencies]\ntillsync-store={path=\"../store\"}\n", 4);
        check_spelling("[dependencies]\ndisk = { package = \"tillsync-store\", path = \"../store\" }\n", 4);
        check_spelling("[dependencies.tillsync-store]\npath = \"../store\"\n", 3);
        check_spelling("[target.'cfg(unix)'.dependencies]\ntillsync-store.workspace = true\n", 4);
        check_spelling("[dependencies]\n'tillsync-store' = { path = \"../store\" }\n", 1);
    }

    #[test]
    fn the_table_and_the_crates_agree() {
        check_manifest("till", "[package]\nname = \"tillsync-till\"\n", &["1 a crate without a row"]);
        check_manifest(
            "app",
            "[package]\nname = \"tillsync-app\"\n",
            &["2 the package here is called `tillsync`"],
        );
        check_manifest("core", "", &["1 the package here is called `tillsync-core`"]);
        check_manifest("core", "[package\n", &["1 not a manifest"]);
        assert_eq!(check("xtask/Cargo.toml", "[dependencies]\ntillsync-core = \"1\"\n"), []);
        assert_eq!(check("crates/core/src/lib.rs", "not toml"), []);
    }
}
