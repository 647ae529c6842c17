//! Where the tasks of a worker process see that they are asked to end.

use super::board::Board;
use super::link::lock;
use concurrent_futures_core::process_pool::StopSign;
use std::mem;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How long a thread that has to look by itself waits between two looks.
const LOOK: Duration = Duration::from_millis(5);

/// The claims on the board, which tasks read themselves; and a thread that is woken when the pool asks, for tasks that do not
/// look but wait.
pub(super) struct Sign(Arc<Watch>);

struct Watch {
    board: Arc<Board>,
    calls: Mutex<Calls>,
}

#[derive(Default)]
struct Calls {
    /// What to call when which task is asked.
    waiting: Vec<(u32, Box<dyn FnOnce() + Send>)>,
    /// Whether there is a thread for that. It ends with the process.
    has_thread: bool,
}

impl Sign {
    pub(super) fn new(board: Arc<Board>) -> Self {
        Self(Arc::new(Watch { board, calls: Mutex::default() }))
    }
}

impl StopSign for Sign {
    fn is_up(&self, seq: u32) -> bool {
        self.0.board.is_asked(seq)
    }

    fn call_when_up(&self, seq: u32, cancel: Box<dyn FnOnce() + Send>) -> bool {
        let mut calls = lock(&self.0.calls);
        // Tasks that are long over are asked no more.
        let known = mem::take(&mut calls.waiting);
        let (known, over) = known.into_iter().partition(|(seq, _)| self.0.board.is_latest(*seq));
        calls.waiting = known;
        calls.waiting.push((seq, cancel));
        if !calls.has_thread {
            let watch = Arc::clone(&self.0);
            let thread = thread::Builder::new().name("watch-stop".to_owned()).spawn(move || watch.run());
            calls.has_thread = thread.is_ok();
        }
        let is_called = calls.has_thread;
        drop(calls);
        drop::<Vec<_>>(over);
        is_called
    }

    fn wait(&self, _: u32, limit: Duration) {
        thread::sleep(limit.min(LOOK));
    }
}

impl Watch {
    fn run(&self) {
        loop {
            // Whoever is asked from here on counts up, so nothing is slept through.
            let asks = self.board.asks();
            let mut calls = lock(&self.calls);
            let due: Vec<_> = calls.waiting.extract_if(.., |(seq, _)| self.board.is_asked(*seq)).collect();
            drop(calls);
            for (_, cancel) in due {
                cancel();
            }
            self.board.await_ask(asks);
        }
    }
}
