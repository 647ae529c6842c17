//! Initializers of workers.

use crate::{Gate, pool};
use concurrent_futures::{BrokenExecutor, Error, Executor, SubmitError, ThreadPoolExecutor};
use std::cell::Cell;

thread_local! {
    static STATUS: Cell<&str> = const { Cell::new("uninitialized") };
}

/// INIT-01: each task sees what the initializer did on its thread.
pub fn runs_before_tasks() {
    let pool = ThreadPoolExecutor::builder()
        .max_workers(2)
        .initializer(|| STATUS.set("initialized"))
        .build()
        .unwrap();
    let futures: Vec<_> = (0..8).map(|_| pool.spawn(|| STATUS.get()).unwrap()).collect();
    for future in futures {
        assert_eq!(future.result().unwrap(), &"initialized");
    }
    drop(pool);
    // Threads may be used again; the next executor must not see the traces of this one.
    let clean = ThreadPoolExecutor::builder().initializer(|| STATUS.set("clean")).build().unwrap();
    assert_eq!(clean.spawn(|| STATUS.get()).unwrap().result().unwrap(), &"clean");
}

/// A pool whose initializer fails once the gate opens, and a task that is queued by then.
fn failing() -> (ThreadPoolExecutor, Error) {
    let gate = Gate::new();
    let initializer_gate = gate.clone();
    let pool = ThreadPoolExecutor::builder()
        .max_workers(1)
        .initializer(move || {
            initializer_gate.pass();
            panic!("no licence");
        })
        .build()
        .unwrap();
    let queued: Vec<_> = (0..3).map(|n: u32| pool.submit(|n: u32| n, n).unwrap()).collect();
    gate.open();
    let mut errors: Vec<_> = queued.iter().map(|future| future.result().unwrap_err()).collect();
    assert!(errors.iter().all(|error| matches!(error, Error::Broken(_))));
    (pool, errors.remove(0))
}

/// INIT-02: what is queued fails, and nothing more is taken.
pub fn failure_breaks_the_pool() {
    let (broken, _) = failing();
    assert!(matches!(broken.submit(|n: u32| n, 1), Err(SubmitError::Broken(_))));
    // Other pools are as good as ever.
    assert_eq!(pool(1).submit(|n: u32| n, 1).unwrap().result().unwrap(), &1);
}

/// Unlike CPython's, the error tells why.
pub fn failure_names_the_cause() {
    let (_broken, error) = failing();
    assert!(error.to_string().ends_with("its initializer failed: no licence"), "{error}");
    let Error::Broken(BrokenExecutor::ThreadPool(broken)) = error else { panic!("{error}") };
    assert_eq!(broken.cause().to_string(), "no licence");
}
