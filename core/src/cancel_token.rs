//! Asking a running task to end.

use crate::blocking::check_may_block;
use crate::capture;
use crate::deadline::Deadline;
use crate::error::{CancelledError, WouldBlockError};
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
}

impl CancelToken {
    /// Returns a token that is not cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            cancelled: AtomicBool::new(false),
            listeners: Mutex::default(),
            changed: Condvar::new(),
        }))
    }

    /// Returns the token of the task that the calling thread is running, `None` outside tasks.
    #[must_use]
    pub fn current() -> Option<Self> {
        seat::occupied()?.innermost().map(|job| job.token())
    }

    /// Returns a token that is cancelled together with this one, and that can be cancelled alone.
    #[must_use]
    pub fn child(&self) -> Self {
        let child = Self::new();
        let mut listeners = lock(&self.0.listeners);
        if !self.is_cancelled() {
            listeners.children.push(&child.0, |_| true);
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
        let mut listeners = lock(&self.0.listeners);
        // ORDERING: what was written before the call is seen by whoever sees the token cancelled.
        if self.0.cancelled.swap(true, Ordering::Release) {
            return;
        }
        let blocked = listeners.blocked > 0;
        let wakers = mem::take(&mut listeners.wakers);
        let children = mem::take(&mut listeners.children);
        let tasks = mem::take(&mut listeners.tasks);
        drop(listeners);
        if blocked {
            self.0.changed.notify_all();
        }
        for (_, waker) in wakers {
            capture::contain(|| waker.wake());
        }
        for child in children.into_alive() {
            Self(child).cancel();
        }
        for task in tasks.into_alive() {
            task.cancel();
        }
    }

    /// Whether the token is cancelled. Costs one load, so a loop can ask at every turn.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        // ORDERING: pairs with the swap in `cancel`.
        self.0.cancelled.load(Ordering::Acquire)
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
        let mut listeners = lock(&self.0.listeners);
        listeners.blocked += 1;
        let waited = loop {
            if self.is_cancelled() {
                break Ok(true);
            }
            let Ok(limit) = deadline.remaining() else { break Ok(false) };
            if let Err(error) = check_may_block() {
                break Err(error);
            }
            listeners = wait(&self.0.changed, listeners, limit);
        };
        listeners.blocked -= 1;
        waited
    }

    /// Whether there is another handle of the token.
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// Cancels `task` with the token, unless it has begun by then.
    pub(crate) fn watch(&self, task: &Arc<dyn Job>) {
        let mut listeners = lock(&self.0.listeners);
        if !self.is_cancelled() {
            listeners.tasks.push(task, |task| !task.is_done());
            return;
        }
        drop(listeners);
        Arc::clone(task).cancel();
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
        // Wakers are the user's: they are cloned before the lock is taken and dropped after it is given back.
        let waker = context.waker().clone();
        let mut listeners = lock(&self.token.0.listeners);
        if self.token.is_cancelled() {
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
