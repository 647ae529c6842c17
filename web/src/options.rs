//! How many threads there are, how large, and for how long.

use crate::context;
use std::time::Duration;
use web_sys::MessagePort;

/// Bytes of a page of a wasm memory. Memories and the stacks of threads are whole numbers of them.
pub(crate) const PAGE: u32 = 64 * 1024;

/// Sets the threads up; [`start`](crate::start) takes it.
///
/// ```
/// use concurrent_futures_web::StartOptions;
/// use std::time::Duration;
///
/// let options = StartOptions::new().threads(4).keep_alive(Duration::from_secs(60));
/// assert_eq!(options.threads, 4);
/// assert_eq!(options.max_threads, 256);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StartOptions {
    /// Threads that are started at once and stay for ever: by default as many as the machine has processors.
    pub threads: usize,
    /// The most threads that there may be at a time, 256 by default. Firefox starts at most 512 workers for a site and
    /// lets further ones wait without a word, so stay well below.
    pub max_threads: usize,
    /// Bytes of a thread's stack, a whole number of 64 KiB pages; 1 MiB by default.
    pub stack_size: u32,
    /// How long a thread beyond [`threads`](Self::threads) waits for work before it ends; 10 seconds by default.
    pub keep_alive: Duration,
    /// How long a worker may take to start before another is tried, once; 10 seconds by default.
    pub start_limit: Duration,
    /// The most isolated workers that there may be at a time, 64 by default. Chromium makes some 120 memories for a page, and
    /// gives that of a worker which was ended in the middle of a task back after two seconds only.
    pub max_processes: usize,
    /// Bytes that the memory of an isolated worker may grow to, a whole number of 64 KiB pages. By default, and at most, as
    /// many as the program's own; a task that wants more panics.
    pub process_memory: u32,
    /// Whether there are to be no threads.
    pub without_threads: bool,
    /// Whether threads are to take turns in one worker.
    pub fibers: bool,
    pub(crate) port: Option<MessagePort>,
}

impl StartOptions {
    /// Returns the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            threads: context::processors(),
            max_threads: 256,
            stack_size: 1024 * 1024,
            keep_alive: Duration::from_secs(10),
            start_limit: Duration::from_secs(10),
            max_processes: 64,
            process_memory: u32::MAX / PAGE * PAGE,
            without_threads: false,
            fibers: false,
            port: None,
        }
    }

    /// Sets how many threads are started at once and stay.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// Sets the most threads that there may be at a time.
    #[must_use]
    pub fn max_threads(self, max_threads: usize) -> Self {
        Self { max_threads, ..self }
    }

    /// Sets the bytes of each thread's stack, rounded up to whole pages of 64 KiB.
    #[must_use]
    pub fn stack_size(self, bytes: u32) -> Self {
        let pages = bytes.max(1).div_ceil(PAGE);
        Self { stack_size: pages.saturating_mul(PAGE), ..self }
    }

    /// Sets how long a thread beyond the first ones waits for work before it ends.
    #[must_use]
    pub fn keep_alive(self, keep_alive: Duration) -> Self {
        Self { keep_alive, ..self }
    }

    /// Sets how long a worker may take to start.
    #[must_use]
    pub fn start_limit(self, start_limit: Duration) -> Self {
        Self { start_limit, ..self }
    }

    /// Sets the most isolated workers that there may be at a time.
    #[must_use]
    pub fn max_processes(self, max_processes: usize) -> Self {
        Self { max_processes, ..self }
    }

    /// Sets the bytes that the memory of an isolated worker may grow to, rounded down to whole pages of 64 KiB.
    #[must_use]
    pub fn process_memory(self, bytes: u32) -> Self {
        Self { process_memory: bytes / PAGE * PAGE, ..self }
    }

    /// Makes do without threads, and so without the isolation headers: there are no executors but
    /// [`ProcessPoolExecutor`](crate::ProcessPoolExecutor)s, used from the one worker, or page, that awaits
    /// [`start`](crate::start).
    ///
    /// It must not block, since only its own event loop can hear of results: `result` returns a
    /// [`WouldBlockError`](crate::WouldBlockError) where the future is not done, and futures are awaited. Their callbacks run
    /// there too.
    #[must_use]
    pub fn without_threads(self) -> Self {
        Self { without_threads: true, ..self }
    }

    /// Makes threads take turns in the one worker that awaits [`start`](crate::start), which shares no memory with another and so
    /// needs no isolation headers.
    ///
    /// They are suspended wherever they wait for something of this crate, [`sleep`](crate::sleep) included, and others go on
    /// meanwhile: waits overlap, computations do not. What blocks otherwise, as [`std::thread::sleep`] or a lock that another of
    /// them keeps while it waits, blocks all. [`ProcessPoolExecutor`](crate::ProcessPoolExecutor)s compute on isolated workers
    /// as ever. The program itself should run as a task, since whoever awaited `start` must not block.
    ///
    /// It takes a browser with JavaScript Promise Integration, else [`start`](crate::start) refuses.
    #[must_use]
    pub fn fibers(self) -> Self {
        Self { fibers: true, ..self }
    }

    /// Sets where [`post`](crate::post) sends to. The port is transferred away from the caller.
    #[must_use]
    pub fn port(self, port: MessagePort) -> Self {
        Self { port: Some(port), ..self }
    }
}

impl Default for StartOptions {
    fn default() -> Self {
        Self::new()
    }
}
