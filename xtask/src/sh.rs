//! Other programs: started from the root of the workspace, shown before they run, and clear about how they ended.

use std::convert::Infallible;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The folder that holds the workspace's `Cargo.toml`.
///
/// Cargo says where this crate is at run time; what was true when it was compiled is only the fallback,
/// since a clone may have been moved together with its `target`.
pub fn root() -> PathBuf {
    let this_crate = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&this_crate).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// The folder that cargo builds into: `CARGO_TARGET_DIR`, taken from the root when it is relative, or `target`.
pub fn target_dir() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// The cargo that started us, at the root of the workspace, so that both builds use one toolchain.
pub fn cargo<I: IntoIterator<Item: AsRef<OsStr>>>(args: I) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(args);
    command
}

/// Builds the `tillsync` binary in release and becomes it, with these arguments.
///
/// It stays in the caller's folder, so that a relative path among the arguments means what the caller meant.
pub fn become_tillsync<I: IntoIterator<Item: AsRef<OsStr>>>(args: I) -> Result<Infallible> {
    run(&mut cargo(["build", "--release", "--package", "tillsync"]))?;
    let name = format!("tillsync{}", env::consts::EXE_SUFFIX);
    let mut command = Command::new(target_dir().join("release").join(name));
    exec(command.args(args))
}

/// Prints the heading of a step that consists of several commands or is one of several.
pub fn heading(title: &str) {
    eprintln!("\n== {title}");
}

/// Shows the command, runs it to its end, and fails unless it succeeds.
///
/// It gets no standard input: what waits for an answer here would wait for ever on a machine without a person.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    eprintln!("$ {shown}");
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Runs the command to its end and gives back what it printed.
pub fn output(command: &mut Command) -> Result<Vec<u8>> {
    let shown = show(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` failed ({})", output.status);
    }
    Ok(output.stdout)
}

/// Whether the command can be started and succeeds; what it prints is thrown away.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Shows the command and becomes it, so that Ctrl-C and every other signal reach it and nobody in between.
#[cfg(unix)]
pub fn exec(command: &mut Command) -> Result<Infallible> {
    use std::os::unix::process::CommandExt as _;

    let shown = show(command);
    eprintln!("$ {shown}");
    // `exec` comes back only when it failed.
    Err(command.exec()).with_context(|| format!("cannot start `{shown}`"))
}

/// Shows the command and ends as it ends: the nearest thing to `exec` where there is none.
#[cfg(not(unix))]
pub fn exec(command: &mut Command) -> Result<Infallible> {
    let shown = show(command);
    eprintln!("$ {shown}");
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    std::process::exit(status.code().unwrap_or(1))
}

/// The command as a person would type it: the program's bare name, and quotes where a shell would need them.
fn show(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| quote(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

/// The word, in single quotes when a shell would not take it as one plain word.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=+:,./@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_shown_as_a_shell_would_take_them() {
        let check = |word: &str, expected: &str| assert_eq!(quote(word), expected, "{word}");
        check("--all", "--all");
        check("package=tillsync-core", "package=tillsync-core");
        check("", "''");
        check("two words", "'two words'");
        check("test(a|b)", "'test(a|b)'");
        check("it's", r"'it'\''s'");
    }

    #[test]
    fn a_failure_names_the_command() {
        let check = |command: &mut Command, expected: &str| {
            let message = run(command).expect_err("the command fails").to_string();
            assert!(message.contains(expected), "{message} does not contain {expected}");
        };
        check(Command::new("git").arg("no-such-command"), "`git no-such-command` failed");
        check(&mut Command::new("no-such-program"), "cannot start `no-such-program`");
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.toml").is_file());
        assert!(root().join("xtask/Cargo.toml").is_file());
    }
}
