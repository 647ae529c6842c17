//! A task whose function runs in another memory: its encoded call, and the future of its result.

use super::call::decode;
use super::failure::Failure;
use super::isolation::Link;
use super::wire::{self, Frame, Kind};
use super::worker::next_item;
use crate::error::{CodecStep, Error, InvalidStateError, TaskError, WorkerLost};
use crate::future::Completion;
use crate::observer::{EventKind, Reporter};
use crate::shared::{Outcome, Settled, Shared};
use crate::sync::{Mutex, lock};
use crate::{Future, State};
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// What a pool sees of a task: the type of its value is forgotten.
pub(super) trait RemoteJob: Send + Sync {
    fn id(&self) -> u64;

    /// The function's name.
    fn name(&self) -> &'static str;

    /// How many frames answer it.
    fn answers(&self) -> usize;

    /// Marks the task as running; false if it was cancelled. One that a lost worker had not begun may be started again.
    fn start(&self) -> bool;

    /// Notes where the task is, sends it there, and says whether it did: it does not if the task was cancelled.
    ///
    /// From here on, cancelling asks the worker's link.
    fn send(&self, link: &Arc<dyn Link>, seq: u32) -> bool;

    /// Forgets where the task was: it is in the queue again.
    fn recall(&self);

    /// Takes the worker's answers, in their order.
    fn receive(self: Arc<Self>, frames: &[u8]);

    /// Takes one answer whose body lies elsewhere.
    fn receive_large(self: Arc<Self>, kind: Kind, body: &[u8]);

    /// The worker was lost under the task. Returns whether something is left that the worker had not begun, and that
    /// should be sent to another one.
    fn lose(self: Arc<Self>, lost: WorkerLost) -> bool;

    /// Fails the task, whether it has begun or not, unless it is done.
    fn fail(self: Arc<Self>, error: Error);

    /// Cancels the task unless it has begun.
    fn cancel(self: Arc<Self>);
}

/// What a task asks of its pool.
pub(super) trait Host: Send + Sync {
    /// Ends the worker that runs the task; false if none does.
    fn kill(&self, task: u64) -> bool;

    /// Runs callbacks where they may block.
    fn defer(&self, code: Box<dyn FnOnce() + Send>);
}

/// Makes an outcome of answers.
pub(super) trait Receive<T>: Send + Sync {
    /// Takes an answer; returns the task's outcome if it was the last.
    fn take(&self, answer: Result<&[u8], Failure>) -> Option<Result<T, TaskError>>;

    /// Takes the loss of the worker in place of an answer.
    fn lose(&self, lost: WorkerLost) -> Option<Result<T, TaskError>>;
}

/// A task for a worker with a memory of its own.
pub(super) struct RemoteTask<T, V> {
    shared: Shared<T>,
    name: &'static str,
    /// The body of its frame; kept until the task is done, since a worker may be lost before it begins.
    body: Mutex<Arc<Vec<u8>>>,
    /// Of a chunk only.
    chunk: Option<Mutex<Progress>>,
    value: V,
    /// The worker that the task was sent to, and its number there.
    place: Mutex<Option<(Arc<dyn Link>, u32)>>,
    host: Weak<dyn Host>,
    reporter: Reporter,
}

struct Progress {
    items: usize,
    answered: usize,
}

/// Bytes of a chunk before its items: the position of the function.
const CHUNK_START: usize = 8;

impl<T, V> RemoteTask<T, V>
where
    T: Send + Sync + 'static,
    V: Receive<T> + 'static,
{
    /// Makes the task of the body of its frame, which has so many items if it is a chunk.
    pub(super) fn new(
        name: &'static str,
        body: Vec<u8>,
        items: Option<usize>,
        value: V,
        host: Weak<dyn Host>,
        reporter: Reporter,
    ) -> Self {
        Self {
            shared: Shared::new(),
            name,
            body: Mutex::new(Arc::new(body)),
            chunk: items.map(|items| Mutex::new(Progress { items, answered: 0 })),
            value,
            place: Mutex::new(None),
            host,
            reporter,
        }
    }

    pub(super) fn future(self: &Arc<Self>) -> Future<T> {
        Future::new(Arc::clone(self) as Arc<dyn Completion<T>>)
    }

    fn answer(self: &Arc<Self>, kind: Kind, body: &[u8]) {
        let answer = match kind {
            Kind::Value => Ok(body),
            _ => Err(postcard::from_bytes(body)
                .unwrap_or_else(|error| Failure::codec::<Failure>(CodecStep::DecodeResult, error))),
        };
        if let Some(chunk) = &self.chunk {
            lock(chunk).answered += 1;
        }
        if let Some(outcome) = self.value.take(answer) {
            self.settle(outcome.map_err(Error::Failed));
        }
    }

    fn settle(self: &Arc<Self>, outcome: Outcome<T>) {
        let task = self.shared.id();
        if self.shared.state().is_done() {
            return;
        }
        match &outcome {
            Ok(_) => self.reporter.report(EventKind::TaskFinished { task }),
            Err(Error::Failed(error)) => self.reporter.report(EventKind::TaskFailed { task, error }),
            Err(_) => self.reporter.report(EventKind::TaskCancelled { task }),
        }
        self.forget();
        if let Ok(settled) = self.shared.settle(outcome, || ()) {
            let host = self.host.upgrade();
            settled.announce_elsewhere(|code| defer(host.as_deref(), code), || self.future());
        }
    }

    /// Lets the call and the worker go.
    fn forget(&self) {
        drop(std::mem::take(&mut *lock(&self.body)));
        drop(lock(&self.place).take());
    }
}

fn defer(host: Option<&dyn Host>, code: Box<dyn FnOnce() + Send>) {
    match host {
        Some(host) => host.defer(code),
        None => code(),
    }
}

impl<T, V> RemoteJob for RemoteTask<T, V>
where
    T: Send + Sync + 'static,
    V: Receive<T> + 'static,
{
    fn id(&self) -> u64 {
        self.shared.id()
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn answers(&self) -> usize {
        self.chunk.as_ref().map_or(1, |chunk| {
            let progress = lock(chunk);
            progress.items - progress.answered
        })
    }

    fn start(&self) -> bool {
        match self.shared.begin() {
            Ok(()) => true,
            Err(error) => error.state() == State::Running,
        }
    }

    fn send(&self, link: &Arc<dyn Link>, seq: u32) -> bool {
        let mut place = lock(&self.place);
        if self.shared.state().is_done() {
            return false;
        }
        let kind = if self.chunk.is_some() { Kind::Chunk } else { Kind::Task };
        link.send(kind, seq, &lock(&self.body));
        *place = Some((Arc::clone(link), seq));
        true
    }

    fn recall(&self) {
        *lock(&self.place) = None;
    }

    fn receive(self: Arc<Self>, mut frames: &[u8]) {
        // The pool has read these frames before, so there is nothing else among them.
        while let Ok(Some(Frame { kind, body, .. })) = wire::split(&mut frames) {
            self.answer(kind, body);
        }
    }

    fn receive_large(self: Arc<Self>, kind: Kind, body: &[u8]) {
        self.answer(kind, body);
    }

    fn lose(self: Arc<Self>, lost: WorkerLost) -> bool {
        if let Some(outcome) = self.value.lose(lost) {
            self.settle(outcome.map_err(Error::Failed));
            return false;
        }
        let Some(chunk) = &self.chunk else { return false };
        self.recall();
        let mut progress = lock(chunk);
        progress.answered += 1;
        let mut body = lock(&self.body);
        let Some(mut items) = body.get(CHUNK_START..) else { return false };
        for _ in 0..progress.answered {
            let _ = next_item(&mut items);
        }
        let rest = [&body[..CHUNK_START], items].concat();
        *body = Arc::new(rest);
        *progress = Progress { items: progress.items - progress.answered, answered: 0 };
        true
    }

    fn fail(self: Arc<Self>, error: Error) {
        self.settle(Err(error));
    }

    fn cancel(self: Arc<Self>) {
        // The answer does not matter: a task that has begun is left alone.
        let _ = self.future().cancel();
    }
}

impl<T, V> Completion<T> for RemoteTask<T, V>
where
    T: Send + Sync + 'static,
    V: Receive<T> + 'static,
{
    fn shared(&self) -> &Shared<T> {
        &self.shared
    }

    fn shared_mut(&mut self) -> &mut Shared<T> {
        &mut self.shared
    }

    /// A worker that has the task already may be about to begin it, so it is asked, without waiting for it.
    fn cancel(&self) -> Result<Settled<'_, T>, InvalidStateError> {
        let place = lock(&self.place);
        if let Some((link, seq)) = &*place
            && self.shared.state() == State::Pending
            && !link.withdraw(*seq)
        {
            return Err(InvalidStateError::new(State::Running));
        }
        self.shared.cancel()
    }

    fn discard(&self) {
        self.reporter.report(EventKind::TaskCancelled { task: self.shared.id() });
        drop(std::mem::take(&mut *lock(&self.body)));
    }

    fn help(self: Arc<Self>) {}

    fn pool(&self) -> Option<u64> {
        Some(self.reporter.pool)
    }

    fn drive(&self, limit: Option<Duration>) {
        let place = lock(&self.place).as_ref().map(|(link, _)| Arc::clone(link));
        if let Some(link) = place {
            link.drive(&|| self.shared.outcome().is_some(), limit);
        }
    }

    fn kill(&self) -> bool {
        self.host.upgrade().is_some_and(|host| host.kill(self.shared.id()))
    }
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
    fn take(&self, answer: Result<&[u8], Failure>) -> Option<Result<T, TaskError>> {
        let finish = lock(&self.finish).take()?;
        Some(decoded(answer).and_then(finish))
    }

    fn lose(&self, lost: WorkerLost) -> Option<Result<T, TaskError>> {
        Some(Err(TaskError::lost(lost)))
    }
}

/// Receives the results of a chunk, one after the other; its future tells that all are there.
pub(super) struct Several<R>(pub(super) Arc<Items<R>>);

/// The results of a chunk that have come and were not read yet.
#[derive(Debug)]
pub(crate) struct Items<R> {
    results: Mutex<Arriving<R>>,
}

#[derive(Debug)]
struct Arriving<R> {
    arrived: VecDeque<Result<R, TaskError>>,
    /// Items that have not come.
    missing: usize,
}

impl<R> Items<R> {
    pub(super) fn new(items: usize) -> Self {
        let arrived = VecDeque::with_capacity(items);
        Self { results: Mutex::new(Arriving { arrived, missing: items }) }
    }

    /// Moves what has come to the end of `ready`.
    pub(crate) fn take_all(&self, ready: &mut VecDeque<Result<R, TaskError>>) {
        ready.append(&mut lock(&self.results).arrived);
    }

    fn put(&self, result: Result<R, TaskError>) -> Option<Result<(), TaskError>> {
        let mut results = lock(&self.results);
        results.arrived.push_back(result);
        results.missing = results.missing.saturating_sub(1);
        (results.missing == 0).then_some(Ok(()))
    }
}

impl<R: DeserializeOwned + Send> Receive<()> for Several<R> {
    fn take(&self, answer: Result<&[u8], Failure>) -> Option<Result<(), TaskError>> {
        self.0.put(decoded(answer))
    }

    fn lose(&self, lost: WorkerLost) -> Option<Result<(), TaskError>> {
        self.0.put(Err(TaskError::lost(lost)))
    }
}

/// Decodes a result; the code that does it is the user's, and its panic is the task's.
fn decoded<R: DeserializeOwned>(answer: Result<&[u8], Failure>) -> Result<R, TaskError> {
    let body = answer.map_err(Failure::into_error)?;
    match crate::capture::task(|| decode(body, CodecStep::DecodeResult)) {
        Ok(decoded) => decoded.map_err(Failure::into_error),
        Err(panic) => {
            Err(Failure::codec::<R>(CodecStep::DecodeResult, format_args!("it panicked: {panic}"))
                .into_error())
        }
    }
}
