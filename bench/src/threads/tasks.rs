//! Tiny tasks: many, one at a time, and from several threads.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use bench::{Mapping, Pool, Work, one_at_a_time, submit_and_collect, sum_below};

use super::WORKERS;
use super::everybody::Each;
use super::peers::{Threads, Unpooled};
use crate::contest::{Contestant, timed};

/// Submits all, then reads all.
pub(super) struct SubmitAndCollect {
    pub(super) count: usize,
}

impl Each for SubmitAndCollect {
    fn contestant<P: Threads>(&self) -> Contestant {
        let count = self.count;
        with_pool(count, move |pool: &P| submit_and_collect(pool, count))
    }
}

/// Submits one and reads its result before the next.
pub(super) struct OneAtATime {
    pub(super) count: usize,
}

impl Each for OneAtATime {
    fn contestant<P: Threads>(&self) -> Contestant {
        let count = self.count;
        with_pool(count, move |pool: &P| one_at_a_time(pool, count))
    }
}

/// Several threads submit to one pool, each its part, and then read their own results.
pub(super) struct Contention {
    pub(super) count: usize,
    pub(super) submitters: usize,
}

impl Each for Contention {
    fn contestant<P: Threads>(&self) -> Contestant {
        let Self { count, submitters } = *self;
        let each = count / submitters;
        with_pool(each * submitters, move |pool: &P| contend(pool, each, submitters))
    }
}

/// A thread for each task; all at once, or one after the other.
pub(super) fn unpooled(work: Work, count: usize) -> Contestant {
    with_pool(count, move |threads: &Unpooled| match work {
        Work::OneAtATime => one_at_a_time(threads, count),
        _ => submit_and_collect(threads, count),
    })
}

/// Calls `x * x` on workers.
pub(super) fn squares<P: Mapping + 'static>(count: usize) -> Contestant {
    with_pool(count, move |pool: &P| Work::Squares.perform(pool, count))
}

fn with_pool<P: Pool + 'static>(count: usize, work: impl Fn(&P) -> Result<Duration> + 'static) -> Contestant {
    Contestant::new(P::NAME, count, move || {
        let pool = P::open(WORKERS)?;
        timed(move || work(&pool))
    })
}

fn contend<P: Threads>(pool: &P, each: usize, submitters: usize) -> Result<Duration> {
    let begin = Barrier::new(submitters + 1);
    thread::scope(|scope| {
        let submit = || {
            begin.wait();
            let all = (0..each as u64).map(|n| pool.submit(n)).collect::<Result<Vec<_>>>()?;
            ensure!(pool.sum(all)? == sum_below(each as u64), "a wrong sum");
            Ok(())
        };
        let threads: Vec<_> = (0..submitters).map(|_| scope.spawn(submit)).collect();
        // Nobody begins before this thread is at the barrier too.
        let start = Instant::now();
        begin.wait();
        for thread in threads {
            thread.join().map_err(|_| anyhow!("a submitter has panicked"))??;
        }
        Ok(start.elapsed())
    })
}
