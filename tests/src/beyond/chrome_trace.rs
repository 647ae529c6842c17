//! Runs that were written down for the viewers of traces.

use super::trace_file::TraceFile;
use crate::Gate;
use concurrent_futures::observer::{ChromeTrace, with_observer};
use concurrent_futures::{Executor, ProcessPoolExecutor, Promise, ThreadPoolExecutor, WorkStealingExecutor};
use std::sync::Arc;

/// The file of what `run` does.
fn traced(run: impl FnOnce()) -> TraceFile {
    let trace = Arc::new(ChromeTrace::new());
    with_observer(trace.clone(), run);
    TraceFile::read(&trace.to_json())
}

fn square(n: u64) -> u64 {
    assert!(n < 100, "too large");
    n * n
}

fn die((): ()) -> u64 {
    std::process::abort()
}

/// Each executor is a process and each worker a thread, with its name; a task is a slice of its worker's, and an arrow
/// goes to it from where it was submitted.
pub fn threads_are_lanes() {
    fn meet(gate: Gate) {
        gate.pass();
    }
    let file = traced(|| {
        let pool = ThreadPoolExecutor::builder().max_workers(2).thread_name_prefix("crew").build().unwrap();
        let both = Gate::new();
        let waiting = [both.clone(), both.clone()].map(|gate| pool.submit(meet, gate).unwrap());
        both.wait_for(2);
        let queued = pool.submit(square, 3).unwrap();
        assert!(queued.cancel());
        both.open();
        waiting.iter().for_each(|future| drop(future.result()));
        assert!(pool.submit(square, 100).unwrap().result().is_err());
        drop(pool);
        WorkStealingExecutor::new(1).unwrap().submit(square, 2).unwrap().result().unwrap();
    });
    let kinds: Vec<_> = file.processes.values().map(String::as_str).collect();
    assert_eq!(kinds, ["program", "ThreadPoolExecutor 1", "WorkStealingExecutor 2"]);
    let waiting = file.named("meet");
    assert_eq!(waiting.len(), 2, "{file:?}");
    let mut lanes: Vec<_> = waiting.iter().map(|slice| file.threads[&slice.lane].as_str()).collect();
    lanes.sort_unstable();
    assert_eq!(lanes, ["crew_0", "crew_1"]);
    assert!(waiting.iter().all(|slice| slice.args["outcome"] == "finished"));
    let squares = file.named("square");
    let (failed, finished) = (squares[0], squares[1]);
    assert_eq!((&failed.args["error"], failed.category.as_str()), (&"too large".into(), "task,failed"));
    assert_eq!(finished.args["outcome"], "finished");
    assert_eq!(file.instants.iter().filter(|instant| instant.name == "square cancelled").count(), 1);
    // One for each task that has begun, from the scenario's own thread.
    let submits = file.named("submit");
    assert_eq!((file.arrows.len(), submits.len()), (4, 5));
    assert!(file.arrows.iter().all(|arrow| arrow.from.0 == submits[0].lane));
    for instant in ["executor started", "executor shut down", "worker started", "worker ended"] {
        assert!(file.instants.iter().any(|known| known.name == instant), "{instant}");
    }
}

/// What a waiting worker runs itself lies within the task that waits, and the arrow comes from there.
pub fn helped_tasks_nest() {
    fn inner(n: u64) -> u64 {
        n + 1
    }
    let file = traced(|| {
        let pool = Arc::new(crate::pool(1));
        let inside = Arc::clone(&pool);
        let outer = move || {
            let first = inside.submit(inner, 1).unwrap();
            let second = inside.submit(inner, *first.result().unwrap()).unwrap();
            *second.result().unwrap()
        };
        assert_eq!(pool.spawn(outer).unwrap().result().unwrap(), &3);
    });
    let outer = file.one("helped_tasks_nest");
    let inner = file.named("inner");
    assert_eq!(inner.len(), 2);
    for task in inner {
        assert!(outer.holds(task), "{outer:?} {task:?}");
        assert_eq!(file.arrow_to(task).from.0, outer.lane);
    }
    let submits = file.named("submit");
    assert_eq!((submits.len(), submits.iter().filter(|submit| outer.holds(submit)).count()), (3, 2));
}

/// What a callback submits comes from its worker, after the task.
pub fn callbacks_submit() {
    let file = traced(|| {
        let (pool, submitted) = (Arc::new(crate::pool(1)), Promise::new());
        let next = submitted.future();
        let gate = Gate::new();
        let held = gate.clone();
        let first = pool.spawn(move || held.pass()).unwrap();
        let inside = Arc::clone(&pool);
        first.add_done_callback(move |_| {
            submitted.set_result(inside.submit(square, 5).unwrap()).unwrap();
        });
        gate.open();
        assert_eq!(next.result().unwrap().result().unwrap(), &25);
        // Callbacks hold the executor; it must not end on its own worker.
        first.result().unwrap();
    });
    let (first, second) = (file.one("callbacks_submit"), file.one("square"));
    let from = file.arrow_to(second).from;
    assert_eq!(from.0, first.lane);
    assert!(from.1 >= first.end, "{first:?} {from:?}");
    let lanes: Vec<_> = file.named("submit").iter().map(|slice| slice.lane).collect();
    assert!(lanes.len() == 2 && lanes[0] != lanes[1]);
}

/// Worker processes are lanes as well, one task after the other, and a lost one is replaced by the next.
pub fn processes_are_lanes() {
    let file = traced(|| {
        let pool = ProcessPoolExecutor::new(1).unwrap();
        assert_eq!(pool.map(square, 0..50).unwrap().filter(|square| square.is_ok()).count(), 50);
        assert!(pool.submit(die, ()).unwrap().result().is_err());
        assert_eq!(pool.submit(square, 7).unwrap().result().unwrap(), &49);
    });
    let squares = file.named("square");
    assert_eq!((squares.len(), file.arrows.len()), (51, 52));
    let (died, last) = (file.one("die"), squares[50]);
    assert_eq!((died.lane, &*died.category), (squares[0].lane, "task,failed"));
    assert_ne!(last.lane, died.lane);
    let lost = file.instant("worker lost");
    assert_eq!(lost.lane, died.lane);
    assert!(!lost.args["cause"].as_str().unwrap().is_empty());
    let replacement = file.instant("replacement started");
    assert_eq!((replacement.lane, &replacement.args["replaces"]), (last.lane, &0.into()));
    assert!(lost.at <= replacement.at && replacement.at <= last.start);
    let name = &file.threads[&last.lane];
    assert!(name.starts_with("process ") || name == "isolated worker 1", "{name}");
}

/// A file can be made while the run goes on, of many threads at once.
pub fn written_during_the_run() {
    let trace = Arc::new(ChromeTrace::limited_to(100));
    with_observer(trace.clone(), || {
        let pool = Arc::new(crate::pool(3));
        for _ in 0..20 {
            let inside = Arc::clone(&pool);
            drop(pool.spawn(move || inside.map(|n: u64| n, 0..20).unwrap().count()).unwrap());
            TraceFile::read(&trace.to_json());
        }
    });
    let file = TraceFile::read(&trace.to_json());
    assert!(file.dropped >= 300 && file.dropped == trace.dropped(), "{}", file.dropped);
}
