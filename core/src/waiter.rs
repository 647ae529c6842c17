//! The waiting side of `wait` and `as_completed`.

use crate::any::Handle;
use crate::collector::{Collector, News};
use crate::deadline::Deadline;
use crate::error::Error;
use crate::observer;
use crate::seat;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::task::Waker;

/// Waits for futures that it knows by keys; `handle` of each method gives the future of a key.
pub(crate) struct Waiter {
    collector: Arc<Collector>,
    /// The executor whose worker began to wait, if one did.
    pool: Option<u64>,
    /// How many of the futures that are still to come somebody else than that executor completes.
    foreign: usize,
    /// How many futures are still to come.
    outstanding: usize,
    /// Keys of those among them that have not been tried for helping; none are kept where there is no worker that could.
    untried: BTreeSet<usize>,
}

impl Waiter {
    /// Makes one that waits for nothing, on behalf of the calling thread.
    pub(crate) fn new() -> Self {
        let pool = seat::occupied().map(|seat| seat.pool());
        let collector = Arc::new(Collector::new());
        Self { collector, pool, foreign: 0, outstanding: 0, untried: BTreeSet::new() }
    }

    /// Watches the futures of the keys below `count` that are not done; returns their keys, in order.
    pub(crate) fn watch<'a>(&mut self, count: usize, handle: impl Fn(usize) -> &'a dyn Handle) -> Vec<usize> {
        (0..count).filter(|key| self.add(*key, handle(*key))).collect()
    }

    /// Watches a future, unless it is done; then returns false. The key must not be that of another one still to come.
    pub(crate) fn add(&mut self, key: usize, handle: &dyn Handle) -> bool {
        let is_open = handle.watch(&self.collector, key);
        if is_open {
            self.outstanding += 1;
            self.foreign += usize::from(handle.pool() != self.pool);
            if self.pool.is_some() {
                self.untried.insert(key);
            }
        }
        is_open
    }

    /// How many of the watched futures are still to come.
    pub(crate) fn outstanding(&self) -> usize {
        self.outstanding
    }

    /// Whether a future that completed since it was watched has failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.collector.has_failed()
    }

    pub(crate) fn unwatch(&self, handle: &dyn Handle) {
        handle.unwatch(&self.collector);
    }

    /// Runs what the future of `key` waits for, where this thread can, and will do so again when another future has come to
    /// stand behind it.
    ///
    /// That is not taken back when the future is done before, as by being cancelled; then it is of no consequence.
    pub(crate) fn help(&self, key: usize, handle: &dyn Handle) {
        let mut watched = None;
        loop {
            handle.help();
            if self.pool.is_none() {
                return;
            }
            let Some(root) = handle.root() else { return };
            // Once more after each registration, which may have come just too late.
            if watched.replace(root.id()) == Some(root.id()) {
                return;
            }
            root.watch_moves(&self.collector, key);
        }
    }

    /// Blocks until another future is done and returns its key.
    pub(crate) fn next<'a>(
        &mut self,
        deadline: Deadline,
        handle: impl Fn(usize) -> Option<&'a dyn Handle>,
    ) -> Result<usize, Error> {
        loop {
            if let Some(key) = self.collector.try_next() {
                return Ok(self.take(key, &handle));
            }
            // Only the crew can end this wait if it has no limit and none of its futures is anybody else's.
            let crew = if deadline.is_never() && self.foreign == 0 { seat::occupied() } else { None };
            let crew = crew.filter(|seat| Some(seat.pool()) == self.pool);
            let news = match crew {
                None => observer::waiting(
                    "as_completed",
                    None,
                    || self.collector.block(deadline),
                    |news| matches!(news, Err(Error::Timeout(_))),
                )?,
                Some(seat) => {
                    let mailbox = (!self.untried.is_empty()).then_some(&self.collector);
                    seat.crew.while_blocked(mailbox, || self.collector.block(deadline))?
                }
            };
            match news {
                News::Completed(key) => return Ok(self.take(key, &handle)),
                News::Moved(key) => {
                    if let Some(handle) = handle(key) {
                        self.help(key, handle);
                    }
                }
                // One at a time: what it completes may be all that the caller needs. A task that is done, or that runs
                // elsewhere, is left alone.
                News::Called => {
                    if let Some(handle) = self.untried.pop_first().and_then(&handle) {
                        handle.help();
                    }
                }
            }
        }
    }

    /// Whether `next` would not block; if it would, `waker` is woken when it no longer does. Never helps, since who awaits has other
    /// things to do.
    pub(crate) fn is_ready_or_wakes(&self, waker: &Waker) -> bool {
        self.collector.is_ready_or_wakes(waker)
    }

    /// Forgets whoever awaits.
    pub(crate) fn forget_waker(&self) {
        self.collector.forget_waker();
    }

    fn take<'a>(&mut self, key: usize, handle: impl Fn(usize) -> Option<&'a dyn Handle>) -> usize {
        self.outstanding -= 1;
        self.untried.remove(&key);
        self.foreign -= usize::from(handle(key).is_some_and(|handle| handle.pool() != self.pool));
        key
    }
}
