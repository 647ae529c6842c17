//! How far the tools go: each model has the same time, and says what it was enough for.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

#[cfg(loom)]
pub(super) use loom::thread::{JoinHandle, spawn};
#[cfg(shuttle)]
pub(super) use shuttle::thread::{JoinHandle, spawn};

/// How long each model is explored, unless the environment says otherwise.
const SECONDS: &str = "MODEL_SECONDS";
const DEFAULT_SECONDS: u64 = 2;

/// Runs `model` in as many interleavings as there are, or as there is time for, and prints how many those were.
pub(super) fn explore(model: impl Fn() + Send + Sync + 'static) {
    let seconds = env::var(SECONDS).ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(DEFAULT_SECONDS);
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let reached = run(
        Duration::from_secs(seconds),
        &count,
        Arc::new(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            model();
        }),
    );
    let thread = std::thread::current();
    println!("{}: {reached}", thread.name().unwrap_or_default());
}

/// With as few preemptions as possible first, since few are what most faults take.
#[cfg(loom)]
fn run(time: Duration, count: &AtomicUsize, model: Arc<impl Fn() + Send + Sync + 'static>) -> String {
    use std::time::Instant;

    let end = Instant::now() + time;
    let mut complete = 0;
    for preemptions in 0.. {
        let mut loom = loom::model::Builder::new();
        // No model of ours has a loop that could go on for ever, and most have fewer steps than the default.
        loom.max_branches = 20_000;
        loom.preemption_bound = Some(preemptions);
        loom.max_duration = Some(end.saturating_duration_since(Instant::now()));
        // The time is looked at after so many.
        loom.checkpoint_interval = 50;
        count.store(0, Ordering::Relaxed);
        let again = Arc::clone(&model);
        loom.check(move || again());
        let explored = count.load(Ordering::Relaxed);
        if Instant::now() >= end {
            return format!(
                "all {complete} interleavings with fewer than {preemptions} preemptions, and {explored} with that many"
            );
        }
        if explored == complete {
            return format!("all {explored} interleavings");
        }
        complete = explored;
    }
    unreachable!("there are more preemptions than time")
}

/// In turns uniformly at random, which finds what takes many changes of threads, and by random priorities, which finds what
/// takes a few at the right places. The seeds are the same each time; more time is more of them.
#[cfg(shuttle)]
fn run(time: Duration, count: &AtomicUsize, model: Arc<impl Fn() + Send + Sync + 'static>) -> String {
    use crate::sync::start_clock;
    use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
    use shuttle::{Config, Runner};
    use std::time::Instant;

    /// The interleavings between two looks at the time.
    const ROUND: usize = 500;
    /// So many changes of priorities.
    const DEPTH: usize = 4;

    let play = |scheduler: Box<dyn Scheduler + Send>| {
        let model = Arc::clone(&model);
        let mut config = Config::new();
        config.stack_size = 0x4_0000;
        config.silence_warnings = true;
        Runner::new(scheduler, config).run(move || {
            start_clock();
            model();
        });
    };
    let began = Instant::now();
    for seed in 0.. {
        play(Box::new(RandomScheduler::new_from_seed(seed, ROUND)));
        play(Box::new(PctScheduler::new_from_seed(seed, DEPTH, ROUND)));
        if began.elapsed() >= time {
            break;
        }
    }
    format!("{} interleavings drawn by chance", count.load(Ordering::Relaxed))
}
