//! The threads of a `ThreadPoolExecutor`.

use crate::bomb::Bomb;
use crate::observing::Log;
use crate::{Gate, pool};
use concurrent_futures::observer::{Event, EventKind, Observer};
use concurrent_futures::{Executor, ThreadPoolExecutor};
use std::panic::panic_any;
use std::sync::{Arc, Mutex};
use std::thread;

/// The names of the workers of a pool, as an observer is told them.
fn names_of(builder: concurrent_futures::Builder) -> Vec<String> {
    let log = Log::new();
    let pool = builder.max_workers(2).observer(log.observer()).build().unwrap();
    let gate = Gate::new();
    for _ in 0..2 {
        let gate = gate.clone();
        drop(pool.spawn(move || gate.pass()).unwrap());
    }
    gate.wait_for(2);
    gate.open();
    drop(pool);
    let mut names: Vec<_> = log
        .lines()
        .iter()
        .filter_map(|line| line.strip_prefix("worker started ").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// SHUT-12
pub fn names() {
    let builder = ThreadPoolExecutor::builder().thread_name_prefix("SpecialPool");
    assert_eq!(names_of(builder), ["0 SpecialPool_0", "1 SpecialPool_1"]);
}

/// SHUT-13
pub fn default_names() {
    let names = names_of(ThreadPoolExecutor::builder());
    let (prefix, index) = names[0].rsplit_once('_').unwrap();
    assert_eq!(index, "0");
    let number = prefix.strip_prefix("0 ThreadPoolExecutor-").unwrap();
    assert!(number.parse::<usize>().is_ok(), "{prefix}");
}

/// 2.5: a task may fail as it likes; the thread lives on.
pub fn panics_do_not_kill() {
    let pool = pool(1);
    let before = *pool.spawn(|| thread::current().id()).unwrap().result().unwrap();
    for n in 0..50 {
        assert!(pool.submit(|n: u32| assert_eq!(n, 100), n).unwrap().result().is_err());
    }
    assert_eq!(pool.spawn(|| thread::current().id()).unwrap().result().unwrap(), &before);
    assert_eq!(pool.workers(), 1);
}

/// A callback keeps its worker busy, so a task that it waits for gets a thread of its own.
pub fn grows_when_a_callback_blocks() {
    let pool = Arc::new(pool(2));
    let (start, released) = (Gate::new(), Gate::new());
    let (task_start, callback_released) = (start.clone(), released.clone());
    let future = pool.spawn(move || task_start.pass()).unwrap();
    let seen = Arc::new(Mutex::new(false));
    let flag = Arc::clone(&seen);
    future.add_done_callback(move |_| {
        callback_released.pass();
        *flag.lock().unwrap() = true;
    });
    start.open();
    released.wait_for(1);
    let opener = released.clone();
    pool.submit(move |()| opener.open(), ()).unwrap().result().unwrap();
    drop(pool);
    assert!(*seen.lock().unwrap());
}

/// A worker whose task had a callback is free again when the callback has run.
pub fn callbacks_free_the_worker() {
    /// Passes the gate each time that a worker finds nothing to do.
    struct Idle(Gate);
    impl Observer for Idle {
        fn observe(&self, event: &Event<'_>) {
            if matches!(event.kind, EventKind::WorkerIdle { .. }) {
                self.0.pass();
            }
        }
    }
    let idle = Gate::new();
    idle.open();
    let observer = Arc::new(Idle(idle.clone()));
    let pool = ThreadPoolExecutor::builder().max_workers(3).observer(observer).build().unwrap();
    for n in 1..=20 {
        let gate = Gate::new();
        let future = pool.submit(|gate: Gate| gate.pass(), gate.clone()).unwrap();
        future.add_done_callback(|_| ());
        gate.open();
        idle.wait_for(n);
        assert_eq!(pool.workers(), 1);
    }
}

/// A result or a panic that nobody has asked for is dropped by a worker; its destructor may panic there.
pub fn panicking_result_harms_nobody() {
    let log = Log::new();
    let pool = ThreadPoolExecutor::builder().max_workers(1).observer(log.observer()).build().unwrap();
    let gate = Gate::new();
    let (first, second) = (gate.clone(), gate.clone());
    drop(pool.spawn(move || (first.pass(), Bomb)).unwrap());
    let panicking = move || {
        second.pass();
        panic_any(Bomb)
    };
    drop(pool.spawn::<(), _>(panicking).unwrap());
    gate.open();
    assert_eq!(pool.submit(|n: u32| n, 1).unwrap().result().unwrap(), &1);
    drop(pool);
    let workers: Vec<_> = log.lines().into_iter().filter(|line| line.starts_with("worker started")).collect();
    assert_eq!(workers.len(), 1, "{workers:?}");
    assert!(!log.lines().iter().any(|line| line.starts_with("worker lost")));
}

/// No thread can have such a name, so no pool has.
pub fn impossible_name_refused() {
    let refused = ThreadPoolExecutor::builder().thread_name_prefix("a\0b").build().unwrap_err();
    let sentence = refused.to_string();
    assert!(sentence.contains("thread_name_prefix") && sentence.contains("NUL"), "{sentence}");
}
