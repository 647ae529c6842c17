//! `WorkStealingExecutor`: the same futures, with rayon as the engine.

use crate::Future;
use crate::blocking::check_may_block;
use crate::capture;
use crate::crew::Crew;
use crate::deadline::{Deadline, Unended};
use crate::error::{
    BrokenThreadPool, Error, ShutdownError, StartWorkerError, StillRunningError, SubmitError, TaskError,
    ValueError, WorkerLost, WouldBlockError,
};
use crate::executor::{Executor, Shutdown};
use crate::observer::{self, EventKind, Reporter};
use crate::prunable::Prunable;
use crate::schedule::Schedule;
use crate::scope::{self, Scope};
use crate::seat::{self, Seat};
use crate::spawn::{NewThread, Spawn};
use crate::sync::{Condvar, Mutex, lock, wait};
use crate::task::{Job, Name, Task, end_all, name};
use crate::task_options::TaskOptions;
use crate::timer::Timer;
use std::fmt;
use std::mem;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Runs calls on a rayon pool, for work that computes rather than waits.
///
/// `par_iter`, `join` and `scope` inside a task use the executor's own workers. All workers are started at once. Against
/// rayon alone it adds what a `Future` has: results by handle, timeouts, cancelling what has not begun, `as_completed`.
/// Tasks begin in no particular order. rayon cannot replace a worker, so in a browser a task that traps breaks the
/// executor: what is open fails, no more is taken, and the other workers stay idle for good.
pub struct WorkStealingExecutor<S: Spawn> {
    /// Gone once the executor is shut down; rayon's threads end when the last of its handles is.
    rayon: Mutex<Option<Arc<rayon::ThreadPool>>>,
    work: Arc<Work<S>>,
    /// Locked for as long as joining takes.
    threads: Mutex<Vec<S::Handle>>,
    max_workers: usize,
}

/// What the executor shares with its workers.
struct Work<S: Spawn> {
    reporter: Reporter,
    crew: Arc<Crew>,
    timer: Arc<Timer<S>>,
    progress: Mutex<Progress>,
    /// Notified when a worker has ended.
    ended: Condvar,
}

#[derive(Default)]
struct Progress {
    /// The tasks that may be open, for whoever must end them all. rayon owns them.
    open: Prunable<dyn Job>,
    /// Workers that have not ended.
    seats: Vec<Arc<Seat>>,
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
        let work = Arc::new(Work::new(max_workers, number));
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
        self.schedule(TaskOptions::new(), name::<F>, move || Ok(task()))
    }

    /// Runs `body` with a [`Scope`], whose tasks may borrow what outlives it, and returns when all of them are done, as
    /// [`ThreadPoolExecutor::scope`](crate::ThreadPoolExecutor::scope) does.
    ///
    /// # Errors
    ///
    /// [`WouldBlockError`] on a thread that must not block; `body` does not run then.
    pub fn scope<'env, R>(
        &'env self,
        body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env, Self>) -> R,
    ) -> Result<R, WouldBlockError> {
        scope::enter(self, body)
    }

    /// Takes no more tasks, and lets the workers end when there is nothing left to do.
    fn close(&self, cancel_futures: bool) {
        let rayon = lock(&self.rayon).take();
        if rayon.is_some() {
            self.work.reporter.report(EventKind::PoolShutdown);
        }
        if cancel_futures {
            // They stay open, in case that the worker of one that runs is lost.
            let open: Vec<_> = lock(&self.work.progress).open.alive().collect();
            end_all(open, |job| job.cancel());
        }
        // rayon finishes what was spawned before its threads end.
        drop(rayon);
    }

    /// Blocks until every task is done, every worker has ended, and every thread is joined.
    fn join(&self, deadline: Deadline) -> Result<(), Unended> {
        let mut progress = lock(&self.work.progress);
        while progress.broken.is_none() && !progress.seats.is_empty() {
            let limit = deadline.remaining()?;
            check_may_block()?;
            progress = wait(&self.work.ended, &self.work.progress, progress, limit);
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

/// Runs a task on a worker. rayon ends the process at a panic, so none may get there, not even out of the destructor of a
/// value that goes with the task.
fn run(job: Arc<dyn Job>, pool: u64) {
    capture::contain(|| {
        if let Some(seat) = seat::of(pool) {
            // Again, since rayon may do this within a task of another executor's.
            seat::occupy(Arc::clone(&seat), || job.run(&seat, |_| ()));
        }
    });
}

impl<S: Spawn> Work<S> {
    fn new(max_workers: usize, number: usize) -> Self {
        let reporter = Reporter::new(observer::current());
        reporter.report(EventKind::PoolStarted { kind: "WorkStealingExecutor", max_workers });
        let crew = Arc::new(Crew::new(reporter.pool, max_workers));
        let timer = Arc::new(Timer::new(format!("WorkStealingExecutor-{number}_timer")));
        Self { reporter, crew, timer, progress: Mutex::default(), ended: Condvar::new() }
    }

    /// Starts the thread that rayon asks for.
    fn start(
        self: &Arc<Self>,
        spawn: &S,
        thread: rayon::ThreadBuilder,
    ) -> Result<S::Handle, StartWorkerError> {
        let worker = thread.index();
        let name = thread.name().unwrap_or("WorkStealingExecutor").to_owned();
        let seat = Arc::new(Seat::new(Arc::clone(&self.crew), worker));
        lock(&self.progress).seats.push(Arc::clone(&seat));
        let body = {
            let (work, seat, name) = (Arc::clone(self), Arc::clone(&seat), name.clone());
            Box::new(move || {
                work.reporter.report(EventKind::WorkerStarted { worker, name: &name });
                capture::contain(|| seat::occupy(Arc::clone(&seat), || thread.run()));
                work.reporter.report(EventKind::WorkerEnded { worker });
                work.end(&seat);
            })
        };
        let lost = {
            let (work, seat) = (Arc::clone(self), Arc::clone(&seat));
            Box::new(move |cause: String| work.lose(&seat, cause))
        };
        let spawned = capture::guard(|| spawn.spawn(NewThread { name, body, lost }));
        let spawned = spawned.unwrap_or_else(|panic| Err(StartWorkerError::new(panic)));
        if spawned.is_err() {
            self.end(&seat);
        }
        spawned
    }

    /// Enters a task, unless nothing can be run any more.
    fn open(&self, job: &Arc<dyn Job>) -> Result<(), BrokenThreadPool> {
        let mut progress = lock(&self.progress);
        match &progress.broken {
            Some(broken) => Err(broken.clone()),
            None => {
                let looked_at = progress.open.push(job, |job| !job.is_done());
                drop(progress);
                capture::let_go(looked_at);
                Ok(())
            }
        }
    }

    /// A worker has ended, in order or not; a second call changes nothing.
    fn end(&self, seat: &Arc<Seat>) {
        let mut progress = lock(&self.progress);
        progress.seats.retain(|known| !Arc::ptr_eq(known, seat));
        let is_last = progress.seats.is_empty();
        drop(progress);
        if is_last {
            self.timer.end();
        }
        self.ended.notify_all();
    }

    /// A worker has died. What it had taken is out of reach, so every open task fails.
    fn lose(&self, seat: &Arc<Seat>, cause: String) {
        self.reporter.report(EventKind::WorkerLost { worker: seat.worker, cause: &cause });
        let error = TaskError::lost(WorkerLost::thread(cause));
        let mut progress = lock(&self.progress);
        progress.broken.get_or_insert_with(|| BrokenThreadPool::worker(error.clone()));
        let open = mem::take(&mut progress.open);
        drop(progress);
        end_all(open.into_alive(), |job| job.fail(Error::Failed(error.clone())));
        self.end(seat);
    }
}

impl<S: Spawn> Schedule for WorkStealingExecutor<S> {
    const CAN_LOSE_THREADS: bool = S::CAN_LOSE_THREADS;

    fn schedule<T, F>(
        &self,
        options: TaskOptions,
        name: fn() -> &'static str,
        work: F,
    ) -> Result<Future<T>, SubmitError>
    where
        T: Send + Sync + 'static,
        F: FnOnce() -> Result<T, TaskError> + Send + 'static,
    {
        let Some(limit) = options.run_timeout else { return self.enqueue(options, name, work) };
        let (options, token) = options.with_own_token();
        self.enqueue(options, name, self.work.timer.limit_run(limit, token, work))
    }
}

impl<S: Spawn> WorkStealingExecutor<S> {
    fn enqueue<T, F>(
        &self,
        options: TaskOptions,
        name: fn() -> &'static str,
        work: F,
    ) -> Result<Future<T>, SubmitError>
    where
        T: Send + Sync + 'static,
        F: FnOnce() -> Result<T, TaskError> + Send + 'static,
    {
        let Some(rayon) = lock(&self.rayon).clone() else {
            return Err(SubmitError::Shutdown(ShutdownError));
        };
        let reporter = &self.work.reporter;
        let name = Name::new(name, &options);
        let task = Arc::new(Task::new(work, reporter.clone(), name, options.token.clone()));
        let (id, future) = (task.id(), task.future());
        let job: Arc<dyn Job> = task;
        if reporter.is_heard() {
            reporter.report(EventKind::TaskSubmitted { task: id, name: name.text() });
        }
        if let Err(broken) = self.work.open(&job) {
            reporter.report(EventKind::TaskCancelled { task: id });
            return Err(SubmitError::Broken(broken.into()));
        }
        if let Some(token) = &options.token {
            token.watch(&job);
        }
        if let Some(limit) = options.queue_timeout {
            self.work.timer.expire(&job, limit)?;
        }
        let pool = reporter.pool;
        rayon.spawn(move || run(job, pool));
        Ok(future)
    }
}

/// As a [`ThreadPoolExecutor`](crate::ThreadPoolExecutor) is.
impl<S: Spawn> UnwindSafe for WorkStealingExecutor<S> {}
impl<S: Spawn> RefUnwindSafe for WorkStealingExecutor<S> {}

impl<S: Spawn> Executor for WorkStealingExecutor<S> {
    fn parallelism(&self) -> usize {
        self.max_workers()
    }

    fn shutdown(&self, options: Shutdown) -> Result<(), WouldBlockError> {
        self.close(options.cancel_futures);
        if !options.wait || seat::is_in(self.work.reporter.pool) {
            return Ok(());
        }
        Unended::without_limit(observer::joining(|| self.join(Deadline::never())))
    }

    fn shutdown_within(&self, timeout: Duration, cancel_futures: bool) -> Result<(), StillRunningError> {
        self.close(cancel_futures);
        // A worker cannot wait for itself.
        let waited = if seat::is_in(self.work.reporter.pool) { Duration::ZERO } else { timeout };
        observer::joining(|| self.join(Deadline::after(Some(waited)))).map_err(|_| {
            let progress = lock(&self.work.progress);
            let seats = progress.seats.clone();
            let open: Vec<_> = progress.open.alive().collect();
            drop(progress);
            let tasks: Vec<_> = seats.iter().flat_map(|seat| seat.running()).collect();
            // What was in the queue a moment ago may be running now, or be done.
            let waits = |job: &Arc<dyn Job>| !job.is_done() && tasks.iter().all(|task| task.task != job.id());
            let queued = open.iter().filter(|job| waits(job)).count();
            // The last of a task may go with it, and a value of the user's with that.
            capture::let_go(open);
            StillRunningError { waited, tasks, queued }
        })
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
