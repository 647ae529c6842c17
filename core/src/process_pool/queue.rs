//! Tasks that no worker has, in the order in which they are to begin.

use super::remote::RemoteJob;
use crate::ranked::Ranked;
use std::mem;
use std::sync::Arc;

/// The queue of a pool. A task that was cancelled stays until it is skipped, or until its room is needed.
#[derive(Default)]
pub(super) struct Queue {
    tasks: Ranked<Arc<dyn RemoteJob>>,
    /// Whether there has ever been a priority other than 0; until then, no task has to make way for another.
    has_ranks: bool,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The highest priority in the queue, if priorities matter.
    pub(super) fn highest(&self) -> Option<i32> {
        self.tasks.highest().filter(|_| self.has_ranks)
    }

    /// Adds a task behind all of its priority.
    pub(super) fn push(&mut self, job: Arc<dyn RemoteJob>) {
        let priority = job.priority();
        self.has_ranks |= priority != 0;
        self.tasks.push(job, priority);
    }

    /// Puts a task back that was taken out before, ahead of all of its priority that were submitted after it.
    pub(super) fn put_back(&mut self, job: Arc<dyn RemoteJob>) {
        let (priority, id) = (job.priority(), job.id());
        self.has_ranks |= priority != 0;
        self.tasks.insert_before(job, priority, |other| other.id() > id);
    }

    pub(super) fn pop(&mut self) -> Option<Arc<dyn RemoteJob>> {
        self.tasks.pop()
    }

    /// Takes out everything, in order. Workers may still have tasks that have to make way, so it is not as if new.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Arc<dyn RemoteJob>> + use<> {
        let mut tasks = mem::take(&mut self.tasks);
        std::iter::from_fn(move || tasks.pop())
    }

    /// Takes out the tasks of which that is true, in order.
    pub(super) fn take_if(&mut self, is_meant: impl Fn(&dyn RemoteJob) -> bool) -> Vec<Arc<dyn RemoteJob>> {
        self.tasks.take_if(|job| is_meant(&**job))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<dyn RemoteJob>> {
        self.tasks.iter()
    }
}
