//! What an observer is told, in a form that can be compared and waited for.

use concurrent_futures::observer::{Event, EventKind, Observer};
use std::sync::{Arc, Condvar, Mutex};

/// What happened to a worker or a task, by the worker's number or the id of the task's future.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Shutdown,
    WorkerStarted(usize, String),
    WorkerEnded(usize),
    Started { task: u64, worker: usize },
    Finished(u64),
    Failed(u64),
    Expired(u64),
    Cancelled(u64),
}

/// Notes events in their order; clones are the same notes.
#[derive(Clone, Default)]
pub(crate) struct Events(Arc<Notes>);

#[derive(Default)]
struct Notes {
    noted: Mutex<Vec<What>>,
    changed: Condvar,
}

impl Events {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn observer(&self) -> Arc<dyn Observer> {
        Arc::new(self.clone())
    }

    pub(crate) fn all(&self) -> Vec<What> {
        self.0.noted.lock().unwrap().clone()
    }

    /// What happened to one task, after it was submitted.
    pub(crate) fn of_task(&self, id: u64) -> Vec<What> {
        let is_of_task = |what: &What| match what {
            What::Started { task, .. }
            | What::Finished(task)
            | What::Failed(task)
            | What::Expired(task)
            | What::Cancelled(task) => *task == id,
            What::Shutdown | What::WorkerStarted(..) | What::WorkerEnded(_) => false,
        };
        self.all().into_iter().filter(is_of_task).collect()
    }

    /// How many events are of the kind that `is_meant` tells.
    pub(crate) fn count(&self, is_meant: impl Fn(&What) -> bool) -> usize {
        self.0.noted.lock().unwrap().iter().filter(|what| is_meant(what)).count()
    }

    /// Blocks until there are so many events of the kind that `is_meant` tells.
    pub(crate) fn wait_for(&self, count: usize, is_meant: impl Fn(&What) -> bool) {
        let mut noted = self.0.noted.lock().unwrap();
        while noted.iter().filter(|what| is_meant(what)).count() < count {
            noted = self.0.changed.wait(noted).unwrap();
        }
    }
}

impl Observer for Events {
    fn observe(&self, event: &Event<'_>) {
        let what = match event.kind {
            EventKind::PoolShutdown => What::Shutdown,
            EventKind::WorkerStarted { worker, name } => What::WorkerStarted(worker, name.to_owned()),
            EventKind::WorkerEnded { worker } => What::WorkerEnded(worker),
            EventKind::TaskStarted { task, worker } => What::Started { task, worker },
            EventKind::TaskFinished { task } => What::Finished(task),
            EventKind::TaskFailed { task, .. } => What::Failed(task),
            EventKind::TaskExpired { task } => What::Expired(task),
            EventKind::TaskCancelled { task } => What::Cancelled(task),
            _ => return,
        };
        self.0.noted.lock().unwrap().push(what);
        self.0.changed.notify_all();
    }
}
