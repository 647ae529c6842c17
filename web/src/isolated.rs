//! The inside of an isolated worker: frames come in, tasks run, answers go out.
//!
//! Nothing here is shared: the worker's memory is its own, and so are these statics.

use crate::{context, exports, hub, output, start};
use concurrent_futures_core::process_pool::wire;
use concurrent_futures_core::process_pool::{Outlet, Output, StopSign, Worker};
use concurrent_futures_core::set_may_block;
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::throw_str;
use web_time::Instant;

/// Answers of one chunk are collected for so long, since a message costs more than a small item.
const COLLECT: Duration = Duration::from_millis(1);

static IS_ISOLATED: AtomicBool = AtomicBool::new(false);

thread_local! {
    static WORKER: RefCell<Option<(Worker, Answers)>> = const { RefCell::new(None) };
}

#[wasm_bindgen]
extern "C" {
    /// Takes a whole frame, and keeps it safe from whatever becomes of this instance.
    #[wasm_bindgen(js_namespace = concurrentFutures)]
    fn put(frame: &[u8]);
    /// Sends what was put.
    #[wasm_bindgen(js_namespace = concurrentFutures)]
    fn flush();
    /// Whether the task of this number is asked to end.
    #[wasm_bindgen(js_namespace = concurrentFutures, js_name = isAsked)]
    fn is_asked(seq: u32) -> bool;
    /// Blocks until the task of this number is asked to end, or so many milliseconds have passed.
    #[wasm_bindgen(js_namespace = concurrentFutures, js_name = waitAsked)]
    fn wait_asked(seq: u32, limit: f64);
}

/// Whether this is the memory of an isolated worker.
pub(crate) fn is_here() -> bool {
    // ORDERING: set before any other code runs in this memory, which has one thread.
    IS_ISOLATED.load(Ordering::Relaxed)
}

/// The instance is made.
pub(crate) fn enter() {
    // ORDERING: see `is_here`.
    IS_ISOLATED.store(true, Ordering::Relaxed);
    hub::is_parent();
    set_may_block(context::can_block);
    start::catch_exhausted_memory();
    // std's own hook has nowhere to print. A task's panic does not come here: it is the task's outcome.
    std::panic::set_hook(Box::new(|info| output::print(Output::Stderr, &format!("{info}\n"))));
    let mut worker = Worker::new(exports::image_of_worker());
    if context::is_isolated() {
        worker = worker.heeding(Arc::new(Sign));
    }
    WORKER.set(Some((worker, Answers { sent_at: Instant::now() })));
}

/// Does what `frames` ask for; returns whether that was to end.
pub(crate) fn run(mut frames: &[u8]) -> bool {
    let Some((mut worker, mut answers)) = WORKER.take() else {
        throw_str("a worker was sent a frame in its task")
    };
    let mut flow = ControlFlow::Continue(());
    while flow.is_continue() && !frames.is_empty() {
        flow = match wire::split(&mut frames) {
            Ok(Some(frame)) => {
                worker.handle(frame, &mut answers).unwrap_or_else(|error| throw_str(&error.to_string()))
            }
            Ok(None) => throw_str("a worker was sent half a frame"),
            Err(error) => throw_str(&error.to_string()),
        };
    }
    answers.flush();
    WORKER.set(Some((worker, answers)));
    flow.is_break()
}

/// Where tasks see that they are asked to end: in a memory that the hub writes while they run, and so only where memory may be
/// shared.
struct Sign;

impl StopSign for Sign {
    fn is_up(&self, seq: u32) -> bool {
        is_asked(seq)
    }

    /// The worker has no other thread.
    fn call_when_up(&self, _: u32, _: Box<dyn FnOnce() + Send>) -> bool {
        false
    }

    fn wait(&self, seq: u32, limit: Duration) {
        wait_asked(seq, limit.as_secs_f64() * 1000.0);
    }
}

/// Answers on their way out, which `js/worker.js` collects.
struct Answers {
    sent_at: Instant,
}

impl Outlet for Answers {
    /// Nothing is ever withdrawn from an isolated worker.
    fn claim(&mut self, _: u32) -> bool {
        true
    }

    fn put(&mut self, frame: &[u8]) {
        put(frame);
    }

    fn flush(&mut self) {
        flush();
        self.sent_at = Instant::now();
    }

    fn linger(&mut self) {
        if self.sent_at.elapsed() >= COLLECT {
            self.flush();
        }
    }
}
