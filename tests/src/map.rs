//! `map`. What ends in `_on` is the same for every executor.

use crate::{Gate, pool};
use concurrent_futures::{Accept, Error, Executor, MapOptions, Shutdown, SubmitError, TimeoutError};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// MAP-01: in the order of the input, whichever ends first, and with any chunk size.
pub fn in_order() {
    in_order_on(&pool(4), |n| n * n);
}

pub(crate) fn in_order_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    let expected: Vec<u64> = (0..200).map(|n| n * n).collect();
    let squares = pool.map(square, 0..200).unwrap();
    assert_eq!(squares.collect::<Result<Vec<_>, _>>().unwrap(), expected);
    let options = MapOptions::default().chunksize(7);
    let squares = pool.map_with(options, square, 0..200).unwrap();
    assert_eq!(squares.collect::<Result<Vec<_>, _>>().unwrap(), expected);
}

/// MAP-02: an error comes in its place, later items come after it, and the end is the end.
pub fn error_in_its_place() {
    error_in_its_place_on(&pool(2), |n| 12 / n);
}

/// Also within a chunk.
pub(crate) fn error_in_its_place_on<E, F>(pool: &E, divide_twelve: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    for chunksize in [1, 2, 3] {
        let options = MapOptions::default().chunksize(chunksize);
        let mut quotients = pool.map_with(options, divide_twelve, [3, 0, 4]).unwrap();
        assert_eq!(quotients.next().unwrap().unwrap(), 4);
        assert_eq!(quotients.next().unwrap().unwrap_err().to_string(), "attempt to divide by zero");
        assert_eq!(quotients.next().unwrap().unwrap(), 3);
        assert!(quotients.next().is_none());
        assert!(quotients.next().is_none());
    }
}

/// MAP-04: one timeout error, and the rest is cancelled.
pub fn timeout_ends_it() {
    let pool = pool(1);
    let gate = Gate::new();
    let ran = Arc::new(AtomicUsize::new(0));
    let (task_gate, counter) = (gate.clone(), Arc::clone(&ran));
    let wait_for_gate = move |n: u32| {
        counter.fetch_add(1, Ordering::SeqCst);
        task_gate.pass();
        n
    };
    let options = MapOptions::default().timeout(Duration::from_millis(30));
    let mut results = pool.map_with(options, wait_for_gate, 0..10).unwrap();
    gate.wait_for(1);
    assert!(matches!(results.next(), Some(Err(Error::Timeout(_)))));
    assert!(results.next().is_none());
    gate.open();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 1);
}

/// MAP-03: a task that fails with a timeout of its own does not end the map.
pub fn task_timeout_is_an_item() {
    task_timeout_is_an_item_on(&pool(1), times_out_at_one);
}

pub(crate) fn task_timeout_is_an_item_on<E, F>(pool: &E, times_out_at_one: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    let options = MapOptions::default().timeout(Duration::from_secs(60)).chunksize(2);
    let results = pool.map_with(options, times_out_at_one, 0..3).unwrap();
    assert_eq!(results.map(|result| result.ok()).collect::<Vec<_>>(), [Some(0), None, Some(2)]);
}

/// A task that fails as a wait does whose time is up.
pub(crate) fn times_out_at_one(n: u64) -> u64 {
    let promise = concurrent_futures::Promise::<u32>::new();
    let waited: Result<u64, TimeoutError> = match promise.future().result_timeout(Duration::ZERO) {
        Err(Error::Timeout(error)) if n == 1 => Err(error),
        _ => Ok(n),
    };
    waited.unwrap()
}

/// MAP-05
pub fn close_ends_it() {
    close_ends_it_on(&pool(2), |n| n * n);
}

pub(crate) fn close_ends_it_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    for chunksize in [1, 3] {
        let options = MapOptions::default().chunksize(chunksize);
        let mut results = pool.map_with(options, square, 0..10).unwrap();
        assert_eq!(results.next().unwrap().unwrap(), 0);
        results.close();
        assert!(results.next().is_none());
    }
}

/// Unlike CPython, also before the first `next`.
pub fn drop_cancels() {
    let pool = pool(1);
    let gate = Gate::new();
    let ran = Arc::new(AtomicUsize::new(0));
    let (task_gate, counter) = (gate.clone(), Arc::clone(&ran));
    let results = pool
        .map(
            move |_: u32| {
                counter.fetch_add(1, Ordering::SeqCst);
                task_gate.pass();
            },
            0..100,
        )
        .unwrap();
    gate.wait_for(1);
    drop(results);
    gate.open();
    drop(pool);
    assert_eq!(ran.load(Ordering::SeqCst), 1);
}

/// MAP-14: as many inputs are taken as the buffer holds, never more.
pub fn window_is_exact() {
    window_is_exact_on(&pool(2), |n| n * n);
}

pub(crate) fn window_is_exact_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    let taken = Cell::new(0);
    let input = (0..100).inspect(|_| taken.set(taken.get() + 1));
    let mut results = pool.map_with(MapOptions::default().buffersize(5), square, input).unwrap();
    assert_eq!(taken.get(), 5);
    for n in 0..50 {
        assert_eq!(results.next().unwrap().unwrap(), n * n);
        assert_eq!(taken.get(), 6 + n);
    }
}

/// MAP-08, MAP-09
pub fn window_of_each_size() {
    window_of_each_size_on(&pool(3), |(a, b)| a + b);
}

pub(crate) fn window_of_each_size_on<E, F>(pool: &E, add: F)
where
    E: Accept<F, (u64, u64), u64>,
    F: Fn((u64, u64)) -> u64 + Copy,
{
    for (buffersize, chunksize) in [(1, 1), (2, 1), (10, 1), (20, 1), (1, 3), (7, 3), (20, 3)] {
        let options = MapOptions::default().buffersize(buffersize).chunksize(chunksize);
        let sums = pool.map_with(options, add, (0..10).zip(10..20)).unwrap();
        let expected: Vec<u64> = (0..10).map(|n| n + n + 10).collect();
        assert_eq!(sums.collect::<Result<Vec<_>, _>>().unwrap(), expected);
        // MAP-11
        let endless = pool.map_with(options, add, (0..).zip(1..)).unwrap();
        assert_eq!(endless.take(3).map(Result::unwrap).collect::<Vec<_>>(), [1, 3, 5]);
    }
}

/// MAP-10, MAP-11: with the default window too.
pub fn endless_input() {
    endless_input_on(&pool(2), |n| n * n);
}

pub(crate) fn endless_input_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    for options in
        [MapOptions::default(), MapOptions::default().chunksize(2), MapOptions::default().buffersize(2)]
    {
        let squares = pool.map_with(options, square, 0..).unwrap();
        assert_eq!(squares.take(3).map(Result::unwrap).collect::<Vec<_>>(), [0, 1, 4]);
    }
}

/// MAP-12: also after shutdown, when there is nothing to refuse.
pub fn empty_input() {
    empty_input_on(&pool(1), |n| n * n);
}

pub(crate) fn empty_input_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    assert_eq!(pool.map(square, []).unwrap().count(), 0);
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.map(square, []).unwrap().count(), 0);
    assert!(matches!(pool.map(square, [1]), Err(SubmitError::Shutdown(_))));
}

/// MAP-07, MAP-17
pub fn zero_options_refused() {
    zero_options_refused_on(&pool(1), |n| n * n);
}

pub(crate) fn zero_options_refused_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    let refused = |options| pool.map_with(options, square, 0..3).map(drop).unwrap_err().to_string();
    assert_eq!(refused(MapOptions::default().buffersize(0)), "buffersize must be at least 1");
    assert_eq!(refused(MapOptions::default().chunksize(0)), "chunksize must be at least 1");
}

/// EXE-06: a result is moved out to its one reader, so it may be anything that can be sent.
pub fn results_need_not_be_clone() {
    struct Once(Cell<u32>);
    let pool = pool(2);
    let results = pool.map(|n: u32| Once(Cell::new(n)), 0..4).unwrap();
    assert_eq!(results.map(|once| once.unwrap().0.get()).sum::<u32>(), 6);
}

/// MAP-16: with no time at all, neither the item waited for nor those after it ever run.
pub fn current_future_cancelled() {
    let pool = pool(1);
    let gate = Gate::new();
    let task_gate = gate.clone();
    let blocker = pool.spawn(move || task_gate.pass()).unwrap();
    gate.wait_for(1);
    let ran = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&ran);
    let count = move |_: u32| counter.fetch_add(1, Ordering::SeqCst);
    let mut results = pool.map_with(MapOptions::default().timeout(Duration::ZERO), count, 0..5).unwrap();
    assert!(matches!(results.next(), Some(Err(Error::Timeout(_)))));
    gate.open();
    blocker.result().unwrap();
    drop(results);
    drop(pool);
    assert_eq!(ran.load(Ordering::SeqCst), 0);
}

/// MAP-15: what the window takes in is submitted at once, and runs though nobody iterates.
pub fn runs_without_iteration() {
    let pool = pool(2);
    let ran = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&ran);
    let results = pool.map(move |_: u32| counter.fetch_add(1, Ordering::SeqCst), 0..50).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 50);
    drop(results);
}

/// What is there comes out even when time is up.
pub fn finished_despite_timeout() {
    finished_despite_timeout_on(&pool(1), |n| n * n);
}

pub(crate) fn finished_despite_timeout_on<E, F>(pool: &E, square: F)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    let options = MapOptions::default().timeout(Duration::ZERO).chunksize(2);
    let results = pool.map_with(options, square, 0..3).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(results.map(Result::unwrap).collect::<Vec<_>>(), [0, 1, 4]);
}

/// MAP-04: a result that arrives in the very moment in which time runs out does not make a second timeout.
pub fn one_timeout_at_most() {
    one_timeout_at_most_on(&pool(2), |n| n * n, 20_000);
}

pub(crate) fn one_timeout_at_most_on<E, F>(pool: &E, square: F, rounds: usize)
where
    E: Accept<F, u64, u64>,
    F: Fn(u64) -> u64 + Copy,
{
    for _ in 0..rounds {
        let options = MapOptions::default().timeout(Duration::ZERO);
        let mut results = pool.map_with(options, square, 0..3).unwrap();
        let timed_out = results.by_ref().any(|result| matches!(result, Err(Error::Timeout(_))));
        let after = results.next();
        assert!(!timed_out || after.is_none(), "{after:?}");
    }
}
