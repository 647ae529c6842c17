//! Every thread that an executor starts is joined.

#[cfg(feature = "rayon")]
use crate::WorkStealingExecutor;
use crate::{Gate, Plan, ThreadPoolExecutor};
use concurrent_futures_core::{Executor, Shutdown};
use std::sync::atomic::Ordering;

/// How many threads were started, and how many joined.
fn counts(plan: &Plan) -> (usize, usize) {
    (plan.started.load(Ordering::SeqCst), plan.joined.load(Ordering::SeqCst))
}

/// A pool of three threads that are all in use.
fn saturated() -> (ThreadPoolExecutor, Gate) {
    let pool = ThreadPoolExecutor::new(3).unwrap();
    let gate = Gate::new();
    for _ in 0..3 {
        let gate = gate.clone();
        drop(pool.spawn(move || gate.pass()).unwrap());
    }
    gate.wait_for(3);
    (pool, gate)
}

#[test]
fn shutdown_joins_threads() {
    let plan = Plan::of_this_thread();
    let (pool, gate) = saturated();
    gate.open();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(counts(&plan), (3, 3));
    drop(pool);
    assert_eq!(counts(&plan), (3, 3));
}

#[test]
fn drop_joins_threads() {
    let plan = Plan::of_this_thread();
    let (pool, gate) = saturated();
    pool.shutdown(Shutdown { wait: false, cancel_futures: false }).unwrap();
    assert_eq!(counts(&plan), (3, 0));
    gate.open();
    drop(pool);
    assert_eq!(counts(&plan), (3, 3));
}

#[cfg(feature = "rayon")]
#[test]
fn stealing_joins_threads() {
    let plan = Plan::of_this_thread();
    let executor = WorkStealingExecutor::new(2).unwrap();
    let sum = executor.submit(|(a, b): (u32, u32)| a + b, (1, 2)).unwrap();
    executor.shutdown(Shutdown::default()).unwrap();
    assert_eq!(counts(&plan), (2, 2));
    assert_eq!(sum.result().unwrap(), &3);
    drop(WorkStealingExecutor::new(2).unwrap());
    assert_eq!(counts(&plan), (4, 4));
}
