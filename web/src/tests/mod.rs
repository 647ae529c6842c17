//! The threads in a real browser.
//!
//! All tests run one after the other in one worker and on one memory, so they share one start: each begins with
//! [`started`]. The test worker plays the part of a runner: it blocks on what its threads do.

mod bodies;
mod executors;
#[path = "../../../tests/src/harness.rs"]
#[expect(unreachable_pub, reason = "another crate exports it")]
mod harness;
mod limits;
mod losses;
mod memory;
mod processes;
mod starting;

use crate::threads::{spawn, thread_count};
use crate::{NewThread, SpawnError, StartOptions};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Barrier};
use std::thread::{self, ThreadId};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Threads that stay.
const WARM: usize = 2;
/// Threads at most.
const MAX: usize = 70;
/// Isolated workers at most.
const MAX_PROCESSES: usize = 6;

fn options() -> StartOptions {
    let options = StartOptions::new().threads(WARM).max_threads(MAX).max_processes(MAX_PROCESSES);
    options.keep_alive(Duration::from_millis(20)).start_limit(harness::START_LIMIT)
}

async fn started() {
    harness::keep_panics_apart(|text| crate::print(crate::Output::Stderr, text));
    starting::fail_once().await;
    if crate::start(options()).await.is_err() {
        panic!("the threads do not start");
    }
}

/// How a body ended: with its value, or lost with a reason.
#[derive(Debug)]
enum End<T> {
    Value(T),
    Lost(String),
}

impl<T> End<T> {
    fn value(self) -> T {
        match self {
            Self::Value(value) => value,
            Self::Lost(reason) => panic!("lost: {reason}"),
        }
    }

    fn reason(self) -> String {
        match self {
            Self::Value(_) => panic!("not lost"),
            Self::Lost(reason) => reason,
        }
    }
}

/// Runs `body` on a thread; the caller receives how it ended.
fn try_run<T: Send + 'static>(
    body: impl FnOnce() -> T + Send + 'static,
) -> Result<Receiver<End<T>>, SpawnError> {
    let (sender, receiver) = channel();
    let lost = sender.clone();
    spawn(new_thread(
        // The receiver may be gone already.
        move || drop(sender.send(End::Value(body()))),
        move |reason| drop(lost.send(End::Lost(reason))),
    ))?;
    Ok(receiver)
}

fn new_thread(body: impl FnOnce() + Send + 'static, lost: impl FnOnce(String) + Send + 'static) -> NewThread {
    NewThread { name: "test".into(), body: Box::new(body), lost: Box::new(lost) }
}

fn run<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> Receiver<End<T>> {
    try_run(body).expect("a thread can be had")
}

fn value<T>(receiver: Receiver<End<T>>) -> T {
    receiver.recv().expect("every body ends").value()
}

fn reason<T>(receiver: Receiver<End<T>>) -> String {
    receiver.recv().expect("every body ends").reason()
}

/// Runs `body` on `count` threads that exist at the same time.
fn together<T: Send + 'static>(count: usize, body: fn() -> T) -> Vec<T> {
    let barrier = Arc::new(Barrier::new(count));
    let bodies = hold(count, &barrier, body);
    bodies.into_iter().map(value).collect()
}

/// Starts `body` on `count` threads, each of which first waits at `barrier`.
fn hold<T: Send + 'static>(count: usize, barrier: &Arc<Barrier>, body: fn() -> T) -> Vec<Receiver<End<T>>> {
    let body = |barrier: Arc<Barrier>| {
        move || {
            barrier.wait();
            body()
        }
    };
    (0..count).map(|_| run(body(Arc::clone(barrier)))).collect()
}

/// Waits, at most a minute, until there are `count` threads.
fn settle(count: usize) {
    for _ in 0..6000 {
        if thread_count() == count {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{} threads instead of {count}", thread_count());
}

fn current() -> ThreadId {
    thread::current().id()
}

/// The size of the wasm memory, in bytes.
fn memory_size() -> usize {
    core::arch::wasm32::memory_size(0) * 65536
}
