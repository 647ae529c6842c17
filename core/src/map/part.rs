//! Items of a map that are in flight.

use super::items::Items;
use crate::Future;
use crate::error::{Error, SubmitError, TaskError};
use crate::executor::Accept;
use crate::sync::{Mutex, lock};
use crate::task_options::TaskOptions;
use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Waker;

/// Some items of a map that are in flight. For executors.
#[derive(Debug)]
#[must_use = "dropping it loses the results"]
pub struct Part<R>(pub(super) InFlight<R>);

#[derive(Debug)]
pub(super) enum InFlight<R> {
    /// Each item is a task.
    OneByOne(VecDeque<Future<Slot<R>>>),
    /// All items are one task.
    Together(Chunk<R>),
}

/// Items that are one task.
#[derive(Debug)]
pub(super) struct Chunk<R> {
    pub(super) future: Future<()>,
    pub(super) results: Arc<Items<R>>,
    /// Items whose results have not been taken from `results`.
    pub(super) left: usize,
}

/// A result on its way to the one reader that a map has, who takes it out, so it need not be `Clone` or `Sync`.
#[derive(Debug)]
pub(super) struct Slot<R>(Mutex<Option<R>>);

/// A function and no closure: a closure's type would depend on the call's, and all that it goes through be compiled for
/// each call anew.
fn slot<R>(result: R) -> Result<Slot<R>, TaskError> {
    Ok(Slot(Mutex::new(Some(result))))
}

impl<R> Slot<R> {
    pub(super) fn take(&self) -> R {
        lock(&self.0).take().expect("a map reads each of its results once")
    }
}

impl<R: Send + 'static> Part<R> {
    /// Schedules each item as a task of its own. If the executor refuses one, those before it are cancelled.
    ///
    /// # Errors
    ///
    /// As [`Executor::submit`](crate::Executor::submit).
    pub fn one_by_one<E, F, A>(executor: &E, call: &F, items: Vec<A>) -> Result<Self, SubmitError>
    where
        E: Accept<F, A, R>,
        F: Clone,
    {
        let mut futures = VecDeque::with_capacity(items.len());
        for item in items {
            match executor.accept(TaskOptions::new(), call.clone(), item, slot) {
                Ok(future) => futures.push_back(future),
                Err(refused) => {
                    Self(InFlight::OneByOne(futures)).cancel();
                    return Err(refused);
                }
            }
        }
        Ok(Self(InFlight::OneByOne(futures)))
    }

    pub(crate) fn together(future: Future<()>, results: Arc<Items<R>>, items: usize) -> Self {
        Self(InFlight::Together(Chunk { future, results, left: items }))
    }
}

impl<R> Part<R> {
    /// Has `waker` woken when the next item is there, under that key; false if it is there.
    pub(super) fn wake_later(&self, key: u64, waker: &Waker) -> bool {
        match &self.0 {
            InFlight::OneByOne(futures) => {
                futures.front().is_some_and(|next| next.shared().wake_later(key, waker))
            }
            InFlight::Together(chunk) => chunk.future.shared().wake_later(key, waker),
        }
    }

    /// Forgets the waker of that key.
    pub(super) fn forget_waker(&self, key: u64) {
        match &self.0 {
            InFlight::OneByOne(futures) => {
                if let Some(next) = futures.front() {
                    next.shared().forget_waker(key);
                }
            }
            InFlight::Together(chunk) => chunk.future.shared().forget_waker(key),
        }
    }

    /// Cancels what has not begun.
    pub(super) fn cancel(&self) {
        match &self.0 {
            InFlight::OneByOne(futures) => {
                for future in futures {
                    future.cancel();
                }
            }
            InFlight::Together(chunk) => chunk.cancel(),
        }
    }
}

impl<R> Chunk<R> {
    pub(super) fn cancel(&self) {
        self.results.abandon();
        self.future.cancel();
    }

    /// Moves what has come to the end of `ready`; returns how many that are.
    pub(super) fn take_all(&mut self, ready: &mut VecDeque<Result<R, TaskError>>) -> usize {
        let before = ready.len();
        self.results.take_all(ready);
        let taken = ready.len() - before;
        self.left -= taken;
        taken
    }
}

/// Whether an error says that the wait has failed, rather than what was waited for: no task can have it as its own outcome.
pub(super) fn is_of_the_wait(error: &Error) -> bool {
    matches!(error, Error::Timeout(_) | Error::WouldBlock(_))
}
