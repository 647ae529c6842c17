//! Runs suites and sums them up.

use std::fmt::Write;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::serve::Server;
use crate::setup::{Installation, Needs};
use crate::suite::{Step, Suite};
use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{page, process, setup};

/// The server of the end-to-end tests stays clear of one that the user may be looking at.
const PORT: u16 = 8180;

/// A line of the summary.
struct Outcome {
    suite: Suite,
    tally: Tally,
    time: Duration,
}

/// Runs the suites one after another, prints the summary and says whether all tests passed.
pub(crate) fn run(workspace: &Workspace, suites: &[Suite]) -> Result<bool> {
    let needs = suites.iter().map(|suite| suite.needs()).fold(Needs::default(), Needs::and);
    let tools = setup::ensure(workspace, needs)?;
    let mut outcomes = Vec::new();
    for &suite in suites {
        eprintln!("\n==> suite {}", suite.name());
        let start = Instant::now();
        let mut tally = Tally::default();
        // What stops a suite must not hide the outcome of the others.
        if let Err(error) = run_suite(workspace, &tools, suite, &mut tally) {
            eprintln!("error: {error:#}");
            tally.add(Tally::FAILED);
        }
        outcomes.push(Outcome { suite, tally, time: start.elapsed() });
    }
    let mut total = Tally::default();
    for outcome in &outcomes {
        total.add(outcome.tally);
    }
    print!("{}", summary(&outcomes, total));
    Ok(total.failed == 0)
}

fn run_suite(workspace: &Workspace, tools: &Installation, suite: Suite, tally: &mut Tally) -> Result<()> {
    let server = if suite.is_served() {
        page::build(workspace, tools)?;
        Some(Server::start(workspace, PORT)?)
    } else {
        None
    };
    for mut step in suite.steps(workspace, tools)? {
        if let Some(server) = &server {
            step.command.env("BASE_URL", server.url());
        }
        // A suite goes on after a failing step, so that one run shows all that is wrong.
        match run_step(step) {
            Ok(counted) => tally.add(counted),
            Err(error) => {
                eprintln!("error: {error:#}");
                tally.add(Tally::FAILED);
            }
        }
    }
    Ok(())
}

fn run_step(step: Step) -> Result<Tally> {
    let name = process::shown(&step.command);
    eprintln!("    {name}");
    let mut counted = Tally::default();
    let status = process::stream(step.command, |line| {
        if step.counts {
            counted.add(Tally::of_line(line));
        }
    })?;
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
    for Outcome { suite, tally, time } in outcomes {
        let (name, seconds) = (suite.name(), time.as_secs_f64());
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
        let outcome = |suite, passed, failed| Outcome {
            suite,
            tally: Tally { passed, failed },
            time: Duration::from_millis(1250),
        };
        let outcomes = [outcome(Suite::Format, 1, 0), outcome(Suite::Native, 40, 2)];
        let text = summary(&outcomes, Tally { passed: 41, failed: 2 });
        assert!(text.ends_with("\n41 passed, 2 failed\n"));
        assert!(text.contains("native              40       2      1.2\n"), "{text}");
    }
}
