//! That no test of CPython's own is forgotten.
//!
//! `tests/conformance.toml` at the workspace's root has a row for each of them. A program here that asserts what a row tells names it in the
//! comment above its function; the rows below have none, for a reason.

use crate::running::PROGRAMS;
use crate::trial;
use libtest_mimic::Trial;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Rows without a program. Those that begin with `IPE` are about interpreters as workers, which this module does not have; what holds of
/// processes as well is asserted there.
const WITHOUT: [(&str, &str); 10] = [
    ("TPE-04", "nothing is forked"),
    ("TPE-05", "nothing is forked"),
    ("PPE-01", "there is no limit of 61 to lift"),
    ("PPE-02", "nothing is asked of the system"),
    ("PPE-12", "there is one way to start a process; `mp_context` means nothing else"),
    ("PPE-17", "a program cannot make the start of a process fail; the scenarios of the executors do"),
    ("PPE-19", "a program cannot make the start of a thread fail; the scenarios of the executors do"),
    ("PPE-22", "each way to stop by force is a method of its own"),
    ("INIT-04", "there is no fork server"),
    ("DEAD-12", "the result is read by whoever asks for it, so its exit is the asker's own"),
];

pub(crate) fn trials() -> [Trial; 1] {
    [trial("rows::each_has_a_program_or_a_reason".to_owned(), each_has_a_program_or_a_reason)]
}

fn each_has_a_program_or_a_reason() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| fs::read_to_string(path).expect("the file is there");
    let table = read(&here.join("../tests/conformance.toml"));
    let rows: BTreeSet<&str> =
        table.lines().filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"')).collect();
    assert!(rows.len() > 100, "the table cannot be read: {}", rows.len());

    let programs = fs::read_dir(here.join(PROGRAMS)).expect("the programs are there");
    let mut text: String =
        programs.map(|entry| read(&entry.expect("the folder can be read").path())).collect();
    text += &read(&here.join("tests/it/endings.rs"));
    let named: BTreeSet<&str> = text.lines().flat_map(named_in).collect();
    let without: BTreeMap<_, _> = WITHOUT.into_iter().collect();

    let unknown: Vec<_> = named.iter().chain(without.keys()).filter(|id| !rows.contains(**id)).collect();
    assert!(unknown.is_empty(), "there are no such rows: {unknown:?}");
    let both: Vec<_> = named.iter().filter(|id| without.contains_key(**id)).collect();
    assert!(both.is_empty(), "these have a program, and a reason why not: {both:?}");
    let is_missing =
        |id: &&&str| !named.contains(**id) && !without.contains_key(**id) && !id.starts_with("IPE-");
    let missing: Vec<_> = rows.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "these have neither a program nor a reason: {missing:?}");
}

/// The rows that a comment names, as `# EXE-01, EXE-02: what differs`.
fn named_in(line: &str) -> impl Iterator<Item = &str> {
    let comment = line.trim_start().strip_prefix("# ").or_else(|| line.trim_start().strip_prefix("// "));
    let names = comment.unwrap_or_default().split(':').next().unwrap_or_default();
    names.split(", ").filter(|name| is_row(name))
}

/// Whether it looks like `SHUT-03`.
fn is_row(name: &str) -> bool {
    name.split_once('-').is_some_and(|(kind, number)| {
        kind.len() >= 2 && kind.bytes().all(|byte| byte.is_ascii_uppercase()) && number.parse::<u32>().is_ok()
    })
}
