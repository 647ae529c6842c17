//! The bytes that a future takes, with the task behind it: while it waits in the queue, and when its result is there.

use std::sync::{Arc, Barrier};

use anyhow::{Result, ensure};
use bench::sum_below;

use super::WORKERS;
use super::everybody::Each;
use super::peers::Threads;
use crate::allocator::Count;
use crate::contest::Contestant;

/// The moment at which the bytes are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// All workers are busy with something else.
    Pending,
    /// All tasks are done, and no result has been read.
    Finished,
}

/// So many tasks in the queue of a fresh pool. What the pool itself keeps for them, the room of its queue, counts as
/// well.
pub(super) struct Memory {
    pub(super) count: usize,
    pub(super) moment: Moment,
}

impl Each for Memory {
    fn contestant<P: Threads>(&self) -> Contestant {
        let Self { count, moment } = *self;
        Contestant::new(P::NAME, count, move || Ok(Box::new(move || bytes::<P>(count, moment))))
    }
}

fn bytes<P: Threads>(count: usize, moment: Moment) -> Result<f64> {
    let pool = P::open(WORKERS)?;
    // Every worker is in a task of its own and stays there, so it has started, and will not start before the end.
    let leave = occupy(&pool)?;
    let counted = Count::start();
    let mut all = Vec::with_capacity(count);
    for n in 0..count as u64 {
        all.push(pool.submit(n)?);
    }
    let pending = counted.live();
    leave.wait();
    // Once more; when each worker is in the last task, it is done with all before.
    let leave = occupy(&pool)?;
    let finished = counted.live();
    drop(counted);
    leave.wait();
    ensure!(pool.sum(all)? == sum_below(count as u64), "a wrong sum");
    Ok(match moment {
        Moment::Pending => pending as f64,
        Moment::Finished => finished as f64,
    })
}

/// Returns when every worker of the pool is in a task, which it leaves when the caller has waited at the barrier.
fn occupy(pool: &impl Threads) -> Result<Arc<Barrier>> {
    let barrier = || Arc::new(Barrier::new(WORKERS + 1));
    let (arrive, leave) = (barrier(), barrier());
    for _ in 0..WORKERS {
        let (arrive, leave) = (Arc::clone(&arrive), Arc::clone(&leave));
        pool.run(move || {
            arrive.wait();
            leave.wait();
        })?;
    }
    arrive.wait();
    Ok(leave)
}
