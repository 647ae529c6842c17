//! Shutting down, from threads of the same memory.

use crate::bomb::Bomb;
use crate::{Gate, pool};
use concurrent_futures::{Executor, Future, ReturnWhen, Shutdown, WorkStealingExecutor, wait};
use std::sync::Arc;

/// A worker cannot wait for itself; the shutdown holds all the same.
pub fn from_a_task() {
    let pool = Arc::new(pool(2));
    let inner = Arc::clone(&pool);
    let future = pool.spawn(move || inner.shutdown(Shutdown::default()).is_ok()).unwrap();
    assert!(future.result().unwrap());
    assert!(pool.submit(|n: u32| n, 1).is_err());
}

/// Every shutdown that waits returns when all workers have ended, however many wait at once.
pub fn many_wait() {
    let callers = pool(3);
    for _ in 0..20 {
        let (pool, gate) = (Arc::new(pool(2)), Gate::new());
        for _ in 0..4 {
            let gate = gate.clone();
            drop(pool.spawn(move || gate.pass()).unwrap());
        }
        gate.wait_for(2);
        let arrived = Gate::new();
        arrived.open();
        let shutting: Vec<_> = (0..3)
            .map(|_| {
                let (pool, arrived) = (Arc::clone(&pool), arrived.clone());
                callers
                    .spawn(move || {
                        arrived.pass();
                        pool.shutdown(Shutdown::default()).unwrap();
                        pool.workers()
                    })
                    .unwrap()
            })
            .collect();
        arrived.wait_for(3);
        gate.open();
        assert!(shutting.iter().all(|caller| caller.result().unwrap() == &0));
    }
}

/// A queued function whose destructor panics is cancelled as those before and after it are.
pub fn cancels_past_a_panicking_destructor() {
    fn check(executor: &impl Executor, gate: &Gate, queued: &[Future<()>]) {
        gate.wait_for(1);
        executor.shutdown(Shutdown { wait: false, cancel_futures: true }).unwrap();
        assert!(queued.iter().all(Future::cancelled), "{queued:?}");
        assert_eq!(wait(queued, None, ReturnWhen::AllCompleted).unwrap().done.len(), 5);
        gate.open();
        executor.shutdown(Shutdown::default()).unwrap();
    }
    let (threads, stealing) = (pool(1), WorkStealingExecutor::new(1).unwrap());
    let gates = [Gate::new(), Gate::new()];
    drop(threads.submit(|gate: Gate| gate.pass(), gates[0].clone()).unwrap());
    drop(stealing.submit(|gate: Gate| gate.pass(), gates[1].clone()).unwrap());
    let bombs = || (0..5).map(|n| (n == 2).then(|| Bomb));
    let queued: Vec<_> = bombs().map(|bomb| threads.submit(drop, bomb).unwrap()).collect();
    let stolen: Vec<_> = bombs().map(|bomb| stealing.submit(drop, bomb).unwrap()).collect();
    check(&threads, &gates[0], &queued);
    check(&stealing, &gates[1], &stolen);
}
