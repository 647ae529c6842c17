//! Asking a running task to end.

use crate::blocking::check_may_block;
use crate::capture;
use crate::deadline::Deadline;
use crate::error::{CancelledError, WouldBlockError};
use crate::process_pool::{self, TaskSign};
use crate::prunable::Prunable;
use crate::seat;
use crate::shared::unique;
use crate::sync::{AtomicBool, Condvar, Mutex, Ordering, lock, wait};
use crate::task::Job;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Asks tasks to end, and lets them see that they were asked (cooperative cancellation, as by .NET's `CancellationToken`).
///
/// A token is a cheap handle: clones are the same token. It is cancelled once and stays so. Every task has one, which
/// [`current`](Self::current) returns inside the task, [`Future::stop`](crate::Future::stop) cancels from outside, and a
/// [run timeout](crate::TaskOptions::run_timeout) cancels when time is up; [`TaskOptions::token`](crate::TaskOptions::token)
/// gives several tasks one token of the caller's.
///
/// A task in a process or an isolated worker has a token of its own there, which is cancelled by the same means and concerns
/// nobody else. In a process, a look at it costs a load, as anywhere. An isolated worker of a page without the isolation headers,
/// where no memory may be shared, hears nothing while a task runs: its tokens stay as they are.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::{CancelToken, CancelledError};
///
/// fn count(token: &CancelToken) -> Result<u64, CancelledError> {
///     let mut sum = 0;
///     for n in 0..u64::MAX {
///         token.check()?;
///         sum += n;
///         # token.cancel();
///     }
///     Ok(sum)
/// }
///
/// let token = CancelToken::new();
/// assert_eq!(count(&token), Err(CancelledError));
/// assert!(token.is_cancelled());
/// ```
#[derive(Clone)]
pub struct CancelToken(Arc<Inner>);

struct Inner {
    /// Written under the lock, read without it.
    cancelled: AtomicBool,
    listeners: Mutex<Listeners>,
    /// Notified when the token is cancelled, if a thread is blocked.
    changed: Condvar,
    /// The token that this one is a child of. It may have been let go, and still stands between its parent and this one.
    parent: Option<CancelToken>,
    /// Of a task in a memory of its own: where it sees that the token is to be cancelled.
    sign: Option<TaskSign>,
}

#[derive(Default)]
struct Listeners {
    /// Threads inside `wait`.
    blocked: usize,
    /// Who awaits the token, each under a key of its own.
    wakers: Vec<(u64, Waker)>,
    children: Prunable<Inner>,
    /// Tasks that are cancelled with the token unless they have begun.
    tasks: Prunable<dyn Job>,
    /// Tasks for other memories, which are told whether they have begun or not.
    remote_tasks: Prunable<dyn Heeds>,
}

/// A task that ends with its token, though it runs in another memory.
pub(crate) trait Heeds: Send + Sync {
    /// Cancels it unless it has begun; returns whether it is cancelled.
    fn try_cancel(self: Arc<Self>) -> bool;

    /// Asks it to end, if it runs.
    fn ask(&self);

    /// Whether it has ended.
    fn is_over(&self) -> bool;
}

/// How often a thread that awaits a token looks at its sign, where nobody tells.
const LOOK: Duration = Duration::from_millis(1);

impl CancelToken {
    /// Returns a token that is not cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::with_sign(None)
    }

    /// A token that is cancelled when the sign is up.
    pub(crate) fn with_sign(sign: Option<TaskSign>) -> Self {
        Self::with_parent(sign, None)
    }

    fn with_parent(sign: Option<TaskSign>, parent: Option<Self>) -> Self {
        Self(Arc::new(Inner {
            cancelled: AtomicBool::new(false),
            listeners: Mutex::default(),
            changed: Condvar::new(),
            parent,
            sign,
        }))
    }

    /// Returns the token of the task that the calling thread is running, `None` outside tasks.
    #[must_use]
    pub fn current() -> Option<Self> {
        let job = seat::occupied().and_then(|seat| seat.innermost());
        job.map(|job| job.token()).or_else(process_pool::current_token)
    }

    /// Returns a token that is cancelled together with this one, and that can be cancelled alone.
    #[must_use]
    pub fn child(&self) -> Self {
        // If nobody tells this one, nobody would tell its child.
        let sign = if self.is_told() { None } else { self.0.sign.clone() };
        let child = Self::with_parent(sign, Some(self.clone()));
        let mut listeners = lock(&self.0.listeners);
        if !self.is_noted() {
            let looked_at = listeners.children.push(&child.0, |_| true);
            drop(listeners);
            capture::let_go(looked_at);
            return child;
        }
        drop(listeners);
        child.cancel();
        child
    }

    /// Asks whoever holds the token to end; a second call changes nothing.
    ///
    /// Tasks with this token that have not begun are cancelled here and now, their callbacks run on this thread.
    pub fn cancel(&self) {
        let (mut tasks, mut remote_tasks) = (Vec::new(), Vec::new());
        // A list and no recursion, since generations may be many.
        let mut open = vec![self.clone()];
        while let Some(token) = open.pop() {
            let Some(told) = token.note() else { continue };
            open.extend(told.children.into_alive().map(Self));
            tasks.extend(told.tasks.into_alive());
            remote_tasks.extend(told.remote_tasks.into_alive());
        }
        // What goes with a task is the user's, and the panic of its destructor must not keep the others alive.
        for task in tasks {
            capture::contain(|| task.cancel());
        }
        // Those that wait go first, or they would begin where others have ended because they were asked to.
        let is_cancelled =
            |task: &Arc<dyn Heeds>| capture::guard(|| Arc::clone(task).try_cancel()) == Ok(true);
        let (cancelled, begun): (Vec<_>, Vec<_>) = remote_tasks.into_iter().partition(is_cancelled);
        for task in &begun {
            capture::contain(|| task.ask());
        }
        capture::let_go(cancelled.into_iter().chain(begun));
    }

    /// Notes that the token is cancelled, wakes whoever waits for that, and returns who else is to be told; `None` if it was
    /// cancelled before.
    fn note(&self) -> Option<Listeners> {
        let mut listeners = lock(&self.0.listeners);
        // ORDERING: what was written before the call is seen by whoever sees the token cancelled.
        if self.0.cancelled.swap(true, Ordering::Release) {
            return None;
        }
        let blocked = listeners.blocked;
        let mut told = mem::take(&mut *listeners);
        // Those who are blocked leave by themselves.
        listeners.blocked = blocked;
        drop(listeners);
        if blocked > 0 {
            self.0.changed.notify_all();
        }
        for (_, waker) in mem::take(&mut told.wakers) {
            capture::contain(|| waker.wake());
        }
        Some(told)
    }

    /// Whether the token is cancelled. Costs one load, so a loop can ask at every turn.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        if self.is_noted() {
            return true;
        }
        let is_up = self.0.sign.as_ref().is_some_and(TaskSign::is_up);
        if is_up {
            self.cancel();
        }
        is_up
    }

    /// Whether it is known in this memory that the token is cancelled.
    pub(crate) fn is_noted(&self) -> bool {
        // ORDERING: pairs with the swap in `note`.
        self.0.cancelled.load(Ordering::Acquire)
    }

    /// Whether everybody who waits for the token will be told; otherwise they have to look at its sign themselves.
    fn is_told(&self) -> bool {
        let Some(sign) = &self.0.sign else { return true };
        let inner = Arc::downgrade(&self.0);
        let is_told = sign.tells(move || {
            if let Some(inner) = inner.upgrade() {
                Self(inner).cancel();
            }
        });
        // It may have been up before anybody wanted to be told.
        is_told | self.is_cancelled()
    }

    /// Returns an error once the token is cancelled, for `?` in a task that is submitted by
    /// [`try_submit`](crate::Executor::try_submit).
    ///
    /// # Errors
    ///
    /// [`CancelledError`] when the token is cancelled.
    pub fn check(&self) -> Result<(), CancelledError> {
        if self.is_cancelled() { Err(CancelledError) } else { Ok(()) }
    }

    /// Blocks until the token is cancelled or `timeout` has passed; returns whether it is cancelled.
    ///
    /// It takes the place of `sleep` in a task that should end early when it is asked to.
    ///
    /// # Errors
    ///
    /// [`WouldBlockError`] when it would have to wait on a thread that must not block.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<bool, WouldBlockError> {
        let deadline = Deadline::after(timeout);
        if !self.is_told() {
            return self.look(deadline);
        }
        let mut listeners = lock(&self.0.listeners);
        listeners.blocked += 1;
        let waited = loop {
            if self.is_noted() {
                break Ok(true);
            }
            let Ok(limit) = deadline.remaining() else { break Ok(false) };
            if let Err(error) = check_may_block() {
                break Err(error);
            }
            listeners = wait(&self.0.changed, &self.0.listeners, listeners, limit);
        };
        listeners.blocked -= 1;
        waited
    }

    /// Waits by looking at the sign.
    fn look(&self, deadline: Deadline) -> Result<bool, WouldBlockError> {
        loop {
            if self.is_cancelled() {
                return Ok(true);
            }
            let Ok(limit) = deadline.remaining() else { return Ok(false) };
            check_may_block()?;
            if let Some(sign) = &self.0.sign {
                sign.wait(limit.unwrap_or(Duration::MAX));
            }
        }
    }

    /// Cancels `task` with the token, unless it has begun by then.
    pub(crate) fn watch(&self, task: &Arc<dyn Job>) {
        self.is_told();
        let mut listeners = lock(&self.0.listeners);
        if !self.is_noted() {
            let looked_at = listeners.tasks.push(task, |task| !task.is_done());
            drop(listeners);
            return capture::let_go(looked_at);
        }
        drop(listeners);
        Arc::clone(task).cancel();
    }

    /// Tells `task` when the token is cancelled.
    pub(crate) fn tell(&self, task: &Arc<dyn Heeds>) {
        self.is_told();
        let mut listeners = lock(&self.0.listeners);
        if !self.is_noted() {
            let looked_at = listeners.remote_tasks.push(task, |task| !task.is_over());
            drop(listeners);
            return capture::let_go(looked_at);
        }
        drop(listeners);
        if !Arc::clone(task).try_cancel() {
            task.ask();
        }
    }
}

impl Drop for Inner {
    /// Lets go of the generations one by one: each may be all that holds the one before it, and they may be many.
    fn drop(&mut self) {
        let mut next = self.parent.take();
        while let Some(token) = next {
            next = Arc::into_inner(token.0).and_then(|mut inner| inner.parent.take());
        }
    }
}

impl Default for CancelToken {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for CancelToken {
    /// Whether both are the same token.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for CancelToken {}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken").field("cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}

/// Awaits a [`CancelToken`]; made by `(&token).await`.
#[derive(Debug)]
#[must_use = "an awaited token does nothing until it is polled"]
pub struct Cancelled<'a> {
    token: &'a CancelToken,
    key: u64,
}

impl Future for Cancelled<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if !self.token.is_told() {
            return self.look(context);
        }
        // Wakers are the user's: they are cloned before the lock is taken and dropped after it is given back.
        let waker = context.waker().clone();
        let mut listeners = lock(&self.token.0.listeners);
        if self.token.is_noted() {
            drop(listeners);
            return Poll::Ready(());
        }
        let position = listeners.wakers.iter().position(|(key, _)| *key == self.key);
        let replaced = position.map(|position| listeners.wakers.swap_remove(position));
        listeners.wakers.push((self.key, waker));
        drop(listeners);
        drop(replaced);
        Poll::Pending
    }
}

impl Cancelled<'_> {
    /// A poll where nobody would wake whoever polls: it waits a little, and has itself polled again.
    fn look(&self, context: &Context<'_>) -> Poll<()> {
        if let Some(sign) = &self.token.0.sign
            && !self.token.is_cancelled()
        {
            sign.wait(LOOK);
        }
        if self.token.is_cancelled() {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Cancelled<'_> {
    fn drop(&mut self) {
        let mut listeners = lock(&self.token.0.listeners);
        let position = listeners.wakers.iter().position(|(key, _)| *key == self.key);
        let forgotten = position.map(|position| listeners.wakers.swap_remove(position));
        drop(listeners);
        drop(forgotten);
    }
}

impl<'a> IntoFuture for &'a CancelToken {
    type Output = ();
    type IntoFuture = Cancelled<'a>;

    fn into_future(self) -> Cancelled<'a> {
        Cancelled { token: self, key: unique() }
    }
}
