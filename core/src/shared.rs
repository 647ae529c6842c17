//! What a future, its producer and its waiters share, and how an outcome travels from one to the others.
//!
//! An outcome arrives in two steps. *Settling* happens under the lock: the state changes, the outcome is stored, and the
//! lists of whoever waits are taken out. *Announcing* happens after it: blocked threads are woken, collectors and
//! wakers told, what will not run any more is dropped, and last the callbacks run, so no code of the user's ever runs
//! under the lock. A waiter may therefore return before the callbacks have run, as in Python.

use crate::blocking::{check_may_block, may_block};
use crate::cancel_token::CancelToken;
use crate::capture;
use crate::collector::Collector;
use crate::deadline::Deadline;
use crate::error::{CancelledError, Error, InvalidStateError, TimeoutError};
use crate::spin::spin;
use crate::sync::{Condvar, Mutex, OnceLock, lock, wait};
use crate::turn::{self, Turn};
use crate::{Future, State};
use smallvec::SmallVec;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

/// A value, or why there is none.
pub(crate) type Outcome<T> = Result<T, Error>;

/// A list that seldom has more than one entry.
pub(crate) type Few<T> = SmallVec<[T; 1]>;

/// Runs once, when the future is done, and returns the callbacks that are to run next.
pub(crate) type Callback<T> = Box<dyn FnOnce(&Future<T>) -> Option<Turn> + Send>;

/// What a collector wants to be told, with the key under which it knows the future that it waits for.
#[derive(Clone, Copy)]
pub(crate) enum Interest {
    /// That the future is done.
    Done(usize),
    /// That the future follows another one or is done: then there may be something to run for whoever waits for what comes
    /// of it.
    Moved(usize),
}

/// The part of a future that its producer and all its handles share.
pub(crate) struct Shared<T> {
    /// Unique in the process; the identity of the future.
    id: u64,
    /// Written once, under the lock of `lifecycle`; read without it, which is what lets `result` lend the value.
    outcome: OnceLock<Outcome<T>>,
    lifecycle: Mutex<Lifecycle<T>>,
    /// Notified when the outcome is there, if a thread is blocked.
    done: Condvar,
}

struct Lifecycle<T> {
    state: State,
    /// Threads inside `block_until_done`.
    blocked: u32,
    /// Who else is to be told; most futures have nobody, and there may be millions of them.
    listeners: Option<Box<Listeners<T>>>,
}

struct Listeners<T> {
    /// Who collects several futures, and what of this one.
    collectors: Few<(Arc<Collector>, Interest)>,
    /// Who awaits the future, each under a key of its own, so that a second poll replaces the waker of the first.
    wakers: Few<(u64, Waker)>,
    /// In the order of their registration.
    callbacks: Few<Callback<T>>,
    /// What asks the task to end, once somebody has asked for it.
    token: Option<CancelToken>,
}

/// Returns a number that no other call in this process returns.
pub(crate) fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // ORDERING: only uniqueness matters; nothing is published by the number.
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<T> Lifecycle<T> {
    fn listeners(&mut self) -> &mut Listeners<T> {
        self.listeners.get_or_insert_default()
    }
}

impl<T> Default for Listeners<T> {
    fn default() -> Self {
        Self { collectors: Few::new(), wakers: Few::new(), callbacks: Few::new(), token: None }
    }
}

impl<T> Shared<T> {
    pub(crate) fn new() -> Self {
        Self {
            id: unique(),
            outcome: OnceLock::new(),
            lifecycle: Mutex::new(Lifecycle { state: State::Pending, blocked: 0, listeners: None }),
            done: Condvar::new(),
        }
    }

    /// Gives the task a token of the submitter's.
    pub(crate) fn with_token(self, token: CancelToken) -> Self {
        lock(&self.lifecycle).listeners().token = Some(token);
        self
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Returns what asks the task to end; if it is done, that is of no consequence.
    pub(crate) fn token(&self) -> CancelToken {
        let mut lifecycle = lock(&self.lifecycle);
        if lifecycle.state.is_done() {
            return CancelToken::new();
        }
        lifecycle.listeners().token.get_or_insert_default().clone()
    }

    pub(crate) fn state(&self) -> State {
        lock(&self.lifecycle).state
    }

    /// Returns the outcome without waiting, if it is there.
    pub(crate) fn outcome(&self) -> Option<&Outcome<T>> {
        self.outcome.get()
    }

    /// Takes the outcome out; only the last handle has the exclusive access that this asks for.
    pub(crate) fn take_outcome(&mut self) -> Option<Outcome<T>> {
        self.outcome.take()
    }

    /// Pending to Running; tells whether this caller is the one to run the task.
    pub(crate) fn begin(&self) -> Result<(), InvalidStateError> {
        let mut lifecycle = lock(&self.lifecycle);
        let state = lifecycle.state;
        lifecycle.state = state.begin().map_err(|_| InvalidStateError::new(state))?;
        Ok(())
    }

    /// As [`begin`](Self::begin), unless the task was given a token that is cancelled: then it should be cancelled too.
    pub(crate) fn begin_if_wanted(&self) -> Begin {
        let mut lifecycle = lock(&self.lifecycle);
        let token = lifecycle.listeners.as_ref().and_then(|listeners| listeners.token.as_ref());
        let is_unwanted = token.is_some_and(CancelToken::is_noted);
        match lifecycle.state.begin() {
            Ok(_) if is_unwanted => Begin::Unwanted,
            Ok(begun) => {
                lifecycle.state = begun;
                Begin::Begun
            }
            Err(_) => Begin::Refused,
        }
    }

    /// Stores the outcome; the caller then announces it.
    ///
    /// `release` frees the worker before the outcome can be seen, so that whoever has seen it finds the worker free. It is
    /// not called if there are callbacks or wakers, since they are code of the user's and keep the worker.
    pub(crate) fn settle(
        &self,
        outcome: Outcome<T>,
        release: impl FnOnce(),
    ) -> Result<Settled<'_, T>, InvalidStateError> {
        self.finish(State::settle, outcome, release)
    }

    /// Cancels; the caller then announces it.
    pub(crate) fn cancel(&self) -> Result<Settled<'_, T>, InvalidStateError> {
        self.finish(State::cancel, Err(Error::Cancelled(CancelledError)), || ())
    }

    /// Fails what has not begun; the caller then announces it.
    pub(crate) fn expire(&self, error: Error) -> Result<Settled<'_, T>, InvalidStateError> {
        self.finish(State::expire, Err(error), || ())
    }

    fn finish(
        &self,
        transition: fn(State) -> Result<State, crate::state::Refused>,
        outcome: Outcome<T>,
        release: impl FnOnce(),
    ) -> Result<Settled<'_, T>, InvalidStateError> {
        let mut lifecycle = lock(&self.lifecycle);
        let state = lifecycle.state;
        lifecycle.state = transition(state).map_err(|_| InvalidStateError::new(state))?;
        let failed = lifecycle.state == State::Finished && outcome.is_err();
        let listeners = lifecycle.listeners.take();
        if listeners.as_ref().is_none_or(|known| known.callbacks.is_empty() && known.wakers.is_empty()) {
            release();
        }
        // It cannot be set already: the state machine lets only one caller this far.
        let _ = self.outcome.set(outcome);
        Ok(Settled { shared: self, failed, wake: lifecycle.blocked > 0, listeners })
    }

    /// Blocks until the outcome is there and lends it.
    pub(crate) fn block_until_done(&self, deadline: Deadline) -> Result<&Outcome<T>, Error> {
        if let Some(outcome) = self.outcome.get() {
            return Ok(outcome);
        }
        if deadline.remaining().is_ok() && may_block() {
            spin(|| self.outcome.get().is_some());
        }
        let mut lifecycle = lock(&self.lifecycle);
        lifecycle.blocked += 1;
        let waited = loop {
            if let Some(outcome) = self.outcome.get() {
                break Ok(outcome);
            }
            let limit = match deadline.remaining() {
                Ok(limit) => limit,
                Err(_) => break Err(Error::Timeout(TimeoutError::new(1, 1))),
            };
            if let Err(error) = check_may_block() {
                break Err(Error::WouldBlock(error));
            }
            lifecycle = wait(&self.done, &self.lifecycle, lifecycle, limit);
        };
        lifecycle.blocked -= 1;
        waited
    }

    /// Registers a callback, or gives it back when the outcome is already there.
    pub(crate) fn add_callback(&self, callback: Callback<T>) -> Result<(), Callback<T>> {
        let mut lifecycle = lock(&self.lifecycle);
        if lifecycle.state.is_done() {
            return Err(callback);
        }
        lifecycle.listeners().callbacks.push(callback);
        Ok(())
    }

    /// Registers a collector, unless the outcome is already there; then returns false.
    pub(crate) fn watch(&self, collector: &Arc<Collector>, interest: Interest) -> bool {
        let mut lifecycle = lock(&self.lifecycle);
        let pending = !lifecycle.state.is_done();
        if pending {
            lifecycle.listeners().collectors.push((Arc::clone(collector), interest));
        }
        pending
    }

    /// Forgets a collector that has stopped waiting, so that a long task does not gather those of many short waits.
    pub(crate) fn unwatch(&self, collector: &Arc<Collector>) {
        if let Some(listeners) = &mut lock(&self.lifecycle).listeners {
            listeners.collectors.retain(|(known, _)| !Arc::ptr_eq(known, collector));
        }
    }

    /// Tells those collectors that want to know it that this future follows another one now.
    pub(crate) fn announce_move(&self) {
        let mut moved = Few::new();
        if let Some(listeners) = &mut lock(&self.lifecycle).listeners {
            listeners.collectors.retain(|(collector, interest)| match interest {
                Interest::Done(_) => true,
                Interest::Moved(key) => {
                    moved.push((Arc::clone(collector), *key));
                    false
                }
            });
        }
        for (collector, key) in moved {
            collector.moved(key);
        }
    }

    /// Registers a waker under `key`, unless the outcome is already there; then returns false.
    pub(crate) fn wake_later(&self, key: u64, waker: &Waker) -> bool {
        // Wakers are the user's: they are cloned before the lock is taken and dropped after it is given back.
        let mut waker = waker.clone();
        let mut lifecycle = lock(&self.lifecycle);
        if lifecycle.state.is_done() {
            return false;
        }
        let wakers = &mut lifecycle.listeners().wakers;
        match wakers.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => mem::swap(known, &mut waker),
            None => {
                wakers.push((key, waker));
                return true;
            }
        }
        drop(lifecycle);
        drop(waker);
        true
    }

    /// Forgets the waker of a future that is no longer awaited.
    pub(crate) fn forget_waker(&self, key: u64) {
        let mut lifecycle = lock(&self.lifecycle);
        let forgotten = lifecycle.listeners.as_mut().and_then(|listeners| {
            let position = listeners.wakers.iter().position(|(known, _)| *known == key)?;
            Some(listeners.wakers.swap_remove(position))
        });
        drop(lifecycle);
        drop(forgotten);
    }
}

/// What comes of a worker's wish to begin a task.
pub(crate) enum Begin {
    Begun,
    /// Somebody else has begun, finished or cancelled it.
    Refused,
    /// It waits, and its token is cancelled.
    Unwanted,
}

/// An outcome that is stored and not yet announced.
#[must_use = "whoever waits must be told"]
pub(crate) struct Settled<'a, T> {
    shared: &'a Shared<T>,
    failed: bool,
    wake: bool,
    listeners: Option<Box<Listeners<T>>>,
}

impl<T> Settled<'_, T> {
    /// Tells everybody who waits. `discard` drops what will not run any more, and `future` makes the handle that the
    /// callbacks are given.
    ///
    /// The order matters where code of the user's blocks: first those who need nothing but to be woken, then destructors
    /// and callbacks, which may wait for them. A panic in any of that ends there.
    pub(crate) fn announce(mut self, discard: impl FnOnce(), future: impl FnOnce() -> Future<T>) {
        let callbacks = self.wake_all();
        capture::contain(discard);
        if !callbacks.is_empty() {
            call_back(callbacks, future());
        }
    }

    /// As [`announce`](Self::announce), on a thread that must not block: callbacks are given to `defer`.
    pub(crate) fn announce_elsewhere(
        mut self,
        defer: impl FnOnce(Box<dyn FnOnce() + Send>),
        future: impl FnOnce() -> Future<T>,
    ) where
        T: Send + Sync + 'static,
    {
        let callbacks = self.wake_all();
        if !callbacks.is_empty() {
            let future = future();
            defer(Box::new(move || call_back(callbacks, future)));
        }
    }

    /// As [`announce`](Self::announce), by one who is a callback itself: its caller runs the callbacks.
    pub(crate) fn announce_in_turn(mut self, future: impl FnOnce() -> Future<T>) -> Option<Turn>
    where
        T: 'static,
    {
        Turn::new(self.wake_all(), future)
    }

    /// Returns the callbacks, which are still to run.
    fn wake_all(&mut self) -> Few<Callback<T>> {
        if self.wake {
            self.shared.done.notify_all();
        }
        self.listeners.take().map_or_else(Few::new, |listeners| self.wake_listeners(*listeners))
    }

    /// Apart, since it is much code and most futures have no listeners.
    #[inline(never)]
    fn wake_listeners(&self, listeners: Listeners<T>) -> Few<Callback<T>> {
        for (collector, interest) in listeners.collectors {
            match interest {
                Interest::Done(key) => collector.completed(key, self.failed),
                Interest::Moved(key) => collector.moved(key),
            }
        }
        for (_, waker) in listeners.wakers {
            capture::contain(|| waker.wake());
        }
        listeners.callbacks
    }
}

#[inline(never)]
fn call_back<T>(callbacks: Few<Callback<T>>, future: Future<T>) {
    for callback in callbacks {
        turn::run(turn::call(callback, &future));
    }
    // It may be the last handle, and the value's destructor is the user's.
    capture::contain(|| drop(future));
}

#[cfg(test)]
mod tests {
    use crate::sync::lock;
    use crate::{Future, Promise, ReturnWhen, as_completed, wait};
    use std::future::IntoFuture;
    use std::pin::pin;
    use std::task::{Context, Waker};
    use std::time::Duration;

    /// How many collectors and wakers the future knows.
    fn waiters<T>(future: &Future<T>) -> (usize, usize) {
        let lifecycle = lock(&future.shared().lifecycle);
        lifecycle.listeners.as_ref().map_or((0, 0), |known| (known.collectors.len(), known.wakers.len()))
    }

    #[test]
    fn wait_leaves_nothing() {
        let (open, finished) = (Promise::new(), Promise::new());
        finished.set_result(1).unwrap();
        let futures = [open.future(), finished.future()];
        for return_when in [ReturnWhen::FirstCompleted, ReturnWhen::FirstException, ReturnWhen::AllCompleted]
        {
            wait(&futures, Some(Duration::ZERO), return_when).unwrap();
            assert_eq!(waiters(&futures[0]), (0, 0), "{return_when:?}");
        }
        open.set_result(2).unwrap();
    }

    #[test]
    fn as_completed_leaves_nothing() {
        let (open, finished) = (Promise::new(), Promise::new());
        let futures = [open.future(), finished.future()];
        let mut completed = as_completed(&futures);
        assert_eq!((waiters(&futures[0]), waiters(&futures[1])), ((1, 0), (1, 0)));
        finished.set_result(1).unwrap();
        assert_eq!(completed.next(), Some(&futures[1]));
        drop(completed);
        assert_eq!(waiters(&futures[0]), (0, 0));
        let mut limited = as_completed(&futures).timeout(Duration::ZERO);
        assert!(limited.by_ref().any(|item| item.is_err()));
        assert_eq!(waiters(&futures[0]), (0, 0));
        open.set_result(2).unwrap();
    }

    #[test]
    fn await_leaves_nothing() {
        let promise = Promise::<u32>::new();
        let future = promise.future();
        let mut context = Context::from_waker(Waker::noop());
        {
            let mut lent = pin!((&future).into_future());
            let mut given = pin!(promise.future().into_future());
            for _ in 0..3 {
                assert!(std::future::Future::poll(lent.as_mut(), &mut context).is_pending());
                assert!(std::future::Future::poll(given.as_mut(), &mut context).is_pending());
            }
            assert_eq!(waiters(&future), (0, 2));
        }
        assert_eq!(waiters(&future), (0, 0));
    }
}
