//! Runs suites and sums them up.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::conformance::{Heard, Listener, Report, Table, place_of};
use crate::failures::Failures;
use crate::serve::{Build, Server};
use crate::setup::{Installation, Needs};
use crate::suite::{Step, Suite};
use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{page, process, setup};

/// The server of the end-to-end tests stays clear of one that the user may be looking at.
const PORT: u16 = 8180;

/// A line of the summary.
struct Outcome {
    name: &'static str,
    tally: Tally,
    time: Duration,
}

/// What suites have brought.
#[derive(Default)]
pub(crate) struct Run {
    outcomes: Vec<Outcome>,
    /// What failed, in words.
    failures: String,
    /// The tests that the table of CPython's tests may name.
    pub(crate) heard: Heard,
}

/// What one suite has brought so far.
struct Progress {
    tally: Tally,
    listener: Listener,
    /// What failed, in words.
    failures: String,
    /// What its programs print, for whoever comes later.
    log: File,
}

/// Runs the suites one after another, prints the summary and says whether all tests passed.
pub(crate) fn run(workspace: &Workspace, suites: &[Suite]) -> Result<bool> {
    let Run { mut outcomes, failures, heard } = run_suites(workspace, suites)?;
    print!("{failures}");
    if !heard.is_empty() {
        let start = Instant::now();
        let table = Table::of(workspace)?;
        let report = Report::new(&table, &heard);
        print!("\n{}", report.failures());
        outcomes.push(Outcome { name: "conformance", tally: report.tally(), time: start.elapsed() });
    }
    let mut total = Tally::default();
    for outcome in &outcomes {
        total.add(outcome.tally);
    }
    print!("{}", summary(&outcomes, total));
    Ok(total.failed == 0)
}

impl Progress {
    /// Counts what keeps a suite or one of its programs from running as a failure.
    fn fail(&mut self, error: &anyhow::Error) {
        eprintln!("error: {error:#}");
        self.failures.push_str(&format!("\nfailed: {error:#}\n"));
        self.tally.add(Tally::FAILED);
    }
}

/// Runs the suites one after another.
pub(crate) fn run_suites(workspace: &Workspace, suites: &[Suite]) -> Result<Run> {
    let needs = suites.iter().map(|suite| suite.needs()).fold(Needs::default(), Needs::and);
    let tools = setup::ensure(workspace, needs)?;
    let mut run = Run::default();
    for &suite in suites {
        eprintln!("\n==> suite {}", suite.name());
        let start = Instant::now();
        let log = create_log(workspace, suite)?;
        let mut progress =
            Progress { tally: Tally::default(), listener: Listener::default(), failures: String::new(), log };
        // What stops a suite must not hide the outcome of the others.
        if let Err(error) = run_suite(workspace, &tools, suite, &mut progress) {
            progress.fail(&error);
        }
        run.failures.push_str(&progress.failures);
        run.outcomes.push(Outcome { name: suite.name(), tally: progress.tally, time: start.elapsed() });
        if let Some(place) = place_of(suite) {
            run.heard.add(place, progress.listener);
        }
    }
    Ok(run)
}

fn create_log(workspace: &Workspace, suite: Suite) -> Result<File> {
    let path = workspace.log(suite.name());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create(&path).with_context(|| format!("cannot write {}", path.display()))
}

fn run_suite(
    workspace: &Workspace,
    tools: &Installation,
    suite: Suite,
    progress: &mut Progress,
) -> Result<()> {
    let server = if suite.is_served() {
        page::build(workspace, tools)?;
        Some(Server::start(workspace, tools, Build::Quick, PORT)?)
    } else {
        None
    };
    for mut step in suite.steps(workspace, tools)? {
        if let Some(server) = &server {
            step.command
                .env("BASE_URL", server.url())
                .env("PLAYGROUND_TOKEN", server.token())
                .env("PLAYGROUND_PID", server.pid().to_string());
        }
        // A suite goes on after a failing step, so that one run shows all that is wrong.
        match run_step(step, progress) {
            Ok(counted) => progress.tally.add(counted),
            Err(error) => progress.fail(&error),
        }
    }
    Ok(())
}

fn run_step(step: Step, progress: &mut Progress) -> Result<Tally> {
    let name = process::shown(&step.command);
    eprintln!("    {name}");
    let mut counted = Tally::default();
    let mut written = Ok(());
    let mut failures = Failures::default();
    let status = process::stream(step.command, |line| {
        written = progress.log.write_all(line.as_bytes());
        failures.hear(line);
        if step.counts {
            counted.add(Tally::of_line(line));
            progress.listener.hear(line);
        }
    })?;
    written.context("cannot write the suite's log")?;
    if !status.success() {
        progress.failures.push_str(&failures.told(&name));
    }
    if !step.counts {
        return Ok(if status.success() { Tally::PASSED } else { Tally::FAILED });
    }
    if status.success() && counted.is_empty() {
        bail!("{name} ran no test");
    }
    if !status.success() && counted.failed == 0 {
        // It did not compile, or broke off before it could count; what it counted until then stands.
        eprintln!("error: {name} failed ({status})");
        counted.add(Tally::FAILED);
    }
    Ok(counted)
}

/// The table of suites and, as the last line, the sum that scripts read.
fn summary(outcomes: &[Outcome], total: Tally) -> String {
    let mut text = format!("\n{:<14}{:>8}{:>8}{:>9}\n", "suite", "passed", "failed", "seconds");
    for Outcome { name, tally, time } in outcomes {
        let seconds = time.as_secs_f64();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<14}{:>8}{:>8}{seconds:>9.1}", tally.passed, tally.failed);
    }
    let _ = writeln!(text, "\n{} passed, {} failed", total.passed, total.failed);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_ends_with_the_sum() {
        let outcome = |name, passed, failed| Outcome {
            name,
            tally: Tally { passed, failed },
            time: Duration::from_millis(1250),
        };
        let outcomes = [outcome("fmt", 1, 0), outcome("native", 40, 2)];
        let text = summary(&outcomes, Tally { passed: 41, failed: 2 });
        assert!(text.ends_with("\n41 passed, 2 failed\n"));
        assert!(text.contains("native              40       2      1.2\n"), "{text}");
    }
}
