//! What was measured, and what it means next to the targets.

pub(crate) mod markdown;
pub(crate) mod plot;

use std::fs;
use std::thread;

use serde::Serialize;

use crate::command_line::Options;
use crate::contest::{Contest, Figures, Measure};
use crate::cpython;
use crate::statistics::Spread;

/// A whole table.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// What it is about.
    pub(crate) subject: &'static str,
    pub(crate) rounds: usize,
    /// Whether the work was cut down so far that the figures mean nothing.
    pub(crate) quick: bool,
    pub(crate) machine: Machine,
    pub(crate) rows: Vec<Row>,
}

/// Where it was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) processors: usize,
    /// The processor's name, where the system tells.
    pub(crate) model: Option<String>,
    pub(crate) python: Option<String>,
    pub(crate) browser: Option<String>,
    /// The load before the first round, where the system tells: above 0 somebody else was at work, though perhaps only
    /// the compiler of this program.
    pub(crate) load: Option<String>,
}

/// One piece of work.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) work: String,
    pub(crate) unit: &'static str,
    pub(crate) measure: Measure,
    /// The one that all others are compared with.
    pub(crate) ours: Entry,
    /// What its median is to be at most.
    pub(crate) limit: Option<f64>,
    pub(crate) peers: Vec<Comparison>,
}

/// A contestant's figures.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Whether it is this project's own.
    pub(crate) is_ours: bool,
    /// The units that it did in a round.
    pub(crate) units: usize,
    /// What a unit took, one figure a round.
    pub(crate) figures: Vec<f64>,
    /// Why there are no figures, if so.
    pub(crate) absent: Option<String>,
    pub(crate) spread: Option<Spread>,
}

/// A peer, and how this project compares with it.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    #[serde(flatten)]
    pub(crate) peer: Entry,
    /// Our figure to theirs, taken round by round.
    pub(crate) ratio: Option<Spread>,
    /// What the ratio is to be at most.
    pub(crate) target: Option<f64>,
}

impl Report {
    /// An empty one about `subject`.
    pub(crate) fn new(subject: &'static str, options: &Options) -> Self {
        let machine = Machine::this();
        Self { subject, rounds: options.rounds(), quick: options.quick, machine, rows: Vec::new() }
    }

    /// Whether this project's own contestants all finished.
    pub(crate) fn is_complete(&self) -> bool {
        let entries = self.rows.iter().flat_map(Row::entries);
        entries.filter(|entry| entry.is_ours).all(|entry| entry.absent.is_none())
    }
}

impl Machine {
    fn this() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self { processors, model: processor_model(), python: cpython::version(), browser: None, load: load() }
    }
}

/// Linux has a line such as `model name : AMD EPYC` for each processor.
fn processor_model() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim().to_owned())
}

/// Linux has the mean of the last minute first in this file.
fn load() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next().map(str::to_owned)
}

impl Row {
    /// Runs the contest.
    pub(crate) fn of(contest: Contest, rounds: usize) -> Self {
        let Contest { unit, turns, measure, limit, .. } = contest;
        let work = contest.work.clone();
        let known: Vec<_> = contest
            .contestants
            .iter()
            .map(|each| (each.name.clone(), each.is_ours, turns * each.units, each.target))
            .collect();
        let mut outcomes = known.into_iter().zip(contest.run(rounds));
        let ours = match outcomes.next() {
            Some(((name, _, units, _), figures)) => Entry::new(name, true, units, figures),
            None => Entry::new("nobody".into(), true, 0, Err("a contest without contestants".into())),
        };
        let peers = outcomes
            .map(|((name, is_ours, units, target), figures)| {
                Comparison::new(&ours, Entry::new(name, is_ours, units, figures), target)
            })
            .collect();
        Self { work, unit, measure, ours, limit, peers }
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        [&self.ours].into_iter().chain(self.peers.iter().map(|comparison| &comparison.peer))
    }

    /// Whether the limit is kept, where there are both a limit and figures.
    pub(crate) fn is_within_limit(&self) -> Option<bool> {
        Some(self.ours.spread?.median <= self.limit?)
    }
}

impl Entry {
    fn new(name: String, is_ours: bool, units: usize, figures: Figures) -> Self {
        let (figures, absent) = match figures {
            Ok(figures) => (figures, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        let spread = Spread::of(&figures);
        Self { name, is_ours, units, figures, absent, spread }
    }
}

impl Comparison {
    fn new(ours: &Entry, peer: Entry, target: Option<f64>) -> Self {
        // Without figures on both sides there is no ratio.
        let ratio = Spread::of_ratios(&ours.figures, &peer.figures);
        Self { peer, ratio, target }
    }

    /// Whether the target is met, where there are both a target and figures.
    pub(crate) fn is_met(&self) -> Option<bool> {
        Some(self.ratio?.median <= self.target?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row whose first peer meets its target, whose second misses it, and whose third is not there; the limit is
    /// kept.
    pub(crate) fn report() -> Report {
        let entry = |name: &str, units, figures| Entry::new(name.to_owned(), name == "ours", units, figures);
        let ours = entry("ours", 10, Ok(vec![2e-6, 4e-6, 3e-6]));
        let comparison = |peer, target| Comparison::new(&ours, peer, target);
        let peers = vec![
            comparison(entry("slow", 5_000, Ok(vec![8e-6, 16e-6, 12e-6])), Some(0.5)),
            comparison(entry("fast", 10, Ok(vec![1e-6, 2e-6, 1.5e-6])), Some(1.5)),
            comparison(entry("absent", 10, Err("there is none".to_owned())), None),
        ];
        let machine = Machine { processors: 2, model: None, python: None, browser: None, load: None };
        let (work, limit) = ("some tasks".to_owned(), Some(5e-6));
        let row = Row { work, unit: "task", measure: Measure::Seconds, ours, limit, peers };
        Report { subject: "Pool", rounds: 3, quick: false, machine, rows: vec![row] }
    }

    #[test]
    fn targets_are_judged_by_the_median_ratio() {
        let report = report();
        let judged: Vec<_> = report.rows[0].peers.iter().map(Comparison::is_met).collect();
        assert_eq!(judged, [Some(true), Some(false), None]);
        assert_eq!(report.rows[0].is_within_limit(), Some(true));
        assert!(report.is_complete());
    }

    #[test]
    fn only_own_contestants_must_finish() {
        let mut report = report();
        report.rows[0].peers[2].peer.is_ours = true;
        assert!(!report.is_complete());
    }
}
