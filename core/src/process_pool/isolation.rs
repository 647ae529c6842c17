//! The seam to a platform: how workers with a memory of their own are started, spoken to and ended.

use super::shared_bytes::Region;
use super::wire::Kind;
use crate::error::{LossCause, StartWorkerError};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// Starts workers that share no memory with the program: subprocesses natively, isolated Web Workers in a browser.
///
/// One value serves one executor. It decides nothing: the pool tells it what to start, to send and to end, and it tells
/// the pool's [`Inbox`] what it hears. Frames are opaque to it, see `wire`.
///
/// # Contract
///
/// * Nothing here blocks on a worker, whatever state the worker is in, except [`join`](Self::join).
/// * What the inbox is told of one worker comes from one thread at a time, and in its order; only
///   [`Inbox::wrote`] may come from another. After
///   [`Inbox::ended`] nothing more comes of that worker; before it, everything that the worker had sent has come.
/// * Of every worker whose `launch` returned `Ok`, `ended` comes once.
pub trait Isolation: Default + Send + Sync + 'static {
    /// The most tasks that a worker may have been sent and has not answered; 1 sends none ahead.
    ///
    /// More than 1 asks for [`Link::has_begun`] and [`Link::withdraw`].
    const WINDOW: u32;

    /// Whether the thread that tells the inbox can die without unwinding while the program lives on. Where that is so, the pool
    /// keeps a record of the answers that it is taking in, for [`Inbox::unread`].
    const READER_CAN_DIE: bool = false;

    /// Says why this program cannot have workers, if it cannot: something was forgotten at its start.
    ///
    /// # Errors
    ///
    /// [`StartWorkerError`] with what is to be done.
    fn check(&self) -> Result<(), StartWorkerError>;

    /// Starts worker `worker` and sends it `hello`, its first frame. May return before the worker runs.
    ///
    /// # Errors
    ///
    /// [`StartWorkerError`] with what the platform said; then `inbox` hears nothing.
    fn launch(
        &self,
        worker: usize,
        hello: Vec<u8>,
        inbox: Arc<dyn Inbox>,
    ) -> Result<Arc<dyn Link>, StartWorkerError>;

    /// Calls [`Inbox::alarm`] once at `at`, or soon after; of several calls before then, the earliest counts. It does not keep the
    /// inbox alive.
    fn set_alarm(&self, at: Instant, inbox: Arc<dyn Inbox>);

    /// Runs code of the user's on a thread where it may block, in the order of the calls.
    fn defer(&self, code: Box<dyn FnOnce() + Send>);

    /// Writes whole lines to the program's own output, as far as it has one.
    fn print(&self, stream: Output, lines: &str);

    /// Whether this thread is one that [`defer`](Self::defer) runs code on, or that tells the inbox: it must not wait for
    /// the pool.
    fn is_own_thread(&self) -> bool;

    /// Blocks until threads that were started for the pool have ended. No worker is left by then.
    fn join(&self);

    /// The number of processors that this program may use.
    fn processors() -> usize;

    /// The addresses of the program's constants, the same in every process of this build but for one offset.
    fn image() -> Range<usize>;
}

/// A worker, as the pool sees it.
pub trait Link: Send + Sync + 'static {
    /// Queues a frame for the worker. Never blocks: the pool calls it under its lock, since order matters.
    ///
    /// The pool keeps the body too until the task is done, so a large one need not be copied.
    fn send(&self, kind: Kind, seq: u32, body: &Arc<Vec<u8>>);

    /// As [`send`](Self::send), with regions that the body names. Only a platform that makes regions is given any.
    fn send_with(&self, kind: Kind, seq: u32, body: &Arc<Vec<u8>>, regions: &[Arc<dyn Region>]) {
        let _ = regions;
        self.send(kind, seq, body);
    }

    /// Writes what is queued, as far as that is possible without blocking; the rest follows by itself.
    fn flush(&self);

    /// Whether the worker has begun the task of this number.
    fn has_begun(&self, seq: u32) -> bool;

    /// Takes a task back that was sent ahead; false if the worker has begun it.
    fn withdraw(&self, seq: u32) -> bool;

    /// Asks a task that the worker was sent to end: the worker's [`StopSign`](super::StopSign) is up for it from here on. Where a
    /// worker cannot be told anything while a task runs, nothing happens.
    fn ask(&self, seq: u32);

    /// Ends the worker, now. [`Inbox::ended`] follows.
    fn end(&self, how: End);

    /// Waits for what the worker sends, on the calling thread, until `is_done` or until it is better to wait elsewhere.
    ///
    /// A platform may thus spare a waiting thread the detour over another one.
    fn drive(&self, is_done: &dyn Fn() -> bool, limit: Option<Duration>);

    /// The operating system's number of the worker.
    fn process_id(&self) -> Option<u32>;
}

/// How a worker is to be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The way that a program can notice: `SIGTERM`, where there are signals.
    Terminate,
    /// The way that cannot be refused: `SIGKILL`, where there are signals.
    Kill,
}

/// Where a platform tells the pool what it hears of workers.
pub trait Inbox: fmt::Debug + Send + Sync {
    /// Whole frames came from a worker, one after the other. Returns how many tasks the worker has left.
    fn received(&self, worker: usize, frames: &[u8]) -> usize;

    /// One frame came, whose body lies elsewhere because it is large, or with which regions came.
    fn received_large(&self, worker: usize, kind: Kind, seq: u32, body: &[u8], regions: Vec<Arc<dyn Region>>);

    /// The thread that told of answers of this worker died under that, for this reason; they are lost.
    fn unread(&self, worker: usize, reason: &str);

    /// A worker wrote to one of its outputs: whole lines, line ends included.
    fn wrote(&self, worker: usize, stream: Output, lines: &str);

    /// A worker is gone. `last_words` is the end of what it wrote to its standard error.
    fn ended(&self, worker: usize, cause: LossCause, last_words: String);

    /// The time given to [`Isolation::set_alarm`] has come.
    fn alarm(&self);
}

/// Which of a worker's outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// The standard output.
    Stdout,
    /// The standard error.
    Stderr,
}
