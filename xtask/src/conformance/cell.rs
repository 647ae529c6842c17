//! One row on one back end, in one place.

use super::heard::{Heard, Place};
use super::table::{BackEnd, Row, Scenario};

/// A back end where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) back_end: BackEnd,
    pub(crate) place: Place,
}

const fn column(back_end: BackEnd, place: Place) -> Column {
    Column { back_end, place }
}

impl Column {
    pub(crate) const ALL: [Self; 6] = [
        column(BackEnd::NativeThreads, Place::Native),
        column(BackEnd::NativeProcesses, Place::Native),
        column(BackEnd::WebThreads, Place::Chromium),
        column(BackEnd::WebThreads, Place::Firefox),
        column(BackEnd::Isolated, Place::Chromium),
        column(BackEnd::Isolated, Place::Firefox),
    ];

    /// In two words, one above the other.
    pub(crate) fn heading(self) -> [&'static str; 2] {
        let kind = match self.back_end {
            BackEnd::NativeThreads => return ["native", "threads"],
            BackEnd::NativeProcesses => return ["native", "processes"],
            BackEnd::WebThreads => "threads",
            BackEnd::Isolated => "isolated",
        };
        [kind, if self.place == Place::Chromium { "Chromium" } else { "Firefox" }]
    }
}

/// What is known of a row there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Every scenario has passed.
    Passed,
    /// These did not, or did not run though their place was to run.
    Failed(Vec<Flaw>),
    /// The place was not to run.
    Unknown,
    /// It does not apply, for this reason.
    No(String),
}

/// What is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) scenario: Scenario,
    /// Whether it ran, and failed.
    pub(crate) ran: bool,
}

impl Cell {
    pub(crate) fn new(row: &Row, column: Column, heard: &Heard) -> Self {
        if let Some(reason) = row.reason(column.back_end) {
            return Self::No(reason.to_owned());
        }
        if !heard.is_of(column.place) {
            return Self::Unknown;
        }
        let mut flaws = Vec::new();
        let mut passed = 0;
        for scenario in row.scenarios(column.back_end) {
            let place = scenario.place(column.place);
            match heard.outcome(place, &scenario.program, &scenario.test) {
                Some(true) => passed += 1,
                // That of another place, which was not to run.
                None if !heard.is_of(place) => {}
                outcome => flaws.push(Flaw { scenario, ran: outcome.is_some() }),
            }
        }
        match (flaws.is_empty(), passed) {
            (false, _) => Self::Failed(flaws),
            (true, 0) => Self::Unknown,
            (true, _) => Self::Passed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::heard::Listener;
    use super::super::table::Table;
    use super::*;

    fn heard(places: &[(Place, &str)]) -> Heard {
        let mut heard = Heard::default();
        for (place, text) in places {
            let mut listener = Listener::default();
            text.lines().for_each(|line| listener.hear(line));
            heard.add(*place, listener);
        }
        heard
    }

    fn cell(id: &str, column: Column, heard: &Heard) -> Cell {
        let table = Table::parse(include_str!("../../../tests/conformance.toml")).unwrap();
        Cell::new(table.rows.iter().find(|row| row.id == id).unwrap(), column, heard)
    }

    const THREADS: Column = column(BackEnd::NativeThreads, Place::Native);

    #[test]
    fn named_scenario_must_have_run() {
        let head = "Running tests/native.rs (native-1)\n";
        let passed = format!("{head}test on_threads::callbacks::see_the_value ... ok");
        assert_eq!(cell("FUT-01", THREADS, &heard(&[(Place::Native, &passed)])), Cell::Passed);
        let failed = passed.replace("... ok", "... FAILED");
        for (text, ran) in [(failed.as_str(), true), (head, false)] {
            let Cell::Failed(flaws) = cell("FUT-01", THREADS, &heard(&[(Place::Native, text)])) else {
                panic!("it has not passed")
            };
            assert_eq!((flaws.len(), flaws[0].ran), (1, ran));
        }
        assert_eq!(cell("FUT-01", THREADS, &Heard::default()), Cell::Unknown);
    }

    #[test]
    fn reasons_come_before_everything() {
        assert!(matches!(cell("PPE-03", THREADS, &Heard::default()), Cell::No(_)));
    }

    #[test]
    fn documentation_speaks_for_browsers() {
        let isolated = column(BackEnd::Isolated, Place::Firefox);
        let web = "Running tests/web.rs (web-1.wasm)\ntest processes::refused::closure_as_task ... ok";
        let doc = "Doc-tests scenarios\ntest a.rs - processes::refused::closure_as_task (line 1) - compile fail ... ok";
        let both = heard(&[(Place::Firefox, web), (Place::Native, doc)]);
        assert_eq!(cell("IPE-10", isolated, &both), Cell::Passed);
        assert_eq!(cell("IPE-10", isolated, &heard(&[(Place::Firefox, web)])), Cell::Passed);
        let without = heard(&[(Place::Firefox, web), (Place::Native, "")]);
        assert!(matches!(cell("IPE-10", isolated, &without), Cell::Failed(_)));
    }
}
