//! What is told of a thread that died: to a subscriber of `tracing`, and to whoever reads the trace of the run.

use crate::{Plan, ThreadPoolExecutor, die};
use concurrent_futures_core::Executor;
use concurrent_futures_core::observer::ChromeTrace;
use std::sync::Arc;
use tracing::dispatcher::with_default;
use tracing::{Level, info_span};

#[expect(dead_code, reason = "the scenarios use the rest of it")]
#[path = "../../../tests/src/beyond/collected.rs"]
mod collected;
#[expect(dead_code, reason = "the scenarios use the rest of it")]
#[path = "../../../tests/src/beyond/trace_file.rs"]
mod trace_file;

use self::collected::Collected;
use self::trace_file::TraceFile;

fn doomed((): ()) -> u32 {
    die()
}

/// The failure is told within the task's span, though that is never left.
#[test]
fn lost_thread_is_told() {
    let (collected, plan) = (Collected::default(), Plan::of_this_thread());
    with_default(&collected.subscriber(), || {
        let pool = ThreadPoolExecutor::new(1).unwrap();
        let failing = info_span!("request").in_scope(|| pool.submit(doomed, ()).unwrap());
        assert!(failing.result().is_err());
        assert_eq!(pool.submit(|n: u32| n, 1).unwrap().result().unwrap(), &1);
        plan.lost.wait_for(1);
    });
    let (lost, failed) = (collected.event("worker lost"), collected.event("task failed"));
    assert_eq!((lost.level, lost.fields["cause"].as_str()), (Level::ERROR, "it trapped"));
    assert_eq!((failed.level, failed.within.as_slice()), (Level::WARN, ["request", "task"].as_slice()));
    assert!(failed.fields["error"].ends_with("it trapped"));
    let [task, next] = &collected.spans("task")[..] else { panic!("two tasks have begun") };
    assert_eq!((task.fields["outcome"].as_str(), task.closed), ("failed", false));
    assert_eq!((next.fields["worker"].as_str(), next.above.len()), ("1", 0));
}

/// Its slice ends, and so does that of the task which it was run inside of.
#[test]
fn lost_thread_ends_its_slices() {
    let trace = Arc::new(ChromeTrace::new());
    let pool = ThreadPoolExecutor::builder().max_workers(1).observer(trace.clone()).build().unwrap();
    let pool = Arc::new(pool);
    let inside = Arc::clone(&pool);
    let outer = pool.spawn(move || inside.submit(doomed, ()).unwrap().result().is_err()).unwrap();
    assert!(outer.result().is_err());
    assert_eq!(pool.submit(|n: u32| n, 1).unwrap().result().unwrap(), &1);
    let file = TraceFile::read(&trace.to_json());
    let (doomed, replacement) = (file.one("doomed"), file.instant("replacement started"));
    assert_eq!((&doomed.args["outcome"], doomed.category.as_str()), (&"failed".into(), "task,failed"));
    assert_eq!(file.instant("worker lost").lane, doomed.lane);
    assert_eq!(replacement.args["replaces"], 0);
    let outer = file.named("lost_thread_ends_its_slices");
    assert!(outer.len() == 2 && outer[0].holds(doomed) && outer[0].end < u64::MAX);
    assert_eq!(outer[1].lane, replacement.lane);
}
