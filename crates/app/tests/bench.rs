//! `tillsync bench`, for a moment: everything that was due is accepted and seen. No timing is looked at.

use std::process::Command;

use serde_json::Value;

/// Runs a bench with these words behind `tillsync bench`; its report.
fn bench(words: &str) -> Value {
    let arguments = ["bench"].into_iter().chain(words.split_whitespace());
    let output =
        Command::new(env!("CARGO_BIN_EXE_tillsync")).args(arguments).output().expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a bench prints JSON")
}

#[test]
fn a_short_bench_loses_nothing() {
    let report = bench("odoo --tills 6 --multi-sessions 2 --lines 3 --seconds 2 --json");
    for name in ["server", "floor"] {
        let measured = &report[name];
        assert_eq!(measured["accepted"], 12, "{report}");
        for none in ["errors", "conflicts", "holes"] {
            assert_eq!(measured[none], 0, "{none}: {report}");
        }
        // Two others in each multi-session see each of them.
        assert_eq!(measured["seen"]["count"], 24, "{report}");
    }
}

#[test]
fn a_short_bench_of_our_own_tills_loses_nothing() {
    let report = bench("native --tills 6 --multi-sessions 2 --lines 3 --seconds 1 --rate 4 --idle 3 --json");
    assert_eq!(report["editing"], 4, "{report}");
    for name in ["server", "floor_sockets"] {
        let measured = &report[name];
        assert_eq!(measured["accepted"], 16, "{report}");
        for none in ["errors", "refused", "holes"] {
            assert_eq!(measured[none], 0, "{none}: {report}");
        }
        // Two others in each multi-session hear of each of them.
        assert_eq!(measured["seen"]["count"], 32, "{report}");
        assert_eq!(measured["seen_by_all"]["count"], 16, "{report}");
        assert_eq!(measured["idle_tills"], 3, "{report}");
    }
    // The floor of the disk writes what the server wrote.
    assert_eq!(report["floor_disk"]["accepted"], 16, "{report}");
}
