//! What the workers of one executor know of one another: whether all of them are blocked, and how much they have helped.
//!
//! # When a waiting worker runs a task itself
//!
//! A worker that waits for tasks of its own executor holds the very place that they may need. `result()` and a wait for
//! *all* need each of their tasks whatever happens, so they run those that are still queued at once. A wait for the
//! *first* must not: the task that it picked could be waiting for what the worker does next. It blocks, and helps only
//! when every worker is blocked in this way. Then nothing can get worse by running a queued task, since without it none
//! would ever run.
//!
//! A wait counts only if it has no limit and if every open future that could end it belongs to this executor: another
//! executor, a promise or a clock may end the rest.

use crate::collector::Collector;
use crate::sync::{AtomicUsize, Mutex, Ordering, lock};
use std::sync::Arc;

/// Shared by the seats of one executor.
#[derive(Debug)]
pub(crate) struct Crew {
    /// The executor's number.
    pub(crate) pool: u64,
    /// The most workers that there can be; fewer while threads cannot be started.
    limit: AtomicUsize,
    /// Queued tasks that a waiting worker has run, and that still lie in the queue.
    helped: AtomicUsize,
    blocked: Mutex<Blocked>,
}

#[derive(Debug, Default)]
struct Blocked {
    /// Workers that wait for nothing but tasks of this executor.
    workers: usize,
    /// The mailboxes of those among them that could help and have not been called.
    reserve: Vec<Arc<Collector>>,
}

impl Crew {
    pub(crate) fn new(pool: u64, max_workers: usize) -> Self {
        let (limit, helped) = (AtomicUsize::new(max_workers), AtomicUsize::new(0));
        Self { pool, limit, helped, blocked: Mutex::default() }
    }

    /// So many workers can be had: fewer than asked for since a thread could not be started, or all since one could again.
    pub(crate) fn limit_to(&self, workers: usize) {
        // ORDERING: a worker that blocks later reads it under the lock, after this thread's task was queued under one.
        self.limit.store(workers, Ordering::Relaxed);
    }

    pub(crate) fn note_helped(&self) {
        // ORDERING: a hint for tidying up; nothing is published by it.
        self.helped.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether so many tasks in a queue of `queued` are done that it should be tidied; asks once.
    pub(crate) fn should_tidy(&self, queued: usize) -> bool {
        // ORDERING: see `note_helped`.
        let tidy = self.helped.load(Ordering::Relaxed) * 2 > queued;
        if tidy {
            self.helped.store(0, Ordering::Relaxed);
        }
        tidy
    }

    /// Blocks a worker in `wait`, on record as blocked. A worker that could help has a `mailbox`; if this leaves no worker
    /// unblocked, the latest that could, be it this one, is called.
    pub(crate) fn while_blocked<R>(&self, mailbox: Option<&Arc<Collector>>, wait: impl FnOnce() -> R) -> R {
        let mut blocked = lock(&self.blocked);
        blocked.workers += 1;
        blocked.reserve.extend(mailbox.map(Arc::clone));
        // ORDERING: see `limit_to`.
        if blocked.workers >= self.limit.load(Ordering::Relaxed)
            && let Some(latest) = blocked.reserve.pop()
        {
            latest.call();
        }
        drop(blocked);
        let result = wait();
        let mut blocked = lock(&self.blocked);
        blocked.workers -= 1;
        if let Some(mailbox) = mailbox {
            blocked.reserve.retain(|known| !Arc::ptr_eq(known, mailbox));
            // A call that came together with a completion was for this wait: by the next one others may be free.
            mailbox.dismiss();
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::Crew;
    use crate::collector::{Collector, News};
    use crate::deadline::Deadline;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn calls_when_all_are_blocked() {
        let (crew, mailbox) = (Crew::new(1, 2), Arc::new(Collector::new()));
        let poll = || mailbox.block(Deadline::after(Some(Duration::ZERO)));
        assert!(crew.while_blocked(Some(&mailbox), poll).is_err());
        let both = crew.while_blocked(Some(&mailbox), || crew.while_blocked(None, poll));
        assert!(matches!(both, Ok(News::Called)));
    }

    #[test]
    fn call_ends_with_its_wait() {
        let (crew, mailbox) = (Crew::new(1, 2), Arc::new(Collector::new()));
        // Called, but a completion came first, so the waiter returns without having helped.
        mailbox.completed(0, false);
        let poll = || mailbox.block(Deadline::after(Some(Duration::ZERO)));
        let first = crew.while_blocked(Some(&mailbox), || crew.while_blocked(None, poll));
        assert!(matches!(first, Ok(News::Completed(0))));
        // By its next wait the other worker is free again.
        assert!(crew.while_blocked(Some(&mailbox), poll).is_err());
    }
}
