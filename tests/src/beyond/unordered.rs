//! `map_unordered`. What ends in `_on` is the same for every executor.

use crate::processes::probe::Probe;
use crate::processes::{die, forever, pool as processes, square, until};
use crate::{Gate, pool};
use concurrent_futures::{Accept, Error, Executor, MapOptions, Shutdown, SubmitError};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Each comes once, with its place.
pub fn every_item_once() {
    every_item_once_on(&pool(4), |n| n * n);
}

fn every_item_once_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    for options in
        [MapOptions::default(), MapOptions::default().chunksize(7), MapOptions::default().buffersize(3)]
    {
        let squares = pool.map_unordered_with(options, square, 100..2_100).unwrap();
        let mut seen = vec![false; 2_000];
        for (place, result) in squares {
            let n = u64::try_from(place).unwrap() + 100;
            assert_eq!(result.unwrap(), n * n);
            assert!(!std::mem::replace(&mut seen[place], true));
        }
        assert!(seen.iter().all(|seen| *seen));
    }
}

/// A slow item keeps no other result back, and others are taken in its stead.
pub fn as_they_complete() {
    let (pool, gate) = (pool(2), Gate::new());
    let held = gate.clone();
    let wait_at_zero = move |n: u64| {
        if n == 0 {
            held.pass();
        }
        n
    };
    let mut results =
        pool.map_unordered_with(MapOptions::default().buffersize(4), wait_at_zero, 0..500).unwrap();
    gate.wait_for(1);
    for _ in 1..500 {
        let (place, result) = results.next().unwrap();
        assert_eq!(u64::try_from(place).unwrap(), result.unwrap());
        assert_ne!(place, 0);
    }
    gate.open();
    let (place, result) = results.next().unwrap();
    assert_eq!((place, result.unwrap()), (0, 0));
    assert!(results.next().is_none());
    assert!(results.next().is_none());
}

/// And the iteration goes on.
pub fn errors_come_with_their_places() {
    errors_come_with_their_places_on(&pool(2), |n| 12 / n);
}

fn errors_come_with_their_places_on<E, F>(pool: &E, divide_twelve: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    for options in [1, 2, 3].map(|chunksize| MapOptions::default().chunksize(chunksize)) {
        let quotients = pool.map_unordered_with(options, divide_twelve, [3, 0, 4]).unwrap();
        let mut quotients: Vec<_> =
            quotients.map(|(place, result)| (place, result.map_err(|error| error.to_string()))).collect();
        quotients.sort();
        let refused = Err("attempt to divide by zero".to_owned());
        assert_eq!(quotients, [(0, Ok(4)), (1, refused), (2, Ok(3))]);
    }
}

/// One timeout error, and the rest is cancelled.
pub fn timeout_ends_it() {
    let (pool, gate) = (pool(1), Gate::new());
    let ran = Arc::new(AtomicUsize::new(0));
    let (task_gate, counter) = (gate.clone(), Arc::clone(&ran));
    let wait_for_gate = move |n: u32| {
        counter.fetch_add(1, Ordering::SeqCst);
        task_gate.pass();
        n
    };
    let options = MapOptions::default().timeout(Duration::from_millis(30));
    let mut results = pool.map_unordered_with(options, wait_for_gate, 0..10).unwrap();
    gate.wait_for(1);
    assert!(matches!(results.next(), Some((0, Err(Error::Timeout(_))))));
    assert!(results.next().is_none());
    gate.open();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 1);
}

/// What is there comes out even when time is up.
pub fn finished_despite_timeout() {
    let pool = pool(1);
    let options = MapOptions::default().timeout(Duration::ZERO);
    let results = pool.map_unordered_with(options, |n: u64| n * n, 0..3).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(results.map(|(_, result)| result.unwrap()).collect::<Vec<_>>(), [0, 1, 4]);
}

/// Closed, it is over.
pub fn close_ends_it() {
    let pool = pool(2);
    let mut results = pool.map_unordered(|n: u64| n * n, 0..10).unwrap();
    assert!(results.next().unwrap().1.is_ok());
    results.close();
    assert!(results.next().is_none());
}

/// Also before the first `next`.
pub fn drop_cancels() {
    let (pool, gate) = (pool(1), Gate::new());
    let ran = Arc::new(AtomicUsize::new(0));
    let (task_gate, counter) = (gate.clone(), Arc::clone(&ran));
    let count = move |_: u32| {
        counter.fetch_add(1, Ordering::SeqCst);
        task_gate.pass();
    };
    let results = pool.map_unordered(count, 0..100).unwrap();
    gate.wait_for(1);
    drop(results);
    gate.open();
    drop(pool);
    assert_eq!(ran.load(Ordering::SeqCst), 1);
}

/// As many inputs are taken as the buffer holds, never more.
pub fn window_is_exact() {
    let pool = pool(2);
    let taken = Cell::new(0);
    let input = (0..100).inspect(|_| taken.set(taken.get() + 1));
    let options = MapOptions::default().buffersize(5);
    let mut results = pool.map_unordered_with(options, |n: u64| n * n, input).unwrap();
    assert_eq!(taken.get(), 5);
    for n in 0..50 {
        results.next().unwrap().1.unwrap();
        assert_eq!(taken.get(), 6 + n);
    }
}

/// A window of one item, and windows that chunks do not divide.
pub fn window_of_each_size() {
    let pool = pool(3);
    for (buffersize, chunksize) in [(1, 1), (2, 1), (20, 1), (1, 3), (7, 3), (20, 3)] {
        let options = MapOptions::default().buffersize(buffersize).chunksize(chunksize);
        let results = pool.map_unordered_with(options, |n: u64| n, 0..50).unwrap();
        assert_eq!(results.map(|(_, n)| n.unwrap()).sum::<u64>(), 49 * 25);
    }
}

/// Input is pulled lazily.
pub fn endless_input() {
    endless_input_on(&pool(2), |n| n * n);
}

fn endless_input_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    for options in
        [MapOptions::default(), MapOptions::default().chunksize(2), MapOptions::default().adaptive_chunks()]
    {
        let squares = pool.map_unordered_with(options, square, 0..).unwrap();
        for (place, result) in squares.take(3_000) {
            let n = u64::try_from(place).unwrap();
            assert_eq!(result.unwrap(), n * n);
        }
    }
}

/// Also after shutdown, when there is nothing to refuse.
pub fn empty_input() {
    let pool = pool(1);
    assert_eq!(pool.map_unordered(|n: u64| n, []).unwrap().count(), 0);
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.map_unordered(|n: u64| n, []).unwrap().count(), 0);
    assert!(matches!(pool.map_unordered(|n: u64| n, [1]), Err(SubmitError::Shutdown(_))));
}

/// Nonsense is refused with a reason.
pub fn zero_options_refused() {
    let pool = pool(1);
    let refused =
        |options| pool.map_unordered_with(options, |n: u64| n, 0..3).map(drop).unwrap_err().to_string();
    assert_eq!(refused(MapOptions::default().buffersize(0)), "buffersize must be at least 1");
    assert_eq!(refused(MapOptions::default().chunksize(0)), "chunksize must be at least 1");
    assert_eq!(
        refused(MapOptions::default().adaptive_chunks().buffersize(0)),
        "buffersize must be at least 1"
    );
}

/// A result is moved out to its one reader, so it may be anything that can be sent.
pub fn results_need_not_be_clone() {
    struct Once(Cell<u32>);
    let pool = pool(2);
    for options in [MapOptions::default(), MapOptions::default().adaptive_chunks()] {
        let results = pool.map_unordered_with(options, |n: u32| Once(Cell::new(n)), 0..4).unwrap();
        assert_eq!(results.map(|(_, once)| once.unwrap().0.get()).sum::<u32>(), 6);
    }
}

/// What was submitted before a shutdown comes out; then it is said what was refused.
pub fn refusal_follows_the_rest() {
    let pool = pool(2);
    let mut results =
        pool.map_unordered_with(MapOptions::default().buffersize(5), |n: u64| n, 0..100).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    let sum: u64 = results.by_ref().take(5).map(|(_, n)| n.unwrap()).sum();
    assert_eq!(sum, 10);
    assert!(matches!(results.next(), Some((5, Err(Error::Submit(SubmitError::Shutdown(_)))))));
    assert!(results.next().is_none());
}

/// The only worker of a pool maps on that pool: it runs the tasks itself.
pub fn inside_one_worker() {
    let pool = Arc::new(pool(1));
    let inner = Arc::clone(&pool);
    let sum = pool
        .spawn(move || {
            let options = MapOptions::default().buffersize(3);
            let results = inner.map_unordered_with(options, |n: u64| n, 0..100).unwrap();
            results.map(|(_, n)| n.unwrap()).sum::<u64>()
        })
        .unwrap();
    assert_eq!(sum.result().unwrap(), &(99 * 50));
}

/// The same on workers with a memory of their own.
pub fn every_item_once_on_processes() {
    every_item_once_on(&processes(2), square);
}

/// The same on workers with a memory of their own.
pub fn errors_come_with_their_places_on_processes() {
    errors_come_with_their_places_on(&processes(2), |n| 12 / n);
}

/// The same on workers with a memory of their own.
pub fn endless_input_on_processes() {
    endless_input_on(&processes(2), square);
}

/// A chunk that is done comes out though an earlier one never ends.
pub fn chunks_come_together_on_processes() {
    let pool = processes(2);
    let options = MapOptions::default().chunksize(4);
    let stuck_at_one = |n: u64| -> u64 { if n == 1 { forever(()) } else { n } };
    let mut results = pool.map_unordered_with(options, stuck_at_one, 0..40).unwrap();
    let mut places: Vec<_> =
        results.by_ref().take(36).map(|(place, result)| (result.unwrap(), place).1).collect();
    places.sort_unstable();
    assert!(places.into_iter().eq(4..40));
    pool.kill_workers();
    // Its first item had come over, the second was lost, and the others never began.
    let rest: Vec<_> = results.map(|(place, result)| (place, result.is_ok())).collect();
    assert_eq!(rest, [(0, true), (1, false), (2, false), (3, false)]);
}

/// One timeout error, after what has come of a chunk that is not done.
pub fn timeout_ends_it_on_processes() {
    let pool = processes(1);
    let options = MapOptions::default().timeout(Duration::from_millis(50)).chunksize(3);
    let endless = |_: u64| -> u64 { forever(()) };
    let mut results = pool.map_unordered_with(options, endless, 0..9).unwrap();
    assert!(matches!(results.next(), Some((0, Err(Error::Timeout(_))))));
    assert!(results.next().is_none());
    pool.kill_workers();
}

/// A worker that dies takes one item with it.
pub fn losses_fail_one_item_on_processes() {
    let pool = processes(2);
    for options in [1, 4].map(|chunksize| MapOptions::default().chunksize(chunksize)) {
        let die_at_five = |n: u64| if n == 5 { die(()) } else { n };
        let results = pool.map_unordered_with(options, die_at_five, 0..12).unwrap();
        let mut lost: Vec<_> = results.filter(|(_, result)| result.is_err()).collect();
        let (place, result) = lost.pop().unwrap();
        assert!(lost.is_empty() && place == 5);
        assert!(matches!(result, Err(Error::Failed(error)) if error.is_worker_lost()));
    }
}

/// Nothing is kept of a result that has come out, or of one that nobody takes.
pub fn results_are_let_go_on_processes() {
    let pool = processes(2);
    for chunksize in [1, 4] {
        let options = MapOptions::default().chunksize(chunksize);
        let mut results = pool.map_unordered_with(options, |_: u64| Probe::<4>::new(), 0..12).unwrap();
        for left in (6..12).rev() {
            drop(results.next().unwrap().1.unwrap());
            until(|| Probe::<4>::live() <= left);
        }
        drop(results);
        until(|| Probe::<4>::live() == 0);
    }
}
