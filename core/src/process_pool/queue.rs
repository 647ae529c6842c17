//! Tasks that no worker has, in the order in which they are to begin.

use super::remote::RemoteJob;
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::sync::Arc;

/// The queue of a pool. A task that was cancelled stays until it is skipped, or until its room is needed.
#[derive(Default)]
pub(super) struct Queue {
    /// Those of priority 0, in the order of their submission.
    line: VecDeque<Arc<dyn RemoteJob>>,
    /// Those of other priorities, the highest first. No line in it is empty.
    ranked: BTreeMap<Reverse<i32>, VecDeque<Arc<dyn RemoteJob>>>,
    /// The tasks in `ranked`.
    ranked_len: usize,
    /// Whether there has ever been a priority other than 0; until then, no task has to make way for another.
    has_ranks: bool,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.line.len() + self.ranked_len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The highest priority in the queue, if priorities matter.
    pub(super) fn highest(&self) -> Option<i32> {
        if !self.has_ranks {
            return None;
        }
        let ranked = self.ranked.keys().next().map(|rank| rank.0);
        ranked.max((!self.line.is_empty()).then_some(0))
    }

    /// Adds a task behind all of its priority.
    pub(super) fn push(&mut self, job: Arc<dyn RemoteJob>) {
        self.line_of(job.priority()).push_back(job);
    }

    /// Puts a task back that was taken out before, ahead of all of its priority that were submitted after it.
    pub(super) fn put_back(&mut self, job: Arc<dyn RemoteJob>) {
        let line = self.line_of(job.priority());
        let place = line.iter().take_while(|other| other.id() < job.id()).count();
        line.insert(place, job);
    }

    /// The line of a priority, for one more task.
    fn line_of(&mut self, priority: i32) -> &mut VecDeque<Arc<dyn RemoteJob>> {
        if priority == 0 {
            return &mut self.line;
        }
        self.has_ranks = true;
        self.ranked_len += 1;
        self.ranked.entry(Reverse(priority)).or_default()
    }

    pub(super) fn pop(&mut self) -> Option<Arc<dyn RemoteJob>> {
        let first = self.ranked.first_entry();
        let Some(mut first) = first.filter(|first| first.key().0 > 0 || self.line.is_empty()) else {
            return self.line.pop_front();
        };
        let job = first.get_mut().pop_front();
        if first.get().is_empty() {
            first.remove();
        }
        self.ranked_len -= 1;
        job
    }

    /// Takes out everything, in order.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Arc<dyn RemoteJob>> + use<> {
        let mut queue = mem::take(self);
        // Workers may still have tasks that have to make way.
        self.has_ranks = queue.has_ranks;
        std::iter::from_fn(move || queue.pop())
    }

    /// Takes out the tasks of which that is true, in order.
    pub(super) fn take_if(&mut self, is_meant: impl Fn(&dyn RemoteJob) -> bool) -> Vec<Arc<dyn RemoteJob>> {
        let mut taken = Vec::new();
        // Most often nothing is, and then nothing need move.
        if self.iter().any(|job| is_meant(&**job)) {
            for job in self.take_all() {
                if is_meant(&*job) {
                    taken.push(job);
                } else {
                    self.push(job);
                }
            }
        }
        taken
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<dyn RemoteJob>> {
        let lines = |(_, line)| line;
        let above = self.ranked.range(..Reverse(0)).map(lines);
        let below = self.ranked.range(Reverse(0)..).map(lines);
        above.chain([&self.line]).chain(below).flatten()
    }
}
