//! What it costs to be told of each result as it comes: a done callback, or where a peer has none, a channel.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bench::{Pool, sum_below, tiny};
use concurrent_futures::Future;

use super::everybody::Each;
use super::peers::Threads;
use super::{Contestant, WORKERS};
use crate::contest::timed;

/// Each task's callback adds its result up; the last one ends the turn.
pub(super) fn ours<P>(count: usize) -> Contestant
where
    P: Pool<Pending = Future<u64>> + 'static,
{
    let work = move || {
        let pool = P::open(WORKERS)?;
        timed(move || called_back(&pool, count))
    };
    Contestant::new(P::NAME, count, work).ours()
}

/// What callbacks of several threads write.
struct Tally {
    sum: AtomicU64,
    left: AtomicUsize,
    /// Told by the last.
    all: Sender<()>,
}

impl Tally {
    fn add(&self, value: u64) {
        self.sum.fetch_add(value, Ordering::SeqCst);
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            // The turn waits for it.
            let _ = self.all.send(());
        }
    }
}

fn called_back<P: Pool<Pending = Future<u64>>>(pool: &P, count: usize) -> Result<Duration> {
    let (all, told) = mpsc::channel();
    let tally = Arc::new(Tally { sum: AtomicU64::new(0), left: AtomicUsize::new(count), all });
    let start = Instant::now();
    for n in 0..count as u64 {
        let tally = Arc::clone(&tally);
        pool.submit(n)?.add_done_callback(move |future| {
            // A failure adds nothing, and so becomes a wrong sum.
            tally.add(future.result().copied().unwrap_or(0));
        });
    }
    told.recv().context("a callback was lost")?;
    let time = start.elapsed();
    ensure!(tally.sum.load(Ordering::SeqCst) == sum_below(count as u64), "a wrong sum");
    Ok(time)
}

/// Each task sends its result into one channel, whose reader adds them up.
pub(super) struct Channel {
    pub(super) count: usize,
}

impl Each for Channel {
    fn contestant<P: Threads>(&self) -> Contestant {
        let count = self.count;
        let name = P::NAME.trim_end_matches(" + oneshot");
        Contestant::new(format!("{name}, a channel"), count, move || {
            let pool = P::open(WORKERS)?;
            timed(move || through_channel(&pool, count))
        })
    }
}

fn through_channel<P: Threads>(pool: &P, count: usize) -> Result<Duration> {
    let (sender, receiver) = mpsc::channel();
    let start = Instant::now();
    for n in 0..count as u64 {
        let sender = sender.clone();
        pool.run(move || {
            // The turn reads until the last sender is gone.
            let _ = sender.send(tiny(n));
        })?;
    }
    drop(sender);
    let sum: u64 = receiver.iter().sum();
    let time = start.elapsed();
    ensure!(sum == sum_below(count as u64), "a wrong sum");
    Ok(time)
}
