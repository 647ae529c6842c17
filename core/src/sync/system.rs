//! What programs run with.

use crate::blocking::may_block;
use crate::fibers;
use std::hint;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
pub(crate) use std::sync::{Mutex, MutexGuard, OnceLock};
use std::sync::{PoisonError, TryLockError};
pub(crate) use std::thread_local;
use std::time::Duration;
pub(crate) use web_time::Instant;

/// Whether a tool chooses which thread goes on.
pub(crate) const IS_MODEL: bool = false;

/// Locks, ignoring poison.
///
/// No code of the user's runs while this crate holds a lock, so a poisoned lock can only follow a panic in this
/// crate itself; then failing whoever waits matters more than refusing them the state. For the same reason a lock is
/// held for moments only, so a thread that must not block, not even on a lock, spins.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    loop {
        match mutex.try_lock() {
            Ok(guard) => return guard,
            Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
            Err(TryLockError::WouldBlock) if may_block() => {
                return mutex.lock().unwrap_or_else(PoisonError::into_inner);
            }
            Err(TryLockError::WouldBlock) => hint::spin_loop(),
        }
    }
}

/// std's, of which fibers hear too.
#[derive(Debug, Default)]
pub(crate) struct Condvar(std::sync::Condvar);

impl Condvar {
    pub(crate) const fn new() -> Self {
        Self(std::sync::Condvar::new())
    }

    #[inline]
    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
        fibers::notify();
    }

    #[inline]
    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
        fibers::notify();
    }
}

/// Waits on `condvar`, for at most `limit` where one is given; `guard` is of `mutex`. As always with those, it may return early.
///
/// Only `wait_timeout` is used: the std forms that take a condition ask a clock that panics in a browser.
pub(crate) fn wait<'a, T>(
    condvar: &Condvar,
    mutex: &'a Mutex<T>,
    guard: MutexGuard<'a, T>,
    limit: Option<Duration>,
) -> MutexGuard<'a, T> {
    if let Some(suspend) = fibers::suspend() {
        // Nobody else has a turn in between, so no notification is missed.
        drop(guard);
        suspend(limit);
        return lock(mutex);
    }
    match limit {
        None => condvar.0.wait(guard).unwrap_or_else(PoisonError::into_inner),
        Some(limit) => condvar.0.wait_timeout(guard, limit).unwrap_or_else(PoisonError::into_inner).0,
    }
}
