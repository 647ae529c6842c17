//! The table `web`: what futures cost in a browser, next to its peers there and to the same work on this machine.

mod tab;

use std::path::PathBuf;

use anyhow::{Context, Result};
use bench::{Mapping, Pool, Rayon, Work};
use clap::Args;
use concurrent_futures::{ProcessPoolExecutor, ThreadPoolExecutor, WorkStealingExecutor};

use self::tab::Tab;
use crate::command_line;
use crate::contest::{Contest, Contestant, timed};
use crate::report::Report;
use crate::table::{self, grouped};

/// How to measure, and in which browser; `cargo xtask bench web` knows where that is.
#[derive(Debug, Args)]
// Its name would be that of the options of all tables.
#[group(id = "web")]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: command_line::Options,
    /// The browser: `chromium` or `firefox`.
    #[arg(long, default_value = "chromium")]
    browser: String,
    /// Leaves the browser out, and measures the same work on this machine only.
    #[arg(long)]
    native: bool,
    /// The folder with this package's library as a module for browsers.
    #[arg(long, hide = true)]
    module: Option<PathBuf>,
}

/// How much each contestant does in a round.
struct Amount {
    /// Of tiny tasks on threads.
    tasks: usize,
    one_at_a_time: usize,
    squares: usize,
    /// Of tiny tasks on workers that share no memory.
    isolated: usize,
    isolated_one_at_a_time: usize,
}

const FULL: Amount = Amount {
    tasks: 200_000,
    one_at_a_time: 4_000,
    squares: 1_000_000,
    isolated: 20_000,
    isolated_one_at_a_time: 1_000,
};
const QUICK: Amount =
    Amount { tasks: 1_000, one_at_a_time: 100, squares: 2_000, isolated: 100, isolated_one_at_a_time: 40 };

const WORKERS: usize = 2;

/// The turns of a round where two workers wake each other; see [`Contest::turns`].
const SHORT_TURNS: usize = 20;

/// The page's name for the npm package.
const WORKERPOOL: &str = "workerpool";
/// How many times fewer tasks it gets than threads do, since each is two messages.
const WORKERPOOL_SHARE: usize = 10;

/// How many times rayon gets its loop, which is that much faster.
const LOOPS: usize = 20;

/// How much longer than rayon in wasm a task may take.
const RAYON_TARGET: f64 = 1.2;
/// How much longer than natively.
const NATIVE_TARGET: f64 = 3.0;

/// Measures everything; who cannot take part is in the report with the reason.
///
/// # Errors
///
/// When there is no browser to measure in.
pub(crate) fn measure(options: &Options) -> Result<Report> {
    let amount = if options.common.quick { QUICK } else { FULL };
    let tab = if options.native { None } else { Some(open_tab(options)?) };
    let mut report = Report::new("web", &options.common);
    report.machine.browser = tab.as_ref().map(|tab| tab.version().to_owned());
    Ok(table::measure(report, contests(&amount, tab.as_ref()), &options.common))
}

fn open_tab(options: &Options) -> Result<Tab> {
    let module = options.module.as_deref().context(
        "no module for the browser was given; `cargo xtask bench web` builds it, and `--native` does without",
    )?;
    Tab::open(&options.browser, module)
}

/// The rows with the targets of the design.
fn contests(amount: &Amount, tab: Option<&Tab>) -> Vec<Contest> {
    vec![
        on_threads(Work::SubmitAndCollect, amount.tasks, 1, tab),
        on_threads(Work::OneAtATime, amount.one_at_a_time, SHORT_TURNS, tab),
        mapped(amount.squares, tab),
        on_isolated(Work::SubmitAndCollect, amount.isolated, 1, tab),
        on_isolated(Work::OneAtATime, amount.isolated_one_at_a_time, SHORT_TURNS, tab),
    ]
}

/// Tasks on threads that share one memory.
fn on_threads(work: Work, count: usize, turns: usize, tab: Option<&Tab>) -> Contest {
    let share = count / turns;
    let here = native::<ThreadPoolExecutor>(work, share).ours();
    let rayon_here = native::<Rayon>(work, share);
    let field = match tab {
        None => vec![here, rayon_here],
        Some(tab) => vec![
            tab.contestant(ThreadPoolExecutor::NAME, work, share).ours(),
            tab.contestant(WorkStealingExecutor::NAME, work, share).ours(),
            tab.contestant(Rayon::NAME, work, share).target(RAYON_TARGET),
            here.target(NATIVE_TARGET),
            rayon_here,
            tab.contestant(WORKERPOOL, work, share.div_ceil(WORKERPOOL_SHARE)),
        ],
    };
    let name = format!("{} tiny tasks {}, 2 threads", grouped(count), in_words(work));
    Contest::new(name, "task", field).turns(turns)
}

/// `map` on threads. rayon's is one parallel loop, without a future for each item, so there is no target for it.
fn mapped(count: usize, tab: Option<&Tab>) -> Contest {
    let work = Work::Squares;
    let here = native::<ThreadPoolExecutor>(work, count).ours();
    let rayon_here = native::<Rayon>(work, count).named("rayon par_iter, native").repeated(LOOPS);
    let field = match tab {
        None => vec![here, rayon_here],
        Some(tab) => vec![
            tab.contestant(ThreadPoolExecutor::NAME, work, count).ours(),
            tab.contestant(WorkStealingExecutor::NAME, work, count).ours(),
            tab.contestant(Rayon::NAME, work, count).named(tab.label("rayon par_iter")).repeated(LOOPS),
            here.target(NATIVE_TARGET),
            rayon_here,
        ],
    };
    Contest::new(format!("`map` of {} `x*x`, 2 threads", grouped(count)), "item", field)
}

/// Tasks on workers with a memory each.
fn on_isolated(work: Work, count: usize, turns: usize, tab: Option<&Tab>) -> Contest {
    let share = count / turns;
    let here = native::<ProcessPoolExecutor>(work, share).ours();
    let field = match tab {
        None => vec![here],
        Some(tab) => vec![
            tab.contestant(ProcessPoolExecutor::NAME, work, share).ours(),
            tab.contestant(WORKERPOOL, work, share),
            here,
        ],
    };
    let name = format!("{} tiny tasks {}, 2 isolated workers", grouped(count), in_words(work));
    Contest::new(name, "task", field).turns(turns)
}

fn in_words(work: Work) -> &'static str {
    match work {
        Work::OneAtATime => "one at a time",
        _ => "submitted, then all results read",
    }
}

/// The same work on this machine, without a browser.
fn native<P: Mapping + 'static>(work: Work, count: usize) -> Contestant {
    Contestant::new(format!("{}, native", P::NAME), count, move || {
        let pool = P::open(WORKERS)?;
        timed(move || work.perform(&pool, count))
    })
}
