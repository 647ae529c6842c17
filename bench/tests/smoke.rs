//! Every table, with so little work that its figures mean nothing: all contestants do what they should, and the results
//! of each are checked by the program itself.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "the panics of a test are its findings")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Measures as these arguments say and returns the report, which is written to files of this name.
fn measure(name: &str, arguments: &[&str]) -> Value {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (json, svg) = (folder.join(format!("{name}.json")), folder.join(format!("{name}.svg")));
    let mut bench = Command::new(env!("CARGO_BIN_EXE_bench"));
    bench.args(arguments).arg("--quick").arg("--json").arg(&json).arg("--svg").arg(&svg);
    let output = bench.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("| work | contestant |"), "{printed}");
    assert!(fs::read_to_string(&svg).unwrap().ends_with("</svg>\n"));
    serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap()
}

/// Fails unless each of so many rows has a figure above zero from everybody for each round. Only CPython may be
/// missing.
fn assert_complete(report: &Value, rows: usize) {
    let measured = report["rows"].as_array().unwrap();
    assert_eq!(measured.len(), rows);
    for row in measured {
        let entries = [&row["ours"]].into_iter().chain(row["peers"].as_array().unwrap());
        for entry in entries {
            let name = &entry["name"];
            if name == "CPython" && report["machine"]["python"].is_null() {
                continue;
            }
            let figures = entry["figures"].as_array().unwrap();
            let is_complete = figures.len() == 2 && figures.iter().all(|figure| figure.as_f64() > Some(0.0));
            assert!(is_complete, "{name} at {}: {entry}", row["work"]);
        }
    }
}

#[test]
fn threads() {
    assert_complete(&measure("threads", &["threads"]), 14);
}

#[test]
fn process() {
    assert_complete(&measure("process", &["process"]), 6);
}

#[test]
fn web_without_browser() {
    assert_complete(&measure("web", &["web", "--native"]), 5);
}

#[test]
fn unknown_rows_are_refused() {
    let mut bench = Command::new(env!("CARGO_BIN_EXE_bench"));
    let output = bench.args(["threads", "--quick", "--only", "nothing"]).output().unwrap();
    assert!(!output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "error: no row has `nothing` in its name\n");
}

#[test]
fn rows_are_chosen_by_name() {
    let report = measure("chosen", &["threads", "--only", "one at a time"]);
    assert_complete(&report, 1);
    assert_eq!(report["rows"][0]["peers"].as_array().unwrap().len(), 8);
}
