//! What is to happen to tasks at certain times. What concerns workers, they know themselves.

use super::remote::RemoteJob;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Weak};
use std::time::Duration;
use web_time::Instant;

/// Heaps below this length are not looked through for entries that have become pointless.
const WORTH_TIDYING: usize = 64;

/// The times of one pool's tasks, the next one first.
#[derive(Default)]
pub(super) struct Times {
    entries: BinaryHeap<Reverse<Entry>>,
    /// The length at which they were last looked through, and what was left.
    tidied: usize,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Fails a task that no worker has begun within the time.
    Expire(Duration),
    /// Asks a task to end, since it runs where it cannot be ended.
    Ask,
}

struct Entry {
    at: Instant,
    job: Weak<dyn RemoteJob>,
    due: Due,
}

impl Times {
    /// Notes what is due for a task after `delay`. Whatever was looked at meanwhile is added to `let_go`: the last references
    /// to tasks may be among it, and values of the user's go with them.
    pub(super) fn set(
        &mut self,
        delay: Duration,
        job: &Arc<dyn RemoteJob>,
        due: Due,
        let_go: &mut Vec<Arc<dyn RemoteJob>>,
    ) {
        // A time that the clock cannot tell never comes.
        let Some(at) = Instant::now().checked_add(delay) else { return };
        if self.entries.len() >= WORTH_TIDYING.max(2 * self.tidied) {
            self.entries.retain(|Reverse(entry)| {
                entry.job.upgrade().is_some_and(|job| {
                    let matters = entry.due.matters_to(&*job);
                    let_go.push(job);
                    matters
                })
            });
            self.tidied = self.entries.len();
        }
        self.entries.push(Reverse(Entry { at, job: Arc::downgrade(job), due }));
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.entries.peek().map(|Reverse(entry)| entry.at)
    }

    /// Takes out what is due by now.
    pub(super) fn take(&mut self, now: Instant) -> Vec<(Arc<dyn RemoteJob>, Due)> {
        let mut due = Vec::new();
        while self.next().is_some_and(|next| next <= now)
            && let Some(Reverse(entry)) = self.entries.pop()
        {
            due.extend(entry.job.upgrade().map(|job| (job, entry.due)));
        }
        due
    }
}

impl Due {
    fn matters_to(self, job: &dyn RemoteJob) -> bool {
        match self {
            Self::Expire(_) => !job.is_running() && !job.is_done(),
            Self::Ask => !job.is_done(),
        }
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}
