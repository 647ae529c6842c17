//! The table `threads`: what futures cost whose tasks run on threads of this process.

mod callbacks;
mod everybody;
mod memory;
mod peers;
mod tasks;
mod waiting;

use bench::{Rayon, Work};
use concurrent_futures::{ThreadPoolExecutor, WorkStealingExecutor};

use self::callbacks::Channel;
use self::everybody::{FASTER, NO_SLOWER, with_targets};
use self::memory::{Memory, Moment};
use self::tasks::{Contention, OneAtATime, SubmitAndCollect};
use crate::command_line::Options;
use crate::contest::{Contest, Contestant, Measure};
use crate::cpython as python;
use crate::report::Report;
use crate::table::{self, grouped};

/// As the targets of the design have it.
const WORKERS: usize = 2;

/// How much each contestant does in a round.
struct Amount {
    /// Of tiny tasks.
    tasks: usize,
    one_at_a_time: usize,
    squares: usize,
    /// The futures that are waited for together, from few to many.
    waits: &'static [usize],
    /// The futures that a turn waits for at least, however few at a time.
    waited: usize,
    /// Futures whose bytes are counted.
    counted: usize,
    /// Threads at a time, when each task has one.
    unpooled: usize,
}

/// Enough for every round to last far longer than a slice of the scheduler's.
const FULL: Amount = Amount {
    tasks: 200_000,
    one_at_a_time: 20_000,
    squares: 1_000_000,
    waits: &[1_000, 10_000, 100_000, 1_000_000],
    waited: 200_000,
    counted: 100_000,
    unpooled: 2_000,
};
const QUICK: Amount = Amount {
    tasks: 1_000,
    one_at_a_time: 200,
    squares: 2_000,
    waits: &[100, 1_000],
    waited: 200,
    counted: 1_000,
    unpooled: 20,
};

/// The turns of a round where two threads wake each other; see [`Contest::turns`].
const SHORT_TURNS: usize = 20;

/// CPython's side.
const SCRIPT: &str = "threads.py";
/// How many times fewer tasks CPython gets.
const CPYTHON_SHARE: usize = 10;
/// As many futures as CPython is asked to wait for, at most.
const CPYTHON_WAITS: usize = 100_000;

/// How many times rayon gets its loop, since it is that much faster without a future for each item.
const LOOPS: usize = 20;

/// What a future may cost in a wait, in seconds.
const WAIT_LIMIT: f64 = 1e-6;
/// How much more a future may cost among the most than among the fewest. The work is linear in their number, but a
/// thousand futures lie in a cache and a million do not; were it quadratic, it would be a thousand times as much.
const LINEAR: f64 = 4.0;

/// The numbers of threads that submit to one pool.
const SUBMITTERS: [usize; 4] = [1, 2, 4, 8];

/// Measures everything; who cannot take part is in the report with the reason.
pub(crate) fn measure(options: &Options) -> Report {
    let amount = if options.quick { QUICK } else { FULL };
    let report = Report::new("threads", options);
    table::measure(report, contests(&amount), options)
}

/// The rows with the targets of the design.
fn contests(amount: &Amount) -> Vec<Contest> {
    let mut contests = vec![many_tasks(amount), single_tasks(amount)];
    contests.extend(amount.waits.iter().map(|&futures| waits(amount, futures)));
    contests.extend(amount.waits.iter().map(|&futures| completions(amount, futures)));
    contests.push(squares(amount.squares));
    contests.push(callbacks(amount.tasks));
    contests.extend(SUBMITTERS.map(|submitters| contention(amount.tasks, submitters)));
    contests.extend([Moment::Pending, Moment::Finished].map(|moment| bytes(amount.counted, moment)));
    contests
}

/// Tiny tasks, all of which are submitted before the first result is read.
fn many_tasks(amount: &Amount) -> Contest {
    let count = amount.tasks;
    let mut field = everybody::all(&SubmitAndCollect { count });
    field.push(tasks::unpooled(Work::SubmitAndCollect, amount.unpooled));
    field.push(cpython("submit-and-collect", count / CPYTHON_SHARE));
    let work = format!("{} tiny tasks submitted, then all results read, 2 threads", grouped(count));
    Contest::new(work, "task", with_targets(field, &FASTER))
}

/// Tiny tasks, each of which is waited for before the next.
fn single_tasks(amount: &Amount) -> Contest {
    let count = amount.one_at_a_time;
    let mut field = everybody::all(&OneAtATime { count: count / SHORT_TURNS });
    field.push(tasks::unpooled(Work::OneAtATime, amount.unpooled / SHORT_TURNS));
    field.push(cpython("one-at-a-time", count / CPYTHON_SHARE / SHORT_TURNS));
    let work = format!("{} tiny tasks one at a time, 2 threads", grouped(count));
    Contest::new(work, "task", with_targets(field, &NO_SLOWER)).turns(SHORT_TURNS)
}

/// `wait` for all of so many futures.
fn waits(amount: &Amount, futures: usize) -> Contest {
    let mut field = vec![
        waiting::ours_waits("wait", futures).ours(),
        waiting::join_all_waits(futures),
        waiting::join_set_waits(futures),
    ];
    field.extend(
        fewest(amount, futures)
            .map(|few| waiting::ours_waits(format!("wait for {}", grouped(few)), few).ours().target(LINEAR)),
    );
    let mut field = often(field, amount);
    field.extend(cpython_waits("wait", futures));
    let work = format!("`wait` for {} futures, pending when it begins", grouped(futures));
    Contest::new(work, "future", field).limit(WAIT_LIMIT)
}

/// `as_completed` over so many futures.
fn completions(amount: &Amount, futures: usize) -> Contest {
    let mut field = vec![
        waiting::ours_as_completed("as_completed", futures).ours(),
        waiting::unordered(futures),
        waiting::join_set_as_completed(futures),
    ];
    field.extend(fewest(amount, futures).map(|few| {
        waiting::ours_as_completed(format!("as_completed over {}", grouped(few)), few).ours().target(LINEAR)
    }));
    let mut field = often(field, amount);
    field.extend(cpython_waits("as-completed", futures));
    let work = format!("`as_completed` over {} futures, pending when it begins", grouped(futures));
    Contest::new(work, "future", field).limit(WAIT_LIMIT)
}

/// The fewest futures, which the most are compared with.
fn fewest(amount: &Amount, futures: usize) -> Option<usize> {
    let (&few, &many) = (amount.waits.first()?, amount.waits.last()?);
    (futures == many).then_some(few)
}

/// Has everybody wait so often that a turn is long enough to be timed.
fn often(field: Vec<Contestant>, amount: &Amount) -> Vec<Contestant> {
    let repeat = |contestant: Contestant| {
        let times = amount.waited.div_ceil(contestant.units);
        contestant.repeated(times)
    };
    field.into_iter().map(repeat).collect()
}

fn squares(count: usize) -> Contest {
    let field = vec![
        tasks::squares::<ThreadPoolExecutor>(count).ours(),
        tasks::squares::<WorkStealingExecutor>(count).ours(),
        tasks::squares::<Rayon>(count).named("rayon par_iter").repeated(LOOPS),
        cpython("squares", count / CPYTHON_SHARE),
    ];
    Contest::new(format!("`map` of {} `x*x`, 2 threads", grouped(count)), "item", field)
}

fn callbacks(count: usize) -> Contest {
    let mut field =
        vec![callbacks::ours::<ThreadPoolExecutor>(count), callbacks::ours::<WorkStealingExecutor>(count)];
    field.extend(everybody::peers(&Channel { count }));
    field.push(cpython("callbacks", count / CPYTHON_SHARE));
    let work = format!("{} tiny tasks, each result told to a callback, 2 threads", grouped(count));
    Contest::new(work, "task", field)
}

fn contention(count: usize, submitters: usize) -> Contest {
    let mut field = everybody::all(&Contention { count, submitters });
    field.push(cpython(format!("contention-{submitters}"), count / CPYTHON_SHARE));
    let threads = if submitters == 1 { "thread" } else { "threads" };
    let work = format!("{} tiny tasks from {submitters} {threads} to 2", grouped(count));
    Contest::new(work, "task", field)
}

fn bytes(count: usize, moment: Moment) -> Contest {
    let (name, script) = match moment {
        Moment::Pending => ("pending", "bytes-pending"),
        Moment::Finished => ("finished", "bytes-finished"),
    };
    let mut field = everybody::all(&Memory { count, moment });
    field.push(cpython(script, count / CPYTHON_SHARE));
    let work = format!("memory of {} {name} futures", grouped(count));
    Contest::new(work, "future", field).measure(Measure::Bytes)
}

fn cpython(work: impl Into<String>, count: usize) -> Contestant {
    python::contestant(SCRIPT, work, WORKERS, count)
}

/// CPython's wait, once, unless there are too many futures for it.
fn cpython_waits(work: &'static str, futures: usize) -> Option<Contestant> {
    (futures <= CPYTHON_WAITS).then(|| cpython(work, futures))
}
