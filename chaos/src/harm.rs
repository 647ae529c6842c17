//! Harm from outside: workers are killed, or stopped and later killed.

use concurrent_futures::ProcessPoolExecutor;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A worker is left alone for so long after it was first seen: several that die one after the other before they have begun
/// anything are a crash loop, which breaks a pool.
const YOUTH: Duration = Duration::from_millis(150);

/// The workers that were harmed.
#[derive(Debug, Default)]
pub(crate) struct Harmed(Mutex<BTreeSet<u32>>);

impl Harmed {
    fn note(&self, process: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(process);
    }

    pub(crate) fn contains(&self, process: u32) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&process)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Harms workers of the pools until `is_over`.
pub(crate) fn go_on(seed: u64, pools: &[&ProcessPoolExecutor], harmed: &Harmed, is_over: &AtomicBool) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut seen = BTreeMap::new();
    let mut stopped = Vec::new();
    while !is_over.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(random.u64(10..60)));
        let now = Instant::now();
        let present: Vec<u32> = pools.iter().flat_map(|pool| pool.process_ids()).collect();
        seen.retain(|process, _| present.contains(process));
        for process in &present {
            seen.entry(*process).or_insert(now);
        }
        let grown: Vec<u32> =
            seen.iter().filter(|(_, first)| now - **first >= YOUTH).map(|(process, _)| *process).collect();
        if let Some(process) = random.choice(grown) {
            // Noted before it is done, so that whoever sees the consequence finds it.
            harmed.note(process);
            let is_stop = random.u8(..) < 64;
            signal(process, if is_stop { Signal::STOP } else { Signal::KILL });
            if is_stop {
                stopped.push(process);
            }
        }
        if stopped.len() > 2 {
            signal(stopped.remove(0), Signal::KILL);
        }
    }
    stopped.into_iter().for_each(|process| signal(process, Signal::KILL));
}

fn signal(process: u32, signal: Signal) {
    if let Some(process) = Pid::from_raw(process.cast_signed()) {
        // It may be gone already.
        let _ = kill_process(process, signal);
    }
}
