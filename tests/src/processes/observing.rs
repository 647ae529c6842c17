//! What an observer is told of workers with a memory of their own.

use super::{die, hold, square, until};
use crate::observing::Log;
use concurrent_futures::{Executor, ProcessPoolExecutor, Shutdown};

fn observed() -> (ProcessPoolExecutor, Log) {
    let log = Log::new();
    let pool = ProcessPoolExecutor::builder().max_workers(1).observer(log.observer()).build().unwrap();
    (pool, log)
}

/// The lines about one of the tasks.
fn about(log: &Log, task: usize) -> Vec<String> {
    let start = format!("task {task} ");
    log.lines().into_iter().filter_map(|line| Some(line.strip_prefix(&start)?.to_owned())).collect()
}

/// A task's events come in their order, those of its worker around them.
pub fn tells_a_task() {
    let (pool, log) = observed();
    pool.submit(square, 1).unwrap().result().unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    let lines = log.lines();
    assert_eq!(lines[0], "pool started ProcessPoolExecutor 1");
    assert_eq!(about(&log, 1), ["submitted square", "started on 0", "finished"]);
    let started = lines.iter().find(|line| line.starts_with("worker started")).unwrap();
    let name = started.strip_prefix("worker started 0 ").unwrap();
    assert!(name.starts_with("process ") || name == "isolated worker 0", "{name}");
    assert!(lines.contains(&"pool shutdown".to_owned()));
    assert_eq!(lines.last().unwrap(), "worker ended 0");
}

/// A cancelled task never starts.
pub fn tells_a_cancellation() {
    let (pool, log) = observed();
    let held = hold(&pool);
    assert!(pool.submit(square, 1).unwrap().cancel());
    assert!(held.kill());
    drop(pool);
    assert_eq!(about(&log, 2), ["submitted square", "cancelled"]);
}

/// A failure comes with its error.
pub fn tells_a_failure() {
    let (pool, log) = observed();
    drop(pool.submit(|n: u32| assert_eq!(n, 1, "odd"), 2).unwrap());
    drop(pool);
    let last = about(&log, 1).pop().unwrap();
    assert!(last.starts_with("failed assertion"), "{last}");
}

/// A loss comes as the worker's and as its task's, and the replacement has the next number.
pub fn tells_a_loss() {
    let (pool, log) = observed();
    assert!(pool.submit(die, ()).unwrap().result().is_err());
    pool.submit(square, 1).unwrap().result().unwrap();
    until(|| about(&log, 2).last().is_some_and(|line| line == "finished"));
    assert_eq!(about(&log, 2), ["submitted square", "started on 1", "finished"]);
    let lines = log.lines();
    assert!(lines.iter().any(|line| line.starts_with("worker lost 0 ")), "{lines:?}");
    let failed = about(&log, 1).pop().unwrap();
    assert!(failed.starts_with("failed worker 0 "), "{failed}");
}
