//! What programs use, where there is an operating system.

pub use crate::os_threads::OsThreads;
pub use concurrent_futures_core::program::*;

/// How this platform starts threads.
pub type Threads = OsThreads;

/// Runs calls on a pool of OS threads; see [`concurrent_futures_core::ThreadPoolExecutor`].
pub type ThreadPoolExecutor = concurrent_futures_core::ThreadPoolExecutor<Threads>;

/// Makes a [`ThreadPoolExecutor`] with options; see [`concurrent_futures_core::Builder`].
pub type Builder = concurrent_futures_core::Builder<Threads>;

/// Runs calls on a rayon pool; see [`concurrent_futures_core::WorkStealingExecutor`].
#[cfg(feature = "rayon")]
pub type WorkStealingExecutor = concurrent_futures_core::WorkStealingExecutor<Threads>;

/// How this platform starts processes.
pub use crate::processes::{Subprocesses as Processes, init};

/// Runs calls on a pool of worker processes; see [`concurrent_futures_core::ProcessPoolExecutor`].
pub type ProcessPoolExecutor = concurrent_futures_core::ProcessPoolExecutor<Processes>;

/// Makes a [`ProcessPoolExecutor`] with options; see [`concurrent_futures_core::ProcessPoolBuilder`].
pub type ProcessPoolBuilder = concurrent_futures_core::ProcessPoolBuilder<Processes>;
