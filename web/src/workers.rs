//! The core's seam: threads on Web Workers.

use crate::{context, latch::Latch, threads};
use concurrent_futures_core::{NewThread, Spawn, StartWorkerError};

/// Starts threads on Web Workers, once [`start`](crate::start) has been awaited.
///
/// Names of threads reach observers only: the browser's tools show a worker under the name that it was created with, and
/// a worker serves one executor after the other.
#[derive(Debug, Clone, Copy)]
pub struct WebWorkers;

impl Default for WebWorkers {
    fn default() -> Self {
        // Every executor comes by here, so the core knows before anything can block.
        concurrent_futures_core::set_may_block(context::can_block);
        Self
    }
}

impl Spawn for WebWorkers {
    /// A trap ends a worker without unwinding; the others go on.
    const CAN_LOSE_THREADS: bool = true;

    type Handle = Latch;

    fn spawn(&self, thread: NewThread) -> Result<Self::Handle, StartWorkerError> {
        threads::spawn(thread).map_err(StartWorkerError::new)
    }

    /// Afterwards the worker is idle, so an executor that is made next finds it.
    fn join(handle: Self::Handle) {
        handle.wait();
    }

    fn processors() -> usize {
        context::processors()
    }
}
