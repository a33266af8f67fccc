//! `tillsync bench odoo`, for a second: everything that was due is accepted and seen.

use std::process::Command;

use serde_json::Value;

#[test]
fn a_short_bench_loses_nothing() {
    let arguments = [
        "bench",
        "odoo",
        "--tills",
        "6",
        "--multi-sessions",
        "2",
        "--lines",
        "3",
        "--seconds",
        "2",
        "--json",
    ];
    let output = Command::new(env!("CARGO_BIN_EXE_tillsync")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
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
