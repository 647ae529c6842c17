//! The core's seam: workers with a memory of their own.

mod callbacks;
mod link;
mod registry;

pub use self::registry::process_count;
pub(crate) use self::registry::{Cause, ProcessOptions, configure};
#[cfg(test)]
pub(crate) use self::registry::{set_maximum, set_start_limit};

use self::callbacks::Callbacks;
use self::link::IsolatedLink;
use crate::{context, exports, hub, isolated, message, output, threads};
use concurrent_futures_core::process_pool::{Inbox, Isolation, Link, Output};
use concurrent_futures_core::{StartWorkerError, set_may_block};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use web_time::Instant;

/// Milliseconds of a timer in a browser are a signed number of 32 bits.
const LONGEST_DELAY: Duration = Duration::from_millis(i32::MAX as u64);

/// Starts isolated Web Workers, once [`start`](crate::start) has been awaited: each has a memory of its own, so it can be
/// ended at any moment, and what it does to its memory harms nobody else.
#[derive(Debug)]
pub struct IsolatedWorkers {
    /// Tells this executor's alarms and callbacks from others'.
    key: u32,
    callbacks: Callbacks,
}

impl Default for IsolatedWorkers {
    fn default() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        set_may_block(context::can_block);
        // ORDERING: only the number's uniqueness matters.
        let key = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { key, callbacks: Callbacks::new(key) }
    }
}

impl Isolation for IsolatedWorkers {
    /// Nothing is sent ahead: a task that was sent could not be taken back.
    const WINDOW: u32 = 1;

    /// The warden, under a trap in the code that decodes a result.
    const READER_CAN_DIE: bool = true;

    fn check(&self) -> Result<(), StartWorkerError> {
        let problem = if isolated::is_here() {
            "a task in an isolated worker cannot start others: submit from the program itself"
        } else if !threads::is_started() {
            "await `start()` first"
        } else if !hub::is_reachable() {
            "it can be started only from the worker that called `start()` or from a thread of this crate"
        } else {
            return Ok(());
        };
        Err(StartWorkerError::new(problem))
    }

    fn launch(
        &self,
        worker: usize,
        hello: Vec<u8>,
        inbox: Arc<dyn Inbox>,
    ) -> Result<Arc<dyn Link>, StartWorkerError> {
        self.check()?;
        let (id, options) = registry::admit(worker, inbox).map_err(StartWorkerError::new)?;
        hub::tell(&message::launch(id, &hello, options));
        Ok(Arc::new(IsolatedLink::new(id)))
    }

    fn set_alarm(&self, at: Instant, inbox: Arc<dyn Inbox>) {
        if registry::expect_alarm(self.key, at, &inbox) {
            // Browsers take a longer delay for none at all. An alarm that comes too early is asked for again.
            let delay = at.saturating_duration_since(Instant::now()).min(LONGEST_DELAY);
            hub::tell(&message::alarm(self.key, delay));
        }
    }

    fn defer(&self, code: Box<dyn FnOnce() + Send>) {
        self.callbacks.run(code);
    }

    fn print(&self, stream: Output, lines: &str) {
        output::to_console(stream, lines);
    }

    fn is_own_thread(&self) -> bool {
        callbacks::is_here(self.key)
    }

    fn join(&self) {
        self.callbacks.join();
    }

    fn processors() -> usize {
        context::processors()
    }

    fn image() -> Range<usize> {
        exports::image()
    }
}

/// What the hub reports of isolated workers and alarms; `Report` in `js/messages.d.ts`.
pub(crate) enum Report {
    Answers { id: u32, frames: Vec<u8> },
    Unread { id: u32, reason: String },
    Wrote { id: u32, stream: Output, lines: String },
    Ended { id: u32, cause: Cause, reason: String },
    Alarm { key: u32 },
}

/// Tells the pool that a report is for.
pub(crate) fn take_in(report: Report) {
    callbacks::reporting(|| match report {
        Report::Answers { id, frames } => registry::answers(id, &frames),
        Report::Unread { id, reason } => registry::unread(id, &reason),
        Report::Wrote { id, stream, lines } => registry::wrote(id, stream, &lines),
        Report::Ended { id, cause, reason } => registry::ended(id, cause, reason),
        Report::Alarm { key } => registry::alarm(key),
    });
}
