//! `WorkStealingExecutor`: the same futures, with rayon as the engine.

use crate::blocking::check_may_block;
use crate::error::{ShutdownError, StartThreadError, SubmitError, TaskError, ValueError, WouldBlockError};
use crate::executor::{Accept, Executor, Shutdown};
use crate::observer::{self, EventKind, Reporter};
use crate::seat::{self, Seat};
use crate::spawn::{NewThread, Spawn};
use crate::sync::{Condvar, Mutex, lock, wait};
use crate::task::{Job, Task, name};
use crate::{Error, Future};
use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Runs calls on a rayon pool, for work that computes rather than waits.
///
/// `par_iter`, `join` and `scope` inside a task use the executor's own workers. All workers are started at once. Against
/// rayon alone it adds what a `Future` has: results by handle, timeouts, cancelling what has not begun, `as_completed`.
/// Tasks begin in no particular order.
pub struct WorkStealingExecutor<S: Spawn> {
    /// Gone once the executor is shut down; rayon's threads end when the last of its handles is.
    rayon: Mutex<Option<Arc<rayon::ThreadPool>>>,
    work: Arc<Work>,
    threads: Mutex<Vec<S::Handle>>,
    max_workers: usize,
}

/// What the executor shares with its workers.
struct Work {
    reporter: Reporter,
    progress: Mutex<Progress>,
    /// Notified when the last open task is done, and when a worker has ended.
    changed: Condvar,
}

struct Progress {
    /// Tasks that no worker has done with yet, by their ids.
    open: HashMap<u64, Arc<dyn Job>>,
    /// Workers that have not ended.
    workers: usize,
}

impl<S: Spawn> WorkStealingExecutor<S> {
    /// Makes an executor and starts its workers.
    ///
    /// # Errors
    ///
    /// [`SubmitError::Value`] when `max_workers` is 0, [`SubmitError::Start`] when the workers cannot be started.
    pub fn new(max_workers: usize) -> Result<Self, SubmitError> {
        ValueError::at_least("max_workers", max_workers, 1)?;
        let reporter = Reporter::new(observer::current());
        reporter.report(EventKind::PoolStarted { kind: "WorkStealingExecutor", max_workers });
        let progress = Mutex::new(Progress { open: HashMap::new(), workers: 0 });
        let work = Arc::new(Work { reporter, progress, changed: Condvar::new() });
        let spawn = S::default();
        let mut threads = Vec::new();
        let rayon = rayon::ThreadPoolBuilder::new()
            .num_threads(max_workers)
            .thread_name(|worker| format!("WorkStealingExecutor_{worker}"))
            .spawn_handler(|thread| {
                threads.push(spawn.spawn(Work::thread(&work, thread)).map_err(std::io::Error::other)?);
                Ok(())
            })
            .build()
            .map_err(|error| SubmitError::Start(StartThreadError::new(error)))?;
        Ok(Self { rayon: Mutex::new(Some(Arc::new(rayon))), work, threads: Mutex::new(threads), max_workers })
    }

    /// Returns the number of workers.
    #[must_use]
    pub fn max_workers(&self) -> usize {
        self.max_workers
    }

    /// Schedules a closure, which may capture what it needs.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`].
    pub fn spawn<R, F>(&self, task: F) -> Result<Future<R>, SubmitError>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + Sync + 'static,
    {
        self.schedule(name::<F>(), move || Ok(task()))
    }

    fn schedule<T, F>(&self, name: &'static str, work: F) -> Result<Future<T>, SubmitError>
    where
        T: Send + Sync + 'static,
        F: FnOnce() -> Result<T, TaskError> + Send + 'static,
    {
        let Some(rayon) = lock(&self.rayon).clone() else {
            return Err(SubmitError::Shutdown(ShutdownError));
        };
        let task = Arc::new(Task::new(work, self.work.reporter.clone()));
        let (id, future) = (task.id(), task.future());
        let job: Arc<dyn Job> = task;
        self.work.reporter.report(EventKind::TaskSubmitted { task: id, name });
        lock(&self.work.progress).open.insert(id, Arc::clone(&job));
        let shared = Arc::clone(&self.work);
        rayon.spawn(move || shared.run(id, job));
        Ok(future)
    }

    /// Blocks until every task is done and every worker has ended.
    fn join(&self) -> Result<(), WouldBlockError> {
        let mut progress = lock(&self.work.progress);
        while !progress.open.is_empty() || progress.workers > 0 {
            check_may_block()?;
            progress = wait(&self.work.changed, progress, None);
        }
        drop(progress);
        let threads = mem::take(&mut *lock(&self.threads));
        for thread in threads {
            S::join(thread);
        }
        Ok(())
    }
}

impl Work {
    /// Makes the thread that rayon asks for.
    fn thread(self: &Arc<Self>, thread: rayon::ThreadBuilder) -> NewThread {
        let worker = thread.index();
        let name = thread.name().unwrap_or("WorkStealingExecutor").to_owned();
        let seat = Seat::new(self.reporter.pool, worker, Arc::new(AtomicUsize::new(0)), true);
        let seat = Arc::new(seat);
        let ended = Arc::new(AtomicBool::new(false));
        lock(&self.progress).workers += 1;
        let body = {
            let (work, seat, ended, name) =
                (Arc::clone(self), Arc::clone(&seat), Arc::clone(&ended), name.clone());
            Box::new(move || {
                work.reporter.report(EventKind::WorkerStarted { worker, name: &name });
                seat::occupy(seat, || thread.run());
                work.reporter.report(EventKind::WorkerEnded { worker });
                work.end(&ended);
            })
        };
        let lost = {
            let work = Arc::clone(self);
            Box::new(move |cause: String| {
                work.reporter.report(EventKind::WorkerLost { worker, cause: &cause });
                let error = Error::Failed(TaskError::worker_lost(cause));
                // rayon cannot replace a worker, and what the lost one had taken is out of reach: every task fails.
                let open = mem::take(&mut lock(&work.progress).open);
                for job in open.into_values() {
                    job.fail(error.clone());
                }
                work.end(&ended);
            })
        };
        NewThread { name, body, lost }
    }

    /// Runs a task on a worker.
    fn run(&self, id: u64, job: Arc<dyn Job>) {
        if let Some(seat) = seat::occupied() {
            job.run(&seat, Seat::release);
        }
        let mut progress = lock(&self.progress);
        let done = progress.open.remove(&id);
        let last = progress.open.is_empty();
        drop(progress);
        // The task may be the last thing that holds values of the user's: they go outside the lock.
        drop(done);
        if last {
            self.changed.notify_all();
        }
    }

    /// A worker has ended, in order or not.
    fn end(&self, ended: &AtomicBool) {
        // ORDERING: only the first of two calls counts; nothing is published by the flag.
        if !ended.swap(true, Ordering::Relaxed) {
            lock(&self.progress).workers -= 1;
            self.changed.notify_all();
        }
    }
}

/// As a [`ThreadPoolExecutor`](crate::ThreadPoolExecutor) is.
impl<S: Spawn> UnwindSafe for WorkStealingExecutor<S> {}
impl<S: Spawn> RefUnwindSafe for WorkStealingExecutor<S> {}

impl<S: Spawn> Executor for WorkStealingExecutor<S> {
    fn shutdown(&self, options: Shutdown) -> Result<(), WouldBlockError> {
        let rayon = lock(&self.rayon).take();
        if rayon.is_some() {
            self.work.reporter.report(EventKind::PoolShutdown);
        }
        if options.cancel_futures {
            let open: Vec<_> = lock(&self.work.progress).open.values().map(Arc::clone).collect();
            for job in open {
                job.cancel();
            }
        }
        // rayon finishes what was spawned before its threads end.
        drop(rayon);
        if options.wait && !seat::is_in(self.work.reporter.pool) { self.join() } else { Ok(()) }
    }
}

impl<S, F, A, R> Accept<F, A, R> for WorkStealingExecutor<S>
where
    S: Spawn,
    F: FnOnce(A) -> R + Send + 'static,
    A: Send + 'static,
{
    fn accept<T: Send + Sync + 'static>(
        &self,
        call: F,
        args: A,
        finish: impl FnOnce(R) -> Result<T, TaskError> + Send + 'static,
    ) -> Result<Future<T>, SubmitError> {
        self.schedule(name::<F>(), move || finish(call(args)))
    }
}

impl<S: Spawn> Drop for WorkStealingExecutor<S> {
    fn drop(&mut self) {
        // Where waiting is refused, the workers finish what was submitted and end by themselves.
        let _ = self.shutdown(Shutdown::default());
    }
}

impl<S: Spawn> fmt::Debug for WorkStealingExecutor<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkStealingExecutor").field("max_workers", &self.max_workers).finish_non_exhaustive()
    }
}
