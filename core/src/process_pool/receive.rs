//! Makes outcomes of what workers answer.

use super::call::decode;
use super::failure::Failure;
use super::wire::Kind;
use crate::capture;
use crate::error::{CodecStep, TaskError, WorkerLost};
use crate::map::{Items, Reception};
use crate::sync::{Mutex, lock};
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::sync::Arc;

/// Makes an outcome of answers.
pub(super) trait Receive<T>: Send + Sync {
    /// Takes answers; returns the task's outcome if the last was among them.
    fn take<'a>(&self, answers: &mut impl Iterator<Item = Answer<'a>>) -> Option<Result<T, TaskError>>;

    /// Takes the loss of the worker in place of an answer.
    fn lose(&self, lost: WorkerLost) -> Option<Result<T, TaskError>>;

    /// A worker begins, perhaps not the first one.
    fn begin(&self) {}
}

/// What a worker said to a task or an item: the encoded result, or the failure.
pub(super) struct Answer<'a> {
    is_value: bool,
    body: &'a [u8],
}

impl Answer<'_> {
    pub(super) fn of(kind: Kind, body: &[u8]) -> Answer<'_> {
        Answer { is_value: kind == Kind::Value, body }
    }

    /// Decodes a result, by code that is the user's.
    fn decode<R: DeserializeOwned>(&self) -> Result<R, TaskError> {
        if self.is_value {
            return decode(self.body, CodecStep::DecodeResult).map_err(Failure::into_error);
        }
        let failure: Failure = postcard::from_bytes(self.body)
            .unwrap_or_else(|error| Failure::codec::<Failure>(CodecStep::DecodeResult, error));
        Err(failure.into_error())
    }
}

/// What becomes of a result whose decoding has panicked.
fn undecoded<R>(panic: &TaskError) -> TaskError {
    Failure::codec::<R>(CodecStep::DecodeResult, format_args!("it panicked: {panic}")).into_error()
}

/// Receives the one result of a plain task.
pub(super) struct Single<R, G> {
    finish: Mutex<Option<G>>,
    result: PhantomData<fn() -> R>,
}

impl<R, G> Single<R, G> {
    pub(super) fn new(finish: G) -> Self {
        Self { finish: Mutex::new(Some(finish)), result: PhantomData }
    }
}

impl<R, T, G> Receive<T> for Single<R, G>
where
    R: DeserializeOwned,
    G: FnOnce(R) -> Result<T, TaskError> + Send,
{
    fn take<'a>(&self, answers: &mut impl Iterator<Item = Answer<'a>>) -> Option<Result<T, TaskError>> {
        let (answer, finish) = (answers.next()?, lock(&self.finish).take()?);
        let decoded = capture::task(|| answer.decode());
        Some(decoded.unwrap_or_else(|panic| Err(undecoded::<R>(&panic))).and_then(finish))
    }

    fn lose(&self, lost: WorkerLost) -> Option<Result<T, TaskError>> {
        Some(Err(TaskError::lost(lost)))
    }
}

/// Receives the results of a chunk, one after the other; its future tells that all are there.
pub(super) struct Several<R>(pub(super) Arc<Items<R>>);

impl<R: DeserializeOwned + Send> Receive<()> for Several<R> {
    fn take<'a>(&self, answers: &mut impl Iterator<Item = Answer<'a>>) -> Option<Result<(), TaskError>> {
        let mut decoded = Vec::new();
        // An answer is taken before it is decoded, so after a panic the next one follows.
        while let Err(panic) =
            capture::task(|| decoded.extend(answers.by_ref().map(|answer| answer.decode())))
        {
            decoded.push(Err(undecoded::<R>(&panic)));
        }
        received(self.0.put(decoded.into_iter()))
    }

    fn lose(&self, lost: WorkerLost) -> Option<Result<(), TaskError>> {
        received(self.0.put(std::iter::once(Err(TaskError::lost(lost)))))
    }

    fn begin(&self) {
        self.0.begin();
    }
}

/// A chunk's future tells no more than that all is there.
fn received(reception: Reception) -> Option<Result<(), TaskError>> {
    (reception == Reception::Complete).then_some(Ok(()))
}
