//! The waiting side of `wait` and `as_completed`.

use crate::any::Handle;
use crate::collector::{Collector, News};
use crate::deadline::Deadline;
use crate::error::Error;
use crate::seat;
use std::sync::Arc;
use std::vec;

/// Waits for futures that it knows by keys; `handle` of each method gives the future of a key.
pub(crate) struct Waiter {
    collector: Arc<Collector>,
    /// Keys of futures that were open at the start and that have not been tried for helping.
    untried: vec::IntoIter<usize>,
    /// The executor whose worker began to wait, if one did.
    pool: Option<u64>,
    /// How many of the futures that are still to come somebody else than that executor completes.
    foreign: usize,
    /// The keys that were open at the start.
    open: Vec<usize>,
    /// How many of those have been taken.
    taken: usize,
}

impl Waiter {
    /// Watches the futures of the keys below `count` that are not done.
    pub(crate) fn watch<'a>(count: usize, handle: impl Fn(usize) -> &'a dyn Handle) -> Self {
        let collector = Arc::new(Collector::new());
        let open: Vec<usize> = (0..count).filter(|key| handle(*key).watch(&collector, *key)).collect();
        let pool = seat::occupied().map(|seat| seat.pool());
        let foreign = open.iter().filter(|key| handle(**key).pool() != pool).count();
        Self { collector, untried: open.clone().into_iter(), pool, foreign, open, taken: 0 }
    }

    /// The keys of the futures that were not done at the start.
    pub(crate) fn open(&self) -> &[usize] {
        &self.open
    }

    /// How many of those are still to come.
    pub(crate) fn outstanding(&self) -> usize {
        self.open.len() - self.taken
    }

    /// Whether a future that completed since the start has failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.collector.has_failed()
    }

    pub(crate) fn unwatch(&self, handle: &dyn Handle) {
        handle.unwatch(&self.collector);
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
                None => self.collector.block(deadline)?,
                Some(seat) => {
                    let mailbox = (!self.untried.as_slice().is_empty()).then_some(&self.collector);
                    seat.crew.while_blocked(mailbox, || self.collector.block(deadline))?
                }
            };
            match news {
                News::Completed(key) => return Ok(self.take(key, &handle)),
                // One at a time: what it completes may be all that the caller needs. A task that is done, or that runs
                // elsewhere, is left alone.
                News::Called => {
                    if let Some(handle) = self.untried.next().and_then(&handle) {
                        handle.help();
                    }
                }
            }
        }
    }

    fn take<'a>(&mut self, key: usize, handle: impl Fn(usize) -> Option<&'a dyn Handle>) -> usize {
        self.taken += 1;
        self.foreign -= usize::from(handle(key).is_some_and(|handle| handle.pool() != self.pool));
        key
    }
}
