//! `wait`, `as_completed` and callbacks, for futures of worker processes.

use super::probe::Probe;
use super::{Held, forever, hold, pool, square, until};
use concurrent_futures::{Error, Executor, Future, ReturnWhen, as_completed, wait};
use std::collections::HashSet;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use web_time::Instant;

/// Long enough for any machine, short enough to notice a hang.
const LONG: Option<Duration> = Some(Duration::from_secs(60));

/// WAIT-02
pub fn first_completed() {
    let pool = pool(2);
    let held = hold(&pool);
    let slow = held.erase();
    let fast = pool.submit(square, 1).unwrap().erase();
    let waited = wait([&slow, &fast], LONG, ReturnWhen::FirstCompleted).unwrap();
    assert_eq!((waited.done, waited.not_done), (vec![&fast], vec![&slow]));
    assert!(slow.kill());
}

/// WAIT-04
pub fn first_exception() {
    let pool = pool(2);
    let held = hold(&pool);
    let slow = held.erase();
    let fine = pool.submit(square, 1).unwrap();
    fine.result().unwrap();
    let failing = pool.try_submit(|()| Err::<(), _>("no"), ()).unwrap().erase();
    let fine = fine.erase();
    let waited = wait([&slow, &fine, &failing], LONG, ReturnWhen::FirstException).unwrap();
    assert_eq!((waited.done, waited.not_done), (vec![&fine, &failing], vec![&slow]));
    assert!(slow.kill());
}

/// WAIT-07: results, failures, cancelled tasks and losses are all done.
pub fn all_completed() {
    let pool = pool(1);
    let held = hold(&pool);
    let cancelled = pool.submit(square, 1).unwrap();
    assert!(cancelled.cancel());
    let failing = pool.submit(|n: u64| -> u64 { panic!("{n}") }, 2).unwrap();
    let fine = pool.submit(square, 3).unwrap();
    let all = [held.erase(), cancelled.erase(), failing.erase(), fine.erase()];
    let waited = wait(&all, Some(Duration::from_millis(20)), ReturnWhen::AllCompleted).unwrap();
    assert_eq!(waited.done, [&all[1]]);
    assert!(held.kill());
    let waited = wait(&all, LONG, ReturnWhen::AllCompleted).unwrap();
    assert_eq!(waited.done.len(), 4);
}

/// WAIT-09: many at once; no completion is lost.
pub fn no_completion_lost() {
    let pool = pool(4);
    for _ in 0..20 {
        let futures: Vec<_> = (0..200).map(|n| pool.submit(square, n).unwrap()).collect();
        let waited = wait(&futures, LONG, ReturnWhen::AllCompleted).unwrap();
        assert_eq!(waited.done.len(), 200);
    }
}

/// ASC-01
pub fn every_future_once() {
    let pool = pool(2);
    let futures: Vec<_> = (0..50).map(|n| pool.submit(|n: u64| 100 / (n % 5), n).unwrap()).collect();
    let seen: HashSet<Future<u64>> = as_completed(futures.clone()).collect();
    assert_eq!(seen, HashSet::from_iter(futures));
    assert_eq!(seen.iter().filter(|future| future.result().is_err()).count(), 10);
}

/// ASC-02, ASC-05
pub fn zero_timeout() {
    let pool = pool(2);
    let held = hold(&pool);
    let slow = held.erase();
    let done = pool.submit(square, 1).unwrap();
    done.result().unwrap();
    let done = done.erase();
    let mut futures = as_completed([&slow, &done]).timeout(Duration::ZERO);
    assert_eq!(futures.next().unwrap().unwrap(), &done);
    assert!(matches!(futures.next(), Some(Err(Error::Timeout(_)))));
    assert!(futures.next().is_none());
    assert!(slow.kill());
}

/// FUT-01, FUT-02, FUT-05: in the order of their registration, before or after the end.
pub fn callbacks_in_order() {
    let pool = pool(1);
    let future = pool.submit(square, 3).unwrap();
    let (sender, order) = mpsc::channel();
    for n in 0..5 {
        let sender = sender.clone();
        future.add_done_callback(move |future| sender.send((n, *future.result().unwrap())).unwrap());
    }
    // Those that were registered in time come from the thread of the callbacks, the others at once.
    let mut seen: Vec<_> = (0..5).map(|_| order.recv().unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen, [(0, 9), (1, 9), (2, 9), (3, 9), (4, 9)]);
    let held = hold(&pool);
    for n in 0..5 {
        let sender = sender.clone();
        held.add_done_callback(move |future| sender.send((n, u64::from(future.result().is_err()))).unwrap());
    }
    assert!(held.kill());
    assert_eq!((0..5).map(|_| order.recv().unwrap()).collect::<Vec<_>>(), [0, 1, 2, 3, 4].map(|n| (n, 1)));
}

/// FUT-04
pub fn panicking_callback_harms_nobody() {
    let pool = pool(1);
    let held = hold(&pool);
    let (sender, called) = mpsc::channel();
    held.add_done_callback(|_| panic!("a callback may panic"));
    held.add_done_callback(move |_| sender.send(()).unwrap());
    assert!(held.kill());
    called.recv().unwrap();
    assert_eq!(pool.submit(square, 3).unwrap().result().unwrap(), &9);
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

/// WAIT-03, WAIT-06: what is done already ends the wait at once.
pub fn done_at_once() {
    let pool = pool(2);
    let slow = hold(&pool);
    let failed = pool.submit(|n: u64| 1 / n, 0).unwrap();
    assert!(failed.exception().unwrap().is_some());
    let all = [slow.erase(), failed.erase()];
    for return_when in [ReturnWhen::FirstCompleted, ReturnWhen::FirstException] {
        let waited = wait(&all, LONG, return_when).unwrap();
        assert_eq!((waited.done, waited.not_done), (vec![&all[1]], vec![&all[0]]));
    }
    assert!(slow.kill());
}

/// WAIT-01, ASC-03
pub fn duplicates_once() {
    let pool = pool(1);
    let held = hold(&pool);
    let completed = as_completed([held.clone(), held.clone(), held.clone()]);
    assert!(held.kill());
    let waited = wait([&*held, &held], LONG, ReturnWhen::AllCompleted).unwrap();
    assert_eq!((waited.done.len(), waited.not_done.len()), (1, 0));
    assert_eq!(completed.count(), 1);
}

/// WAIT-05: neither a success nor a cancel ends the wait for an exception; a loss does.
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

/// WAIT-08, FUT-15, FUT-18: time running out ends the wait, and the task goes on.
pub fn timeouts() {
    let pool = pool(1);
    let held = hold(&pool);
    for limit in [Duration::ZERO, Duration::from_millis(30)] {
        let start = Instant::now();
        assert!(matches!(held.result_timeout(limit), Err(Error::Timeout(_))));
        assert!(matches!(held.exception_timeout(limit), Err(Error::Timeout(_))));
        assert_eq!(wait([&*held], Some(limit), ReturnWhen::AllCompleted).unwrap().not_done, [&*held]);
        assert!(start.elapsed() >= (limit * 3).saturating_sub(Duration::from_millis(3)));
    }
    assert!(held.running() && held.kill());
    assert!(held.exception().unwrap().is_some());
    assert!(held.exception_timeout(Duration::ZERO).unwrap().is_some());
    // FUT-06, FUT-07, FUT-08: a callback that comes late runs at once, here, and may panic.
    let (sender, called) = mpsc::channel();
    held.add_done_callback(|_| panic!("a callback may panic"));
    held.add_done_callback(move |future| sender.send(future.result().is_err()).unwrap());
    assert_eq!(called.try_recv(), Ok(true));
}

/// ASC-04: nothing is kept of a future that has come out.
pub fn lets_go() {
    let pool = pool(1);
    let futures: Vec<_> = (0..5).map(|_| pool.submit(|()| Probe::<3>::new(), ()).unwrap()).collect();
    let mut completed = as_completed(futures);
    for left in (0..5).rev() {
        drop(completed.next().unwrap());
        until(|| Probe::<3>::live() <= left);
    }
    assert!(completed.next().is_none());
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
