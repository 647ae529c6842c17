//! What all executors have in common whose workers share the memory of whoever submits.

use crate::Future;
use crate::error::{SubmitError, TaskError};
use crate::executor::{Accept, Executor, TryAccept};
use crate::map::{Items, Part};
use crate::task::name;
use crate::task_options::TaskOptions;
use std::error::Error as StdError;

/// An executor whose workers share the memory of whoever submits.
pub trait Schedule: Executor {
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

impl<E, F, A, R> Accept<F, A, R> for E
where
    E: Schedule,
    F: FnOnce(A) -> R + Send + 'static,
    A: Send + 'static,
{
    fn accept<T: Send + Sync + 'static>(
        &self,
        options: TaskOptions,
        call: F,
        args: A,
        finish: impl FnOnce(R) -> Result<T, TaskError> + Send + 'static,
    ) -> Result<Future<T>, SubmitError> {
        self.schedule(options, name::<F>, move || finish(call(args)))
    }

    fn accept_items(&self, call: F, items: Vec<A>) -> Result<Part<R>, SubmitError>
    where
        F: Clone,
        R: Send + 'static,
    {
        let count = items.len();
        let (work, results) = Items::chunk(call, items);
        Ok(Part::together(self.schedule(TaskOptions::new(), name::<F>, work)?, results, count))
    }
}

impl<E, F, A, R, X> TryAccept<F, A, R, X> for E
where
    E: Schedule,
    F: FnOnce(A) -> Result<R, X> + Send + 'static,
    A: Send + 'static,
    R: Send + Sync + 'static,
    X: Into<Box<dyn StdError + Send + Sync>> + 'static,
{
    fn try_accept(&self, options: TaskOptions, call: F, args: A) -> Result<Future<R>, SubmitError> {
        self.accept(options, call, args, |returned| returned.map_err(TaskError::returned))
    }
}
