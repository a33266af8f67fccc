//! The Register is built by npm before the server is (`cargo xtask run`); without it the server is complete but for
//! its pages.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let dist = Path::new("../../web/register/dist");
    fs::create_dir_all(dist)?;
    println!("cargo::rerun-if-changed={}", dist.display());
    Ok(())
}
