//! Which tests have run where, and how each ended, by what the test runners print.

use std::collections::BTreeMap;

use crate::tally::without_colours;

/// Where tests run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Native,
    Chromium,
    Firefox,
}

/// Whether each test has passed, by the names of its program and its own; one that ran several times must always pass.
type Outcomes = BTreeMap<(String, String), bool>;

/// What was heard of tests.
#[derive(Debug, Default)]
pub(crate) struct Heard(BTreeMap<Place, Outcomes>);

impl Heard {
    /// Adds the tests of one place.
    pub(crate) fn add(&mut self, place: Place, listener: Listener) {
        self.0.insert(place, listener.outcomes);
    }

    /// Whether tests were to run there.
    pub(crate) fn is_of(&self, place: Place) -> bool {
        self.0.contains_key(&place)
    }

    /// Whether anything was to run at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the test has passed there; `None` if it did not run.
    pub(crate) fn outcome(&self, place: Place, program: &str, test: &str) -> Option<bool> {
        self.0.get(&place)?.get(&(program.to_owned(), test.to_owned())).copied()
    }
}

/// Reads what test runners print, line by line.
#[derive(Debug, Default)]
pub(crate) struct Listener {
    outcomes: Outcomes,
    /// The test program that is running.
    program: String,
    /// A test whose outcome did not stand behind its name, because something was printed in between.
    pending: Option<String>,
}

/// All documentation tests count as one program.
const DOC: &str = "doc";

impl Listener {
    /// Takes in a line.
    pub(crate) fn hear(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim();
        if let Some(program) = program(line) {
            self.program = program;
            self.pending = None;
        } else if let Some((name, outcome)) = test(line) {
            self.pending = None;
            match passed(outcome) {
                Some(passed) => self.note(name, passed),
                // An ignored one counts as one that did not run.
                None if outcome.starts_with("ignored") => {}
                None => self.pending = Some(name.to_owned()),
            }
        } else if let Some(passed) = passed(line)
            && let Some(name) = self.pending.take()
        {
            self.note(&name, passed);
        }
    }

    fn note(&mut self, name: &str, passed: bool) {
        if let Some(name) = plain(name, self.program == DOC) {
            let outcome = self.outcomes.entry((self.program.clone(), name.to_owned())).or_insert(true);
            *outcome &= passed;
        }
    }
}

/// The program that cargo says it runs: `Running tests/native.rs (target/debug/deps/native-0fda52a6c3a0433a)`.
fn program(line: &str) -> Option<String> {
    if line.starts_with("Doc-tests ") {
        return Some(DOC.to_owned());
    }
    // What a program before it has written may lack its line end.
    let at = if line.starts_with("Running ") { 0 } else { line.find("     Running ")? };
    let path = line[at..].trim_start().strip_prefix("Running ")?.strip_suffix(')')?.rsplit_once('(')?.1;
    let file = path.rsplit(['/', '\\']).next()?;
    Some(file.rsplit_once('-')?.0.to_owned())
}

/// A test and what stands behind it: `test waiting::empty ... ok`.
fn test(line: &str) -> Option<(&str, &str)> {
    let (name, outcome) = line.strip_prefix("test ")?.split_once(" ...")?;
    Some((name.trim(), outcome.trim()))
}

fn passed(outcome: &str) -> Option<bool> {
    match outcome {
        "ok" => Some(true),
        _ if outcome.starts_with("FAIL") => Some(false),
        _ => None,
    }
}

/// The test's own name. A documentation test has its item's; one that belongs to none has none.
fn plain(name: &str, is_doc: bool) -> Option<&str> {
    if !is_doc {
        // `should panic` and the like follow the name.
        return name.split(" - ").next();
    }
    let item = name.split(" - ").nth(1)?.split(" (line").next()?.trim();
    (!item.starts_with('(')).then_some(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str) -> Vec<(String, String, bool)> {
        let mut listener = Listener::default();
        text.lines().for_each(|line| listener.hear(line));
        listener.outcomes.into_iter().map(|((program, test), passed)| (program, test, passed)).collect()
    }

    fn one(program: &str, test: &str, passed: bool) -> (String, String, bool) {
        (program.to_owned(), test.to_owned(), passed)
    }

    #[test]
    fn every_runner_is_understood() {
        let text = "\
     Running unittests src/lib.rs (target/debug/deps/a_crate-37decd4db7d0e590)
test tests::adds ... \u{1b}[32mok\u{1b}[0m
test tests::waits ... ignored, it takes long
     Running tests/faults/main.rs (/a/folder (of mine)/deps/faults-45efa6572441126f)
test crashes::signals                           ... FAILED
     Running tests/web.rs (/target/wasm32-unknown-unknown/debug/deps/web-803d5b4d6967610a.wasm)
test waiting::empty ... ok
   Doc-tests scenarios
test tests/src/a.rs - a::refused (line 15) - compile fail ... ok
test native/src/lib.rs - (line 7) ... ok
test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.43s
";
        assert_eq!(
            heard(text),
            [
                one("a_crate", "tests::adds", true),
                one("doc", "a::refused", true),
                one("faults", "crashes::signals", false),
                one("web", "waiting::empty", true),
            ]
        );
    }

    #[test]
    fn one_failure_of_several_runs_counts() {
        let text = "Running tests/a.rs (a-1)\ntest b ... ok\nRunning tests/a.rs (a-1)\ntest b ... FAILED\ntest b ... ok";
        assert_eq!(heard(text), [one("a", "b", false)]);
    }

    #[test]
    fn outcome_may_come_behind_other_text() {
        let text = "Running tests/a.rs (a-1)\ntest b ... a text\nanother\nok\ntest c ... ok\nok";
        assert_eq!(heard(text), [one("a", "b", true), one("a", "c", true)]);
    }
}
