//! Gathers the completions of several futures for one waiter, in the order in which they happen.

use crate::blocking::{check_may_block, may_block};
use crate::capture;
use crate::deadline::Deadline;
use crate::error::{Error, TimeoutError};
use crate::spin::spin;
use crate::sync::{AtomicBool, Condvar, Mutex, Ordering, lock, wait};
use std::collections::VecDeque;
use std::mem;
use std::task::Waker;

/// The mailbox of one `wait` or `as_completed`: futures write, the waiter reads.
#[derive(Debug)]
pub struct Collector {
    completions: Mutex<Completions>,
    arrived: Condvar,
    /// Whether there may be something to take, for a waiter that looks without the lock.
    has_news: AtomicBool,
}

#[derive(Debug, Default)]
struct Completions {
    /// Keys of done futures that the waiter has not taken yet, in the order of completion.
    keys: VecDeque<usize>,
    /// Keys of futures for which there may be something to run now.
    moved: Vec<usize>,
    /// Whether one of the futures failed; a cancelled one has not failed.
    failed: bool,
    /// Whether the waiter is blocked.
    blocked: bool,
    /// Of the waiter, if it awaits the next completion rather than block.
    waker: Option<Waker>,
    /// Whether the waiter is to run one of its tasks itself, since all workers of its executor are blocked.
    called: bool,
}

/// What a wait ends with.
pub(crate) enum News {
    /// The future of this key is done.
    Completed(usize),
    /// See [`Collector::moved`].
    Moved(usize),
    /// See [`Collector::call`].
    Called,
}

impl Collector {
    pub(crate) fn new() -> Self {
        Self { completions: Mutex::default(), arrived: Condvar::new(), has_news: AtomicBool::new(false) }
    }

    /// Called by each watched future, once.
    pub(crate) fn completed(&self, key: usize, failed: bool) {
        self.tell(|completions| {
            completions.keys.push_back(key);
            completions.failed |= failed;
        });
    }

    /// Asks the waiter to look again whether it can run what the future of this key waits for.
    pub(crate) fn moved(&self, key: usize) {
        self.tell(|completions| completions.moved.push(key));
    }

    /// Asks the waiter to run one of its tasks itself.
    pub(crate) fn call(&self) {
        self.tell(|completions| completions.called = true);
    }

    /// Forgets a call that was not answered.
    pub(crate) fn dismiss(&self) {
        lock(&self.completions).called = false;
    }

    fn tell(&self, news: impl FnOnce(&mut Completions)) {
        let mut completions = lock(&self.completions);
        news(&mut completions);
        let (blocked, waker) = (completions.blocked, completions.waker.take());
        // ORDERING: whoever sees it takes the lock before it believes it.
        self.has_news.store(true, Ordering::Relaxed);
        drop(completions);
        if blocked {
            self.arrived.notify_one();
        }
        if let Some(waker) = waker {
            capture::contain(|| waker.wake());
        }
    }

    /// Whether there is a completion to take; if not, `waker` is woken when one comes.
    pub(crate) fn is_ready_or_wakes(&self, waker: &Waker) -> bool {
        // Wakers are the user's: one is cloned before the lock is taken, the other dropped after it is given back.
        let mut waker = Some(waker.clone());
        let mut completions = lock(&self.completions);
        let is_ready = !completions.keys.is_empty();
        if !is_ready {
            mem::swap(&mut completions.waker, &mut waker);
        }
        drop(completions);
        is_ready
    }

    /// Forgets whoever awaits.
    pub(crate) fn forget_waker(&self) {
        let forgotten = lock(&self.completions).waker.take();
        drop(forgotten);
    }

    /// Takes the next completion if one is there.
    pub(crate) fn try_next(&self) -> Option<usize> {
        let mut completions = lock(&self.completions);
        let next = completions.keys.pop_front();
        if next.is_none() {
            // ORDERING: as in `tell`; both write it under the lock.
            self.has_news.store(completions.called || !completions.moved.is_empty(), Ordering::Relaxed);
        }
        next
    }

    /// Whether a future that completed so far has failed.
    pub(crate) fn has_failed(&self) -> bool {
        lock(&self.completions).failed
    }

    /// Blocks until there is news, and takes it.
    pub(crate) fn block(&self, deadline: Deadline) -> Result<News, Error> {
        if deadline.remaining().is_ok() && may_block() {
            // ORDERING: as in `tell`.
            spin(|| self.has_news.load(Ordering::Relaxed));
        }
        let mut completions = lock(&self.completions);
        loop {
            if let Some(key) = completions.keys.pop_front() {
                return Ok(News::Completed(key));
            }
            if let Some(key) = completions.moved.pop() {
                return Ok(News::Moved(key));
            }
            if mem::take(&mut completions.called) {
                return Ok(News::Called);
            }
            // The caller knows how many futures are open; it replaces these counts by its own.
            let limit = deadline.remaining().map_err(|_| TimeoutError::new(1, 1))?;
            check_may_block()?;
            completions.blocked = true;
            completions = wait(&self.arrived, &self.completions, completions, limit);
            completions.blocked = false;
        }
    }
}
