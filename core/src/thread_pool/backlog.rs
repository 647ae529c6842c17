//! Tasks that wait, in the order in which they are to begin.

use crate::task::Job;
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::sync::Arc;

/// The queue of a pool, without what submitters have just put into the [`Inbox`](super::inbox::Inbox).
#[derive(Default)]
pub(super) struct Backlog {
    /// Those of priority 0, in the order of their submission. A task that was cancelled stays until a worker skips it.
    line: VecDeque<Arc<dyn Job>>,
    /// Those of other priorities, the highest first. No queue in it is empty.
    ranked: BTreeMap<Reverse<i32>, VecDeque<Arc<dyn Job>>>,
    /// The tasks in `ranked`.
    ranked_len: usize,
}

impl Backlog {
    pub(super) fn len(&self) -> usize {
        self.line.len() + self.ranked_len
    }

    /// Whether what has arrived meanwhile might go before everything here.
    pub(super) fn wants_arrivals(&self) -> bool {
        self.line.is_empty() && self.ranked.first_key_value().is_none_or(|(rank, _)| rank.0 < 0)
    }

    /// Takes over what has arrived, and leaves the empty queue for more.
    pub(super) fn take_over(&mut self, arrivals: &mut VecDeque<Arc<dyn Job>>) {
        if self.line.is_empty() {
            mem::swap(&mut self.line, arrivals);
        } else {
            self.line.append(arrivals);
        }
    }

    /// Adds a task of a priority other than 0; those of priority 0 come by way of the inbox.
    pub(super) fn push(&mut self, job: Arc<dyn Job>, priority: i32) {
        self.ranked.entry(Reverse(priority)).or_default().push_back(job);
        self.ranked_len += 1;
    }

    pub(super) fn pop(&mut self) -> Option<Arc<dyn Job>> {
        if self.ranked_len == 0 {
            return self.line.pop_front();
        }
        let first = self.ranked.first_entry()?;
        if first.key().0 < 0
            && let Some(job) = self.line.pop_front()
        {
            return Some(job);
        }
        let mut first = first;
        let job = first.get_mut().pop_front();
        if first.get().is_empty() {
            first.remove();
        }
        self.ranked_len -= 1;
        job
    }

    /// Everything in it, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<dyn Job>> {
        self.line.iter().chain(self.ranked.values().flatten())
    }

    /// Takes out everything, in order.
    pub(super) fn take_all(&mut self) -> Vec<Arc<dyn Job>> {
        std::iter::from_fn(|| self.pop()).collect()
    }

    /// Takes out the tasks that are done.
    pub(super) fn take_done(&mut self) -> Vec<Arc<dyn Job>> {
        let mut done = take_done(&mut self.line);
        self.ranked.retain(|_, jobs| {
            done.append(&mut take_done(jobs));
            !jobs.is_empty()
        });
        self.ranked_len = self.ranked.values().map(VecDeque::len).sum();
        done
    }
}

/// Takes the tasks out that are done; values of the user's may go with them, so that is for the caller to do.
pub(super) fn take_done(jobs: &mut VecDeque<Arc<dyn Job>>) -> Vec<Arc<dyn Job>> {
    let (done, left): (Vec<_>, Vec<_>) = mem::take(jobs).into_iter().partition(|job| job.is_done());
    *jobs = left.into();
    done
}
