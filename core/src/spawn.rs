//! The seam to a platform: how threads are started. Everything else about executors is the same everywhere.

use crate::error::StartWorkerError;
use std::fmt;

/// Starts threads: OS threads natively, Web Workers that share a memory in a browser.
///
/// # Contract
///
/// * `spawn` never blocks on the new thread, and may be called by any thread that may call the executor, workers included.
/// * The body runs once, on a thread of its own. If it cannot be started after all, or if its thread dies without
///   unwinding, `lost` runs instead of the rest of it, on another thread, with the cause in one sentence.
/// * The body catches its own panics.
pub trait Spawn: Default + Send + Sync + 'static {
    /// Whether a thread can die without unwinding while the program lives on, as by a trap in WebAssembly.
    ///
    /// Where that is so, each worker keeps a record of what it runs.
    const CAN_LOSE_THREADS: bool;

    /// What joins the thread.
    type Handle: Send;

    /// Starts a thread.
    ///
    /// # Errors
    ///
    /// [`StartWorkerError`] with what the platform said; the thread's body is dropped.
    fn spawn(&self, thread: NewThread) -> Result<Self::Handle, StartWorkerError>;

    /// Blocks until the thread has ended, as far as the platform can tell; its body has returned already.
    fn join(handle: Self::Handle);

    /// The number of processors that this program may use.
    fn processors() -> usize;
}

/// A thread to be started.
pub struct NewThread {
    /// For debuggers and timelines.
    pub name: String,
    /// What the thread does.
    pub body: Box<dyn FnOnce() + Send>,
    /// What is to be done if the thread dies without unwinding; its argument is the cause.
    pub lost: Box<dyn FnOnce(String) + Send>,
}

impl fmt::Debug for NewThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewThread").field("name", &self.name).finish_non_exhaustive()
    }
}
