//! How a task in a memory of its own hears that it is asked to end.

use crate::cancel_token::CancelToken;
use crate::capture;
use std::cell::{Cell, RefCell};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Where a worker sees which of its tasks are asked to end. For back ends, which give it to
/// [`Worker::heeding`](super::Worker::heeding).
///
/// A task may keep its token when it has ended; then nothing here need be true of it any more.
pub trait StopSign: Send + Sync + 'static {
    /// Whether the task of this number was asked to end. Tasks may ask at every turn of a loop.
    fn is_up(&self, seq: u32) -> bool;

    /// Has another thread call `cancel`, once, soon after the task of this number is asked to end, and not before this
    /// returns; false where no thread can do that. Whoever calls this looks once more afterwards, so a sign that is up already
    /// need not count.
    fn call_when_up(&self, seq: u32, cancel: Box<dyn FnOnce() + Send>) -> bool;

    /// Blocks until the task of this number is asked to end, or `limit` has passed; it may return earlier. Called where no thread
    /// calls.
    fn wait(&self, seq: u32, limit: Duration);
}

/// The sign of one task, as its token sees it.
#[derive(Clone)]
pub(crate) struct TaskSign {
    sign: Arc<dyn StopSign>,
    seq: u32,
    /// Whether a thread cancels the token when the sign is up; unknown until somebody wants to be told.
    is_told: OnceLock<bool>,
}

impl TaskSign {
    pub(crate) fn is_up(&self) -> bool {
        self.sign.is_up(self.seq)
    }

    /// Whether a thread calls `cancel` when the sign is up, or called it before; otherwise everybody has to look.
    pub(crate) fn tells(&self, cancel: impl FnOnce() + Send + 'static) -> bool {
        *self.is_told.get_or_init(|| self.sign.call_when_up(self.seq, Box::new(cancel)))
    }

    pub(crate) fn wait(&self, limit: Duration) {
        self.sign.wait(self.seq, limit);
    }
}

thread_local! {
    /// Where the tasks of the worker that this thread is look.
    static SIGN: RefCell<Option<Arc<dyn StopSign>>> = const { RefCell::new(None) };
    /// The number of the task that the worker is running.
    static TASK: Cell<Option<u32>> = const { Cell::new(None) };
    /// The token of the task that this thread is running, once somebody has asked for it.
    static TOKEN: RefCell<Option<CancelToken>> = const { RefCell::new(None) };
}

/// Has the tasks that this thread runs look there.
pub(super) fn heed(sign: Arc<dyn StopSign>) {
    SIGN.set(Some(sign));
}

/// Runs `body` as task `seq` of the worker that this thread is.
pub(super) fn run_as<R>(seq: u32, body: impl FnOnce() -> R) -> R {
    present(Some(seq), None, body)
}

/// Runs `body` as a task with that token, on whatever thread this is.
pub(super) fn run_with<R>(token: CancelToken, body: impl FnOnce() -> R) -> R {
    present(None, Some(token), body)
}

fn present<R>(task: Option<u32>, token: Option<CancelToken>, body: impl FnOnce() -> R) -> R {
    /// Puts the outer task back, also on a panic.
    struct Restore(Option<u32>, Option<CancelToken>);
    impl Drop for Restore {
        fn drop(&mut self) {
            TASK.set(self.0);
            if let Some(token) = TOKEN.replace(self.1.take()) {
                // Wakers of the user's may go with it.
                capture::contain(|| drop(token));
            }
        }
    }
    let _restore = Restore(TASK.replace(task), TOKEN.replace(token));
    body()
}

/// The token of the task that this thread runs for a pool of processes, if it runs one.
pub(crate) fn token() -> Option<CancelToken> {
    // A thread that is ending runs none.
    let known = TOKEN.try_with(|token| token.borrow().clone()).ok()?;
    if known.is_some() {
        return known;
    }
    let seq = TASK.get()?;
    let sign = SIGN.with_borrow(Option::clone);
    let sign = sign.map(|sign| TaskSign { sign, seq, is_told: OnceLock::new() });
    let token = CancelToken::with_sign(sign);
    TOKEN.set(Some(token.clone()));
    Some(token)
}
