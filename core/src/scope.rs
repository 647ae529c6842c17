//! Tasks that borrow from the function that submits them.
//!
//! A worker's queue outlives every function, so what it holds must be `'static`; here, and only here, a closure with a shorter
//! life is put into it. What makes that sound is that [`enter`] does not return before every such closure is gone: it has
//! run, or has been dropped unrun. If a thread dies in the middle of one, which only threads in a browser do, `enter` does not
//! return at all: whatever that task had forked, be it by another scope or by rayon, may still touch what it borrowed.

#![expect(unsafe_code, reason = "the compiler cannot see that a scope waits for its tasks")]

use crate::any::AnyFuture;
use crate::blocking::check_may_block;
use crate::capture;
use crate::error::{SubmitError, TaskError, WouldBlockError};
use crate::schedule::Schedule;
use crate::sync::{Condvar, Mutex, lock, wait};
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
    /// Notified when there is news for whoever waits for the end: a new future, no closure any more, or a lost one.
    news: Condvar,
}

#[derive(Default)]
struct Open {
    /// Closures that may still touch what they borrow.
    closures: usize,
    /// Whether one of them was lost with its thread.
    is_lost: bool,
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
        // SAFETY: only the lifetime changes. `Borrowing` owns the closure and, behind it, an `End`, which goes after it; `enter`
        // returns, or unwinds, only when all of them are gone. Until then everything that outlives `'scope` is alive. The
        // result does not borrow, as `R` is `'static`.
        let call = unsafe { std::mem::transmute::<Call<'scope, R>, Call<'static, R>>(call) };
        let borrowing = Borrowing { call, _end: end };
        let future = self.executor.schedule(options, name, move || borrowing.run())?;
        if E::CAN_LOSE_THREADS {
            let progress = Arc::clone(&self.progress);
            future.add_done_callback(move |future| {
                if matches!(future.exception(), Ok(Some(error)) if error.is_worker_lost()) {
                    progress.lose();
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
struct End(Arc<Progress>);

impl End {
    fn new(progress: &Arc<Progress>) -> Self {
        lock(&progress.state).closures += 1;
        Self(Arc::clone(progress))
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let mut open = lock(&self.0.state);
        open.closures -= 1;
        let is_last = open.closures == 0;
        drop(open);
        if is_last {
            self.0.news.notify_all();
        }
    }
}

impl Progress {
    fn note(&self, future: AnyFuture) {
        let mut done = Vec::new();
        let mut open = lock(&self.state);
        if open.futures.len() >= open.limit {
            done.extend(open.futures.extract_if(.., |future| future.done()));
            open.limit = (2 * open.futures.len()).max(WORTH_PRUNING);
        }
        open.futures.push(future);
        drop(open);
        self.news.notify_all();
        // Results of the user's may go with them.
        capture::let_go(done);
    }

    /// A task was lost with its thread.
    fn lose(&self) {
        lock(&self.state).is_lost = true;
        self.news.notify_all();
    }

    /// Blocks until no closure is left that could touch what it borrows. Does not unwind.
    fn wait(&self) {
        let mut open = lock(&self.state);
        loop {
            let futures = std::mem::take(&mut open.futures);
            if !futures.is_empty() {
                drop(open);
                // A worker of the same executor has to run the queued ones itself; tasks may spawn more meanwhile. `enter` has
                // asked whether this thread may block. Results of the user's may go with the futures.
                capture::contain(|| drop(crate::wait(futures, None, ReturnWhen::AllCompleted)));
                open = lock(&self.state);
            } else if open.is_lost {
                drop(open);
                never_return();
            } else if open.closures > 0 {
                open = wait(&self.news, &self.state, open, None);
            } else {
                return;
            }
        }
    }

    fn cancel(&self) {
        let futures = lock(&self.state).futures.clone();
        for future in futures {
            capture::contain(|| {
                future.cancel();
            });
        }
    }
}

/// Ends the thread of a scope as the thread of its task was ended: nobody could say when what was lent is free again.
#[cold]
fn never_return() -> ! {
    struct Abort;
    impl Drop for Abort {
        fn drop(&mut self) {
            // In a browser this ends the thread, natively the process, where no thread is ever lost.
            std::process::abort();
        }
    }
    let _abort = Abort;
    // For the message, which the panic hook prints.
    panic!(
        "a task of this scope was lost with its thread; what it borrowed may still be in use, so the scope cannot end"
    );
}

/// Runs `body` with a scope, and waits for the scope's tasks.
pub(crate) fn enter<'env, E, R>(
    executor: &'env E,
    body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env, E>) -> R,
) -> Result<R, WouldBlockError> {
    check_may_block()?;
    let scope = Scope { executor, progress: Arc::default(), scope: PhantomData, env: PhantomData };
    // Caught, so that the tasks are waited for before anything that they borrow goes. Nothing below unwinds until then.
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
