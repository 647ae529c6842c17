//! `map` on processes: what is the same as on threads, and what chunks add.

use super::probe::Probe;
use super::{Held, forever, hold, pool, square, until};
use crate::map as threads;
use crate::observing::Log;
use concurrent_futures::{Error, Executor, MapOptions, ProcessPoolExecutor, Shutdown, SubmitError};
use std::cell::Cell;
use std::time::Duration;

/// MAP-01
pub fn in_order() {
    threads::in_order_on(&pool(4), square);
}

/// MAP-02
pub fn error_in_its_place() {
    threads::error_in_its_place_on(&pool(2), |n| 12 / n);
}

/// MAP-03
pub fn task_timeout_is_an_item() {
    threads::task_timeout_is_an_item_on(&pool(1), threads::times_out_at_one);
}

/// MAP-05
pub fn close_ends_it() {
    threads::close_ends_it_on(&pool(2), square);
}

/// MAP-14
pub fn window_is_exact() {
    threads::window_is_exact_on(&pool(2), square);
}

/// MAP-08, MAP-09, MAP-11
pub fn window_of_each_size() {
    threads::window_of_each_size_on(&pool(3), |(a, b)| a + b);
}

/// MAP-10
pub fn endless_input() {
    threads::endless_input_on(&pool(2), square);
}

/// MAP-12
pub fn empty_input() {
    threads::empty_input_on(&pool(1), square);
}

/// MAP-07, MAP-17
pub fn zero_options_refused() {
    threads::zero_options_refused_on(&pool(1), square);
}

/// What is there comes out even when time is up.
pub fn finished_despite_timeout() {
    threads::finished_despite_timeout_on(&pool(1), square);
    threads::one_timeout_at_most_on(&pool(2), square, 100);
}

/// MAP-17: chunks that divide the input, that do not, and that are larger than it.
pub fn chunks_of_any_size() {
    let pool = pool(2);
    for chunksize in [1, 6, 20, 39, 40, 41, 50, 1_000_000] {
        let squares = pool.map_with(MapOptions::default().chunksize(chunksize), square, 0..40).unwrap();
        assert!(squares.map(Result::unwrap).eq((0..40).map(square)), "{chunksize}");
    }
    // More than fits into any window.
    let options = MapOptions::default().chunksize(700);
    assert!(
        pool.map_with(options, square, 0..10_000).unwrap().map(Result::unwrap).eq((0..10_000).map(square))
    );
}

/// A pool of one worker that is kept busy.
fn busy() -> (ProcessPoolExecutor, Log, Held) {
    let log = Log::new();
    let pool = ProcessPoolExecutor::builder().max_workers(1).observer(log.observer()).build().unwrap();
    let held = hold(&pool);
    (pool, log, held)
}

/// How many tasks came to an end of this kind.
fn count(log: &Log, end: &str) -> usize {
    log.lines().iter().filter(|line| line.starts_with("task ") && line.ends_with(end)).count()
}

/// MAP-04: one timeout error, and the rest is cancelled.
pub fn timeout_ends_it() {
    let options = MapOptions::default().timeout(Duration::from_millis(50));
    for chunksize in [1, 3] {
        let log = Log::new();
        let pool = ProcessPoolExecutor::builder().max_workers(1).observer(log.observer()).build().unwrap();
        let endless = |_: u64| -> u64 { forever(()) };
        let mut results = pool.map_with(options.chunksize(chunksize), endless, 0..9).unwrap();
        assert!(matches!(results.next(), Some(Err(Error::Timeout(_)))));
        assert!(results.next().is_none());
        pool.kill_workers();
        pool.shutdown(Shutdown::default()).unwrap();
        // At most one had begun.
        let tasks = 9 / chunksize;
        assert!([tasks - 1, tasks].contains(&count(&log, " cancelled")), "{:?}", log.lines());
    }
}

/// MAP-05, also before the first `next`: what has not begun never will.
pub fn drop_cancels() {
    let (pool, log, held) = busy();
    drop(pool.map(square, 0..100).unwrap());
    drop(pool.map_with(MapOptions::default().chunksize(25), square, 0..100).unwrap());
    assert_eq!(count(&log, " cancelled"), 104);
    assert!(held.kill());
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(count(&log, " finished"), 0);
}

/// MAP-16: the item that was waited for is cancelled as those behind it are.
pub fn current_future_cancelled() {
    let (pool, log, held) = busy();
    let options = MapOptions::default().timeout(Duration::ZERO);
    let mut results = pool.map_with(options, square, 0..5).unwrap();
    assert!(matches!(results.next(), Some(Err(Error::Timeout(_)))));
    assert!(results.next().is_none());
    assert_eq!(count(&log, " cancelled"), 5);
    assert!(held.kill());
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(count(&log, " finished"), 0);
}

/// MAP-15: what the window takes in is submitted at once, and runs though nobody iterates.
pub fn runs_without_iteration() {
    let log = Log::new();
    let pool = ProcessPoolExecutor::builder().max_workers(2).observer(log.observer()).build().unwrap();
    let results = pool.map(square, 0..50).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(count(&log, " finished"), 50);
    drop(results);
}

/// MAP-14: a shutdown takes no more in; what comes after the window is refused, and says so.
pub fn window_stays_after_shutdown() {
    let pool = pool(2);
    let taken = Cell::new(0);
    let input = (0..100).inspect(|_| taken.set(taken.get() + 1));
    let mut results = pool.map_with(MapOptions::default().buffersize(5), square, input).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(taken.get(), 5);
    let first: Vec<_> = results.by_ref().take(5).map(Result::unwrap).collect();
    assert_eq!(first, [0, 1, 4, 9, 16]);
    assert!(matches!(results.next(), Some(Err(Error::Submit(SubmitError::Shutdown(_))))));
    assert!(results.next().is_none());
}

/// EXE-06: nothing is kept of a result that has come out.
pub fn results_are_let_go() {
    let pool = pool(2);
    for chunksize in [1, 4] {
        let options = MapOptions::default().chunksize(chunksize);
        let mut results = pool.map_with(options, |_: u64| Probe::<2>::new(), 0..12).unwrap();
        for left in (0..12).rev() {
            drop(results.next().unwrap().unwrap());
            until(|| Probe::<2>::live() <= left);
        }
        drop(results);
    }
}
