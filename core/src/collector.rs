//! Gathers the completions of several futures for one waiter, in the order in which they happen.

use crate::blocking::check_may_block;
use crate::deadline::Deadline;
use crate::error::{Error, TimeoutError};
use crate::sync::{Condvar, Mutex, lock, wait};
use std::collections::VecDeque;

/// The mailbox of one `wait` or `as_completed`: futures write, the waiter reads.
#[derive(Debug)]
pub struct Collector {
    completions: Mutex<Completions>,
    arrived: Condvar,
}

#[derive(Debug)]
struct Completions {
    /// Keys of done futures that the waiter has not taken yet, in the order of completion.
    keys: VecDeque<usize>,
    /// Whether one of the futures failed; a cancelled one has not failed.
    failed: bool,
    /// Whether the waiter is blocked.
    blocked: bool,
}

impl Collector {
    pub(crate) fn new() -> Self {
        let completions = Completions { keys: VecDeque::new(), failed: false, blocked: false };
        Self { completions: Mutex::new(completions), arrived: Condvar::new() }
    }

    /// Called by each watched future, once.
    pub(crate) fn completed(&self, key: usize, failed: bool) {
        let mut completions = lock(&self.completions);
        completions.keys.push_back(key);
        completions.failed |= failed;
        let blocked = completions.blocked;
        drop(completions);
        if blocked {
            self.arrived.notify_one();
        }
    }

    /// Takes the next completion if one is there.
    pub(crate) fn try_next(&self) -> Option<usize> {
        lock(&self.completions).keys.pop_front()
    }

    /// Blocks until there is a completion, and takes it.
    pub(crate) fn next(&self, deadline: Deadline) -> Result<usize, Error> {
        let mut completions = lock(&self.completions);
        loop {
            if let Some(key) = completions.keys.pop_front() {
                return Ok(key);
            }
            // The caller knows how many futures are open; it replaces these counts by its own.
            let limit = deadline.remaining().map_err(|_| TimeoutError::new(1, 1))?;
            check_may_block()?;
            completions.blocked = true;
            completions = wait(&self.arrived, completions, limit);
            completions.blocked = false;
        }
    }

    /// Whether a future that completed so far has failed.
    pub(crate) fn has_failed(&self) -> bool {
        lock(&self.completions).failed
    }
}
