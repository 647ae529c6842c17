//! The queue of a pool, its workers, and when a worker is started, sleeps, ends, or is replaced.
//!
//! One lock guards the queue and the counts. A task that is submitted finds a free worker, or starts one while there are
//! fewer than `max_workers`. *Free* is exact: a worker is busy from the moment it takes a task, under the lock, until just
//! before the outcome can be seen, so three tasks that are submitted one after the result of another share one thread.
//! Threads are started, tasks run and observers are told outside the lock.

use super::builder::Builder;
use crate::blocking::check_may_block;
use crate::capture;
use crate::crew::Crew;
use crate::error::{
    BrokenThreadPool, Error, ShutdownError, StartWorkerError, SubmitError, TaskError, WorkerLost,
    WouldBlockError,
};
use crate::executor::Shutdown;
use crate::observer::{self, EventKind, Reporter};
use crate::seat::{self, Seat, Stage};
use crate::spawn::{NewThread, Spawn};
use crate::sync::{Condvar, Mutex, lock, wait};
use crate::task::Job;
use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;

/// What an executor and its workers share.
pub(super) struct Pool<S: Spawn> {
    spawn: S,
    max_workers: usize,
    /// The threads' names without their numbers.
    prefix: String,
    initializer: Option<Box<dyn Fn() + Send + Sync>>,
    reporter: Reporter,
    /// Counts busy and blocked workers. Busy ones grow under the lock and shrink outside it, see [`Seat::release`].
    crew: Arc<Crew>,
    state: Mutex<State<S>>,
    /// Notified when a sleeping worker should look at the queue.
    work: Condvar,
    /// Notified when a worker has ended.
    ended: Condvar,
}

struct State<S: Spawn> {
    /// Tasks in the order of their submission. One that was cancelled stays until a worker skips it; those that waiting
    /// workers have run are taken out when there are many.
    queue: VecDeque<Arc<dyn Job>>,
    /// Workers that are started, or about to be, and have not ended.
    workers: usize,
    /// Threads that are being started: they are among the workers, and their handles are not there yet.
    starting: usize,
    /// Handles that somebody has taken to join.
    joining: usize,
    /// The number that the next worker gets.
    next_worker: usize,
    /// Workers asleep on `work`.
    asleep: usize,
    /// Notifications of `work` that no sleeper has woken from yet; it spares a system call for each further task.
    notified: usize,
    /// Whether the executor was shut down, so that it takes no more tasks.
    closed: bool,
    /// Whether the workers are to end once the queue is empty: `closed`, and observers have been told.
    ending: bool,
    /// Why no worker can be of use, once an initializer has failed.
    broken: Option<BrokenThreadPool>,
    /// What joins the threads.
    handles: Vec<S::Handle>,
}

impl<S: Spawn> Pool<S> {
    pub(super) fn new(mut options: Builder<S>) -> Self {
        let prefix = options.take_prefix();
        let reporter = Reporter::new(options.observer);
        let max_workers = options.max_workers;
        let crew = Arc::new(Crew::new(reporter.pool, max_workers));
        reporter.report(EventKind::PoolStarted { kind: "ThreadPoolExecutor", max_workers });
        Self {
            spawn: options.spawn,
            max_workers,
            prefix,
            initializer: options.initializer,
            reporter,
            crew,
            state: Mutex::new(State {
                queue: VecDeque::new(),
                workers: 0,
                starting: 0,
                joining: 0,
                next_worker: 0,
                asleep: 0,
                notified: 0,
                closed: false,
                ending: false,
                broken: None,
                handles: Vec::new(),
            }),
            work: Condvar::new(),
            ended: Condvar::new(),
        }
    }

    pub(super) fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    pub(super) fn max_workers(&self) -> usize {
        self.max_workers
    }

    pub(super) fn workers(&self) -> usize {
        lock(&self.state).workers
    }

    /// Queues a task and sees to it that a worker comes.
    pub(super) fn submit(
        self: &Arc<Self>,
        job: Arc<dyn Job>,
        task: u64,
        name: &str,
    ) -> Result<(), SubmitError> {
        self.check_open(&lock(&self.state))?;
        // Before the task can begin, and outside the lock.
        self.reporter.report(EventKind::TaskSubmitted { task, name });
        let mut state = lock(&self.state);
        if let Err(error) = self.check_open(&state) {
            drop(state);
            self.reporter.report(EventKind::TaskCancelled { task });
            return Err(error);
        }
        let tidied = self.tidy(&mut state);
        state.queue.push_back(job);
        let wake = state.asleep > state.notified;
        state.notified += usize::from(wake);
        let needed = self.worker_needed(&mut state);
        drop(state);
        if wake {
            self.work.notify_one();
        }
        let seen_to = needed.map_or(Ok(()), |worker| self.start(worker));
        // Values of the user's may go with them, so they go outside the lock, and not before the task is seen to.
        capture::contain(|| drop(tidied));
        seen_to
    }

    /// Takes tasks out of the queue that waiting workers have run, once there are many.
    fn tidy(&self, state: &mut State<S>) -> VecDeque<Arc<dyn Job>> {
        if !self.crew.should_tidy(state.queue.len()) {
            return VecDeque::new();
        }
        let (done, left) = mem::take(&mut state.queue).into_iter().partition(|job| job.is_done());
        state.queue = left;
        done
    }

    fn check_open(&self, state: &State<S>) -> Result<(), SubmitError> {
        match &state.broken {
            Some(broken) => Err(SubmitError::Broken(broken.clone().into())),
            None if state.closed => Err(SubmitError::Shutdown(ShutdownError)),
            None => Ok(()),
        }
    }

    /// Reserves a place for one more worker if the queue is longer than there are free workers.
    fn worker_needed(&self, state: &mut State<S>) -> Option<usize> {
        let free = state.workers.saturating_sub(self.crew.busy());
        let needed = state.queue.len() > free && state.workers < self.max_workers;
        needed.then(|| {
            let worker = state.next_worker;
            state.next_worker += 1;
            state.workers += 1;
            state.starting += 1;
            worker
        })
    }

    /// Starts the worker whose place is reserved.
    ///
    /// While another worker lives, a thread that cannot be started is no error: the queue is served, if more slowly.
    fn start(self: &Arc<Self>, worker: usize) -> Result<(), SubmitError> {
        let name = format!("{}_{worker}", self.prefix);
        let seat = Arc::new(Seat::new(Arc::clone(&self.crew), worker, S::CAN_LOSE_THREADS));
        let body = {
            let (pool, seat, name) = (Arc::clone(self), Arc::clone(&seat), name.clone());
            Box::new(move || pool.work(seat, &name))
        };
        let lost = {
            let pool = Arc::clone(self);
            Box::new(move |cause: String| pool.lose(&seat, cause))
        };
        let spawned = capture::guard(|| self.spawn.spawn(NewThread { name, body, lost }));
        match spawned.unwrap_or_else(|panic| Err(StartWorkerError::new(panic))) {
            Ok(handle) => {
                let mut state = lock(&self.state);
                state.starting -= 1;
                state.handles.push(handle);
                drop(state);
                self.crew.limit_to(self.max_workers);
                self.ended.notify_all();
                Ok(())
            }
            Err(error) => {
                lock(&self.state).starting -= 1;
                self.start_failed(error)
            }
        }
    }

    /// A worker will not come.
    fn start_failed(&self, error: StartWorkerError) -> Result<(), SubmitError> {
        let mut state = lock(&self.state);
        state.workers -= 1;
        let (workers, stranded) = if state.workers > 0 {
            (state.workers, VecDeque::new())
        } else {
            // Nobody is left to run what other submitters have queued meanwhile, counting on this worker.
            (1, mem::take(&mut state.queue))
        };
        let served = state.workers > 0;
        drop(state);
        self.crew.limit_to(workers);
        self.ended.notify_all();
        let error = SubmitError::Start(error);
        for job in stranded {
            job.fail(Error::Submit(error.clone()));
        }
        if served { Ok(()) } else { Err(error) }
    }

    /// The life of a worker.
    fn work(self: Arc<Self>, seat: Arc<Seat>, name: &str) {
        let worker = seat.worker;
        seat.reach(Stage::Initializing);
        self.reporter.report(EventKind::WorkerStarted { worker, name });
        match capture::guard(|| seat::occupy(Arc::clone(&seat), || self.serve_observed(&seat))) {
            Ok(()) => self.end(&seat),
            // What is the user's is caught where it runs, so this is a fault of the pool itself.
            Err(panic) => self.lose(&seat, format!("a panic in the pool itself: {panic}")),
        }
    }

    /// Executors that a task makes are watched by whoever watches this one.
    fn serve_observed(&self, seat: &Seat) {
        match self.reporter.observer() {
            Some(observer) => observer::with_observer(Arc::clone(observer), || self.serve(seat)),
            None => self.serve(seat),
        }
    }

    fn serve(&self, seat: &Seat) {
        if let Some(initializer) = &self.initializer
            && let Err(error) = capture::task(initializer)
        {
            self.break_down(BrokenThreadPool::initializer(error));
            return;
        }
        seat.reach(Stage::Ready);
        while let Some(job) = self.next_job(seat) {
            // The task may go with it, and with the task a value of the user's, whose destructor may panic.
            capture::contain(|| job.run(seat, Seat::release));
            seat.release();
        }
    }

    /// Sleeps until there is a task and takes it; `None` when the worker is to end.
    fn next_job(&self, seat: &Seat) -> Option<Arc<dyn Job>> {
        let mut reported_idle = false;
        let mut state = lock(&self.state);
        loop {
            if let Some(job) = state.queue.pop_front() {
                seat.engage();
                return Some(job);
            }
            if state.ending || state.broken.is_some() {
                return None;
            }
            if !reported_idle && self.reporter.observer().is_some() {
                drop(state);
                self.reporter.report(EventKind::WorkerIdle { worker: seat.worker });
                reported_idle = true;
                state = lock(&self.state);
                continue;
            }
            state.asleep += 1;
            state = wait(&self.work, state, None);
            state.asleep -= 1;
            // A sleeper may wake without being told; then the count errs towards one notification too many.
            state.notified = state.notified.saturating_sub(1);
        }
    }

    /// The worker leaves.
    fn end(&self, seat: &Seat) {
        self.reporter.report(EventKind::WorkerEnded { worker: seat.worker });
        lock(&self.state).workers -= 1;
        self.ended.notify_all();
    }

    /// No worker can be of use any more: fails what is queued, and lets the workers end.
    fn break_down(&self, broken: BrokenThreadPool) {
        let mut state = lock(&self.state);
        let stranded = mem::take(&mut state.queue);
        state.broken.get_or_insert_with(|| broken.clone());
        drop(state);
        self.work.notify_all();
        for job in stranded {
            job.fail(Error::Broken(broken.clone().into()));
        }
    }

    /// Deals with a worker that died: what it was running fails, and another takes its place. Runs on another thread.
    fn lose(self: &Arc<Self>, seat: &Seat, cause: String) {
        self.reporter.report(EventKind::WorkerLost { worker: seat.worker, cause: &cause });
        if seat.stage() == Stage::Awaited {
            // Whoever submitted has been told that the thread is coming; what is stranded without it fails.
            let _ = self.start_failed(StartWorkerError::new(cause));
            return;
        }
        let error = TaskError::lost(WorkerLost::thread(cause));
        if seat.stage() == Stage::Initializing && self.initializer.is_some() {
            // Its successors would die in the initializer as well, one after the other.
            self.break_down(BrokenThreadPool::initializer(error.clone()));
        }
        // The innermost first: the outer ones wait for it.
        for job in seat.take_running().into_iter().rev() {
            job.fail(Error::Failed(error.clone()));
        }
        seat.release();
        let mut state = lock(&self.state);
        state.workers -= 1;
        let successor = self.worker_needed(&mut state);
        drop(state);
        self.ended.notify_all();
        if let Some(worker) = successor {
            // If even this fails, what is queued has been failed with the reason.
            let _ = self.start(worker);
        }
    }

    pub(super) fn shutdown(&self, options: Shutdown) -> Result<(), WouldBlockError> {
        let first = !mem::replace(&mut lock(&self.state).closed, true);
        if first {
            self.reporter.report(EventKind::PoolShutdown);
        }
        let mut state = lock(&self.state);
        state.ending = true;
        let cancelled = if options.cancel_futures { mem::take(&mut state.queue) } else { VecDeque::new() };
        drop(state);
        self.work.notify_all();
        for job in cancelled {
            job.cancel();
        }
        if options.wait && !seat::is_in(self.reporter.pool) { self.join() } else { Ok(()) }
    }

    /// Blocks until every worker has ended and every thread is joined, by whomever.
    fn join(&self) -> Result<(), WouldBlockError> {
        let mut state = lock(&self.state);
        loop {
            if state.workers > 0 || state.starting > 0 || (state.handles.is_empty() && state.joining > 0) {
                check_may_block()?;
                state = wait(&self.ended, state, None);
                continue;
            }
            if state.handles.is_empty() {
                return Ok(());
            }
            // The workers are over, and their threads may still take a moment.
            check_may_block()?;
            let handles = mem::take(&mut state.handles);
            state.joining += handles.len();
            drop(state);
            let joined = handles.len();
            for handle in handles {
                S::join(handle);
            }
            state = lock(&self.state);
            state.joining -= joined;
            self.ended.notify_all();
        }
    }
}
