//! Which pool hears of which isolated worker and of which alarm.
//!
//! The hub reports by number. It may report what is of no interest any more, so a number that is not here means nothing.

use crate::StartOptions;
use crate::lock::lock;
use concurrent_futures_core::LossCause;
use concurrent_futures_core::process_pool::{Inbox, Output};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};
use std::{error, fmt};
use web_time::Instant;

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    processes: BTreeMap::new(),
    alarms: BTreeMap::new(),
    next: 0,
    max: 0,
    options: ProcessOptions { maximum: 0, start_limit: 0.0 },
});

/// So many bytes of what a worker last wrote to its standard error are kept for an error.
const LAST_WORDS: usize = 2048;

struct Registry {
    /// By the number that the hub knows; an isolated worker is here from its launch until its end is reported.
    processes: BTreeMap<u32, Process>,
    /// By the number of the executor.
    alarms: BTreeMap<u32, (Instant, Weak<dyn Inbox>)>,
    next: u32,
    max: usize,
    options: ProcessOptions,
}

struct Process {
    /// The number that the pool knows.
    worker: usize,
    inbox: Arc<dyn Inbox>,
    last_words: String,
}

/// What one isolated worker's start needs to know of the options; travels with each request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProcessOptions {
    /// In pages of 64 KiB.
    pub(crate) maximum: u32,
    /// In milliseconds.
    pub(crate) start_limit: f64,
}

/// There are as many isolated workers as there may be.
#[derive(Debug)]
pub(super) struct TooMany(usize);

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there are {} isolated workers, and `StartOptions::max_processes` allows no more", self.0)
    }
}

impl error::Error for TooMany {}

/// What became of an isolated worker.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cause {
    Unstarted,
    Left,
    Lost,
    Ended,
}

impl Cause {
    fn of(self, reason: String) -> LossCause {
        match self {
            Self::Unstarted => LossCause::Unstarted(reason),
            Self::Left => LossCause::Exited(0),
            Self::Lost => LossCause::Other(reason),
            // The pool asked for it and knows better why.
            Self::Ended => LossCause::Killed,
        }
    }
}

pub(crate) fn configure(options: &StartOptions) {
    let mut registry = lock(&REGISTRY);
    registry.max = options.max_processes;
    registry.options = ProcessOptions {
        maximum: options.process_memory / crate::options::PAGE,
        start_limit: options.start_limit.as_secs_f64() * 1000.0,
    };
}

/// Returns how many isolated workers there are, those that are starting included.
pub fn process_count() -> usize {
    lock(&REGISTRY).processes.len()
}

/// Counts one more isolated worker, which the hub must then be asked for; returns its number.
pub(super) fn admit(worker: usize, inbox: Arc<dyn Inbox>) -> Result<(u32, ProcessOptions), TooMany> {
    let mut registry = lock(&REGISTRY);
    if registry.processes.len() >= registry.max {
        return Err(TooMany(registry.max));
    }
    let id = registry.next;
    registry.next = registry.next.wrapping_add(1);
    registry.processes.insert(id, Process { worker, inbox, last_words: String::new() });
    Ok((id, registry.options))
}

/// Notes whom the next alarm of this number is for; false if an earlier one was asked for.
pub(super) fn expect_alarm(key: u32, at: Instant, inbox: &Arc<dyn Inbox>) -> bool {
    let mut registry = lock(&REGISTRY);
    let is_first = registry.alarms.get(&key).is_none_or(|(before, _)| at < *before);
    if is_first {
        // Not kept alive: a pool that nobody has any more needs no alarm.
        registry.alarms.insert(key, (at, Arc::downgrade(inbox)));
    }
    is_first
}

/// Frames came from an isolated worker.
pub(super) fn answers(id: u32, frames: &[u8]) {
    if let Some((worker, inbox)) = find(id) {
        inbox.received(worker, frames);
    }
}

/// The warden before this one died under answers of an isolated worker.
pub(super) fn unread(id: u32, reason: &str) {
    if let Some((worker, inbox)) = find(id) {
        inbox.unread(worker, reason);
    }
}

/// An isolated worker wrote whole lines.
pub(super) fn wrote(id: u32, stream: Output, lines: &str) {
    if stream == Output::Stderr
        && let Some(process) = lock(&REGISTRY).processes.get_mut(&id)
    {
        process.remember(lines);
    }
    if let Some((worker, inbox)) = find(id) {
        inbox.wrote(worker, stream, lines);
    }
}

/// An isolated worker is gone.
pub(super) fn ended(id: u32, cause: Cause, reason: String) {
    let gone = lock(&REGISTRY).processes.remove(&id);
    if let Some(Process { worker, inbox, last_words }) = gone {
        inbox.ended(worker, cause.of(reason), last_words);
    }
}

/// The time of an alarm has come.
pub(super) fn alarm(key: u32) {
    let inbox = lock(&REGISTRY).alarms.remove(&key);
    if let Some(inbox) = inbox.and_then(|(_, inbox)| inbox.upgrade()) {
        inbox.alarm();
    }
}

fn find(id: u32) -> Option<(usize, Arc<dyn Inbox>)> {
    let registry = lock(&REGISTRY);
    registry.processes.get(&id).map(|process| (process.worker, Arc::clone(&process.inbox)))
}

impl Process {
    fn remember(&mut self, lines: &str) {
        self.last_words.push_str(lines);
        let surplus = self.last_words.len().saturating_sub(LAST_WORDS);
        if surplus > 0 {
            let whole = self.last_words.bytes().skip(surplus).position(|byte| byte == b'\n');
            let start = whole.map_or(self.last_words.len(), |end| surplus + end + 1);
            self.last_words.drain(..start);
        }
    }
}

/// Makes isolated workers that are asked for from here on fail to start, or start again; returns the limit before.
#[cfg(test)]
pub(crate) fn set_start_limit(limit: std::time::Duration) -> std::time::Duration {
    let options = &mut lock(&REGISTRY).options;
    let before = std::mem::replace(&mut options.start_limit, limit.as_secs_f64() * 1000.0);
    std::time::Duration::from_secs_f64(before / 1000.0)
}

/// Sets the most pages of later workers' memories; returns the number before.
#[cfg(test)]
pub(crate) fn set_maximum(pages: u32) -> u32 {
    std::mem::replace(&mut lock(&REGISTRY).options.maximum, pages)
}
