//! Threads that take turns: *fibers*.
//!
//! Where no two threads can share a memory, a back end may still keep several stacks in one, and go on with another whenever
//! one waits. Everything that waits in this crate comes by here, so a pool of such threads is the same pool. They overlap
//! where they wait; they never compute at the same time.

use std::sync::OnceLock;
use std::thread;
use std::time::Duration;
use web_time::Instant;

/// How a back end's fibers take turns.
#[derive(Debug, Clone, Copy)]
pub struct Fibers {
    /// Whether the caller is a fiber; only that can be suspended.
    pub is_fiber: fn() -> bool,
    /// Lets others go on until [`notify`](Self::notify) has been called, or so much time has passed.
    pub suspend: fn(Option<Duration>),
    /// Something has changed that a suspended fiber may wait for. Called often, so it should be quick.
    pub notify: fn(),
}

static FIBERS: OnceLock<Fibers> = OnceLock::new();

/// Installs how fibers take turns, once per process; later calls change nothing. For back ends.
pub fn set_fibers(fibers: Fibers) {
    FIBERS.get_or_init(|| fibers);
}

/// How the calling thread lets others go on, if it is a fiber.
pub(crate) fn suspend() -> Option<fn(Option<Duration>)> {
    installed().filter(|fibers| (fibers.is_fiber)()).map(|fibers| fibers.suspend)
}

/// Tells suspended fibers to look again.
#[inline]
pub(crate) fn notify() {
    if let Some(fibers) = installed() {
        (fibers.notify)();
    }
}

/// Only WebAssembly has fibers; elsewhere nobody pays for the question.
#[inline]
fn installed() -> Option<&'static Fibers> {
    if cfg!(target_arch = "wasm32") { FIBERS.get() } else { None }
}

/// Blocks the calling thread for that long (Python's `time.sleep`).
///
/// As [`std::thread::sleep`], and where threads take turns, others go on meanwhile.
pub fn sleep(duration: Duration) {
    let Some(suspend) = suspend() else { return thread::sleep(duration) };
    let begun = Instant::now();
    while let Some(left) = duration.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) {
        suspend(Some(left));
    }
}
