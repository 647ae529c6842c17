//! The options of a map.

use std::time::Duration;

/// The keyword arguments of Python's `Executor.map`, and one more.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::MapOptions;
/// use std::time::Duration;
///
/// let options = MapOptions::default().buffersize(8).timeout(Duration::from_secs(2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "options do nothing until they are given to `map_with`"]
pub struct MapOptions {
    pub(super) timeout: Option<Duration>,
    pub(super) chunks: Chunks,
    pub(super) buffersize: Option<usize>,
}

/// How many items make a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunks {
    Fixed(usize),
    Adaptive,
}

impl MapOptions {
    /// The number of items in flight if nothing else is asked for. With larger chunks, it is as many as sixteen of them for
    /// each worker have.
    pub const DEFAULT_BUFFERSIZE: usize = 1024;

    /// Limits the whole iteration, from the call of `map_with` on.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends so many items to a worker as one task, which saves most of the cost of sending them one by one; executors of
    /// threads ignore it, as in Python. Each item still has a result, or an error, of its own. It takes the place of
    /// [`adaptive_chunks`](Self::adaptive_chunks).
    pub fn chunksize(mut self, items: usize) -> Self {
        self.chunks = Chunks::Fixed(items);
        self
    }

    /// Sends as many items to a worker as one task as take it about two milliseconds, on every executor. Python has no such
    /// option.
    ///
    /// The first chunks have one item. Their time is taken, and as long as whole chunks take less than that, the next ones are
    /// at most twice as large, up to [1,024](Self::DEFAULT_BUFFERSIZE) items; when items turn out to take longer, they are
    /// smaller at once. So tiny items cost next to nothing, and long ones still go one by one to whichever worker is free. Near
    /// the end of an input whose length is known, chunks get smaller too, so that all workers end at about the same time.
    ///
    /// Results and errors are what they are without. Items of one chunk run one after the other, so they must not wait for one
    /// another. A thread that is lost (only a browser loses any) takes its whole chunk with it. Fewer items are in flight
    /// at first: as many as sixteen chunks for each worker have. [`buffersize`](Self::buffersize) limits them as ever, and each
    /// worker's share of it limits the chunks.
    ///
    /// # Example
    ///
    /// ```
    #[doc = "# mod concurrent_futures { include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/tests/doctest/threads.rs\")); }"]
    /// use concurrent_futures::{Executor, MapOptions, ThreadPoolExecutor};
    ///
    /// let pool = ThreadPoolExecutor::new(2)?;
    /// let options = MapOptions::default().adaptive_chunks();
    /// let sum = pool.map_with(options, |n: u64| n * n, 0..10_000)?.sum::<Result<u64, _>>()?;
    /// assert_eq!(sum, 333_283_335_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn adaptive_chunks(mut self) -> Self {
        self.chunks = Chunks::Adaptive;
        self
    }

    /// Limits the items that are submitted and whose results were not yet taken.
    pub fn buffersize(mut self, items: usize) -> Self {
        self.buffersize = Some(items);
        self
    }
}

impl Default for MapOptions {
    fn default() -> Self {
        Self { timeout: None, chunks: Chunks::Fixed(1), buffersize: None }
    }
}
