//! Where submitters put tasks, and where workers sleep.
//!
//! Submitters and workers meet at two locks. A worker takes tasks from the backlog, under the
//! lock of the pool's state; a submitter puts them into the inbox, under a lock of its own. A worker that finds the
//! backlog empty takes over the whole inbox at once, so the two sides seldom wait for each other.
//!
//! Whoever needs both locks takes that of the state first.

use crate::task::Job;
use std::collections::VecDeque;
use std::sync::Arc;

#[derive(Default)]
pub(super) struct Inbox {
    /// Tasks of priority 0, in the order of their submission.
    pub(super) tasks: VecDeque<Arc<dyn Job>>,
    /// Whether a task may be put here without a look at the state: the executor is open, has no limit to its queue, and
    /// cannot have more workers than it has.
    pub(super) is_plain: bool,
    /// Whether workers are to end once there is nothing left to do.
    pub(super) is_closing: bool,
    /// Whether a worker is looking for tasks before it goes to sleep. It will find what comes; nobody need be woken.
    pub(super) is_searched: bool,
    /// Workers asleep.
    asleep: usize,
    /// Notifications that no sleeper has woken from yet; it spares a system call for each further task.
    notified: usize,
}

impl Inbox {
    /// Whether a worker is to be notified of a task that has come; if so, the caller does it.
    #[must_use]
    pub(super) fn call(&mut self) -> bool {
        !self.is_searched && self.call_another()
    }

    /// Whether one more worker is to be notified, since there is more to do; if so, the caller does it.
    #[must_use]
    pub(super) fn call_another(&mut self) -> bool {
        let wake = self.asleep > self.notified;
        self.notified += usize::from(wake);
        wake
    }

    /// Sleepers whom nobody has notified.
    pub(super) fn undisturbed(&self) -> usize {
        self.asleep - self.notified
    }

    pub(super) fn fall_asleep(&mut self) {
        self.asleep += 1;
    }

    /// A sleeper is awake.
    pub(super) fn wake_up(&mut self) {
        self.asleep -= 1;
        // It may have woken without having been told, by itself or since its time is up; then the count errs towards one
        // notification too many. One too few would leave a task to nobody.
        self.notified = self.notified.saturating_sub(1).min(self.asleep);
    }
}
