//! `wait` and callbacks, where workers are lost, quick, or not the only ones.

use super::{Held, forever, hold, pool, square};
use concurrent_futures::{Executor, ReturnWhen, wait};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Long enough for any machine, short enough to notice a hang.
const LONG: Option<Duration> = Some(Duration::from_secs(60));

/// WAIT-09: many at a time, one after the other; no completion is lost.
pub fn no_completion_lost() {
    let pool = pool(4);
    for _ in 0..20 {
        let futures: Vec<_> = (0..200).map(|n| pool.submit(square, n).unwrap()).collect();
        let waited = wait(&futures, LONG, ReturnWhen::AllCompleted).unwrap();
        assert_eq!(waited.done.len(), 200);
    }
}

/// A callback may wait for another task of the same pool, and submit it.
pub fn callback_may_block() {
    let pool = Arc::new(pool(1));
    let first = hold(&pool);
    let (sender, results) = mpsc::channel();
    let inner = Arc::clone(&pool);
    first.add_done_callback(move |_| {
        let next = inner.submit(square, 5).unwrap();
        sender.send(*next.result().unwrap()).unwrap();
    });
    assert!(first.kill());
    assert_eq!(results.recv().unwrap(), 25);
}

/// WAIT-05: a cancel does not end the wait for an exception; a loss does.
pub fn cancelled_is_no_exception() {
    let pool = pool(2);
    let (one, other) = (hold(&pool), hold(&pool));
    let cancelled = pool.submit(square, 1).unwrap();
    assert!(cancelled.cancel());
    let all = [cancelled.erase(), one.erase(), other.erase()];
    let limit = Some(Duration::from_millis(20));
    assert_eq!(wait(&all, limit, ReturnWhen::FirstException).unwrap().done, [&all[0]]);
    assert!(one.kill());
    let waited = wait(&all, LONG, ReturnWhen::FirstException).unwrap();
    assert_eq!((waited.done, waited.not_done), (vec![&all[0], &all[1]], vec![&all[2]]));
    assert!(other.kill());
}

/// Quick workers are sent tasks ahead. Whoever waits for one that then stands behind a slow task gets its result from
/// another worker, though the worker that had it says nothing.
pub fn slow_task_delays_nobody() {
    let pool = pool(2);
    for _ in 0..20 {
        let warm: Vec<_> = (0..200).map(|n| pool.submit(square, n).unwrap()).collect();
        wait(&warm, LONG, ReturnWhen::AllCompleted).unwrap();
        let slow = Held(pool.submit(forever, ()).unwrap());
        let quick: Vec<_> = (0..20).map(|n| pool.submit(square, n).unwrap()).collect();
        for (n, future) in (0..).zip(&quick) {
            assert_eq!(future.result().unwrap(), &(n * n));
        }
        assert!(!slow.done());
    }
}

/// Futures of processes and of threads are waited for together.
pub fn mixed_executors() {
    let (processes, threads) = (pool(1), crate::pool(1));
    let one = processes.submit(square, 2).unwrap();
    let other = threads.submit(|text: &str| text.len(), "four").unwrap();
    let waited = wait([one.erase(), other.erase()], LONG, ReturnWhen::AllCompleted).unwrap();
    assert_eq!(waited.done, [one.erase(), other.erase()]);
    assert_eq!((one.result().unwrap(), other.result().unwrap()), (&4, &4));
}

/// Many threads wait for one future, and for many of the same worker.
pub fn many_readers() {
    let (processes, threads) = (pool(1), crate::pool(4));
    for n in 0..50 {
        let future = processes.submit(square, n).unwrap();
        let others: Vec<_> = (0..3).map(|m| processes.submit(square, m).unwrap()).collect();
        let readers: Vec<_> = (0..4)
            .map(|reader: usize| {
                let own = others.get(reader).unwrap_or(&future).clone();
                let future = future.clone();
                threads.spawn(move || *own.result().unwrap() + *future.result().unwrap()).unwrap()
            })
            .collect();
        let sums: Vec<_> = readers.iter().map(|reader| *reader.result().unwrap()).collect();
        assert_eq!(sums, [n * n, n * n + 1, n * n + 4, n * n * 2]);
    }
}
