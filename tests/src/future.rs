//! What can be asked of a future.

use crate::bomb::Bomb;
use crate::{Gate, pool};
use concurrent_futures::{Error, Executor, Promise};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// FUT-16, FUT-17: a reader gets the value, wherever in its wait it is when the value comes.
pub fn result_wakes() {
    let pool = pool(1);
    for round in 0..100 {
        let promise = Promise::new();
        let future = promise.future();
        let gate = Gate::new();
        gate.open();
        let task_gate = gate.clone();
        let reader = pool
            .spawn(move || {
                task_gate.pass();
                future.result().copied().ok()
            })
            .unwrap();
        gate.wait_for(1);
        // From round to round the reader gets further before the value comes.
        for _ in 0..round {
            thread::yield_now();
        }
        promise.set_result("late").unwrap();
        assert_eq!(reader.result().unwrap(), &Some("late"));
    }
}

/// FUT-02, FUT-18
pub fn exception_of_each_outcome() {
    let pool = pool(1);
    let fine = pool.submit(|()| 1, ()).unwrap();
    assert!(fine.exception().unwrap().is_none());
    let failed = pool.try_submit(|()| Err::<(), _>("no"), ()).unwrap();
    assert_eq!(failed.exception().unwrap().unwrap().to_string(), "no");
    assert_eq!(failed.exception_timeout(Duration::ZERO).unwrap().unwrap().to_string(), "no");
    let cancelled = Promise::<u32>::new().future();
    let promise = Promise::<u32>::new();
    assert!(promise.future().cancel());
    assert!(matches!(promise.future().exception(), Err(Error::Cancelled(_))));
    assert!(matches!(cancelled.exception(), Ok(Some(_))));
    let pending = Promise::<u32>::new();
    assert!(matches!(pending.future().exception_timeout(Duration::ZERO), Err(Error::Timeout(_))));
}

/// `result` lends: every reader sees the very same value.
pub fn many_readers_share_one_value() {
    let pool = pool(4);
    let future = pool.submit(|()| vec![1, 2, 3], ()).unwrap();
    let address = future.result().unwrap().as_ptr() as usize;
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let future = future.clone();
            pool.spawn(move || future.result().map(|value| value.as_ptr() as usize)).unwrap()
        })
        .collect();
    for reader in readers {
        assert_eq!(reader.result().unwrap().as_ref().unwrap(), &address);
    }
}

/// The owned form moves where it can and clones where it must.
pub fn value_moves_out_of_the_last_handle() {
    let promise = Promise::new();
    let future = promise.future();
    promise.set_result(Arc::new(())).unwrap();
    drop(promise);
    let other = future.clone();
    let cloned = future.into_result().unwrap();
    assert_eq!(Arc::strong_count(&cloned), 2);
    let moved = other.into_result().unwrap();
    assert_eq!(Arc::strong_count(&moved), 2);
}

/// A panic is caught and comes back with its message and its location.
pub fn panic_is_data() {
    let pool = pool(1);
    let future = pool.submit(|n: u32| -> u32 { panic!("Bad value: {n}") }, 3).unwrap();
    let error = future.exception().unwrap().expect("it panicked");
    assert_eq!(error.to_string(), "Bad value: 3");
    let panic = error.panic().expect("it was a panic");
    assert_eq!(panic.message(), "Bad value: 3");
    assert!(panic.location().expect("the hook saw it").contains("future.rs"), "{:?}", panic.location());
    assert_eq!(panic.take_payload().unwrap().downcast_ref::<String>().unwrap(), "Bad value: 3");
    assert!(panic.take_payload().is_none());
    // The worker has survived.
    assert_eq!(pool.submit(|n: u32| n * 2, 4).unwrap().result().unwrap(), &8);
}

#[derive(Debug, PartialEq)]
struct ValueError(u32);

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bad value: {}", self.0)
    }
}

impl std::error::Error for ValueError {}

/// DEAD-07: a returned error comes back with its type.
pub fn returned_error_is_typed() {
    let pool = pool(1);
    let future = pool.try_submit(|n: u32| Err::<u32, _>(ValueError(n)), 3).unwrap();
    let error = future.result().unwrap_err();
    assert_eq!(error.downcast_ref::<ValueError>(), Some(&ValueError(3)));
    assert!(error.downcast_ref::<fmt::Error>().is_none());
    assert_eq!(error.to_string(), "Bad value: 3");
}

/// FUT-05, FUT-06, FUT-07
pub fn callback_on_done_future_runs_at_once() {
    let finished = Promise::new();
    finished.set_result(1).unwrap();
    let failed = Promise::<u32>::new();
    failed.set_exception("no").unwrap();
    let cancelled = Promise::<u32>::new();
    assert!(cancelled.future().cancel());
    for promise in [finished, failed, cancelled] {
        let seen = Arc::new(Mutex::new(false));
        let flag = Arc::clone(&seen);
        promise.future().add_done_callback(move |future| *flag.lock().unwrap() = future.done());
        assert!(*seen.lock().unwrap());
    }
}

/// FUT-04, FUT-08: later callbacks run, and whoever sets the result is unharmed.
pub fn panicking_callback_harms_nobody() {
    let promise = Promise::new();
    let future = promise.future();
    let reached = Arc::new(Mutex::new(0));
    let first = Arc::clone(&reached);
    future.add_done_callback(move |_| {
        *first.lock().unwrap() += 1;
        panic!("a callback may panic");
    });
    let second = Arc::clone(&reached);
    future.add_done_callback(move |_| *second.lock().unwrap() += 1);
    promise.set_result(1).unwrap();
    future.add_done_callback(|_| panic!("so may a late one"));
    assert_eq!(*reached.lock().unwrap(), 2);
    assert_eq!(future.result().unwrap(), &1);
}

/// A callback that adds another one sees it run at once, before those added earlier.
pub fn callback_adds_callback() {
    let promise = Promise::new();
    let future = promise.future();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let (outer, later) = (Arc::clone(&calls), Arc::clone(&calls));
    future.add_done_callback(move |future| {
        outer.lock().unwrap().push("first");
        let nested = Arc::clone(&outer);
        future.add_done_callback(move |_| nested.lock().unwrap().push("nested"));
    });
    future.add_done_callback(move |_| later.lock().unwrap().push("second"));
    promise.set_result(()).unwrap();
    assert_eq!(*calls.lock().unwrap(), ["first", "nested", "second"]);
}

/// What a callback panics with may panic again when it is dropped; that too ends there.
pub fn panicking_payload_harms_nobody() {
    let promise = Promise::new();
    let future = promise.future();
    let reached = Arc::new(Mutex::new(false));
    let flag = Arc::clone(&reached);
    future.add_done_callback(|_| std::panic::panic_any(Bomb));
    future.add_done_callback(move |_| *flag.lock().unwrap() = true);
    promise.set_result(1).unwrap();
    assert!(*reached.lock().unwrap());
    assert_eq!(future.result().unwrap(), &1);
}
