//! The pages are built by npm before the server is (`cargo xtask run`); without them the server is complete but for
//! these.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    for app in ["register", "backoffice"] {
        let dist = Path::new("../../web").join(app).join("dist");
        fs::create_dir_all(&dist)?;
        println!("cargo::rerun-if-changed={}", dist.display());
    }
    Ok(())
}
