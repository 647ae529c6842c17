//! What a scenario asks of an executor, so that one body serves every kind.

use crate::observing::Log;
use concurrent_futures::{
    Accept, Error, Executor, Future, Map, MapOptions, ProcessPoolExecutor, SubmitError, ThreadPoolExecutor,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::error::Error as StdError;

/// What every executor can be given and can give back: it may have to travel.
pub trait Value: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Value for T {}

/// A kind of executor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Workers share the program's memory.
    Threads,
    /// Each worker has a memory of its own.
    Processes,
}

/// An executor of either kind: calls without captures, values that travel.
///
/// A bound that says "takes every such call" cannot be written with [`Accept`], so each kind says it here once.
pub trait Pool: Executor + Send + Sync + 'static {
    /// Which kind this is.
    const KIND: Kind;

    /// How many workers there are by default, on a machine of so many processors.
    fn default_size(processors: usize) -> usize;

    /// Makes an executor without any option.
    fn by_default() -> Self;

    /// Makes an executor of so many workers, or tells why there is none.
    fn try_of(max_workers: usize) -> Result<Self, String>;

    /// Makes an executor that is observed.
    fn observed(max_workers: usize, log: &Log) -> Self;

    /// Makes an executor that calls `initializer` in every new worker.
    fn initialized<F, A>(max_workers: usize, log: &Log, initializer: F, args: A) -> Self
    where
        F: Fn(A) + Copy + Send + Sync + 'static,
        A: Value + Clone;

    /// The most workers that there may be.
    fn max_workers(&self) -> usize;

    /// The workers that there are.
    fn workers(&self) -> usize;

    /// As [`Executor::submit`].
    fn call<F, A, R>(&self, call: F, args: A) -> Result<Future<R>, SubmitError>
    where
        F: Fn(A) -> R + Copy + Send + 'static,
        A: Value,
        R: Value;

    /// As [`Executor::try_submit`].
    fn try_call<F, A, R, E>(&self, call: F, args: A) -> Result<Future<R>, SubmitError>
    where
        F: Fn(A) -> Result<R, E> + Copy + Send + 'static,
        A: Value,
        R: Value,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static;

    /// As [`Executor::map_with`].
    fn map_calls<F, I, R>(
        &self,
        options: MapOptions,
        call: F,
        items: I,
    ) -> Result<impl Results<R>, SubmitError>
    where
        F: Fn(I::Item) -> R + Copy + Send + 'static,
        I: IntoIterator<Item: Value>,
        R: Value;

    /// Makes an executor of so many workers.
    fn of(max_workers: usize) -> Self {
        Self::try_of(max_workers).expect("the number of workers is positive")
    }
}

/// The results of [`Pool::map_calls`].
pub trait Results<R>: Iterator<Item = Result<R, Error>> {
    /// As [`Map::close`].
    fn close(&mut self);
}

impl<E, F, I, R> Results<R> for Map<'_, E, F, I, R>
where
    E: Accept<F, I::Item, R>,
    F: Fn(I::Item) -> R + Clone,
    I: Iterator,
    R: Send + 'static,
{
    fn close(&mut self) {
        Map::close(self);
    }
}

/// What is written alike for both kinds, though no bound covers it.
macro_rules! calls {
    () => {
        fn try_of(max_workers: usize) -> Result<Self, String> {
            Self::new(max_workers).map_err(|refused| refused.to_string())
        }

        fn by_default() -> Self {
            Self::builder().build().unwrap()
        }

        fn observed(max_workers: usize, log: &Log) -> Self {
            Self::builder().max_workers(max_workers).observer(log.observer()).build().unwrap()
        }

        fn max_workers(&self) -> usize {
            self.max_workers()
        }

        fn workers(&self) -> usize {
            self.workers()
        }

        fn call<F, A, R>(&self, call: F, args: A) -> Result<Future<R>, SubmitError>
        where
            F: Fn(A) -> R + Copy + Send + 'static,
            A: Value,
            R: Value,
        {
            self.submit(call, args)
        }

        fn try_call<F, A, R, E>(&self, call: F, args: A) -> Result<Future<R>, SubmitError>
        where
            F: Fn(A) -> Result<R, E> + Copy + Send + 'static,
            A: Value,
            R: Value,
            E: Into<Box<dyn StdError + Send + Sync>> + 'static,
        {
            self.try_submit(call, args)
        }

        fn map_calls<F, I, R>(
            &self,
            options: MapOptions,
            call: F,
            items: I,
        ) -> Result<impl Results<R>, SubmitError>
        where
            F: Fn(I::Item) -> R + Copy + Send + 'static,
            I: IntoIterator<Item: Value>,
            R: Value,
        {
            self.map_with(options, call, items)
        }
    };
}

impl Pool for ThreadPoolExecutor {
    const KIND: Kind = Kind::Threads;

    fn default_size(processors: usize) -> usize {
        (processors + 4).min(32)
    }

    fn initialized<F, A>(max_workers: usize, log: &Log, initializer: F, args: A) -> Self
    where
        F: Fn(A) + Copy + Send + Sync + 'static,
        A: Value + Clone,
    {
        let builder = Self::builder().max_workers(max_workers).observer(log.observer());
        builder.initializer(move || initializer(args.clone())).build().unwrap()
    }

    calls!();
}

impl Pool for ProcessPoolExecutor {
    const KIND: Kind = Kind::Processes;

    fn default_size(processors: usize) -> usize {
        processors
    }

    fn initialized<F, A>(max_workers: usize, log: &Log, initializer: F, args: A) -> Self
    where
        F: Fn(A) + Copy + Send + Sync + 'static,
        A: Value + Clone,
    {
        let builder = Self::builder().max_workers(max_workers).observer(log.observer());
        builder.initializer(initializer, args).build().unwrap()
    }

    calls!();
}
