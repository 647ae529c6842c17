//! What programs use, the same names as `concurrent-futures` has for threads of the operating system.

pub use crate::processes::IsolatedWorkers;
pub use crate::workers::WebWorkers;
pub use concurrent_futures_core::program::*;

/// How this platform starts threads.
pub type Threads = WebWorkers;

/// Runs calls on a pool of Web Workers; see [`concurrent_futures_core::ThreadPoolExecutor`].
pub type ThreadPoolExecutor = concurrent_futures_core::ThreadPoolExecutor<Threads>;

/// Makes a [`ThreadPoolExecutor`] with options; see [`concurrent_futures_core::Builder`].
pub type Builder = concurrent_futures_core::Builder<Threads>;

/// Runs calls on a rayon pool; see [`concurrent_futures_core::WorkStealingExecutor`].
#[cfg(feature = "rayon")]
pub type WorkStealingExecutor = concurrent_futures_core::WorkStealingExecutor<Threads>;

/// How this platform starts workers with a memory of their own.
pub type Processes = IsolatedWorkers;

/// Runs calls on a pool of isolated Web Workers; see [`concurrent_futures_core::ProcessPoolExecutor`].
pub type ProcessPoolExecutor = concurrent_futures_core::ProcessPoolExecutor<Processes>;

/// Makes a [`ProcessPoolExecutor`] with options; see [`concurrent_futures_core::ProcessPoolBuilder`].
pub type ProcessPoolBuilder = concurrent_futures_core::ProcessPoolBuilder<Processes>;
