//! Where executors say what happens in them.

use super::{Event, EventKind, Observer};
use crate::capture;
use crate::tracing::{Entered, Spans};
use std::fmt;
use std::sync::Arc;
use web_time::Instant;

/// An executor's number and its observer, if it has one.
#[derive(Clone)]
pub(crate) struct Reporter {
    pub(crate) pool: u64,
    observer: Option<Arc<dyn Observer>>,
    spans: Spans,
}

impl Reporter {
    pub(crate) fn new(observer: Option<Arc<dyn Observer>>) -> Self {
        let pool = crate::shared::unique();
        Self { pool, observer, spans: Spans::new(pool) }
    }

    /// Whether somebody listens to what this thread would report of a task.
    #[inline]
    pub(crate) fn is_heard(&self) -> bool {
        self.observer.is_some() || Spans::are_wanted()
    }

    pub(crate) fn report(&self, kind: EventKind<'_>) {
        self.spans.note(&kind);
        if let Some(observer) = &self.observer {
            let event = Event { at: Instant::now(), pool: self.pool, kind };
            // A panic in an observer must not leave a task without an outcome.
            capture::contain(|| observer.observe(&event));
        }
    }

    /// Puts this thread into the context of that task, until what is returned is dropped. To be called between the reports
    /// that the task has started and that it has ended.
    #[inline]
    pub(crate) fn enter(&self, task: u64) -> Entered {
        self.spans.enter(task)
    }

    pub(crate) fn observer(&self) -> Option<&Arc<dyn Observer>> {
        self.observer.as_ref()
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporter")
            .field("pool", &self.pool)
            .field("observed", &self.observer.is_some())
            .finish()
    }
}
