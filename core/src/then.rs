//! Continuations: futures that come from other futures, without a thread of their own.

use crate::Future;
use crate::any::Handle;
use crate::capture;
use crate::error::{Error, TaskError, WorkerLost};
use crate::future::Completion;
use crate::seat;
use crate::shared::{Outcome, Settled, Shared};
use crate::sync::{Mutex, lock};
use crate::turn::{self, Turn};
use std::error::Error as StdError;
use std::mem;
use std::sync::{Arc, Weak};

/// What a function makes of a source that is done.
type Step<U> = Result<Next<U>, TaskError>;

enum Next<U> {
    Value(U),
    /// Another future brings the value, which is then cloned by the function.
    Future(Future<U>, fn(&U) -> U),
}

/// What is called when the source is done. It is boxed, so that all that it goes through is compiled once for each pair of types,
/// and not for each function.
type Function<T, U> = Box<dyn FnOnce(&Future<T>) -> Step<U> + Send>;

/// When the function of a derived future runs, and what its future is doing then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Whatever became of the source.
    Always,
    /// On a value; whatever else became of the source becomes of the derived future too.
    OnValue,
    /// As `OnValue`, and a future comes of it. Until that is done the derived one is pending, since nothing executes it, and so
    /// it can still be cancelled.
    Flat,
}

/// What stands behind a derived future.
struct Derived<T, U> {
    shared: Shared<U>,
    kind: Kind,
    /// The pool of the source. It stays the same even if a future of another pool is waited for in the end: waiters count
    /// by it.
    pool: Option<u64>,
    stage: Mutex<Stage<T, U>>,
}

/// What a derived future waits for. The references are weak, because the callbacks of what is waited for hold this future.
enum Stage<T, U> {
    /// The source, and the function that is called when it is done.
    Source(Weak<dyn Completion<T>>, Function<T, U>),
    /// What the function returned.
    Inner(Weak<dyn Completion<U>>),
    /// Nothing: the function runs, or the future is done.
    Over,
}

impl<T: 'static> Future<T> {
    /// Returns the future of `function`'s result, which is called when this future is done, whatever became of it
    /// (JavaScript's `then` with two functions, Java's `CompletableFuture.handle`; Python's `concurrent.futures` has none).
    ///
    /// `function` runs where a [callback](Self::add_done_callback) would: on the thread that completes or cancels this
    /// future, among its callbacks in the order of their registration, or at once on this thread if this future is done. It
    /// should not block, since it keeps a worker. Its panic fails the derived future, as a task's does.
    ///
    /// Cancelling the derived future before `function` has begun drops `function`, and leaves this future alone. Dropping it
    /// changes nothing: `function` runs all the same. A worker that waits for a derived future helps as if it waited for the
    /// task behind it. Chains may be of any length: completing them takes no stack.
    ///
    /// # Example
    ///
    /// ```
    /// use concurrent_futures_core::Promise;
    ///
    /// let promise = Promise::<u32>::new();
    /// let told = promise.future().then(|done| match done.result() {
    ///     Ok(value) => format!("it is {value}"),
    ///     Err(error) => format!("no value: {error}"),
    /// });
    /// assert!(!told.done());
    /// assert!(promise.future().cancel());
    /// assert_eq!(told.result()?, "no value: the future was cancelled");
    /// # Ok::<(), concurrent_futures_core::Error>(())
    /// ```
    pub fn then<U, F>(&self, function: F) -> Future<U>
    where
        F: FnOnce(&Future<T>) -> U + Send + 'static,
        U: Send + Sync + 'static,
    {
        derive(self, Kind::Always, Box::new(move |done| Ok(Next::Value(function(done)))))
    }

    /// As [`then`](Self::then), where the `Err` that `function` returns fails the derived future.
    ///
    /// An [`Error::Failed`] among those, as `?` on this future's result makes one, is passed on as it is.
    ///
    /// # Example
    ///
    /// ```
    /// use concurrent_futures_core::{Error, Promise};
    /// use std::num::ParseIntError;
    ///
    /// let text = Promise::<&str>::new();
    /// let number = text.future().try_then(|done| Ok::<u32, Box<dyn std::error::Error + Send + Sync>>(done.result()?.parse()?));
    /// text.set_result("twelve")?;
    /// assert!(number.result().unwrap_err().downcast_ref::<ParseIntError>().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_then<U, E, F>(&self, function: F) -> Future<U>
    where
        F: FnOnce(&Future<T>) -> Result<U, E> + Send + 'static,
        U: Send + Sync + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        derive(self, Kind::Always, Box::new(move |done| function(done).map(Next::Value).map_err(failure)))
    }

    /// Returns the future of what `function` makes of this future's value (JavaScript's `then`, Java's `thenApply`).
    ///
    /// If this future fails, the derived one fails with the same [`Error`], and if it is cancelled, so is the derived one;
    /// `function` is dropped. The rest is as for [`then`](Self::then).
    ///
    /// # Example
    ///
    /// ```
    /// use concurrent_futures_core::Promise;
    ///
    /// let promise = Promise::new();
    /// let length = promise.future().map(|text: &String| text.len());
    /// promise.set_result("some text".to_owned())?;
    /// assert_eq!(length.result()?, &9);
    ///
    /// let promise = Promise::<u32>::new();
    /// let doubled = promise.future().map(|n| n * 2).map(|n| n * 2);
    /// promise.set_exception("no such number")?;
    /// assert_eq!(doubled.result().unwrap_err().to_string(), "no such number");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn map<U, F>(&self, function: F) -> Future<U>
    where
        F: FnOnce(&T) -> U + Send + 'static,
        U: Send + Sync + 'static,
    {
        derive(self, Kind::OnValue, Box::new(move |done| Ok(Next::Value(function(value(done)?)))))
    }

    /// As [`map`](Self::map), where the `Err` that `function` returns fails the derived future.
    ///
    /// # Example
    ///
    /// ```
    /// use concurrent_futures_core::Promise;
    /// use std::num::ParseIntError;
    ///
    /// let text = Promise::new();
    /// let number = text.future().try_map(|text: &&str| text.parse::<u32>());
    /// text.set_result("twelve")?;
    /// assert!(number.result().unwrap_err().downcast_ref::<ParseIntError>().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn try_map<U, E, F>(&self, function: F) -> Future<U>
    where
        F: FnOnce(&T) -> Result<U, E> + Send + 'static,
        U: Send + Sync + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        derive(
            self,
            Kind::OnValue,
            Box::new(move |done| function(value(done)?).map(Next::Value).map_err(failure)),
        )
    }

    /// Returns a future that stands for the one that `function` makes of this future's value, as the submission of a next
    /// task (JavaScript's `then` with a function that returns a promise, Java's `thenCompose`).
    ///
    /// The value is cloned out of that other future, which somebody else may hold too; an `Arc` is cheap to clone. Failure
    /// and cancellation of either come through unchanged. Until both are done the derived future is pending; cancelling it
    /// leaves both alone. The rest is as for [`map`](Self::map).
    ///
    /// A worker that waits for the first of several futures, as by [`as_completed`](crate::as_completed), is no help here: a
    /// task that `function` submits to the same pool during that wait may need another worker.
    ///
    /// # Example
    ///
    /// ```
    /// use concurrent_futures_core::Promise;
    ///
    /// let (name, age) = (Promise::new(), Promise::new());
    /// let looked_up = age.future();
    /// let found = name.future().and_then(move |name: &&str| {
    ///     assert_eq!(*name, "Ada"); // A program would submit a task here.
    ///     looked_up
    /// });
    /// name.set_result("Ada")?;
    /// assert!(!found.done());
    /// age.set_result(36)?;
    /// assert_eq!(found.result()?, &36);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn and_then<U, F>(&self, function: F) -> Future<U>
    where
        F: FnOnce(&T) -> Future<U> + Send + 'static,
        U: Clone + Send + Sync + 'static,
    {
        derive(self, Kind::Flat, Box::new(move |done| Ok(Next::Future(function(value(done)?), U::clone))))
    }

    /// Calls `callback` when the future is done, which may be now; returns what is to follow then.
    fn attach(&self, callback: impl FnOnce(&Future<T>) -> Option<Turn> + Send + 'static) -> Option<Turn> {
        let refused = self.shared().add_callback(Box::new(callback)).err();
        refused.and_then(|callback| turn::call(callback, self))
    }
}

/// The value of a future that is done and has one.
fn value<T>(done: &Future<T>) -> Result<&T, TaskError> {
    match done.shared().outcome() {
        Some(Ok(value)) => Ok(value),
        _ => unreachable!("whatever is no value has been passed on"),
    }
}

/// What a function returned in place of a value.
fn failure(error: impl Into<Box<dyn StdError + Send + Sync>>) -> TaskError {
    match error.into().downcast::<Error>().map(|error| *error) {
        Ok(Error::Failed(error)) => error,
        Ok(other) => TaskError::returned(other),
        Err(other) => TaskError::returned(other),
    }
}

fn derive<T: 'static, U: Send + Sync + 'static>(
    source: &Future<T>,
    kind: Kind,
    function: Function<T, U>,
) -> Future<U> {
    let stage = Stage::Source(Arc::downgrade(&source.completion), function);
    let pool = source.completion.pool();
    let derived = Arc::new(Derived { shared: Shared::new(), kind, pool, stage: Mutex::new(stage) });
    let future = derived.future();
    let mut link = Link(Some(derived));
    turn::run(source.attach(move |source| link.0.take()?.source_done(source)));
    future
}

/// What a callback holds of a derived future: should it be dropped and not run, the future fails, lest somebody wait for ever.
struct Link<T: 'static, U: Send + Sync + 'static>(Option<Arc<Derived<T, U>>>);

impl<T: 'static, U: Send + Sync + 'static> Drop for Link<T, U> {
    fn drop(&mut self) {
        if let Some(derived) = self.0.take() {
            let lost = WorkerLost::thread("the thread that should have run its callbacks is gone".to_owned());
            turn::run(derived.settle(Err(Error::Failed(TaskError::lost(lost)))));
        }
    }
}

impl<T: 'static, U: Send + Sync + 'static> Derived<T, U> {
    fn future(self: &Arc<Self>) -> Future<U> {
        Future::new(Arc::clone(self) as Arc<dyn Completion<U>>)
    }

    /// Takes the function out; `None` if the future was cancelled.
    fn take_function(&self) -> Option<Function<T, U>> {
        match mem::replace(&mut *lock(&self.stage), Stage::Over) {
            Stage::Source(_, function) => Some(function),
            Stage::Inner(_) | Stage::Over => None,
        }
    }

    /// The source is done. Returns the callbacks that are to run now.
    fn source_done(self: Arc<Self>, source: &Future<T>) -> Option<Turn> {
        let function = self.take_function()?;
        if self.kind != Kind::Always
            && let Some(Err(error)) = source.shared().outcome()
        {
            let turn = self.pass_on(error);
            // The user's, and dropped only now: its destructor may wait for one of those who have been told.
            capture::contain(|| drop(function));
            return turn;
        }
        if self.kind != Kind::Flat && self.shared.begin().is_err() {
            // It was cancelled a moment ago.
            capture::contain(|| drop(function));
            return None;
        }
        match capture::task(|| function(source)).and_then(|step| step) {
            Ok(Next::Value(value)) => self.settle(Ok(value)),
            Ok(Next::Future(inner, clone)) => {
                let turn = self.follow(&inner, clone);
                // It may be the last handle, and the value's destructor is the user's.
                capture::contain(|| drop(inner));
                turn
            }
            Err(error) => self.settle(Err(Error::Failed(error))),
        }
    }

    /// Waits for the future that the function returned.
    fn follow(self: Arc<Self>, inner: &Future<U>, clone: fn(&U) -> U) -> Option<Turn> {
        if !self.shared.state().is_done() {
            *lock(&self.stage) = Stage::Inner(Arc::downgrade(&inner.completion));
            // After the stage is set: whoever is told looks at it.
            self.shared.announce_move();
        }
        let mut link = Link(Some(self));
        inner.attach(move |inner| {
            let derived = link.0.take()?;
            *lock(&derived.stage) = Stage::Over;
            match inner.shared().outcome()? {
                Err(error) => derived.pass_on(error),
                Ok(value) => derived.settle(capture::task(|| clone(value)).map_err(Error::Failed)),
            }
        })
    }

    /// What became of another future becomes of this one.
    fn pass_on(self: &Arc<Self>, error: &Error) -> Option<Turn> {
        match error {
            Error::Cancelled(_) => self.announce(self.shared.cancel().ok()?),
            error => self.settle(Err(error.clone())),
        }
    }

    fn settle(self: &Arc<Self>, outcome: Outcome<U>) -> Option<Turn> {
        self.announce(self.shared.settle(outcome, || ()).ok()?)
    }

    fn announce(self: &Arc<Self>, settled: Settled<'_, U>) -> Option<Turn> {
        settled.announce_in_turn(|| self.future())
    }
}

impl<T: 'static, U: Send + Sync + 'static> Completion<U> for Derived<T, U> {
    fn shared(&self) -> &Shared<U> {
        &self.shared
    }

    fn shared_mut(&mut self) -> &mut Shared<U> {
        &mut self.shared
    }

    fn discard(&self) {
        // A statement of its own: the function is the user's, and its destructor may wait for one who wants this lock.
        let awaited = mem::replace(&mut *lock(&self.stage), Stage::Over);
        drop(awaited);
    }

    /// Runs the task at the root if it is queued in the pool of this worker; its end completes what comes from it. If a
    /// function has submitted another task by then, that one is next.
    fn help(self: Arc<Self>) {
        let mut helped = None;
        while seat::occupied().is_some()
            && let Some(root) = Arc::clone(&self).root()
            && root.id() != self.shared.id()
            && helped.replace(root.id()) != Some(root.id())
        {
            root.help();
        }
    }

    fn pool(&self) -> Option<u64> {
        self.pool
    }

    fn awaited(&self) -> Option<Box<dyn Handle>> {
        match &*lock(&self.stage) {
            Stage::Source(source, _) => Some(Box::new(Future::new(source.upgrade()?))),
            Stage::Inner(inner) => Some(Box::new(Future::new(inner.upgrade()?))),
            Stage::Over => None,
        }
    }

    fn root(self: Arc<Self>) -> Option<Box<dyn Handle>> {
        let mut at: Box<dyn Handle> = Box::new(self.future());
        while let Some(next) = at.awaited()
            && !next.state().is_done()
        {
            at = next;
        }
        Some(at)
    }
}
