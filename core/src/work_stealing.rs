//! `WorkStealingExecutor`: the same futures, with rayon as the engine.

use crate::Future;
use crate::blocking::check_may_block;
use crate::capture;
use crate::crew::Crew;
use crate::error::{
    BrokenThreadPool, Error, ShutdownError, StartWorkerError, SubmitError, TaskError, ValueError, WorkerLost,
    WouldBlockError,
};
use crate::executor::{Accept, Executor, Shutdown, TryAccept};
use crate::observer::{self, EventKind, Reporter};
use crate::seat::{self, Seat};
use crate::spawn::{NewThread, Spawn};
use crate::sync::{Condvar, Mutex, lock, wait};
use crate::task::{Job, Task, name};
use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};

/// Runs calls on a rayon pool, for work that computes rather than waits.
///
/// `par_iter`, `join` and `scope` inside a task use the executor's own workers. All workers are started at once. Against
/// rayon alone it adds what a `Future` has: results by handle, timeouts, cancelling what has not begun, `as_completed`.
/// Tasks begin in no particular order. rayon cannot replace a worker, so in a browser a task that traps breaks the
/// executor: what is open fails, no more is taken, and the other workers stay idle for good.
pub struct WorkStealingExecutor<S: Spawn> {
    /// Gone once the executor is shut down; rayon's threads end when the last of its handles is.
    rayon: Mutex<Option<Arc<rayon::ThreadPool>>>,
    work: Arc<Work>,
    /// Locked for as long as joining takes.
    threads: Mutex<Vec<S::Handle>>,
    max_workers: usize,
}

/// What the executor shares with its workers.
struct Work {
    reporter: Reporter,
    crew: Arc<Crew>,
    progress: Mutex<Progress>,
    /// Notified when the last open task is done, and when a worker has ended.
    changed: Condvar,
}

#[derive(Default)]
struct Progress {
    /// Tasks that no worker has done with yet, by their ids.
    open: HashMap<u64, Arc<dyn Job>>,
    /// Workers that have not ended.
    workers: usize,
    /// Why nothing can be run any more, once a worker was lost.
    broken: Option<BrokenThreadPool>,
}

impl<S: Spawn> WorkStealingExecutor<S> {
    /// Makes an executor and starts its workers.
    ///
    /// # Errors
    ///
    /// [`SubmitError::Value`] when `max_workers` is 0, [`SubmitError::Start`] when the workers cannot be started.
    pub fn new(max_workers: usize) -> Result<Self, SubmitError> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        ValueError::at_least("max_workers", max_workers, 1)?;
        // ORDERING: only uniqueness matters.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let work = Arc::new(Work::new(max_workers));
        let spawn = S::default();
        let mut threads = Vec::new();
        let rayon = rayon::ThreadPoolBuilder::new()
            .num_threads(max_workers)
            .thread_name(move |worker| format!("WorkStealingExecutor-{number}_{worker}"))
            .spawn_handler(|thread| {
                threads.push(work.start(&spawn, thread).map_err(std::io::Error::other)?);
                Ok(())
            })
            .build();
        let executor = Self { rayon: Mutex::default(), work, threads: Mutex::new(threads), max_workers };
        match rayon {
            Ok(rayon) => *lock(&executor.rayon) = Some(Arc::new(rayon)),
            // rayon ends the workers that it has; dropping the executor waits for them.
            Err(error) => {
                executor.work.reporter.report(EventKind::PoolShutdown);
                return Err(SubmitError::Start(StartWorkerError::new(error)));
            }
        }
        Ok(executor)
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
        if let Err(broken) = self.work.open(id, &job) {
            self.work.reporter.report(EventKind::TaskCancelled { task: id });
            return Err(SubmitError::Broken(broken.into()));
        }
        let shared = Arc::clone(&self.work);
        rayon.spawn(move || shared.run(id, job));
        Ok(future)
    }

    /// Blocks until every task is done, every worker has ended, and every thread is joined.
    fn join(&self) -> Result<(), WouldBlockError> {
        let mut progress = lock(&self.work.progress);
        while progress.broken.is_none() && (!progress.open.is_empty() || progress.workers > 0) {
            check_may_block()?;
            progress = wait(&self.work.changed, progress, None);
        }
        if progress.broken.is_some() {
            // rayon counts the task that was lost among those that its workers have to finish before they end, so they
            // never do.
            return Ok(());
        }
        drop(progress);
        check_may_block()?;
        // Held while joining, so that a second caller does not return before the threads have ended.
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in mem::take(&mut *threads) {
            S::join(thread);
        }
        Ok(())
    }
}

impl Work {
    fn new(max_workers: usize) -> Self {
        let reporter = Reporter::new(observer::current());
        reporter.report(EventKind::PoolStarted { kind: "WorkStealingExecutor", max_workers });
        let crew = Arc::new(Crew::new(reporter.pool, max_workers));
        Self { reporter, crew, progress: Mutex::default(), changed: Condvar::new() }
    }

    /// Starts the thread that rayon asks for.
    fn start<S: Spawn>(
        self: &Arc<Self>,
        spawn: &S,
        thread: rayon::ThreadBuilder,
    ) -> Result<S::Handle, StartWorkerError> {
        let worker = thread.index();
        let name = thread.name().unwrap_or("WorkStealingExecutor").to_owned();
        let seat = Arc::new(Seat::new(Arc::clone(&self.crew), worker, true));
        let ended = Arc::new(AtomicBool::new(false));
        lock(&self.progress).workers += 1;
        let body = {
            let (work, ended, name) = (Arc::clone(self), Arc::clone(&ended), name.clone());
            Box::new(move || {
                work.reporter.report(EventKind::WorkerStarted { worker, name: &name });
                capture::contain(|| seat::occupy(seat, || thread.run()));
                work.reporter.report(EventKind::WorkerEnded { worker });
                work.end(&ended);
            })
        };
        let lost = {
            let (work, ended) = (Arc::clone(self), Arc::clone(&ended));
            Box::new(move |cause: String| work.lose(worker, cause, &ended))
        };
        let spawned = capture::guard(|| spawn.spawn(NewThread { name, body, lost }));
        let spawned = spawned.unwrap_or_else(|panic| Err(StartWorkerError::new(panic)));
        if spawned.is_err() {
            self.end(&ended);
        }
        spawned
    }

    /// Enters a task, unless nothing can be run any more.
    fn open(&self, id: u64, job: &Arc<dyn Job>) -> Result<(), BrokenThreadPool> {
        let mut progress = lock(&self.progress);
        match &progress.broken {
            Some(broken) => Err(broken.clone()),
            None => {
                progress.open.insert(id, Arc::clone(job));
                Ok(())
            }
        }
    }

    /// Runs a task on a worker. rayon ends the process at a panic, so none may get there, not even out of the
    /// destructor of a value that goes with the task.
    fn run(&self, id: u64, job: Arc<dyn Job>) {
        capture::contain(|| {
            if let Some(seat) = seat::occupied() {
                job.run(&seat, Seat::release);
            }
        });
        let mut progress = lock(&self.progress);
        let done = progress.open.remove(&id);
        let last = progress.open.is_empty();
        drop(progress);
        capture::contain(|| drop(done));
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

    /// A worker has died. What it had taken is out of reach, so every open task fails.
    fn lose(&self, worker: usize, cause: String, ended: &AtomicBool) {
        self.reporter.report(EventKind::WorkerLost { worker, cause: &cause });
        let error = TaskError::lost(WorkerLost::thread(cause));
        let mut progress = lock(&self.progress);
        progress.broken.get_or_insert_with(|| BrokenThreadPool::worker(error.clone()));
        let open = mem::take(&mut progress.open);
        drop(progress);
        for job in open.into_values() {
            job.fail(Error::Failed(error.clone()));
        }
        self.end(ended);
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

impl<S, F, A, R, E> TryAccept<F, A, R, E> for WorkStealingExecutor<S>
where
    S: Spawn,
    F: FnOnce(A) -> Result<R, E> + Send + 'static,
    A: Send + 'static,
    R: Send + Sync + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    fn try_accept(&self, call: F, args: A) -> Result<Future<R>, SubmitError> {
        self.accept(call, args, |returned| returned.map_err(TaskError::returned))
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
