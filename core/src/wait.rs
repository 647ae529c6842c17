//! Waiting for several futures at once.

use crate::any::Waitable;
use crate::deadline::Deadline;
use crate::error::{Error, WouldBlockError};
use crate::observer;
use crate::waiter::Waiter;
use std::collections::HashSet;
use std::time::Duration;

/// What ends a [`wait`] (the constants `FIRST_COMPLETED`, `FIRST_EXCEPTION` and `ALL_COMPLETED` of Python).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReturnWhen {
    /// Any future is done, be it finished or cancelled.
    FirstCompleted,
    /// Any future failed; if none does, as [`AllCompleted`](Self::AllCompleted). A cancelled future has not failed.
    FirstException,
    /// Every future is done.
    #[default]
    AllCompleted,
}

/// The futures that were waited for, parted (Python's `DoneAndNotDoneFutures`), each in the order they were given in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneAndNotDone<W> {
    /// The futures that have finished or were cancelled.
    pub done: Vec<W>,
    /// The futures that are pending or running.
    pub not_done: Vec<W>,
}

/// Blocks until the futures are done as far as `return_when` asks, or until `timeout` has passed (Python's `wait`).
///
/// Time running out is no error: the futures come back parted as they are then. A future that is given twice comes back
/// once. The futures may be of different executors and, [erased](crate::Future::erase), of different types. A worker that
/// waits without a timeout for all of several tasks of its own pool runs those itself that are still queued; waiting for
/// the first, it does so only when every worker of the pool is blocked in such a wait.
///
/// # Errors
///
/// [`WouldBlockError`] on a thread that must not block, if it would have to.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::{Promise, ReturnWhen, wait};
///
/// let (slow, fast) = (Promise::new(), Promise::new());
/// let futures = [slow.future(), fast.future()];
/// fast.set_result("first")?;
///
/// let waited = wait(&futures, None, ReturnWhen::FirstCompleted)?;
/// assert_eq!(waited.done, [&futures[1]]);
/// assert_eq!(waited.not_done, [&futures[0]]);
/// # slow.set_result("second")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn wait<W: Waitable>(
    futures: impl IntoIterator<Item = W>,
    timeout: Option<Duration>,
    return_when: ReturnWhen,
) -> Result<DoneAndNotDone<W>, WouldBlockError> {
    let deadline = Deadline::after(timeout);
    let futures = distinct(futures);
    let mut waiter = Waiter::new();
    let open = waiter.watch(futures.len(), |key| futures[key].handle());
    // Judged only now, since a future that completes before it is watched tells the waiter nothing.
    let enough = match return_when {
        ReturnWhen::FirstCompleted => waiter.outstanding() < futures.len(),
        ReturnWhen::FirstException => futures.iter().any(has_failed),
        ReturnWhen::AllCompleted => false,
    };
    let waited = if enough || waiter.outstanding() == 0 {
        Ok(Ended::Enough)
    } else {
        let block = || block(&futures, &open, &mut waiter, deadline, return_when);
        observer::waiting("wait", None, block, |waited| matches!(waited, Ok(Ended::TimedOut)))
    };
    for key in open {
        let future = futures[key].handle();
        if !future.state().is_done() {
            waiter.unwatch(future);
        }
    }
    waited?;
    let (done, not_done) = futures.into_iter().partition(|future| future.handle().state().is_done());
    Ok(DoneAndNotDone { done, not_done })
}

/// Why a wait was over.
enum Ended {
    Enough,
    TimedOut,
}

/// Waits until as many of the open futures are done as `return_when` asks.
fn block<W: Waitable>(
    futures: &[W],
    open: &[usize],
    waiter: &mut Waiter,
    deadline: Deadline,
    return_when: ReturnWhen,
) -> Result<Ended, WouldBlockError> {
    if return_when == ReturnWhen::AllCompleted && deadline.is_never() {
        // Each of them has to run before this returns, so a worker can as well run them itself.
        open.iter().for_each(|key| waiter.help(*key, futures[*key].handle()));
    }
    while waiter.outstanding() > 0 {
        let enough = match return_when {
            ReturnWhen::FirstCompleted => waiter.outstanding() < open.len(),
            ReturnWhen::FirstException => waiter.has_failed(),
            ReturnWhen::AllCompleted => false,
        };
        if enough {
            break;
        }
        match waiter.next(deadline, |key| Some(futures[key].handle())) {
            Ok(_) => {}
            Err(Error::WouldBlock(error)) => return Err(error),
            // Time has run out, which is no error here.
            Err(_) => return Ok(Ended::TimedOut),
        }
    }
    Ok(Ended::Enough)
}

/// Drops every future that was given before, keeping the order.
pub(crate) fn distinct<W: Waitable>(futures: impl IntoIterator<Item = W>) -> Vec<W> {
    let mut seen = HashSet::new();
    futures.into_iter().filter(|future| seen.insert(future.handle().id())).collect()
}

fn has_failed<W: Waitable>(future: &W) -> bool {
    matches!(future.handle().error(), Some(error) if !matches!(error, Error::Cancelled(_)))
}
