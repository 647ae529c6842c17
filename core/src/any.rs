//! Futures whose value's type is forgotten, and what every future can be asked without knowing it.

use crate::collector::Collector;
use crate::error::Error;
use crate::{Future, State};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What `wait` and `as_completed` ask of a future.
pub trait Handle {
    /// The identity of the future.
    fn id(&self) -> u64;
    /// What the future is doing.
    fn state(&self) -> State;
    /// As [`Future::cancel`].
    fn cancel(&self) -> bool;
    /// As [`Future::kill`].
    fn kill(&self) -> bool;
    /// What the future failed with or that it was cancelled, if it is done and has no value.
    fn error(&self) -> Option<&Error>;
    /// Registers a collector unless the future is done; then returns false.
    fn watch(&self, collector: &Arc<Collector>, key: usize) -> bool;
    /// Has a collector told to look again once this future follows another one or is done, unless it is done already.
    fn watch_moves(&self, collector: &Arc<Collector>, key: usize);
    /// Forgets a collector.
    fn unwatch(&self, collector: &Arc<Collector>);
    /// Runs the task here if it is queued in the pool of this worker.
    fn help(&self);
    /// The future that this one comes from, while it waits for that.
    fn awaited(&self) -> Option<Box<dyn Handle>>;
    /// The future at the start of those that this one comes from and that are not done, which may be itself; none if it comes
    /// from no other.
    fn root(&self) -> Option<Box<dyn Handle>>;
    /// The number of the executor that runs the task, if one does.
    fn pool(&self) -> Option<u64>;
    /// Runs a function when the future is done.
    fn when_done(&self, callback: Box<dyn FnOnce() + Send>);
    /// The name of the value's type.
    fn value_type(&self) -> &'static str;
}

/// Anything that stands for one future: [`wait`](crate::wait) and [`as_completed`](crate::as_completed) take these.
///
/// A future of any type, an [`AnyFuture`], a reference to one, or a pair of one and something that belongs to it, as
/// where a Python program keeps a dict from future to input. The trait is sealed.
pub trait Waitable: sealed::Sealed {}

mod sealed {
    use super::Handle;

    pub trait Sealed {
        fn handle(&self) -> &dyn Handle;
    }
}

pub(crate) use self::sealed::Sealed;

impl<T> Waitable for Future<T> {}
impl<T> Sealed for Future<T> {
    fn handle(&self) -> &dyn Handle {
        self
    }
}

impl Waitable for AnyFuture {}
impl Sealed for AnyFuture {
    fn handle(&self) -> &dyn Handle {
        &*self.0
    }
}

impl<W: Waitable + ?Sized> Waitable for &W {}
impl<W: Sealed + ?Sized> Sealed for &W {
    fn handle(&self) -> &dyn Handle {
        (**self).handle()
    }
}

impl<W: Waitable, K> Waitable for (W, K) {}
impl<W: Sealed, K> Sealed for (W, K) {
    fn handle(&self) -> &dyn Handle {
        self.0.handle()
    }
}

/// A future of which only the value's type is forgotten; made by [`Future::erase`].
///
/// # Example
///
/// ```
/// use concurrent_futures_core::{Promise, ReturnWhen, wait};
///
/// let (count, name) = (Promise::new(), Promise::new());
/// let futures = [count.future().erase(), name.future().erase()];
/// name.set_result("a text")?;
/// let waited = wait(&futures, None, ReturnWhen::FirstCompleted)?;
/// assert_eq!(waited.done, [&name.future().erase()]);
/// count.set_result(1)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct AnyFuture(Arc<dyn Handle + Send + Sync>);

impl AnyFuture {
    pub(crate) fn new<T: 'static>(future: Future<T>) -> Self {
        Self(Arc::new(future))
    }

    /// As [`Future::id`].
    #[must_use]
    pub fn id(&self) -> u64 {
        self.0.id()
    }

    /// As [`Future::state`].
    #[must_use]
    pub fn state(&self) -> State {
        self.0.state()
    }

    /// As [`Future::done`].
    #[must_use]
    pub fn done(&self) -> bool {
        self.state().is_done()
    }

    /// As [`Future::running`].
    #[must_use]
    pub fn running(&self) -> bool {
        self.state() == State::Running
    }

    /// As [`Future::cancelled`].
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.state() == State::Cancelled
    }

    /// As [`Future::cancel`].
    pub fn cancel(&self) -> bool {
        self.0.cancel()
    }

    /// As [`Future::kill`].
    pub fn kill(&self) -> bool {
        self.0.kill()
    }

    /// As [`Future::add_done_callback`]; the callback is given this future.
    pub fn add_done_callback(&self, callback: impl FnOnce(&AnyFuture) + Send + 'static) {
        let future = self.clone();
        self.0.when_done(Box::new(move || callback(&future)));
    }

    /// Returns why the future has no value, if it is done and has none. Never blocks.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.0.error()
    }
}

impl PartialEq for AnyFuture {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for AnyFuture {}

impl Hash for AnyFuture {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl fmt::Debug for AnyFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(&*self.0, f)
    }
}

/// Names the future and its state, as Python's `repr` does.
pub(crate) fn debug(future: &dyn Handle, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "<Future {} state={}", future.id(), future.state().name())?;
    match (future.state(), future.error()) {
        (State::Finished, Some(error)) => write!(f, " raised {error:?}>"),
        (State::Finished, None) => write!(f, " returned {}>", future.value_type()),
        _ => f.write_str(">"),
    }
}
