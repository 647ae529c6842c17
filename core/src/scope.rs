//! Tasks that borrow from the function that submits them.
//!
//! A worker's queue outlives every function, so what it holds must be `'static`; here, and only here, a closure with a shorter
//! life is put into it. What makes that sound is that [`enter`] does not return before every such closure is gone: it has
//! run, or has been dropped unrun, or its thread has died in the middle of it and will never touch it again.

#![expect(unsafe_code, reason = "the compiler cannot see that a scope waits for its tasks")]

use crate::any::AnyFuture;
use crate::blocking::check_may_block;
use crate::error::{SubmitError, TaskError, WouldBlockError};
use crate::sync::{AtomicBool, Condvar, Mutex, Ordering, lock, wait};
use crate::task::name;
use crate::task_options::TaskOptions;
use crate::{Future, ReturnWhen};
use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

/// Shorter lists of futures are not looked through for those that are done.
const WORTH_PRUNING: usize = 64;

/// An executor whose workers share the memory of whoever submits.
pub trait Schedule {
    /// Whether a thread can die without unwinding.
    const CAN_LOSE_THREADS: bool;

    /// Queues `work` as a task of that name.
    fn schedule<T, F>(
        &self,
        options: TaskOptions,
        name: fn() -> &'static str,
        work: F,
    ) -> Result<Future<T>, SubmitError>
    where
        T: Send + Sync + 'static,
        F: FnOnce() -> Result<T, TaskError> + Send + 'static;
}

/// Submits tasks that borrow, as [`std::thread::scope`] does for threads; made by
/// [`ThreadPoolExecutor::scope`](crate::ThreadPoolExecutor::scope) and
/// [`WorkStealingExecutor::scope`](crate::WorkStealingExecutor::scope).
///
/// What a task borrows must outlive the scope (`'env`), or be the scope itself, with which a task can spawn more. What it
/// returns must own what it holds, so its [`Future`] is one like any other and may leave the scope.
pub struct Scope<'scope, 'env: 'scope, E> {
    executor: &'env E,
    progress: Arc<Progress>,
    /// Neither lifetime may be shortened or prolonged, as in `std::thread::Scope`.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// What a scope knows of its tasks.
#[derive(Default)]
struct Progress {
    state: Mutex<Open>,
    /// Notified when the last borrowing closure is gone.
    ended: Condvar,
}

#[derive(Default)]
struct Open {
    /// Closures that may still touch what they borrow.
    closures: usize,
    /// Futures that may not be done, for helping and for cancelling.
    futures: Vec<AnyFuture>,
    /// The length at which the list is worth pruning.
    limit: usize,
}

impl<'scope, E: Schedule> Scope<'scope, '_, E> {
    /// Schedules a closure that may borrow whatever outlives the scope.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`](crate::Executor::submit).
    pub fn spawn<R, F>(&'scope self, task: F) -> Result<Future<R>, SubmitError>
    where
        F: FnOnce() -> R + Send + 'scope,
        R: Send + Sync + 'static,
    {
        self.spawn_with(TaskOptions::new(), task)
    }

    /// As [`spawn`](Self::spawn), with a priority, limits of time, or a token for this one task.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`](crate::Executor::submit).
    pub fn spawn_with<R, F>(&'scope self, options: TaskOptions, task: F) -> Result<Future<R>, SubmitError>
    where
        F: FnOnce() -> R + Send + 'scope,
        R: Send + Sync + 'static,
    {
        self.schedule(options, name::<F>, Box::new(|| Ok(task())))
    }

    /// Schedules a closure that may borrow, and whose `Err` fails the future.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`](crate::Executor::submit).
    pub fn try_spawn<R, F, X>(&'scope self, task: F) -> Result<Future<R>, SubmitError>
    where
        F: FnOnce() -> Result<R, X> + Send + 'scope,
        R: Send + Sync + 'static,
        X: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.schedule(TaskOptions::new(), name::<F>, Box::new(|| task().map_err(TaskError::returned)))
    }

    fn schedule<R: Send + Sync + 'static>(
        &'scope self,
        options: TaskOptions,
        name: fn() -> &'static str,
        call: Call<'scope, R>,
    ) -> Result<Future<R>, SubmitError> {
        let end = End::new(&self.progress);
        let release = Arc::clone(&end.0);
        // SAFETY: only the lifetime changes. `Borrowing` owns the closure and, behind it, an `End`, which goes after it; `enter`
        // returns only when all of them are gone, or their threads are dead. Until then everything that outlives `'scope`
        // is alive. The result does not borrow, as `R` is `'static`.
        let call = unsafe { std::mem::transmute::<Call<'scope, R>, Call<'static, R>>(call) };
        let borrowing = Borrowing { call, _end: end };
        let future = self.executor.schedule(options, name, move || borrowing.run())?;
        if E::CAN_LOSE_THREADS {
            future.add_done_callback(move |future| {
                // The thread is dead, and with it whoever could touch what the closure borrows.
                if matches!(future.exception(), Ok(Some(error)) if error.is_worker_lost()) {
                    release.release();
                }
            });
        }
        self.progress.note(future.erase());
        Ok(future)
    }
}

type Call<'a, R> = Box<dyn FnOnce() -> Result<R, TaskError> + Send + 'a>;

/// A closure that borrows, and the sign that it is gone. They are dropped in this order.
struct Borrowing<R> {
    call: Call<'static, R>,
    _end: End,
}

impl<R> Borrowing<R> {
    fn run(self) -> Result<R, TaskError> {
        let Self { call, _end } = self;
        call()
    }
}

/// Tells the scope that a closure is gone, when it is dropped.
struct End(Arc<Release>);

struct Release {
    progress: Arc<Progress>,
    done: AtomicBool,
}

impl End {
    fn new(progress: &Arc<Progress>) -> Self {
        lock(&progress.state).closures += 1;
        Self(Arc::new(Release { progress: Arc::clone(progress), done: AtomicBool::new(false) }))
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.0.release();
    }
}

impl Release {
    fn release(&self) {
        // ORDERING: the lock publishes; only one of two calls may count.
        if self.done.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut open = lock(&self.progress.state);
        open.closures -= 1;
        let last = open.closures == 0;
        drop(open);
        if last {
            self.progress.ended.notify_all();
        }
    }
}

impl Progress {
    fn note(&self, future: AnyFuture) {
        let mut open = lock(&self.state);
        if open.futures.len() >= open.limit {
            open.futures.retain(|future| !future.done());
            open.limit = (2 * open.futures.len()).max(WORTH_PRUNING);
        }
        open.futures.push(future);
    }

    /// Blocks until no closure is left that could touch what it borrows.
    fn wait(&self) {
        // Futures first: a worker of the same executor has to run the queued ones itself, and tasks may spawn more.
        loop {
            let futures = std::mem::take(&mut lock(&self.state).futures);
            if futures.is_empty() {
                break;
            }
            // `enter` has asked whether this thread may block.
            let _ = crate::wait(&futures, None, ReturnWhen::AllCompleted);
        }
        let mut open = lock(&self.state);
        while open.closures > 0 {
            open = wait(&self.ended, open, None);
        }
    }

    fn cancel(&self) {
        let futures = lock(&self.state).futures.clone();
        for future in futures {
            future.cancel();
        }
    }
}

/// Runs `body` with a scope, and waits for the scope's tasks.
pub(crate) fn enter<'env, E, R>(
    executor: &'env E,
    body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env, E>) -> R,
) -> Result<R, WouldBlockError> {
    check_may_block()?;
    let scope = Scope { executor, progress: Arc::default(), scope: PhantomData, env: PhantomData };
    // Caught, so that the tasks are waited for before anything that they borrow goes.
    let outcome = catch_unwind(AssertUnwindSafe(|| body(&scope)));
    if outcome.is_err() {
        scope.progress.cancel();
    }
    scope.progress.wait();
    match outcome {
        Ok(value) => Ok(value),
        Err(panic) => resume_unwind(panic),
    }
}

impl<E> fmt::Debug for Scope<'_, '_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("open", &lock(&self.progress.state).closures).finish_non_exhaustive()
    }
}
