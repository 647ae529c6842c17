//! A task whose function runs in another memory: its encoded call, and the future of its result.

use super::call::decode;
use super::failure::Failure;
use super::isolation::Link;
use super::shared_bytes::{Region, unpacking};
use super::wire::{self, Frame, Kind};
use super::worker::next_item;
use crate::capture;
use crate::error::{CodecStep, Error, InvalidStateError, TaskError, WorkerLost};
use crate::future::Completion;
use crate::observer::{EventKind, Reporter};
use crate::shared::{Outcome, Settled, Shared};
use crate::sync::{Mutex, lock};
use crate::{Future, State};
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::ptr;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// What a pool sees of a task: the type of its value is forgotten.
pub(super) trait RemoteJob: Send + Sync {
    fn id(&self) -> u64;

    /// The function's name.
    fn name(&self) -> &'static str;

    /// How many frames answer it.
    fn answers(&self) -> usize;

    /// Whether there is nothing to run any more.
    fn is_done(&self) -> bool;

    /// Whether it has been started, and has no outcome.
    fn is_running(&self) -> bool;

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
    fn receive_large(self: Arc<Self>, kind: Kind, body: &[u8], regions: Vec<Arc<dyn Region>>);

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
    /// Takes answers; returns the task's outcome if the last was among them.
    fn take<'a>(&self, answers: &mut impl Iterator<Item = Answer<'a>>) -> Option<Result<T, TaskError>>;

    /// Takes the loss of the worker in place of an answer.
    fn lose(&self, lost: WorkerLost) -> Option<Result<T, TaskError>>;
}

/// What a worker said to a task or an item: the encoded result, or the failure.
pub(super) struct Answer<'a> {
    is_value: bool,
    body: &'a [u8],
}

impl Answer<'_> {
    fn of(kind: Kind, body: &[u8]) -> Answer<'_> {
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

/// A task for a worker with a memory of its own.
pub(super) struct RemoteTask<T, V> {
    shared: Shared<T>,
    name: &'static str,
    /// Kept until the task is done, since a worker may be lost before it begins.
    call: Mutex<EncodedCall>,
    /// Of a chunk only.
    chunk: Option<Mutex<Progress>>,
    value: V,
    /// The worker that the task was sent to, and its number there.
    place: Mutex<Option<(Arc<dyn Link>, u32)>>,
    host: Weak<dyn Host>,
    reporter: Reporter,
}

/// What goes to a worker.
#[derive(Default)]
pub(super) struct EncodedCall {
    /// The body of its frame.
    pub(super) body: Arc<Vec<u8>>,
    /// What the body names.
    pub(super) regions: Vec<Arc<dyn Region>>,
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
    /// Makes a task, which has so many items if it is a chunk.
    pub(super) fn new(
        name: &'static str,
        call: EncodedCall,
        items: Option<usize>,
        value: V,
        host: Weak<dyn Host>,
        reporter: Reporter,
    ) -> Self {
        Self {
            shared: Shared::new(),
            name,
            call: Mutex::new(call),
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

    fn take<'a>(self: &Arc<Self>, answers: &mut impl Iterator<Item = Answer<'a>>) {
        let mut count = 0;
        let outcome = self.value.take(&mut answers.inspect(|_| count += 1));
        if let Some(chunk) = &self.chunk {
            lock(chunk).answered += count;
        }
        if let Some(outcome) = outcome {
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
        drop(std::mem::take(&mut *lock(&self.call)));
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

    fn is_done(&self) -> bool {
        // Whoever cancels it takes it back first, both under this lock; the worker may say in between that it left it out.
        let _place = lock(&self.place);
        self.shared.outcome().is_some()
    }

    fn is_running(&self) -> bool {
        self.shared.state() == State::Running
    }

    fn start(&self) -> bool {
        // Whoever cancels it takes it back first, both under this lock.
        let _place = lock(&self.place);
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
        let call = lock(&self.call);
        if call.regions.is_empty() {
            link.send(kind, seq, &call.body);
        } else {
            link.send_with(kind, seq, &call.body, &call.regions);
        }
        drop(call);
        *place = Some((Arc::clone(link), seq));
        true
    }

    fn recall(&self) {
        *lock(&self.place) = None;
    }

    fn receive(self: Arc<Self>, mut frames: &[u8]) {
        // The pool has read these frames before, so there is nothing else among them.
        let next = || wire::split(&mut frames).ok().flatten();
        self.take(&mut std::iter::from_fn(next).map(|Frame { kind, body, .. }| Answer::of(kind, body)));
    }

    fn receive_large(self: Arc<Self>, kind: Kind, body: &[u8], regions: Vec<Arc<dyn Region>>) {
        unpacking(regions, || self.take(&mut std::iter::once(Answer::of(kind, body))));
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
        let mut call = lock(&self.call);
        let Some(mut items) = call.body.get(CHUNK_START..) else { return false };
        for _ in 0..progress.answered {
            let _ = next_item(&mut items);
        }
        let rest = [&call.body[..CHUNK_START], items].concat();
        call.body = Arc::new(rest);
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
        self.forget();
    }

    fn help(self: Arc<Self>) {}

    fn pool(&self) -> Option<u64> {
        Some(self.reporter.pool)
    }

    /// A task that was only sent ahead may be cancelled, or be taken back and done elsewhere, of which the worker that had it
    /// tells nothing; whoever waits for such a task must not listen to that worker.
    fn drive(&self, limit: Option<Duration>) {
        if self.shared.state() != State::Running {
            return;
        }
        let place = lock(&self.place).as_ref().map(|(link, _)| Arc::clone(link));
        if let Some(link) = place {
            let is_here = || {
                lock(&self.place)
                    .as_ref()
                    .is_some_and(|(now, _)| ptr::addr_eq(Arc::as_ptr(now), Arc::as_ptr(&link)))
            };
            link.drive(&|| self.shared.outcome().is_some() || !is_here(), limit);
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

    fn put(
        &self,
        arrived: impl ExactSizeIterator<Item = Result<R, TaskError>>,
    ) -> Option<Result<(), TaskError>> {
        let mut results = lock(&self.results);
        results.missing = results.missing.saturating_sub(arrived.len());
        results.arrived.extend(arrived);
        (results.missing == 0).then_some(Ok(()))
    }
}

impl<R: DeserializeOwned + Send> Receive<()> for Several<R> {
    fn take<'a>(&self, answers: &mut impl Iterator<Item = Answer<'a>>) -> Option<Result<(), TaskError>> {
        let mut decoded = Vec::new();
        // An answer is taken before it is decoded, so after a panic the next one follows.
        while let Err(panic) =
            capture::task(|| decoded.extend(answers.by_ref().map(|answer| answer.decode())))
        {
            decoded.push(Err(undecoded::<R>(&panic)));
        }
        self.0.put(decoded.into_iter())
    }

    fn lose(&self, lost: WorkerLost) -> Option<Result<(), TaskError>> {
        self.0.put(std::iter::once(Err(TaskError::lost(lost))))
    }
}
