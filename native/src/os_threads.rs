//! Threads of the operating system.

use concurrent_futures_core::{NewThread, Spawn, StartWorkerError};
use std::num::NonZeroUsize;
use std::thread::{self, JoinHandle};

/// As much as a program's main thread has; std's own threads have a quarter. A worker that waits for tasks of its own executor
/// runs them on its stack, and memory that a stack does not use costs nothing.
const STACK_SIZE: usize = 8 << 20;

/// Starts threads of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsThreads;

impl Spawn for OsThreads {
    /// A thread that dies without unwinding takes the process with it.
    const CAN_LOSE_THREADS: bool = false;

    type Handle = JoinHandle<()>;

    fn spawn(&self, thread: NewThread) -> Result<Self::Handle, StartWorkerError> {
        let builder = thread::Builder::new().name(thread.name).stack_size(STACK_SIZE);
        builder.spawn(thread.body).map_err(StartWorkerError::new)
    }

    fn join(handle: Self::Handle) {
        // The body catches its panics, so there is no news in the result.
        let _ = handle.join();
    }

    /// It respects the affinity of the process and, on Linux, the limits of its control group.
    fn processors() -> usize {
        thread::available_parallelism().map_or(1, NonZeroUsize::get)
    }
}
