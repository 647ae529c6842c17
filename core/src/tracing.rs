//! Spans of the crate `tracing`: each task has one, below the span that was current where it was submitted.
//!
//! Two things go along with a task from its submitter: the span that was current there, and the subscriber, so that one that is
//! installed for a scope is told of the tasks of that scope, too. They are kept here by the task's id, not in the task, since
//! a task in another memory has but its events on this side: whatever is known of it is in the reports of its executor.
//!
//! A subscriber is code of the user's, so no lock of ours is held while it is told anything, and a panic in it ends there.

use crate::capture;
use crate::error::TaskError;
use crate::observer::EventKind;
use crate::sync::{Mutex, lock};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use tracing::dispatcher::{DefaultGuard, get_default, has_been_set, set_default, with_default};
use tracing::subscriber::NoSubscriber;
use tracing::{Dispatch, Id, Level, Span, debug, error, field, span, warn};

/// The target of spans and events, whatever the face of the crate is called; filters know it by this name.
const TARGET: &str = "concurrent_futures";

/// The spans of one executor's tasks; clones are the same spans.
#[derive(Clone)]
pub(crate) struct Spans(Arc<Inner>);

struct Inner {
    /// The executor's number.
    pool: u64,
    /// The executor's type, told by its first event.
    executor: OnceLock<&'static str>,
    /// The subscriber of whoever made the executor. It is told of lost workers, on whichever thread that is noticed.
    subscriber: Option<Dispatch>,
    /// What goes along with the tasks that are not done and whose submitter had a subscriber.
    tasks: Mutex<HashMap<u64, Arc<Carried>>>,
    /// Whether there ever was such a task: programs without a subscriber are spared the lock.
    has_carried: AtomicBool,
}

/// What goes along with a task.
struct Carried {
    subscriber: Dispatch,
    /// The span that was current at `submit`, possibly none.
    submitter: Span,
    name: Box<str>,
    /// The task's own, from its start on, if the subscriber cares for it.
    own: OnceLock<Span>,
}

impl Carried {
    /// The span that belongs to the task, or else that of the submitter: a filter that drops the one should not hide whose
    /// task it is.
    fn span(&self) -> &Span {
        self.own.get().unwrap_or(&self.submitter)
    }

    fn tell_of_span(&self, tell: fn(&Dispatch, &Id)) {
        capture::contain(|| {
            self.span().with_subscriber(|(id, subscriber)| tell(subscriber, id));
        });
    }

    /// Runs `tell`, which may tell the subscriber, with the subscriber in force.
    fn tell(&self, tell: impl FnOnce()) {
        capture::contain(|| with_default(&self.subscriber, tell));
    }
}

/// A task whose span this thread is in, and the subscriber that was in force outside.
///
/// Not one of the guards of `tracing`, which leave the span and let it go in one: a subscriber that panics at both would end the
/// program.
pub(crate) struct Entered(Option<(Arc<Carried>, DefaultGuard)>);

impl Drop for Entered {
    fn drop(&mut self) {
        if let Some((carried, outer)) = self.0.take() {
            carried.tell_of_span(Dispatch::exit);
            capture::contain(|| drop(outer));
            // The last of a span tells the subscriber as well.
            capture::contain(|| drop(carried));
        }
    }
}

impl Spans {
    pub(crate) fn new(pool: u64) -> Self {
        Self(Arc::new(Inner {
            pool,
            executor: OnceLock::new(),
            subscriber: subscriber(),
            tasks: Mutex::default(),
            has_carried: AtomicBool::new(false),
        }))
    }

    /// Whether a task that is submitted on this thread would have a span.
    pub(crate) fn are_wanted() -> bool {
        ask(|_| ()).is_some()
    }

    /// Is told every event of the executor, on the thread on which it happens.
    pub(crate) fn note(&self, event: &EventKind<'_>) {
        match *event {
            EventKind::PoolStarted { kind, .. } => drop(self.0.executor.set(kind)),
            EventKind::TaskSubmitted { task, name } => self.submitted(task, name),
            EventKind::TaskStarted { task, worker } => self.started(task, worker),
            EventKind::TaskFinished { task } => self.ended(task, "finished", None),
            EventKind::TaskFailed { task, error } => self.ended(task, "failed", Some(error)),
            EventKind::TaskCancelled { task } => self.ended(task, "cancelled", None),
            EventKind::TaskExpired { task } => self.ended(task, "expired", None),
            EventKind::WorkerLost { worker, cause } => self.lost(worker, cause),
            _ => {}
        }
    }

    /// Enters the span of the task that has been started, until what is returned is dropped.
    pub(crate) fn enter(&self, task: u64) -> Entered {
        let enter = |carried: Arc<Carried>| {
            let outer = set_default(&carried.subscriber);
            carried.tell_of_span(Dispatch::enter);
            (carried, outer)
        };
        Entered(self.carried(task).map(enter))
    }

    fn executor(&self) -> &'static str {
        self.0.executor.get().copied().unwrap_or_default()
    }

    fn carried(&self, task: u64) -> Option<Arc<Carried>> {
        self.has_carried().then(|| lock(&self.0.tasks).get(&task).map(Arc::clone)).flatten()
    }

    fn has_carried(&self) -> bool {
        // ORDERING: whoever runs or ends a task has got it by a lock that its submitter has released after the store.
        self.0.has_carried.load(Ordering::Relaxed)
    }

    fn submitted(&self, task: u64, name: &str) {
        let Some(subscriber) = subscriber() else { return };
        // What the subscriber says to this is of no consequence to the task.
        let submitter = capture::guard(Span::current).unwrap_or_else(|_| Span::none());
        let carried = Carried { subscriber, submitter, name: name.into(), own: OnceLock::new() };
        // ORDERING: see `has_carried`.
        self.0.has_carried.store(true, Ordering::Relaxed);
        lock(&self.0.tasks).insert(task, Arc::new(carried));
    }

    /// A task is started again, elsewhere, if only some items of a chunk went with a lost worker.
    fn started(&self, task: u64, worker: usize) {
        let Some(carried) = self.carried(task) else { return };
        carried.tell(|| {
            if let Some(own) = carried.own.get() {
                own.record("worker", worker);
                return;
            }
            let own = span!(
                target: TARGET,
                parent: &carried.submitter,
                Level::INFO,
                "task",
                task,
                name = &*carried.name,
                executor = self.executor(),
                pool = self.0.pool,
                worker,
                outcome = field::Empty,
            );
            if !own.is_disabled() {
                let _ = carried.own.set(own);
            }
        });
    }

    fn ended(&self, task: u64, outcome: &str, error: Option<&TaskError>) {
        if !self.has_carried() {
            return;
        }
        let carried = lock(&self.0.tasks).remove(&task);
        let Some(carried) = carried else { return };
        carried.tell(|| {
            if let Some(own) = carried.own.get() {
                own.record("outcome", outcome);
            }
            let (span, name) = (carried.span(), &*carried.name);
            match error {
                Some(error) => warn!(target: TARGET, parent: span, task, name, %error, "task failed"),
                None => debug!(target: TARGET, parent: span, task, name, "task {outcome}"),
            }
        });
        // As in `Entered`.
        capture::contain(|| drop(carried));
    }

    fn lost(&self, worker: usize, cause: &str) {
        let (executor, pool) = (self.executor(), self.0.pool);
        let tell = || error!(target: TARGET, parent: None, executor, pool, worker, cause, "worker lost");
        // Nothing is told where there is no subscriber: `tracing` might take it that nobody wants this event, once and for all.
        let subscriber = self.0.subscriber.clone().or_else(subscriber);
        if let Some(subscriber) = subscriber {
            capture::contain(|| with_default(&subscriber, tell));
        }
    }
}

/// Returns what `ask` says of the subscriber in force on this thread, none if there is no subscriber.
fn ask<R>(ask: impl Fn(&Dispatch) -> R) -> Option<R> {
    // Most programs never have one, which costs them a load.
    if !has_been_set() {
        return None;
    }
    let asked = || get_default(|current| (!current.is::<NoSubscriber>()).then(|| ask(current)));
    capture::guard(asked).ok().flatten()
}

/// The subscriber in force on this thread, if there is one.
fn subscriber() -> Option<Dispatch> {
    ask(Dispatch::clone)
}
