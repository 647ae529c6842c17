//! A platform whose workers do and say what a test wants.

use concurrent_futures_core::StartWorkerError;
use concurrent_futures_core::process_pool::wire::Kind;
use concurrent_futures_core::process_pool::{End, Inbox, Isolation, Link, Output};
use std::cell::RefCell;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A worker that exists in name only.
#[derive(Debug)]
pub(crate) struct Puppet {
    pub(crate) number: usize,
    pub(crate) inbox: Arc<dyn Inbox>,
    /// The tasks that it was sent, by number and kind, the oldest first.
    pub(crate) sent: Mutex<Vec<(Kind, u32, usize)>>,
    /// What it says to a question that only a worker can answer.
    pub(crate) says_yes: bool,
}

thread_local! {
    /// The workers of this test that have not ended, the oldest first.
    static LIVE: RefCell<Vec<Arc<Puppet>>> = const { RefCell::new(Vec::new()) };
}

/// The worker in that place, counted round and round; `None` when there is none at all.
pub(crate) fn live(place: usize) -> Option<Arc<Puppet>> {
    LIVE.with_borrow(|live| live.get(place % live.len().max(1)).cloned())
}

/// Takes the worker off the stage; false if it was not on it.
pub(crate) fn leave(number: usize) -> bool {
    LIVE.with_borrow_mut(|live| {
        let before = live.len();
        live.retain(|puppet| puppet.number != number);
        live.len() < before
    })
}

impl Link for Puppet {
    fn send(&self, kind: Kind, seq: u32, body: &Arc<Vec<u8>>) {
        let mut items = body.get(8..).unwrap_or_default();
        let mut count = 1;
        if kind == Kind::Chunk {
            count = 0;
            while let Some((length, rest)) = items.split_first_chunk::<4>() {
                items = &rest[u32::from_le_bytes(*length) as usize..];
                count += 1;
            }
        }
        if kind != Kind::Stop {
            self.sent.lock().unwrap().push((kind, seq, count));
        }
    }

    fn flush(&self) {}

    fn has_begun(&self, seq: u32) -> bool {
        self.says_yes ^ seq.is_multiple_of(2)
    }

    fn withdraw(&self, seq: u32) -> bool {
        self.says_yes ^ seq.is_multiple_of(3)
    }

    fn ask(&self, _: u32) {}

    fn end(&self, _: End) {}

    fn drive(&self, _: &dyn Fn() -> bool, _: Option<Duration>) {}

    fn process_id(&self) -> Option<u32> {
        Some(self.number as u32)
    }
}

/// Starts puppets.
#[derive(Debug, Default)]
pub(crate) struct Stage;

impl Isolation for Stage {
    const WINDOW: u32 = 8;

    fn check(&self) -> Result<(), StartWorkerError> {
        Ok(())
    }

    fn launch(
        &self,
        number: usize,
        _: Vec<u8>,
        inbox: Arc<dyn Inbox>,
    ) -> Result<Arc<dyn Link>, StartWorkerError> {
        if number % 11 == 10 {
            return Err(StartWorkerError::new("the stage is full"));
        }
        let puppet =
            Arc::new(Puppet { number, inbox, sent: Mutex::default(), says_yes: number.is_multiple_of(2) });
        LIVE.with_borrow_mut(|live| live.push(Arc::clone(&puppet)));
        Ok(puppet)
    }

    fn set_alarm(&self, _: Instant, _: Arc<dyn Inbox>) {}

    fn defer(&self, code: Box<dyn FnOnce() + Send>) {
        code();
    }

    fn print(&self, _: Output, _: &str) {}

    fn is_own_thread(&self) -> bool {
        false
    }

    fn join(&self) {}

    fn processors() -> usize {
        2
    }

    fn image() -> Range<usize> {
        0..usize::MAX
    }
}
