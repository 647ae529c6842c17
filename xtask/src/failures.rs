//! What went wrong in a long run, to be told once more at its end, where people and scripts look first.

use std::collections::VecDeque;

use crate::tally::without_colours;

/// Failed tests that are named of one program.
const NAMED: usize = 20;
/// Lines that are repeated of a program which broke off.
const LAST: usize = 12;

/// Reads what a program prints, for the tests that fail in it.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    tests: Vec<String>,
    last: VecDeque<String>,
}

impl Failures {
    /// Takes in a line.
    pub(crate) fn hear(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim_end();
        if line.is_empty() {
            return;
        }
        if names_failure(line) && !self.tests.iter().any(|test| test == line.trim_start()) {
            self.tests.push(line.trim_start().to_owned());
        }
        if self.last.len() == LAST {
            self.last.pop_front();
        }
        self.last.push_back(line.to_owned());
    }

    /// The tests that failed in the program, or, when none has said so, what it printed last.
    pub(crate) fn told(&self, program: &str) -> String {
        let mut text = format!("\nfailed: {program}\n");
        let lines: Vec<&String> = if self.tests.is_empty() {
            self.last.iter().collect()
        } else {
            self.tests.iter().take(NAMED).collect()
        };
        for line in lines {
            text.extend(["    ", line, "\n"]);
        }
        if self.tests.len() > NAMED {
            text.push_str(&format!("    and {} more\n", self.tests.len() - NAMED));
        }
        text
    }
}

/// Whether a test runner says in this line that a test has failed.
fn names_failure(line: &str) -> bool {
    let line = line.trim_start();
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        // cargo test and wasm-pack test: `test a::b ... FAILED`
        ["test", _, .., outcome] => outcome.starts_with("FAIL"),
        // Node's runner: `not ok 3 - name`
        ["not", "ok", ..] => true,
        // Playwright: `1) [chromium] › file:line:column › name`; Vitest: `FAIL file > name`
        [number, _, ..] if number.ends_with(')') => line.contains(" › "),
        ["FAIL", ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &[&str]) -> String {
        let mut failures = Failures::default();
        lines.iter().for_each(|line| failures.hear(line));
        failures.told("tests")
    }

    #[test]
    fn failed_tests_of_each_runner_are_named_once() {
        let lines = [
            "test a ... ok\n",
            "test b::c ... \u{1b}[31mFAILED\u{1b}[0m\n",
            "test d ... FAIL\n",
            "ok 1 - e\n",
            "not ok 2 - f\n",
            "  1) [chromium] › a.spec.ts:3:1 › g ────\n",
            "  1) [chromium] › a.spec.ts:3:1 › g ────\n",
            " FAIL  src/a.test.ts > h\n",
        ];
        let expected = "\nfailed: tests\n    test b::c ... FAILED\n    test d ... FAIL\n    not ok 2 - f\n    \
                        1) [chromium] › a.spec.ts:3:1 › g ────\n    FAIL  src/a.test.ts > h\n";
        assert_eq!(told(&lines), expected);
    }

    #[test]
    fn program_that_breaks_off_is_heard_to_its_end() {
        let lines: Vec<String> = (1..=20).map(|number| format!("line {number}\n")).collect();
        let told = told(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(
            told.starts_with("\nfailed: tests\n    line 9\n") && told.ends_with("    line 20\n"),
            "{told}"
        );
    }

    #[test]
    fn many_failures_are_counted() {
        let lines: Vec<String> = (0..25).map(|number| format!("test t{number} ... FAILED\n")).collect();
        let told = told(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(told.ends_with("    and 5 more\n"), "{told}");
    }
}
