//! A worker's place in its executor, and how code on the worker finds it.

use crate::crew::Crew;
use crate::error::RunningTask;
use crate::sync::{AtomicBool, AtomicU8, Mutex, Ordering, lock, thread_local};
use crate::task::Job;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// What an executor knows of one worker. It outlives the worker's thread, so that its loss can be dealt with elsewhere.
pub(crate) struct Seat {
    pub(crate) crew: Arc<Crew>,
    /// The worker's number in its executor.
    pub(crate) worker: usize,
    /// Whether this worker is counted as busy.
    engaged: AtomicBool,
    /// A [`Stage`].
    stage: AtomicU8,
    /// What this worker is running, the innermost last.
    running: Mutex<Vec<Arc<dyn Job>>>,
}

/// How far a worker has come, which decides what its loss means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(crate) enum Stage {
    /// Its thread does not run yet.
    Awaited,
    /// Its thread runs the initializer.
    Initializing,
    /// It takes tasks.
    Ready,
}

impl Seat {
    pub(crate) fn new(crew: Arc<Crew>, worker: usize) -> Self {
        let stage = AtomicU8::new(Stage::Awaited as u8);
        Self { crew, worker, engaged: AtomicBool::new(false), stage, running: Mutex::default() }
    }

    /// The executor's number.
    pub(crate) fn pool(&self) -> u64 {
        self.crew.pool
    }

    /// The worker has taken a task from the queue. Called under the queue's lock.
    pub(crate) fn engage(&self) {
        // ORDERING: read under the queue's lock, which this is called under.
        self.engaged.store(true, Ordering::Relaxed);
    }

    /// Whether the worker has a task of its own. Called under the queue's lock.
    pub(crate) fn is_engaged(&self) -> bool {
        // ORDERING: `engage` goes before by the lock; whoever saw an outcome saw, by the lock that published it, that
        // `release` went before.
        self.engaged.load(Ordering::Relaxed)
    }

    /// The worker is free for the next task; a second call changes nothing.
    ///
    /// Called before the outcome of its task can be seen, so that whoever has seen it finds a free worker.
    pub(crate) fn release(&self) {
        // ORDERING: see `is_engaged`.
        self.engaged.store(false, Ordering::Relaxed);
    }

    pub(crate) fn reach(&self, stage: Stage) {
        // ORDERING: pairs with the load in `stage`, on the thread that deals with the loss of this one.
        self.stage.store(stage as u8, Ordering::Release);
    }

    pub(crate) fn stage(&self) -> Stage {
        // ORDERING: pairs with the store in `reach`.
        match self.stage.load(Ordering::Acquire) {
            stage if stage == Stage::Awaited as u8 => Stage::Awaited,
            stage if stage == Stage::Initializing as u8 => Stage::Initializing,
            _ => Stage::Ready,
        }
    }

    /// Runs `body` with `job` on record as running here: for its loss, for its token, and for who asks what is running.
    pub(crate) fn record<R>(&self, job: Arc<dyn Job>, body: impl FnOnce() -> R) -> R {
        self.note(job);
        let result = body();
        self.strike();
        result
    }

    fn note(&self, job: Arc<dyn Job>) {
        lock(&self.running).push(job);
    }

    fn strike(&self) {
        let done = lock(&self.running).pop();
        drop(done);
    }

    /// Takes out what a lost worker was running.
    pub(crate) fn take_running(&self) -> Vec<Arc<dyn Job>> {
        std::mem::take(&mut *lock(&self.running))
    }

    /// The task that the worker is running, the one inside the others if it helps.
    pub(crate) fn innermost(&self) -> Option<Arc<dyn Job>> {
        lock(&self.running).last().map(Arc::clone)
    }

    /// What the worker is running, the outermost first.
    pub(crate) fn running(&self) -> Vec<RunningTask> {
        let named = |job: &Arc<dyn Job>| RunningTask {
            task: job.id(),
            name: job.name().to_owned(),
            worker: self.worker,
        };
        lock(&self.running).iter().map(named).collect()
    }
}

thread_local! {
    /// The seats of this thread, the innermost last: a worker of one executor may run a task of another, for which there was no
    /// room. `None` hides those before it.
    static SEATS: RefCell<Vec<Option<Arc<Seat>>>> = const { RefCell::new(Vec::new()) };
    /// The id of the task that this thread is running; 0 outside tasks.
    static TASK: Cell<u64> = const { Cell::new(0) };
}

/// Takes the seat on this thread for as long as `body` runs.
pub(crate) fn occupy(seat: Arc<Seat>, body: impl FnOnce()) {
    sit(Some(seat), body);
}

/// Runs `body` as on a thread that is no worker.
pub(crate) fn leave(body: impl FnOnce()) {
    sit(None, body);
}

fn sit(seat: Option<Arc<Seat>>, body: impl FnOnce()) {
    /// Goes back to the outer seat, also on a panic: threads are used again.
    struct Restore;
    impl Drop for Restore {
        fn drop(&mut self) {
            drop(SEATS.with(|seats| seats.borrow_mut().pop()));
        }
    }
    SEATS.with(|seats| seats.borrow_mut().push(seat));
    let _restore = Restore;
    body();
}

/// Returns the seat of this thread, the innermost if it has several.
pub(crate) fn occupied() -> Option<Arc<Seat>> {
    SEATS.try_with(|seats| seats.borrow().last().cloned().flatten()).ok().flatten()
}

/// Returns the seat that this thread has in the executor with that number.
pub(crate) fn of(pool: u64) -> Option<Arc<Seat>> {
    find(pool, Arc::clone)
}

/// Whether this thread is a worker of the executor with that number.
pub(crate) fn is_in(pool: u64) -> bool {
    find(pool, |_| ()).is_some()
}

fn find<R>(pool: u64, found: impl FnOnce(&Arc<Seat>) -> R) -> Option<R> {
    // A thread whose storage is gone is no worker: executors that live in it are dropped then.
    let seats = SEATS.try_with(|seats| {
        let seats = seats.borrow();
        seats.iter().rev().map_while(Option::as_ref).find(|seat| seat.pool() == pool).map(found)
    });
    seats.ok().flatten()
}

/// Runs `body` as the task with that id.
pub(crate) fn run_task<R>(task: u64, body: impl FnOnce() -> R) -> R {
    let outer = TASK.with(|current| current.replace(task));
    let result = body();
    TASK.with(|current| current.set(outer));
    result
}

/// The task that a thread is running, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CurrentTask {
    /// The [id](crate::Future::id) of its future.
    pub task: u64,
    /// The number of the executor, as observers know it.
    pub pool: u64,
    /// The number of the worker within it.
    pub worker: usize,
}

/// Returns the task that the calling thread is running, `None` outside tasks.
///
/// For logs and output that should say where they come from.
#[must_use]
pub fn current_task() -> Option<CurrentTask> {
    let task = TASK.with(Cell::get);
    SEATS.with(|seats| {
        let seats = seats.borrow();
        let seat = seats.last()?.as_ref()?;
        (task != 0).then(|| CurrentTask { task, pool: seat.pool(), worker: seat.worker })
    })
}
