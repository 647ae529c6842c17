//! Waiting for a change under a lock, on a thread or on a fiber.

use crate::{fibers, lock::lock};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// std's, of which fibers hear too.
#[derive(Debug)]
pub(crate) struct Condvar(std::sync::Condvar);

impl Condvar {
    pub(crate) const fn new() -> Self {
        Self(std::sync::Condvar::new())
    }

    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
        fibers::notify();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
        fibers::notify();
    }

    /// Waits, for at most `limit` where one is given; `guard` is of `mutex`. It may return early.
    pub(crate) fn wait<'a, T>(
        &self,
        mutex: &'a Mutex<T>,
        guard: MutexGuard<'a, T>,
        limit: Option<Duration>,
    ) -> MutexGuard<'a, T> {
        if fibers::is_fiber() {
            // Nobody else has a turn in between, so no notification is missed.
            drop(guard);
            fibers::suspend(limit);
            return lock(mutex);
        }
        match limit {
            None => self.0.wait(guard).unwrap_or_else(PoisonError::into_inner),
            Some(limit) => self.0.wait_timeout(guard, limit).unwrap_or_else(PoisonError::into_inner).0,
        }
    }
}
