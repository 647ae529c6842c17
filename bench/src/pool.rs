//! What the contestants have in common: tiny tasks go in, and their results come back.

use std::hint::black_box;

use anyhow::Result;

/// A pool of workers.
pub trait Pool: Sized {
    /// The name in the tables, and to the page.
    const NAME: &'static str;

    /// What stands for a result that may not be there yet.
    type Pending;

    /// Makes a pool of so many workers.
    ///
    /// # Errors
    ///
    /// When the workers cannot be started.
    fn open(workers: usize) -> Result<Self>;

    /// Hands [`tiny`] and its argument over.
    ///
    /// # Errors
    ///
    /// When the pool takes no tasks.
    fn submit(&self, n: u64) -> Result<Self::Pending>;

    /// Blocks until a result is there.
    ///
    /// # Errors
    ///
    /// When the task failed.
    fn wait(&self, pending: Self::Pending) -> Result<u64>;

    /// Blocks until all results are there and adds them up, in the way that is the quickest for this pool.
    ///
    /// # Errors
    ///
    /// When a task failed.
    fn sum(&self, all: Vec<Self::Pending>) -> Result<u64> {
        all.into_iter().map(|pending| self.wait(pending)).sum()
    }
}

/// A pool that can call a function with each of many items.
pub trait Mapping: Pool {
    /// Adds up the squares of all numbers below `count`, each of them computed by a worker.
    ///
    /// # Errors
    ///
    /// When a call failed.
    fn squares(&self, count: u64) -> Result<u64>;
}

/// What a tiny task does: nothing, and the compiler must not know.
#[must_use]
pub fn tiny(n: u64) -> u64 {
    black_box(n)
}
