//! A task whose function runs in another memory: its encoded call, and the future of its result.

use super::call::Call;
use super::here::{self, Answers};
use super::isolation::Link;
use super::receive::{Answer, Receive};
use super::shared_bytes::{Region, unpacking};
use super::wire::{self, Frame, Kind};
use super::worker::next_item;
use crate::cancel_token::{CancelToken, Heeds};
use crate::error::{Error, InvalidStateError, QueueTimeoutError, WorkerLost};
use crate::future::Completion;
use crate::observer::{EventKind, Reporter};
use crate::seat;
use crate::shared::{Outcome, Settled, Shared};
use crate::sync::{Mutex, lock};
use crate::task::Name;
use crate::task_options::TaskOptions;
use crate::{Future, State};
use std::mem;
use std::ptr;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// What a pool sees of a task: the type of its value is forgotten.
pub(super) trait RemoteJob: Send + Sync {
    fn id(&self) -> u64;

    /// The function's name.
    fn name(&self) -> &'static str;

    /// The highest goes first.
    fn priority(&self) -> i32;

    /// The limits of this task alone.
    fn queue_timeout(&self) -> Option<Duration>;
    fn run_timeout(&self) -> Option<Duration>;

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

    /// Fails the task with a queue timeout of `limit`, unless it has begun.
    fn expire(self: Arc<Self>, limit: Duration);

    /// Asks the task to end, if it runs.
    fn ask(&self);

    /// Runs the task on this thread; calls `begun` when it begins.
    fn run_here(self: Arc<Self>, begun: &dyn Fn());
}

/// What a task asks of its pool.
pub(super) trait Host: Send + Sync {
    /// Ends the worker that runs the task; false if none does.
    fn kill(&self, task: u64) -> bool;

    /// Runs callbacks where they may block.
    fn defer(&self, code: Box<dyn FnOnce() + Send>);

    /// A task that had not begun was cancelled, so there may be room for another.
    fn make_room(&self);
}

/// A task for a worker with a memory of its own.
pub(super) struct RemoteTask<T, V> {
    shared: Shared<T>,
    name: Name,
    function: &'static Call,
    /// What the submitter asked for; most ask for nothing.
    options: Option<Box<TaskOptions>>,
    /// Kept until the task is done, since a worker may be lost before it begins.
    call: Mutex<EncodedCall>,
    /// Of a chunk only.
    chunk: Option<Mutex<Progress>>,
    value: V,
    place: Mutex<Place>,
    host: Weak<dyn Host>,
    reporter: Reporter,
}

/// Where a task is, and what was asked of it there.
#[derive(Default)]
struct Place {
    at: At,
    /// Whether it was asked to end; if its worker is lost before it has begun, the next one is told.
    is_asked: bool,
}

#[derive(Default)]
enum At {
    /// In the queue, or nowhere any more.
    #[default]
    Pool,
    /// With a worker, which knows it by this number.
    Worker(Arc<dyn Link>, u32),
    /// On its submitter's thread, with this token.
    Here(CancelToken),
}

impl Place {
    /// The worker that has it.
    fn link(&self) -> Option<&Arc<dyn Link>> {
        match &self.at {
            At::Worker(link, _) => Some(link),
            At::Pool | At::Here(_) => None,
        }
    }

    /// Takes a pending task back from where it is; false if it has been begun there.
    fn take_back(&self, state: State) -> bool {
        match &self.at {
            At::Worker(link, seq) => state != State::Pending || link.withdraw(*seq),
            At::Pool | At::Here(_) => true,
        }
    }
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

/// Bytes before the arguments, or before the items of a chunk: the position of the function.
const CALL_START: usize = 8;

fn asks_for_something(options: &TaskOptions) -> bool {
    let TaskOptions { priority, queue_timeout, run_timeout, token, label: _ } = options;
    *priority != 0 || queue_timeout.is_some() || run_timeout.is_some() || token.is_some()
}

impl<T, V> RemoteTask<T, V>
where
    T: Send + Sync + 'static,
    V: Receive<T> + 'static,
{
    /// Makes a task, which has so many items if it is a chunk.
    pub(super) fn new(
        (name, function): (fn() -> &'static str, &'static Call),
        options: TaskOptions,
        call: EncodedCall,
        items: Option<usize>,
        value: V,
        (host, reporter): (Weak<dyn Host>, Reporter),
    ) -> Self {
        Self {
            shared: Shared::new(),
            name: Name::new(name, &options),
            function,
            options: asks_for_something(&options).then(|| Box::new(options)),
            call: Mutex::new(call),
            chunk: items.map(|items| Mutex::new(Progress { items, answered: 0 })),
            value,
            place: Mutex::default(),
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
            self.announce(settled);
        }
    }

    fn announce(self: &Arc<Self>, settled: Settled<'_, T>) {
        let host = self.host.upgrade();
        settled.announce_elsewhere(|code| defer(host.as_deref(), code), || self.future());
    }

    /// Lets the call and the worker go.
    fn forget(&self) {
        drop(mem::take(&mut *lock(&self.call)));
        let place = mem::take(&mut lock(&self.place).at);
        drop(place);
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
        self.name.text()
    }

    fn priority(&self) -> i32 {
        self.options.as_ref().map_or(0, |options| options.priority)
    }

    fn queue_timeout(&self) -> Option<Duration> {
        self.options.as_ref()?.queue_timeout
    }

    fn run_timeout(&self) -> Option<Duration> {
        self.options.as_ref()?.run_timeout
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
        let runs = match self.shared.begin() {
            Ok(()) => true,
            Err(error) => error.state() == State::Running,
        };
        if runs {
            self.value.begin();
        }
        runs
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
        if place.is_asked {
            link.ask(seq);
        }
        place.at = At::Worker(Arc::clone(link), seq);
        true
    }

    fn recall(&self) {
        lock(&self.place).at = At::Pool;
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
        let Some(mut items) = call.body.get(CALL_START..) else { return false };
        for _ in 0..progress.answered {
            let _ = next_item(&mut items);
        }
        let rest = [&call.body[..CALL_START], items].concat();
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

    fn expire(self: Arc<Self>, limit: Duration) {
        let place = lock(&self.place);
        if !place.take_back(self.shared.state()) {
            return;
        }
        let expired = self.shared.expire(Error::QueueTimeout(QueueTimeoutError { limit }));
        drop(place);
        if let Ok(settled) = expired {
            self.reporter.report(EventKind::TaskExpired { task: self.shared.id() });
            self.forget();
            self.announce(settled);
        }
    }

    fn ask(&self) {
        let mut place = lock(&self.place);
        place.is_asked = true;
        match &place.at {
            At::Worker(link, seq) => link.ask(*seq),
            At::Here(token) => {
                let token = token.clone();
                drop(place);
                token.cancel();
            }
            At::Pool => {}
        }
    }

    fn run_here(self: Arc<Self>, begun: &dyn Fn()) {
        if !self.start() {
            return;
        }
        // Its own, since others may have the submitter's.
        let given = self.options.as_ref().and_then(|options| options.token.as_ref());
        let token = given.map_or_else(CancelToken::new, CancelToken::child);
        let mut place = lock(&self.place);
        place.at = At::Here(token.clone());
        let is_asked = place.is_asked;
        drop(place);
        if is_asked {
            token.cancel();
        }
        begun();
        let EncodedCall { body, regions } = mem::take(&mut *lock(&self.call));
        let arguments = body.get(CALL_START..).unwrap_or_default();
        let mut answers = Vec::new();
        {
            let _entered = self.reporter.enter(self.shared.id());
            seat::leave(|| {
                answers = here::run(self.function, self.chunk.is_some(), arguments, regions, token)
            });
        }
        for answer in answers {
            match answer {
                Answers::Plain(frames) => Arc::clone(&self).receive(&frames),
                Answers::Marked(frame, regions) => {
                    if let Ok(Some(Frame { kind, body, .. })) = wire::split(&mut &frame[..]) {
                        Arc::clone(&self).receive_large(kind, body, regions);
                    }
                }
            }
        }
    }
}

impl<T, V> Heeds for RemoteTask<T, V>
where
    T: Send + Sync + 'static,
    V: Receive<T> + 'static,
{
    fn try_cancel(self: Arc<Self>) -> bool {
        self.future().cancel()
    }

    fn ask(&self) {
        RemoteJob::ask(self);
    }

    fn is_over(&self) -> bool {
        self.shared.outcome().is_some()
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
        if place.take_back(self.shared.state()) {
            self.shared.cancel()
        } else {
            Err(InvalidStateError::new(State::Running))
        }
    }

    fn discard(&self) {
        self.reporter.report(EventKind::TaskCancelled { task: self.shared.id() });
        self.forget();
        if let Some(host) = self.host.upgrade() {
            host.make_room();
        }
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
        let link = lock(&self.place).link().map(Arc::clone);
        if let Some(link) = link {
            let is_here = || {
                let place = lock(&self.place);
                place.link().is_some_and(|now| ptr::addr_eq(Arc::as_ptr(now), Arc::as_ptr(&link)))
            };
            link.drive(&|| self.shared.outcome().is_some() || !is_here(), limit);
        }
    }

    fn request_stop(&self) {
        RemoteJob::ask(self);
    }

    fn can_be_killed(&self) -> bool {
        !matches!(lock(&self.place).at, At::Here(_))
    }

    fn kill(&self) -> bool {
        self.shared.outcome().is_none() && self.host.upgrade().is_some_and(|host| host.kill(self.shared.id()))
    }
}
