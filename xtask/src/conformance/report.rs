//! The table, as it is printed and written.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::Result;
use serde_json::json;

use super::cell::{Cell, Column, Flaw};
use super::heard::Heard;
use super::table::{Row, Table};
use crate::tally::Tally;

/// Every row with what is known of it.
pub(crate) struct Report<'t> {
    lines: Vec<Line<'t>>,
    /// The reasons why rows do not apply, in the order in which they come up.
    reasons: Vec<&'t str>,
}

struct Line<'t> {
    row: &'t Row,
    cells: [Cell; Column::ALL.len()],
}

impl Line<'_> {
    fn columns(&self) -> impl Iterator<Item = (Column, &Cell)> {
        Column::ALL.into_iter().zip(&self.cells)
    }

    /// What is different on purpose, each difference once.
    fn differences(&self) -> Vec<&str> {
        let mut differences: Vec<_> =
            Column::ALL.into_iter().filter_map(|column| self.row.difference(column.back_end)).collect();
        differences.dedup();
        differences
    }

    /// Whether anything is known of the row, and whether it is as told.
    fn is_as_told(&self) -> Option<bool> {
        let is = |wanted: fn(&Cell) -> bool| self.cells.iter().any(wanted);
        if is(|cell| matches!(cell, Cell::Failed(_))) {
            return Some(false);
        }
        is(|cell| matches!(cell, Cell::Passed)).then_some(true)
    }

    fn flaws(&self) -> impl Iterator<Item = (Column, &Flaw)> {
        self.columns().flat_map(|(column, cell)| {
            let flaws = if let Cell::Failed(flaws) = cell { flaws.as_slice() } else { &[] };
            flaws.iter().map(move |flaw| (column, flaw))
        })
    }
}

impl<'t> Report<'t> {
    pub(crate) fn new(table: &'t Table, heard: &Heard) -> Self {
        let cells = |row| Column::ALL.map(|column| Cell::new(row, column, heard));
        let lines = table.rows.iter().map(|row| Line { row, cells: cells(row) }).collect();
        let mut reasons = Vec::new();
        for reason in table.rows.iter().flat_map(|row| Column::ALL.map(|column| row.reason(column.back_end)))
        {
            reasons.extend(reason.filter(|reason| !reasons.contains(reason)));
        }
        Self { lines, reasons }
    }

    /// Whether no row is other than told.
    pub(crate) fn is_as_told(&self) -> bool {
        self.tally().failed == 0
    }

    /// How many rows are as told, and how many are not; others could not be known or do not apply.
    pub(crate) fn tally(&self) -> Tally {
        let count = |wanted| self.lines.iter().filter(|line| line.is_as_told() == Some(wanted)).count();
        Tally { passed: count(true), failed: count(false) }
    }

    /// A short mark for a cell: reasons have numbers.
    fn mark(&self, row: &Row, column: Column, cell: &Cell) -> String {
        match cell {
            Cell::Passed if row.difference(column.back_end).is_some() => "pass*".to_owned(),
            Cell::Passed => "pass".to_owned(),
            Cell::Failed(_) => "FAIL".to_owned(),
            Cell::Unknown => "?".to_owned(),
            Cell::No(reason) => {
                let number = self.reasons.iter().position(|other| other == reason);
                format!("- {}", number.map_or(0, |number| number + 1))
            }
        }
    }

    /// The table for a terminal, what its marks mean, and the sum.
    pub(crate) fn text(&self) -> String {
        let names: Vec<_> = self.lines.iter().map(|line| function(line.row)).collect();
        let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
        let mut text = String::new();
        for (line, first) in [["", ""], ["id", "CPython's test"]].into_iter().enumerate() {
            let headings = Column::ALL.map(|column| format!("{:<10}", column.heading()[line]));
            push(&mut text, &format!("{:<8}{:<width$}  {}", first[0], first[1], headings.concat()));
        }
        for (line, name) in self.lines.iter().zip(names) {
            let marks =
                line.columns().map(|(column, cell)| format!("{:<10}", self.mark(line.row, column, cell)));
            let marks: String = marks.collect();
            push(&mut text, &format!("{:<8}{name:<width$}  {marks}", line.row.id));
        }
        text.push('\n');
        push(&mut text, "*  Deliberately different:");
        for (difference, ids) in self.differences() {
            push(&mut text, &format!("   {difference}: {}", ids.join(", ")));
        }
        push(&mut text, "-  Does not apply:");
        for (number, reason) in (1..).zip(&self.reasons) {
            push(&mut text, &format!("   {number:>2}  {reason}"));
        }
        text.push('\n');
        text + &self.failures() + &self.sum()
    }

    /// What is other than told, scenario by scenario.
    pub(crate) fn failures(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            for (column, Flaw { scenario, ran }) in line.flaws() {
                let [above, below] = column.heading();
                let outcome = if *ran { "failed" } else { "did not run" };
                let (program, test) = (&scenario.program, &scenario.test);
                push(
                    &mut text,
                    &format!("FAIL {} ({above} {below}): `{program}: {test}` {outcome}", line.row.id),
                );
            }
        }
        text
    }

    fn sum(&self) -> String {
        let count = |wanted: fn(&Cell) -> bool| {
            self.lines.iter().flat_map(|line| &line.cells).filter(|cell| wanted(cell)).count()
        };
        let is_different = |line: &&Line<'_>, column: Column| line.row.difference(column.back_end).is_some();
        let different: usize = self
            .lines
            .iter()
            .map(|line| {
                let passed = line.columns().filter(|(_, cell)| **cell == Cell::Passed);
                passed.filter(|(column, _)| is_different(&line, *column)).count()
            })
            .sum();
        let passed = count(|cell| *cell == Cell::Passed);
        format!(
            "{} tests on {} back ends: {passed} as told ({different} of them deliberately different), {} not, {} do not \
             apply, {} not run\n",
            self.lines.len(),
            Column::ALL.len(),
            count(|cell| matches!(cell, Cell::Failed(_))),
            count(|cell| matches!(cell, Cell::No(_))),
            count(|cell| *cell == Cell::Unknown),
        )
    }

    /// What is different on purpose, and in which rows.
    fn differences(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut differences: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for line in &self.lines {
            for difference in line.differences() {
                differences.entry(difference).or_default().push(line.row.id.as_str());
            }
        }
        differences
    }

    /// The table as Markdown, with what each row is about.
    pub(crate) fn markdown(&self) -> String {
        let headings = Column::ALL.map(|column| column.heading().join(" "));
        let mut text = format!("| id | CPython's test | behaviour | {} |\n", headings.join(" | "));
        push(&mut text, &format!("|{}", "---|".repeat(3 + headings.len())));
        for line in &self.lines {
            let Row { id, test, told, .. } = line.row;
            let differences = line.differences().into_iter().map(|difference| format!("; \\* {difference}"));
            let differences: String = differences.collect();
            let mark = |(column, cell)| self.mark(line.row, column, cell).replace('*', "\\*");
            let marks: Vec<_> = line.columns().map(mark).collect();
            push(&mut text, &format!("| {id} | `{test}` | {told}{differences} | {} |", marks.join(" | ")));
        }
        text.push_str("\nDoes not apply:\n\n");
        for (number, reason) in (1..).zip(&self.reasons) {
            push(&mut text, &format!("{number}. {reason}"));
        }
        text + "\n" + &self.failures() + &self.sum()
    }

    /// The table as JSON, with the scenarios of each cell.
    pub(crate) fn json(&self) -> Result<String> {
        let cell = |row: &Row, column: Column, cell: &Cell| {
            let scenarios = row.scenarios(column.back_end).into_iter();
            let scenarios: Vec<_> =
                scenarios.map(|scenario| format!("{}: {}", scenario.program, scenario.test)).collect();
            let (outcome, reason) = match cell {
                Cell::Passed => ("passed", None),
                Cell::Failed(_) => ("failed", None),
                Cell::Unknown => ("not run", None),
                Cell::No(reason) => ("does not apply", Some(reason)),
            };
            json!({
                "back_end": column.heading().join(" "),
                "outcome": outcome,
                "difference": row.difference(column.back_end),
                "reason": reason,
                "scenarios": scenarios,
            })
        };
        let rows = self.lines.iter().map(|line| {
            let row = line.row;
            let cells: Vec<_> = line.columns().map(|(column, known)| cell(row, column, known)).collect();
            json!({ "id": row.id, "test": row.test, "behaviour": row.told, "back_ends": cells })
        });
        let rows: Vec<_> = rows.collect();
        Ok(serde_json::to_string_pretty(&rows)? + "\n")
    }
}

/// CPython's function without its class.
fn function(row: &Row) -> &str {
    row.test.rsplit('.').next().unwrap_or(&row.test)
}

/// Adds a line without spaces at its end.
fn push(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}", line.trim_end());
}

#[cfg(test)]
mod tests {
    use super::super::heard::{Listener, Place};
    use super::*;

    fn table() -> Table {
        Table::parse(include_str!("../../../tests/conformance.toml")).unwrap()
    }

    /// Natively all has passed, but for one scenario that has failed and one that did not run.
    fn heard(table: &Table) -> Heard {
        let mut listener = Listener::default();
        for scenario in table.rows.iter().flat_map(|row| {
            Column::ALL[..2].iter().flat_map(|column| row.scenarios(column.back_end)).collect::<Vec<_>>()
        }) {
            let outcome = match scenario.test.as_str() {
                "on_threads::calls::come_back" => "FAILED",
                "on_threads::wakes::by_result" => continue,
                _ => "ok",
            };
            let (program, test) = match scenario.program.as_str() {
                "doc" => ("Doc-tests a".to_owned(), format!("a.rs - {} (line 1)", scenario.test)),
                program => (format!("Running {program} ({program}-1)"), scenario.test),
            };
            listener.hear(&program);
            listener.hear(&format!("test {test} ... {outcome}"));
        }
        let mut heard = Heard::default();
        heard.add(Place::Native, listener);
        heard
    }

    #[test]
    fn says_what_is_wrong_and_what_is_known() {
        let table = table();
        let report = Report::new(&table, &heard(&table));
        assert!(!report.is_as_told());
        assert_eq!(report.tally().failed, 2);
        assert_eq!(
            report.failures(),
            "FAIL FUT-16 (native threads): `native: on_threads::wakes::by_result` did not run\n\
             FAIL EXE-01 (native threads): `native: on_threads::calls::come_back` failed\n"
        );
        let text = report.text();
        let line = |id: &str| {
            let line = text.lines().find(|line| line.starts_with(id)).unwrap();
            line.split_whitespace().skip(2).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(line("FUT-01"), "pass pass ? ? ? ?");
        assert_eq!(line("EXE-01"), "FAIL pass ? ? ? ?");
        assert_eq!(line("WAIT-02"), "pass* pass* ? ? ? ?");
        assert_eq!(line("FUT-10"), "- 1 - 1 - 1 - 1 - 1 - 1");
        assert!(text.contains("\n    1  it is about names of Python's modules\n"), "{text}");
        assert!(text.contains(": WAIT-02, WAIT-05\n"), "{text}");
        assert!(text.lines().last().unwrap().starts_with("156 tests on 6 back ends: "), "{text}");
    }

    #[test]
    fn other_forms_have_every_row() {
        let table = table();
        let report = Report::new(&table, &heard(&table));
        let rows = report.markdown().lines().filter(|line| line.contains(" | `")).count();
        assert_eq!(rows, 156);
        let json: serde_json::Value = serde_json::from_str(&report.json().unwrap()).unwrap();
        assert_eq!(json.as_array().unwrap().len(), 156);
        assert_eq!(json[0]["back_ends"][0]["outcome"], "passed");
    }

    #[test]
    fn nothing_known_is_nothing_wrong() {
        let table = table();
        let report = Report::new(&table, &Heard::default());
        assert_eq!(report.tally(), Tally::default());
    }
}
