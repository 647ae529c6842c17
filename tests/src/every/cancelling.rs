//! Cancelling.

use super::{EachState, LONG, square};
use crate::Gate;
use crate::door::Busy;
use crate::observing::Log;
use crate::pool::Pool;
use concurrent_futures::{Error, Future, ReturnWhen, Shutdown, as_completed, wait};
use std::thread;

/// FUT-11, and the deliberate difference: what no worker has begun can be cancelled, wherever it waits, and never runs.
pub fn queued_task_never_runs<P: Pool>() {
    let log = Log::new();
    let pool = P::observed(1, &log);
    let busy = Busy::on(&pool);
    let queued: Vec<_> = (0..5).map(|n| pool.call(square, n).unwrap()).collect();
    assert!(queued.iter().all(|future| !future.running() && future.cancel()));
    for future in &queued {
        assert!(future.cancelled() && future.done() && !future.running());
        assert!(matches!(future.result(), Err(Error::Cancelled(_))));
    }
    busy.release();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!((log.count("cancelled"), log.count("finished")), (5, 1), "{:?}", log.lines());
}

/// FUT-11: a pending future becomes cancelled, a cancelled one stays so, and every other one is left alone.
pub fn in_each_state<P: Pool>() {
    let each = EachState::<P>::new();
    let state = |future: &Future<u64>| (future.cancelled(), future.done(), future.running());
    for (future, becomes) in [
        (&each.pending, true),
        (&each.cancelled, true),
        (&each.running.future, false),
        (&each.failed, false),
        (&each.finished, false),
    ] {
        let before = state(future);
        assert_eq!((future.cancel(), future.cancelled()), (becomes, becomes), "{future:?}");
        assert!(becomes || state(future) == before, "{future:?}");
    }
    assert_eq!(each.finished.result().unwrap(), &9);
    assert_eq!(each.failed.exception().unwrap().unwrap().to_string(), "no");
    each.running.release();
    assert_eq!(each.running.future.result().unwrap(), &0);
}

/// `cancel` itself wakes those who wait for several futures, wherever in their wait they are.
pub fn wakes_waiters<P: Pool>() {
    let (pool, waiters) = (P::of(1), crate::pool(2));
    let busy = Busy::on(&pool);
    for round in 0..30 {
        let queued = pool.call(square, 1).unwrap();
        let arrived = Gate::new();
        arrived.open();
        let ways: [fn(Future<u64>) -> bool; 2] = [
            |future| wait([future], LONG, ReturnWhen::AllCompleted).unwrap().done.len() == 1,
            |future| as_completed([future]).next().is_some_and(|future| future.cancelled()),
        ];
        let waiting = ways.map(|way| {
            let (future, arrived) = (queued.clone(), arrived.clone());
            waiters.spawn(move || (arrived.pass(), way(future)).1).unwrap()
        });
        arrived.wait_for(2);
        (0..round * 3).for_each(|_| thread::yield_now());
        assert!(queued.cancel());
        assert!(waiting.iter().all(|waiter| *waiter.result().unwrap()));
    }
    busy.release();
}
