//! What was measured, and what it means next to the targets.

pub(crate) mod markdown;
pub(crate) mod plot;

use std::fs;
use std::thread;

use serde::Serialize;

use crate::contest::{Contest, Figures};
use crate::statistics::Spread;

/// A whole table.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// The executor that it is about.
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
    /// The load before the first round, where the system tells: above 0 somebody else was at work, though perhaps only the
    /// compiler of this program.
    pub(crate) load: Option<String>,
}

/// One piece of work.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) work: String,
    pub(crate) unit: &'static str,
    pub(crate) units: usize,
    pub(crate) ours: Entry,
    pub(crate) peers: Vec<Comparison>,
}

/// A contestant's figures.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// Seconds for a unit, one figure a round.
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
    /// Our time to theirs, taken round by round.
    pub(crate) ratio: Option<Spread>,
    /// What the ratio is to be at most.
    pub(crate) target: Option<f64>,
}

impl Report {
    pub(crate) fn new(subject: &'static str, rounds: usize, quick: bool, python: Option<String>) -> Self {
        Self { subject, rounds, quick, machine: Machine::this(python), rows: Vec::new() }
    }

    /// Whether this project's own contestants all finished.
    pub(crate) fn is_complete(&self) -> bool {
        self.rows.iter().all(|row| row.ours.absent.is_none())
    }
}

impl Machine {
    fn this(python: Option<String>) -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self { processors, model: processor_model(), python, load: load() }
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
        let (work, unit, units) = (contest.work.clone(), contest.unit, contest.units);
        let names: Vec<_> = contest.contestants.iter().map(|each| (each.name, each.target)).collect();
        let mut outcomes = names.into_iter().zip(contest.run(rounds));
        let ours = match outcomes.next() {
            Some(((name, _), figures)) => Entry::new(name, figures),
            None => Entry::new("nobody", Err("a contest without contestants".to_owned())),
        };
        let peers = outcomes
            .map(|((name, target), figures)| Comparison::new(&ours, Entry::new(name, figures), target))
            .collect();
        Self { work, unit, units, ours, peers }
    }
}

impl Entry {
    fn new(name: &'static str, figures: Figures) -> Self {
        let (figures, absent) = match figures {
            Ok(figures) => (figures, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        let spread = Spread::of(&figures);
        Self { name, figures, absent, spread }
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

    /// A row whose first peer meets its target, whose second misses it, and whose third is not there.
    pub(crate) fn report() -> Report {
        let ours = Entry::new("ours", Ok(vec![2e-6, 4e-6, 3e-6]));
        let comparison = |name, figures, target| Comparison::new(&ours, Entry::new(name, figures), target);
        let peers = vec![
            comparison("slow", Ok(vec![8e-6, 16e-6, 12e-6]), Some(0.5)),
            comparison("fast", Ok(vec![1e-6, 2e-6, 1.5e-6]), Some(1.5)),
            comparison("absent", Err("there is none".to_owned()), None),
        ];
        let mut report = Report::new("Pool", 3, false, None);
        report.rows.push(Row { work: "some tasks".to_owned(), unit: "task", units: 10, ours, peers });
        report
    }

    #[test]
    fn targets_are_judged_by_the_median_ratio() {
        let report = report();
        let judged: Vec<_> = report.rows[0].peers.iter().map(Comparison::is_met).collect();
        assert_eq!(judged, [Some(true), Some(false), None]);
        assert!(report.is_complete());
    }
}
