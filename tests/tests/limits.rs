//! Fewer threads than executors would like to have: a program of its own, since the limit is set once, at its start.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a scenario is a test: its panics are its findings")]

use concurrent_futures::{Executor, Future, StartOptions, SubmitError, ThreadPoolExecutor, start};
use scenarios::Gate;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Threads at most.
const MAX: usize = 2;

async fn started() {
    let options = StartOptions::new().threads(1).max_threads(MAX);
    start(options.start_limit(scenarios::harness::START_LIMIT)).await.unwrap();
}

/// An executor of four threads, with so many tasks that wait at the gate.
fn busy(gate: &Gate, tasks: usize) -> (ThreadPoolExecutor, Vec<Future<()>>) {
    let pool = ThreadPoolExecutor::new(4).unwrap();
    let tasks = (0..tasks).map(|_| pool.submit(|gate: Gate| gate.pass(), gate.clone()).unwrap());
    let tasks = tasks.collect();
    gate.wait_for(MAX);
    (pool, tasks)
}

/// PPE-17: threads that are refused are no error while there are others: those serve the queue.
#[wasm_bindgen_test]
async fn those_there_are_do_it() {
    started().await;
    let gate = Gate::new();
    let (pool, tasks) = busy(&gate, 6);
    assert_eq!(pool.workers(), MAX);
    gate.open();
    assert!(tasks.iter().all(|task| task.result().is_ok()));
}

/// PPE-17, PPE-19: if there is no thread at all, the first task is refused, and whoever submits it is told why.
#[wasm_bindgen_test]
async fn none_can_be_had() {
    started().await;
    let gate = Gate::new();
    let (pool, tasks) = busy(&gate, MAX);
    let other = ThreadPoolExecutor::new(1).unwrap();
    let refused = other.submit(|n: u64| n, 7).unwrap_err();
    assert!(matches!(refused, SubmitError::Start(_)), "{refused}");
    assert!(refused.to_string().contains("max_threads"), "{refused}");
    gate.open();
    assert!(tasks.iter().all(|task| task.result().is_ok()));
    drop(pool);
    // Now there are threads again.
    assert_eq!(other.submit(|n: u64| n, 7).unwrap().result().unwrap(), &7);
}
