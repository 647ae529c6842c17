//! Waiting for several futures at once.

use crate::any::Waitable;
use crate::collector::Collector;
use crate::deadline::Deadline;
use crate::error::{Error, WouldBlockError};
use std::collections::HashSet;
use std::sync::Arc;
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
/// waits without a timeout for tasks that are still queued in its own pool runs them itself.
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
    let collector = Arc::new(Collector::new());
    let open = watch(&futures, &collector);
    // Only now, since a future that completes before it is watched tells the collector nothing.
    let enough = match return_when {
        ReturnWhen::FirstCompleted => open.len() < futures.len(),
        ReturnWhen::FirstException => futures.iter().any(has_failed),
        ReturnWhen::AllCompleted => false,
    };
    let waited = if enough { Ok(()) } else { block(&futures, &open, &collector, deadline, return_when) };
    for key in open {
        let future = futures[key].handle();
        if !future.state().is_done() {
            future.unwatch(&collector);
        }
    }
    waited?;
    let (done, not_done) = futures.into_iter().partition(|future| future.handle().state().is_done());
    Ok(DoneAndNotDone { done, not_done })
}

/// Waits for those among `futures` whose keys are `open`, until as many are done as `return_when` asks.
fn block<W: Waitable>(
    futures: &[W],
    open: &[usize],
    collector: &Collector,
    deadline: Deadline,
    return_when: ReturnWhen,
) -> Result<(), WouldBlockError> {
    let mut queued = open.iter();
    let mut outstanding = open.len();
    while outstanding > 0 {
        let enough = match return_when {
            ReturnWhen::FirstCompleted => outstanding < open.len(),
            ReturnWhen::FirstException => collector.has_failed(),
            ReturnWhen::AllCompleted => false,
        };
        if enough {
            break;
        }
        // A completion that is there already comes first: it may be all that the caller asked for.
        if collector.try_next().is_some() {
            outstanding -= 1;
            continue;
        }
        if deadline.is_never()
            && let Some(key) = queued.next()
        {
            futures[*key].handle().help();
            continue;
        }
        match collector.next(deadline) {
            Ok(_) => outstanding -= 1,
            Err(Error::WouldBlock(error)) => return Err(error),
            // Time has run out, which is no error here.
            Err(_) => break,
        }
    }
    Ok(())
}

/// Registers `collector` with every future that is not done, under its index, and returns those indices.
pub(crate) fn watch<W: Waitable>(futures: &[W], collector: &Arc<Collector>) -> Vec<usize> {
    (0..futures.len()).filter(|key| futures[*key].handle().watch(collector, *key)).collect()
}

/// Drops every future that was given before, keeping the order.
pub(crate) fn distinct<W: Waitable>(futures: impl IntoIterator<Item = W>) -> Vec<W> {
    let mut seen = HashSet::new();
    futures.into_iter().filter(|future| seen.insert(future.handle().id())).collect()
}

fn has_failed<W: Waitable>(future: &W) -> bool {
    matches!(future.handle().error(), Some(error) if !matches!(error, Error::Cancelled(_)))
}
