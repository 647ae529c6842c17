//! Cancelling.

use crate::{Gate, pool};
use concurrent_futures::{Error, Executor, Future, Promise, ReturnWhen, ThreadPoolExecutor, wait};
use std::sync::{Arc, Mutex};
use std::thread;

/// A pool whose one worker is held at the gate.
fn held() -> (ThreadPoolExecutor, Gate, Future<()>) {
    let pool = pool(1);
    let gate = Gate::new();
    let task_gate = gate.clone();
    let running = pool.spawn(move || task_gate.pass()).unwrap();
    gate.wait_for(1);
    (pool, gate, running)
}

/// FUT-11: a queued task never runs.
pub fn queued_task() {
    let (pool, gate, _running) = held();
    let ran = Arc::new(Mutex::new(false));
    let flag = Arc::clone(&ran);
    let queued = pool.spawn(move || *flag.lock().unwrap() = true).unwrap();
    assert!(queued.cancel());
    assert!(queued.cancelled() && queued.done() && !queued.running());
    assert!(matches!(queued.result(), Err(Error::Cancelled(_))));
    gate.open();
    drop(pool);
    assert!(!*ran.lock().unwrap());
}

/// FUT-11
pub fn running_task_refuses() {
    let (_pool, gate, running) = held();
    assert!(!running.cancel());
    assert!(running.running() && !running.cancelled());
    gate.open();
    running.result().unwrap();
}

/// FUT-11
pub fn finished_task_refuses() {
    let pool = pool(1);
    let future = pool.submit(|n: u32| n, 1).unwrap();
    future.result().unwrap();
    assert!(!future.cancel());
    assert_eq!(future.result().unwrap(), &1);
}

/// FUT-11: the second time changes nothing, and callbacks run once.
pub fn twice() {
    let promise = Promise::<u32>::new();
    let future = promise.future();
    let calls = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&calls);
    future.add_done_callback(move |_| *counter.lock().unwrap() += 1);
    assert!(future.cancel());
    assert!(future.cancel());
    assert_eq!(*calls.lock().unwrap(), 1);
}

/// FUT-17: `cancel` itself wakes whoever waits.
pub fn wakes_waiters() {
    let waiters = pool(2);
    let promise = Promise::<u32>::new();
    let (one, all) = (promise.future(), promise.future());
    let one = waiters.spawn(move || matches!(one.result(), Err(Error::Cancelled(_)))).unwrap();
    let all = waiters.spawn(move || wait([all], None, ReturnWhen::AllCompleted).unwrap().done.len()).unwrap();
    while waiters.workers() < 2 {
        thread::yield_now();
    }
    assert!(promise.future().cancel());
    assert!(one.result().unwrap());
    assert_eq!(all.result().unwrap(), &1);
}

/// What a cancelled task would have used is freed at once.
pub fn drops_the_function() {
    let (_pool, gate, _running) = held();
    let captured = Arc::new(());
    let copy = Arc::clone(&captured);
    let queued = _pool.spawn(move || drop(copy)).unwrap();
    assert_eq!(Arc::strong_count(&captured), 2);
    assert!(queued.cancel());
    assert_eq!(Arc::strong_count(&captured), 1);
    gate.open();
}

/// FUT-03
pub fn callbacks_run_where_cancelled() {
    let promise = Promise::<u32>::new();
    let future = promise.future();
    let seen = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&seen);
    future.add_done_callback(move |future| {
        *slot.lock().unwrap() = Some((future.cancelled(), thread::current().id()));
    });
    assert!(future.cancel());
    assert_eq!(*seen.lock().unwrap(), Some((true, thread::current().id())));
}
