//! Counts tests by reading what the test runners print.

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl Tally {
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0 };
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1 };

    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Reads a line of output. Every runner here ends with lines that say its totals; all other lines count nothing.
    pub(crate) fn of_line(line: &str) -> Self {
        let plain = without_colours(line);
        let words: Vec<&str> = plain.split_whitespace().collect();
        match words.as_slice() {
            // cargo test and wasm-pack test: `test result: ok. 5 passed; 0 failed; 0 ignored; ...`
            ["test", "result:", _, counts @ ..] => {
                Self { passed: count_before(counts, "passed;"), failed: count_before(counts, "failed;") }
            }
            // Vitest: `Tests  1 failed | 11 passed (12)`
            ["Tests", counts @ ..] => {
                Self { passed: count_before(counts, "passed"), failed: count_before(counts, "failed") }
            }
            // Node's runner: `# pass 5` in a pipe, `ℹ pass 5` on a terminal
            ["#" | "ℹ", "pass", count] => Self { passed: count.parse().unwrap_or(0), failed: 0 },
            ["#" | "ℹ", "fail", count] => Self { passed: 0, failed: count.parse().unwrap_or(0) },
            // Playwright: `12 passed (3.2s)`, `1 failed`
            [count, "passed", time] if time.starts_with('(') => {
                Self { passed: count.parse().unwrap_or(0), failed: 0 }
            }
            [count, "failed"] => Self { passed: 0, failed: count.parse().unwrap_or(0) },
            _ => Self::default(),
        }
    }
}

/// The number in front of a word.
fn count_before(words: &[&str], name: &str) -> usize {
    words.windows(2).find(|pair| pair[1] == name).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

/// The line without the escape sequences that colour it: from ESC to a letter.
pub(crate) fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut in_escape = false;
    for character in line.chars() {
        match character {
            '\u{1b}' => in_escape = true,
            _ if in_escape => in_escape = !character.is_ascii_alphabetic(),
            _ => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: usize, failed: usize) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn totals_of_each_runner_are_read() {
        let cargo = "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(Tally::of_line(cargo), tally(3, 2));
        let coloured = "test result: \u{1b}[32mok\u{1b}[0m. 7 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.1s";
        assert_eq!(Tally::of_line(coloured), tally(7, 0));
        assert_eq!(Tally::of_line("      Tests  1 failed | 11 passed (12)\n"), tally(11, 1));
        assert_eq!(Tally::of_line("# pass 5\n"), tally(5, 0));
        assert_eq!(Tally::of_line("ℹ fail 2\n"), tally(0, 2));
        assert_eq!(Tally::of_line("  12 passed (3.2s)\n"), tally(12, 0));
        assert_eq!(Tally::of_line("  1 failed\n"), tally(0, 1));
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in [
            " Test Files  1 failed | 2 passed (3)",
            "running 5 tests",
            "test a ... ok",
            "# tests 5",
            "ℹ suites 1",
        ] {
            assert!(Tally::of_line(line).is_empty(), "{line}");
        }
    }
}
