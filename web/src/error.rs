//! The ways in which starting fails.

use std::error::Error;
use std::fmt;

/// Tells why [`start`](crate::start) started nothing that can be relied on. It may be called again.
#[derive(Debug, Clone)]
pub struct StartError(StartFailure);

#[derive(Debug, Clone)]
enum StartFailure {
    NotIsolated,
    CannotSuspend,
    Hub(String),
    Thread(String),
    Memory(u32),
}

impl StartError {
    pub(crate) fn not_isolated() -> Self {
        Self(StartFailure::NotIsolated)
    }

    pub(crate) fn cannot_suspend() -> Self {
        Self(StartFailure::CannotSuspend)
    }

    pub(crate) fn hub(reason: String) -> Self {
        Self(StartFailure::Hub(reason))
    }

    pub(crate) fn thread(reason: String) -> Self {
        Self(StartFailure::Thread(reason))
    }

    pub(crate) fn memory(stack_size: u32) -> Self {
        Self(StartFailure::Memory(stack_size))
    }

    /// Returns whether the page may not share memory, since it was served without the isolation headers.
    pub fn is_not_isolated(&self) -> bool {
        matches!(self.0, StartFailure::NotIsolated)
    }

    /// Returns whether the browser cannot suspend WebAssembly, which [fibers](crate::StartOptions::fibers) need.
    pub fn is_unable_to_suspend(&self) -> bool {
        matches!(self.0, StartFailure::CannotSuspend)
    }

    /// Returns whether the wasm memory had no room for the stack of a thread.
    pub fn is_out_of_memory(&self) -> bool {
        matches!(self.0, StartFailure::Memory(_))
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            StartFailure::NotIsolated => f.write_str(
                "this page may not share memory between workers: serve it with the headers \
                 `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`, or do \
                 `StartOptions::fibers` or `StartOptions::without_threads`",
            ),
            StartFailure::CannotSuspend => f.write_str(
                "this browser has no JavaScript Promise Integration, by which fibers are suspended: do \
                 `StartOptions::without_threads`",
            ),
            StartFailure::Hub(reason) => {
                write!(f, "the worker that starts all others did not start: {reason}")
            }
            StartFailure::Thread(reason) => write!(f, "a thread did not start: {reason}"),
            StartFailure::Memory(size) => no_room(f, *size),
        }
    }
}

impl Error for StartError {}

/// Tells why no thread could be had.
#[derive(Debug, Clone)]
pub struct SpawnError(SpawnFailure);

#[derive(Debug, Clone)]
enum SpawnFailure {
    NotStarted,
    WithoutThreads,
    Nested,
    TooMany(usize),
    Unreachable,
    Memory(u32),
}

impl SpawnError {
    pub(crate) fn not_started() -> Self {
        Self(SpawnFailure::NotStarted)
    }

    pub(crate) fn without_threads() -> Self {
        Self(SpawnFailure::WithoutThreads)
    }

    pub(crate) fn nested() -> Self {
        Self(SpawnFailure::Nested)
    }

    pub(crate) fn too_many(max_threads: usize) -> Self {
        Self(SpawnFailure::TooMany(max_threads))
    }

    pub(crate) fn unreachable() -> Self {
        Self(SpawnFailure::Unreachable)
    }

    pub(crate) fn memory(stack_size: u32) -> Self {
        Self(SpawnFailure::Memory(stack_size))
    }

    /// Returns whether [`start`](crate::start) has not been awaited yet.
    pub fn is_not_started(&self) -> bool {
        matches!(self.0, SpawnFailure::NotStarted)
    }

    /// Returns whether [`start`](crate::start) was told to make do [without
    /// threads](crate::StartOptions::without_threads).
    pub fn is_without_threads(&self) -> bool {
        matches!(self.0, SpawnFailure::WithoutThreads)
    }

    /// Returns whether there are [`max_threads`](crate::StartOptions::max_threads) threads already, all in use.
    pub fn is_too_many(&self) -> bool {
        matches!(self.0, SpawnFailure::TooMany(_))
    }

    /// Returns whether the wasm memory had no room for the stack of another thread.
    pub fn is_out_of_memory(&self) -> bool {
        matches!(self.0, SpawnFailure::Memory(_))
    }
}

impl fmt::Display for SpawnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            SpawnFailure::NotStarted => f.write_str("no thread can be started yet: await `start()` first"),
            SpawnFailure::WithoutThreads => f.write_str(
                "there are no threads, since `start` was told `StartOptions::without_threads`; use a `ProcessPoolExecutor`",
            ),
            SpawnFailure::Nested => f.write_str("a task in an isolated worker has no threads but its own"),
            SpawnFailure::TooMany(max) => {
                write!(f, "all {max} threads are in use, and `StartOptions::max_threads` allows no more")
            }
            SpawnFailure::Unreachable => f.write_str(
                "no thread is idle, and another one can be started only from the worker that called `start()` \
                 or from a thread of this crate",
            ),
            SpawnFailure::Memory(size) => no_room(f, size),
        }
    }
}

impl Error for SpawnError {}

fn no_room(f: &mut fmt::Formatter<'_>, stack_size: u32) -> fmt::Result {
    write!(f, "the wasm memory has no room for a thread's stack of {} KiB", stack_size / 1024)
}
