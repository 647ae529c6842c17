//! The table of CPython's own tests, `tests/conformance.toml`.

use std::fs;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::heard::Place;
use crate::workspace::Workspace;

/// How many tests of CPython's there are, by the group that their ids name.
const GROUPS: [(&str, usize); 11] = [
    ("FUT", 22),
    ("WAIT", 9),
    ("ASC", 5),
    ("EXE", 7),
    ("MAP", 17),
    ("TPE", 5),
    ("PPE", 26),
    ("SHUT", 20),
    ("INIT", 4),
    ("DEAD", 16),
    ("IPE", 25),
];

/// What runs tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BackEnd {
    NativeThreads,
    NativeProcesses,
    WebThreads,
    Isolated,
}

impl BackEnd {
    pub(crate) const ALL: [Self; 4] =
        [Self::NativeThreads, Self::NativeProcesses, Self::WebThreads, Self::Isolated];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NativeThreads => "native threads",
            Self::NativeProcesses => "native processes",
            Self::WebThreads => "web threads",
            Self::Isolated => "isolated workers",
        }
    }

    fn has_threads(self) -> bool {
        matches!(self, Self::NativeThreads | Self::WebThreads)
    }

    fn is_native(self) -> bool {
        matches!(self, Self::NativeThreads | Self::NativeProcesses)
    }
}

/// Something for each back end, or for several at a time.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct ByBackEnd<T> {
    every: T,
    threads: T,
    processes: T,
    native_threads: T,
    native_processes: T,
    web_threads: T,
    isolated: T,
}

impl<T> ByBackEnd<T> {
    /// What is said of all kinds, of threads or of processes, and of this back end alone.
    fn of(&self, back_end: BackEnd) -> [&T; 3] {
        let kind = if back_end.has_threads() { &self.threads } else { &self.processes };
        let alone = match back_end {
            BackEnd::NativeThreads => &self.native_threads,
            BackEnd::NativeProcesses => &self.native_processes,
            BackEnd::WebThreads => &self.web_threads,
            BackEnd::Isolated => &self.isolated,
        };
        [&self.every, kind, alone]
    }
}

/// A test of CPython's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// As `WAIT-02`.
    pub(crate) id: String,
    /// CPython's class and function.
    pub(crate) test: String,
    /// The behaviour, in one line.
    pub(crate) told: String,
    #[serde(default)]
    by: ByBackEnd<Vec<String>>,
    #[serde(default)]
    no: ByBackEnd<Option<String>>,
    #[serde(default)]
    differs: ByBackEnd<Option<String>>,
}

/// A scenario, or another test, by the names that are printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scenario {
    pub(crate) program: String,
    pub(crate) test: String,
}

impl Scenario {
    fn parse(text: &str, back_end: BackEnd) -> Self {
        let (program, test) = match text.split_once(": ") {
            Some(names) => names,
            None => (if back_end.is_native() { "native" } else { "web" }, text),
        };
        Self { program: program.to_owned(), test: test.to_owned() }
    }

    /// Where it runs, for a row of a browser at `place`. Documentation tests run natively: what the compiler says holds everywhere.
    pub(crate) fn place(&self, place: Place) -> Place {
        if self.program == "doc" { Place::Native } else { place }
    }
}

impl Row {
    /// Why the row does not apply to the back end, if it does not.
    pub(crate) fn reason(&self, back_end: BackEnd) -> Option<&str> {
        self.no.of(back_end).into_iter().flatten().map(String::as_str).next()
    }

    /// What is different there on purpose, if anything is.
    pub(crate) fn difference(&self, back_end: BackEnd) -> Option<&str> {
        self.differs.of(back_end).into_iter().flatten().map(String::as_str).next()
    }

    /// By what the row is asserted there.
    pub(crate) fn scenarios(&self, back_end: BackEnd) -> Vec<Scenario> {
        let [every, kind, alone] = self.by.of(back_end);
        let module = if back_end.has_threads() { "on_threads" } else { "on_processes" };
        let every = every.iter().map(|name| Scenario::parse(&format!("{module}::{name}"), back_end));
        let others = kind.iter().chain(alone).map(|name| Scenario::parse(name, back_end));
        every.chain(others).collect()
    }
}

/// All of them, in the order of CPython's files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    #[serde(rename = "row")]
    pub(crate) rows: Vec<Row>,
}

impl Table {
    /// Reads the workspace's table.
    pub(crate) fn of(workspace: &Workspace) -> Result<Self> {
        let path = workspace.root.join("tests/conformance.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} makes no sense", path.display()))
    }

    /// Reads a table, which must have every row, and for each back end scenarios or a reason.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let table: Self = toml::from_str(text)?;
        for (group, count) in GROUPS {
            for number in 1..=count {
                let id = format!("{group}-{number:02}");
                let rows = table.rows.iter().filter(|row| row.id == id).count();
                if rows != 1 {
                    bail!("there are {rows} rows of {id}");
                }
            }
        }
        let total: usize = GROUPS.iter().map(|(_, count)| count).sum();
        if table.rows.len() != total {
            bail!("there are {} rows, and CPython has {total} tests", table.rows.len());
        }
        for row in &table.rows {
            for back_end in BackEnd::ALL {
                match (row.scenarios(back_end).is_empty(), row.reason(back_end)) {
                    (false, None) | (true, Some(_)) => {}
                    (true, None) => bail!("{} has nothing for {}", row.id, back_end.name()),
                    (false, Some(reason)) => bail!(
                        "{} has scenarios for {}, and a reason for having none: {reason}",
                        row.id,
                        back_end.name()
                    ),
                }
            }
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../../tests/conformance.toml");

    fn refusal(text: &str) -> String {
        Table::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn every_test_has_its_row() {
        let table = Table::parse(TEXT).unwrap();
        assert_eq!(table.rows.len(), 156);
    }

    #[test]
    fn rows_must_be_there_once() {
        assert_eq!(refusal(&TEXT.replace("\"WAIT-02\"", "\"WAIT-03\"")), "there are 0 rows of WAIT-02");
        let surplus =
            format!("{TEXT}\n[[row]]\nid = \"WAIT-10\"\ntest = \"\"\ntold = \"\"\nno.every = \"\"\n");
        assert_eq!(refusal(&surplus), "there are 157 rows, and CPython has 156 tests");
    }

    #[test]
    fn each_back_end_has_scenarios_or_a_reason() {
        let nothing = TEXT.replacen("by.every = [\"callbacks::see_the_value\"]\n", "", 1);
        assert_eq!(refusal(&nothing), "FUT-01 has nothing for native threads");
        let both = TEXT.replacen(
            "by.every = [\"callbacks::see",
            "no.isolated = \"why\"\nby.every = [\"callbacks::see",
            1,
        );
        assert!(refusal(&both).starts_with("FUT-01 has scenarios for isolated workers, and a reason"));
    }

    #[test]
    fn scenarios_have_programs() {
        let name = |text, back_end| {
            let Scenario { program, test } = Scenario::parse(text, back_end);
            (program, test)
        };
        let pair = |program: &str, test: &str| (program.to_owned(), test.to_owned());
        assert_eq!(name("a::b", BackEnd::NativeThreads), pair("native", "a::b"));
        assert_eq!(name("a::b", BackEnd::Isolated), pair("web", "a::b"));
        assert_eq!(name("faults: a::b", BackEnd::NativeProcesses), pair("faults", "a::b"));
    }
}
