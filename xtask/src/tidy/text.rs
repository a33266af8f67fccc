//! What a single file looks like: its lines, its length, its end.

use super::{Finding, contains_word};

/// The files that people write by hand and that are held to the rules of form.
const WRITTEN: &[&str] = &["rs", "ts", "md", "toml", "sh"];

/// The longest Rust file, in lines. Long before that, look for the second noun in it.
const LINES_MAX: usize = 600;

/// The longest Rust file below a folder `tests`, in lines: a table of cases may be long and still one noun.
const TEST_LINES_MAX: usize = 900;

/// Marks of unfinished work in Rust, and what to do instead.
///
/// Each is put together from two halves, so that this table is not a finding itself.
const UNFINISHED: &[(&str, &str)] = &[
    (concat!("to", "do!("), "write the code, or open an issue"),
    (concat!("unimple", "mented!("), "write the code, or open an issue"),
    (concat!("db", "g!("), "remove it, or use tracing"),
    (concat!("FIX", "ME"), "fix it, or open an issue"),
    (concat!("X", "XX"), "fix it, or open an issue"),
    (concat!("#[ig", "nore"), "repair the test or remove it: nobody runs an ignored one"),
];

/// Where a folder stands on one machine and nowhere else; in two halves for the same reason.
const MACHINE_PATHS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

/// A file that is not UTF-8 text: fine for a picture, not for what people write.
pub fn check_binary(path: &str) -> Vec<Finding> {
    match is_written(path) {
        true => vec![Finding::new(path, 1, "not UTF-8: save it as UTF-8")],
        false => Vec::new(),
    }
}

/// Every finding in a text file.
pub fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        let mut found = |message: String| findings.push(Finding::new(path, index + 1, message));
        machine_path(line).map(&mut found);
        if is_written(path) {
            trailing_whitespace(line).map(&mut found);
        }
        if extension(path) == "rs" {
            unfinished(line).into_iter().for_each(&mut found);
            tab(line).map(&mut found);
        }
    }
    if is_written(path) {
        findings.extend(end_of_file(path, text));
    }
    if extension(path) == "rs" {
        findings.extend(length(path, text));
    }
    findings
}

/// A path that another machine does not have. Relative paths and links to web pages may contain the same names.
fn machine_path(line: &str) -> Option<String> {
    let continues = |c: char| c.is_alphanumeric() || "._-~*})]$".contains(c);
    let is_absolute = |start: usize| !line[..start].chars().next_back().is_some_and(continues);
    let found =
        MACHINE_PATHS.iter().find(|path| line.match_indices(**path).any(|(start, _)| is_absolute(start)))?;
    Some(format!("a path below {found} exists on one machine only: make it relative"))
}

/// Spaces at the end of a line, or the carriage return of another system's line ends.
fn trailing_whitespace(line: &str) -> Option<String> {
    let message = match line.ends_with('\r') {
        true => "a carriage return: end lines with a line feed alone",
        false => "whitespace at the end of the line: remove it",
    };
    (line.trim_end() != line).then(|| message.to_owned())
}

/// Marks of unfinished work.
fn unfinished(line: &str) -> Vec<String> {
    let found = UNFINISHED.iter().filter(|(mark, _)| contains_word(line, mark));
    found.map(|(mark, instead)| format!("`{mark}` is left: {instead}")).collect()
}

/// A tab, which every editor shows with another width.
fn tab(line: &str) -> Option<String> {
    line.contains('\t').then(|| "a tab: use spaces, or \\t in a string".to_owned())
}

/// Nothing or more than one line feed at the end of a file that is not empty.
fn end_of_file(path: &str, text: &str) -> Option<Finding> {
    let last = text.lines().count().max(1);
    let message = match text {
        "" => return None,
        _ if !text.ends_with('\n') => "no newline at the end of the file: add one",
        _ if text == "\n" || text.ends_with("\n\n") => "an empty line at the end of the file: remove it",
        _ => return None,
    };
    Some(Finding::new(path, last, message))
}

/// More lines than one noun needs.
fn length(path: &str, text: &str) -> Option<Finding> {
    let lines_max = match path.split('/').any(|folder| folder == "tests") {
        true => TEST_LINES_MAX,
        false => LINES_MAX,
    };
    let lines = text.lines().count();
    let message =
        format!("{lines} lines, and {lines_max} are the limit: move the second noun into a file of its own");
    (lines > lines_max).then(|| Finding::new(path, lines_max + 1, message))
}

/// Whether the file is one that the rules of form are for.
fn is_written(path: &str) -> bool {
    WRITTEN.contains(&extension(path))
}

/// What follows the last dot of the file's name, or nothing.
fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks one file; each expected string is the line's number and how the message begins.
    fn check_file(path: &str, text: &str, expected: &[&str]) {
        let found: Vec<_> = check(path, text).iter().map(|f| format!("{} {}", f.line, f.message)).collect();
        let as_expected =
            found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| f.starts_with(e));
        assert!(as_expected, "{path} {text:?}\n   found {found:?}\nexpected {expected:?}");
    }

    #[test]
    fn form() {
        check_file("a.rs", "fn a() {}\n", &[]);
        check_file("a.rs", "", &[]);
        check_file("a.rs", "\n", &["1 an empty line"]);
        check_file("a.rs", "fn a() {}", &["1 no newline"]);
        check_file("a.rs", "fn a() {}\n\n", &["2 an empty line"]);
        check_file("a.md", "one \ntwo\n", &["1 whitespace"]);
        check_file("a.md", "one\r\ntwo\n", &["1 a carriage return"]);
        check_file("a.md", "one\ntwo\t\n", &["2 whitespace"]);
        check_file("a.toml", "a = 1", &["1 no newline"]);
        check_file("a.ts", "\tlet a\n", &[]);
        check_file("a.rs", "\tlet a;\n", &["1 a tab"]);
        check_file("a.sh", "x  \n", &["1 whitespace"]);
        check_file("a.json", "{} ", &[]);
        check_file("LICENSE", "text  ", &[]);
        check_file(".ci/run", "x  ", &[]);
    }

    #[test]
    fn marks_of_unfinished_work() {
        for (mark, _) in UNFINISHED {
            check_file("a.rs", &format!("ok\n    {mark}\n"), &[&format!("2 `{mark}`")]);
            check_file("a.md", &format!("{mark}\n"), &[]);
        }
        check_file("a.rs", concat!("PREFIX", "ME is a name\n"), &[]);
        check_file("a.rs", concat!("XX", "XX is a name\n"), &[]);
        check_file("a.rs", "my_dbg(1); todos!(1)\n", &[]);
    }

    #[test]
    fn paths_of_one_machine() {
        for path in MACHINE_PATHS {
            check_file("a.rs", &format!("let a = \"{path}x\";\n"), &["1 a path below"]);
            check_file("a.json", &format!("{{}}\n{{ \"a\": \"file://{path}x\" }}"), &["2 a path below"]);
            check_file("run", &format!("{path}x"), &["1 a path below"]);
            check_file("a.md", &format!("https://example.org{path}x\n"), &[]);
            check_file("a.md", &format!(".{path}x and $HOME{path}x and ${{dir}}{path}x\n"), &[]);
            check_file("a.md", &format!("a{path}x but {path}x\n"), &["1 a path below"]);
        }
    }

    #[test]
    fn lengths() {
        let check_length = |path: &str, lines: usize, expected: &[&str]| {
            check_file(path, &"a();\n".repeat(lines), expected);
        };
        check_length("src/a.rs", LINES_MAX, &[]);
        check_length("src/a.rs", LINES_MAX + 1, &["601 601 lines"]);
        check_length("src/tests.rs", LINES_MAX + 1, &["601 601 lines"]);
        check_length("tests/a.rs", TEST_LINES_MAX, &[]);
        check_length("src/tests/a.rs", TEST_LINES_MAX + 1, &["901 901 lines"]);
        check_length("a.md", 5000, &[]);
    }

    #[test]
    fn binaries() {
        let check_bytes =
            |path: &str, expected: usize| assert_eq!(check_binary(path).len(), expected, "{path}");
        check_bytes("a.rs", 1);
        check_bytes("a.png", 0);
        check_bytes("a", 0);
    }

    #[test]
    fn extensions() {
        let check_extension = |path: &str, expected: &str| assert_eq!(extension(path), expected, "{path}");
        check_extension("a/b.rs", "rs");
        check_extension("a.d/b", "");
        check_extension(".gitignore", "gitignore");
        check_extension("a.tar.gz", "gz");
    }
}
