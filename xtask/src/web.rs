//! The web workspace (`web/`): npm packages, lint, tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::sh;

/// The oldest Node that everything in `web/` runs on.
const NODE_MAJOR_MIN: u32 = 20;

fn folder() -> PathBuf {
    sh::root().join("web")
}

fn npm(words: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.args(words).current_dir(folder());
    npm
}

/// Installs the packages that `package-lock.json` names, unless they are there.
pub fn install() -> Result<()> {
    check_node()?;
    let lock = fs::read(folder().join("package-lock.json")).context("web/package-lock.json")?;
    // npm writes this file last; beside it stands what it was made from.
    let stamp = folder().join("node_modules/.installed-from");
    if fs::read(&stamp).is_ok_and(|from| from == lock) {
        return Ok(());
    }
    sh::run(&mut npm(&["ci", "--no-audit", "--no-fund"]))?;
    fs::write(stamp, lock).context("web/node_modules cannot be written")
}

/// Biome and the compiler have nothing to say.
pub fn lint() -> Result<()> {
    install()?;
    // The Register is compiled against the SDK's declarations.
    sh::run(&mut npm(&["run", "build", "--workspace", "sdk"]))?;
    sh::run(&mut npm(&["run", "lint"])).context("`npm run format` in web/ repairs what can be repaired")
}

/// Builds what is published of it.
pub fn build() -> Result<()> {
    install()?;
    sh::run(&mut npm(&["run", "build"]))
}

/// Runs the tests, those against the real server too: it is built first.
pub fn test() -> Result<()> {
    build_for_browser()?;
    sh::run(&mut npm(&["test"]))
}

/// Measures how quick the Register is in a browser, at the real server.
pub fn bench() -> Result<()> {
    build_for_browser()?;
    sh::run(&mut npm(&["run", "bench", "--workspace", "e2e"]))
}

/// Builds the Register and the binary that serves it, and sees to a browser.
fn build_for_browser() -> Result<()> {
    build()?;
    sh::run(&mut sh::cargo(["build", "-p", "tillsync"]))?;
    install_chromium()
}

/// The browser of the end-to-end tests: the system's, or Debian's package where it may be installed.
fn install_chromium() -> Result<()> {
    let is_there = || {
        ["chromium", "chromium-browser", "google-chrome"]
            .iter()
            .any(|name| Path::new("/usr/bin").join(name).exists())
    };
    if is_there() || std::env::var_os("TILLSYNC_CHROMIUM").is_some() {
        return Ok(());
    }
    sh::heading("install chromium");
    let mut update = Command::new("apt-get");
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--no-install-recommends", "chromium"]);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    let installed = sh::run(update.arg("update")).and_then(|()| sh::run(&mut install));
    match installed {
        Ok(()) if is_there() => Ok(()),
        _ => bail!(
            "the end-to-end tests need Chromium: 'apt-get install chromium' as root, or name one in TILLSYNC_CHROMIUM"
        ),
    }
}

fn check_node() -> Result<()> {
    let version = Command::new("node").arg("--version").output();
    let major = version.ok().and_then(|output| {
        let text = String::from_utf8(output.stdout).ok()?;
        text.trim().strip_prefix('v')?.split('.').next()?.parse::<u32>().ok()
    });
    match major {
        Some(major) if major >= NODE_MAJOR_MIN => Ok(()),
        Some(major) => {
            bail!(
                "Node {major} is too old for web/; install Node {NODE_MAJOR_MIN} or newer (https://nodejs.org)"
            )
        }
        None => bail!("web/ needs Node {NODE_MAJOR_MIN} or newer with npm (https://nodejs.org)"),
    }
}
