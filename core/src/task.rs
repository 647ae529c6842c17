//! A task of an executor: its function until it runs, its outcome afterwards, in one allocation.

use crate::cancel_token::CancelToken;
use crate::capture;
use crate::error::{Error, QueueTimeoutError, TaskError, WorkerLost};
use crate::future::Completion;
use crate::observer::{EventKind, Reporter};
use crate::seat::{self, Seat};
use crate::shared::{Begin, Settled, Shared};
use crate::sync::{Mutex, lock};
use crate::task_options::TaskOptions;
use crate::{Future, State};
use std::sync::Arc;
use std::time::Duration;

/// What a worker sees of a task: the type of its value is forgotten.
pub(crate) trait Job: Send + Sync {
    /// Runs the task on the calling worker, unless it was cancelled or a waiting worker has run it.
    ///
    /// `release` frees the seat just before the outcome can be seen; a worker that helps stays busy with its own task.
    fn run(self: Arc<Self>, seat: &Seat, release: fn(&Seat));

    /// Fails the task, whether it has begun or not, unless it is done.
    fn fail(self: Arc<Self>, error: Error);

    /// Cancels the task unless it has begun.
    fn cancel(self: Arc<Self>);

    /// Fails the task with a queue timeout of `limit`, unless it has begun.
    fn expire(self: Arc<Self>, limit: Duration);

    /// Whether there is nothing to run any more.
    fn is_done(&self) -> bool;

    /// The id of its future.
    fn id(&self) -> u64;

    /// The function's name.
    fn name(&self) -> &'static str;

    /// What asks the task to end.
    fn token(&self) -> CancelToken;
}

/// Ends each of these tasks by `end`, which may drop values of the user's; what panics there keeps no other from its end.
pub(crate) fn end_all(jobs: impl IntoIterator<Item = Arc<dyn Job>>, end: impl Fn(Arc<dyn Job>)) {
    for job in jobs {
        capture::contain(|| end(job));
    }
}

/// A task: the queue holds it as a [`Job`], futures hold it as a [`Completion`], and both are this one allocation.
pub(crate) struct Task<T, F> {
    shared: Shared<T>,
    /// Taken by whoever runs the task, or dropped by whoever cancels it.
    work: Mutex<Option<F>>,
    reporter: Reporter,
    name: Name,
}

/// How a task is named.
#[derive(Clone, Copy)]
pub(crate) enum Name {
    /// By what returns its function's name, which is not made unless somebody asks.
    Function(fn() -> &'static str),
    /// By its submitter.
    Label(&'static str),
}

impl Name {
    pub(crate) fn new(function: fn() -> &'static str, options: &TaskOptions) -> Self {
        options.label.map_or(Self::Function(function), Self::Label)
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Function(name) => name(),
            Self::Label(label) => label,
        }
    }
}

impl<T, F> Task<T, F>
where
    T: Send + Sync + 'static,
    F: FnOnce() -> Result<T, TaskError> + Send + 'static,
{
    pub(crate) fn new(work: F, reporter: Reporter, name: Name, token: Option<CancelToken>) -> Self {
        let shared = token.map_or_else(Shared::new, |token| Shared::new().with_token(token));
        Self { shared, work: Mutex::new(Some(work)), reporter, name }
    }

    /// Drops what will never run. The function and what it captured are the user's, so no lock is held.
    fn drop_work(&self) {
        let work = lock(&self.work).take();
        drop(work);
    }

    pub(crate) fn future(self: &Arc<Self>) -> Future<T> {
        Future::new(Arc::clone(self) as Arc<dyn Completion<T>>)
    }

    /// Runs the task, having begun it; what came of it is still to be announced.
    fn execute(&self, seat: &Seat, release: fn(&Seat)) -> Option<Settled<'_, T>> {
        // A statement of its own: the lock must not be held while the task runs.
        let work = lock(&self.work).take();
        let work = work?;
        let task = self.shared.id();
        self.reporter.report(EventKind::TaskStarted { task, worker: seat.worker });
        let returned = {
            let _entered = self.reporter.enter(task);
            seat::run_task(task, || capture::task(work))
        };
        let outcome = returned.and_then(|result| result);
        match &outcome {
            Ok(_) => self.reporter.report(EventKind::TaskFinished { task }),
            Err(error) => self.reporter.report(EventKind::TaskFailed { task, error }),
        }
        self.shared.settle(outcome.map_err(Error::Failed), || release(seat)).ok()
    }
}

impl<T, F> Job for Task<T, F>
where
    T: Send + Sync + 'static,
    F: FnOnce() -> Result<T, TaskError> + Send + 'static,
{
    fn run(self: Arc<Self>, seat: &Seat, release: fn(&Seat)) {
        match self.shared.begin_if_wanted() {
            Begin::Begun => {}
            Begin::Refused => return,
            Begin::Unwanted => return self.cancel(),
        }
        // Everything of the user's is caught where it runs; should this crate itself panic, nobody waits for ever.
        let unsettled = Unsettled(&self);
        let settled = seat.record(Arc::clone(&self) as Arc<dyn Job>, || self.execute(seat, release));
        drop(unsettled);
        // Off the record: callbacks are no part of the task.
        if let Some(settled) = settled {
            settled.announce(|| (), || self.future());
        }
    }

    fn fail(self: Arc<Self>, error: Error) {
        let report = error.clone();
        if let Ok(settled) = self.shared.settle(Err(error), || ()) {
            let task = self.shared.id();
            match &report {
                Error::Failed(error) => self.reporter.report(EventKind::TaskFailed { task, error }),
                _ => self.reporter.report(EventKind::TaskCancelled { task }),
            }
            settled.announce(|| self.drop_work(), || self.future());
        }
    }

    fn cancel(self: Arc<Self>) {
        // The answer does not matter: a task that has begun is left alone.
        let _ = self.future().cancel();
    }

    fn expire(self: Arc<Self>, limit: Duration) {
        if let Ok(settled) = self.shared.expire(Error::QueueTimeout(QueueTimeoutError { limit })) {
            self.reporter.report(EventKind::TaskExpired { task: self.shared.id() });
            settled.announce(|| self.drop_work(), || self.future());
        }
    }

    fn is_done(&self) -> bool {
        self.shared.outcome().is_some()
    }

    fn id(&self) -> u64 {
        self.shared.id()
    }

    fn name(&self) -> &'static str {
        self.name.text()
    }

    fn token(&self) -> CancelToken {
        self.shared.token()
    }
}

/// Fails a task that has begun, if it is dropped before the task has an outcome.
struct Unsettled<'a, T, F>(&'a Arc<Task<T, F>>)
where
    T: Send + Sync + 'static,
    F: FnOnce() -> Result<T, TaskError> + Send + 'static;

impl<T, F> Drop for Unsettled<'_, T, F>
where
    T: Send + Sync + 'static,
    F: FnOnce() -> Result<T, TaskError> + Send + 'static,
{
    fn drop(&mut self) {
        if !self.0.is_done() {
            let lost = TaskError::lost(WorkerLost::thread("a panic in the pool itself".to_owned()));
            Arc::clone(self.0).fail(Error::Failed(lost));
        }
    }
}

impl<T, F> Completion<T> for Task<T, F>
where
    T: Send + Sync + 'static,
    F: FnOnce() -> Result<T, TaskError> + Send + 'static,
{
    fn shared(&self) -> &Shared<T> {
        &self.shared
    }

    fn shared_mut(&mut self) -> &mut Shared<T> {
        &mut self.shared
    }

    fn discard(&self) {
        self.reporter.report(EventKind::TaskCancelled { task: self.shared.id() });
        self.drop_work();
    }

    fn help(self: Arc<Self>) {
        if self.shared.state() == State::Pending
            && let Some(seat) = seat::of(self.reporter.pool)
        {
            seat.crew.note_helped();
            seat::occupy(Arc::clone(&seat), || self.run(&seat, |_| ()));
        }
    }

    fn pool(&self) -> Option<u64> {
        Some(self.reporter.pool)
    }

    fn request_stop(&self) {
        self.shared.token().cancel();
    }
}

/// The name of a function from the name of its type: its own, without path and type arguments.
pub(crate) fn name<F>() -> &'static str {
    // A closure is named after the function that it stands in.
    let path = std::any::type_name::<F>().trim_end_matches("::{{closure}}");
    let plain = without_arguments(path);
    plain.rsplit("::").next().unwrap_or(plain)
}

/// Cuts the type arguments off the end of a path.
fn without_arguments(path: &str) -> &str {
    let mut depth = 0_usize;
    if !path.ends_with('>') {
        return path;
    }
    for (at, byte) in path.bytes().enumerate().rev() {
        match byte {
            b'>' => depth += 1,
            b'<' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return &path[..at];
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::name;

    fn named<F>(_: F) -> &'static str {
        name::<F>()
    }

    #[test]
    fn names_without_paths() {
        assert_eq!(named(names_without_paths), "names_without_paths");
        assert_eq!(named(|| ()), "names_without_paths");
        assert_eq!(named(Vec::<Vec<u8>>::len), "len");
        assert_eq!(named(std::mem::drop::<Vec<Option<u8>>>), "drop");
    }
}
