//! The demo's story, at full speed: what it prints comes from the tills' screens, and a wrong screen fails it.

use std::process::Command;

#[test]
fn the_story_comes_true_twice_in_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    for start in 1..=2 {
        let output = Command::new(env!("CARGO_BIN_EXE_tillsync"))
            .args(["demo", "--once", "--pace-ms", "0", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path())
            .output()
            .unwrap();
        let (told, errors) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "start {start}: {errors}\n{told}");
        // A run of its own: numbers begin at 1 each time.
        assert!(told.contains("Order 1\n"), "{told}");
        assert!(told.contains("3 x Orange juice  added by Bob (Counter)"), "{told}");
    }
}
