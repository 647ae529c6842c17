//! `map`.

use super::square;
use crate::door::{Busy, Door, pass};
use crate::observing::Log;
use crate::pool::{Pool, Results};
use crate::probe::Probe;
use crate::until;
use concurrent_futures::{Error, MapOptions, Promise, Shutdown, SubmitError, TimeoutError};
use std::cell::Cell;
use std::iter::repeat_with;
use std::time::Duration;

const CHUNKED: [usize; 2] = [1, 3];

fn options() -> MapOptions {
    MapOptions::default()
}

fn power((base, exponent): (u64, u32)) -> u64 {
    base.pow(exponent)
}

fn add((a, b): (u64, u64)) -> u64 {
    a + b
}

/// MAP-01: in the order of the input, whichever ends first, and with any chunk size.
pub fn in_order<P: Pool>() {
    let pool = P::of(4);
    let expected: Vec<u64> = (0..200).map(|n| n * n).collect();
    for chunksize in [1, 3, 7] {
        let squares = pool.map_calls(options().chunksize(chunksize), square, 0..200).unwrap();
        assert_eq!(squares.collect::<Result<Vec<_>, _>>().unwrap(), expected);
        let powers = pool.map_calls(options().chunksize(chunksize), power, (0..10).zip(0..10)).unwrap();
        assert!(powers.map(Result::unwrap).eq((0..10).map(|n| power((n, n as u32)))));
    }
    // The second item ends first.
    let (door, open) = (Door::new(), Door::new());
    open.open();
    let doors = [(door.name(), 1), (open.name(), 2)];
    let mut numbers = pool.map_calls(options(), pass, doors).unwrap();
    door.open();
    assert_eq!((numbers.next().unwrap().unwrap(), numbers.next().unwrap().unwrap()), (1, 2));
}

/// MAP-02: an error comes in its place, later items come after it, also those of its chunk, and the end is the end.
pub fn error_in_its_place<P: Pool>() {
    let pool = P::of(2);
    for chunksize in [1, 2, 3] {
        let divide = |n: u64| 12 / n;
        let mut quotients = pool.map_calls(options().chunksize(chunksize), divide, [3, 2, 0, 4]).unwrap();
        assert_eq!(quotients.next().unwrap().unwrap(), 4);
        assert_eq!(quotients.next().unwrap().unwrap(), 6);
        assert_eq!(quotients.next().unwrap().unwrap_err().to_string(), "attempt to divide by zero");
        assert_eq!(quotients.next().unwrap().unwrap(), 3);
        assert!(quotients.next().is_none());
        assert!(quotients.next().is_none());
    }
}

/// MAP-04: one timeout error, then the end; what has not begun never does.
pub fn timeout_ends_it<P: Pool>() {
    for chunksize in CHUNKED {
        let (log, door) = (Log::new(), Door::new());
        let pool = P::observed(1, &log);
        let busy = Busy::on(&pool);
        let limited = options().chunksize(chunksize).timeout(Duration::from_millis(30));
        let items = repeat_with(|| (door.name(), 1)).take(9);
        let mut results = pool.map_calls(limited, pass, items).unwrap();
        assert!(matches!(results.next(), Some(Err(Error::Timeout(_)))));
        assert!(results.next().is_none());
        drop(results);
        let cancelled = log.count("cancelled");
        busy.release();
        door.open();
        pool.shutdown(Shutdown::default()).unwrap();
        assert!(cancelled > 0 && cancelled == log.count("cancelled"));
        assert_eq!(log.count("finished"), 1, "{:?}", log.lines());
    }
}

/// A task that fails as a wait does whose time is up.
fn times_out_at_one(n: u64) -> u64 {
    let promise = Promise::<u32>::new();
    let waited: Result<u64, TimeoutError> = match promise.future().result_timeout(Duration::ZERO) {
        Err(Error::Timeout(error)) if n == 1 => Err(error),
        _ => Ok(n),
    };
    waited.unwrap()
}

/// MAP-03: a task that fails with a timeout of its own does not end the map.
pub fn task_timeout_is_an_item<P: Pool>() {
    let pool = P::of(1);
    let limited = options().timeout(Duration::from_secs(60)).chunksize(2);
    let results = pool.map_calls(limited, times_out_at_one, 0..3).unwrap();
    assert_eq!(results.map(Result::ok).collect::<Vec<_>>(), [Some(0), None, Some(2)]);
}

/// MAP-05
pub fn close_ends_it<P: Pool>() {
    let pool = P::of(2);
    for chunksize in CHUNKED {
        let mut results = pool.map_calls(options().chunksize(chunksize), square, 0..10).unwrap();
        assert_eq!(results.next().unwrap().unwrap(), 0);
        results.close();
        assert!(results.next().is_none());
        assert!(results.next().is_none());
    }
}

/// MAP-05: what has not begun when the iterator is dropped never will; unlike in CPython, also before the first `next`.
pub fn drop_cancels<P: Pool>() {
    for chunksize in [1, 25] {
        let log = Log::new();
        let pool = P::observed(1, &log);
        let busy = Busy::on(&pool);
        drop(pool.map_calls(options().chunksize(chunksize), square, 0..100).unwrap());
        busy.release();
        pool.shutdown(Shutdown::default()).unwrap();
        assert!(log.count("cancelled") > 0);
        assert_eq!(log.count("finished"), 1, "{:?}", log.lines());
    }
}

/// MAP-14: as many inputs are taken as the buffer holds, never more.
pub fn window_is_exact<P: Pool>() {
    let pool = P::of(2);
    let taken = Cell::new(0);
    let input = (0..100).inspect(|_| taken.set(taken.get() + 1));
    let mut results = pool.map_calls(options().buffersize(5), square, input).unwrap();
    assert_eq!(taken.get(), 5);
    for n in 0..50 {
        assert_eq!(results.next().unwrap().unwrap(), n * n);
        assert_eq!(taken.get(), 6 + n);
    }
}

/// MAP-14: a shutdown takes no more in; what comes after the window is refused, and says so.
pub fn window_stays_after_shutdown<P: Pool>() {
    let pool = P::of(2);
    let taken = Cell::new(0);
    let input = (0..100).inspect(|_| taken.set(taken.get() + 1));
    let mut results = pool.map_calls(options().buffersize(5), square, input).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(taken.get(), 5);
    let first: Vec<_> = results.by_ref().take(5).map(Result::unwrap).collect();
    assert_eq!(first, [0, 1, 4, 9, 16]);
    assert!(matches!(results.next(), Some(Err(Error::Submit(SubmitError::Shutdown(_))))));
    assert!(results.next().is_none());
}

/// MAP-08
pub fn window_of_each_size<P: Pool>() {
    let pool = P::of(3);
    for (buffersize, chunksize) in [(1, 1), (2, 1), (10, 1), (20, 1), (1, 3), (7, 3), (20, 3)] {
        let limited = options().buffersize(buffersize).chunksize(chunksize);
        let squares = pool.map_calls(limited, square, 0..10).unwrap();
        assert!(squares.map(Result::unwrap).eq((0..10).map(square)), "{buffersize} {chunksize}");
    }
}

/// MAP-09
pub fn zipped_windows<P: Pool>() {
    let pool = P::of(3);
    for (buffersize, chunksize) in [(1, 1), (2, 1), (10, 1), (20, 1), (1, 3), (7, 3), (20, 3)] {
        let limited = options().buffersize(buffersize).chunksize(chunksize);
        let sums = pool.map_calls(limited, add, (0..10).zip(10..20)).unwrap();
        assert!(sums.map(Result::unwrap).eq((0..10).map(|n| n + n + 10)), "{buffersize} {chunksize}");
    }
}

/// MAP-10: with the default window too.
pub fn endless_input<P: Pool>() {
    let pool = P::of(2);
    for endless in [options(), options().chunksize(2), options().buffersize(2)] {
        let squares = pool.map_calls(endless, square, 0..).unwrap();
        assert_eq!(squares.take(3).map(Result::unwrap).collect::<Vec<_>>(), [0, 1, 4]);
    }
}

/// MAP-11
pub fn zipped_endless_input<P: Pool>() {
    let pool = P::of(2);
    for endless in [options(), options().chunksize(2), options().buffersize(2)] {
        let sums = pool.map_calls(endless, add, (0..).zip(1..)).unwrap();
        assert_eq!(sums.take(3).map(Result::unwrap).collect::<Vec<_>>(), [1, 3, 5]);
    }
}

/// MAP-12: also after shutdown, when there is nothing to refuse.
pub fn empty_input<P: Pool>() {
    let pool = P::of(1);
    assert_eq!(pool.map_calls(options().buffersize(2), square, []).unwrap().count(), 0);
    assert_eq!(pool.map_calls(options(), square, []).unwrap().count(), 0);
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.map_calls(options(), square, []).unwrap().count(), 0);
    let refused = pool.map_calls(options(), square, [1]).map(drop);
    assert!(matches!(refused, Err(SubmitError::Shutdown(_))));
}

/// MAP-07, MAP-17: by the call, before any input is taken.
pub fn zero_options_refused<P: Pool>() {
    let pool = P::of(1);
    let refused = |options| {
        let input = (0..3).inspect(|_| panic!("nothing is taken"));
        pool.map_calls(options, square, input).map(drop).unwrap_err().to_string()
    };
    assert_eq!(refused(options().buffersize(0)), "buffersize must be at least 1");
    assert_eq!(refused(options().chunksize(0)), "chunksize must be at least 1");
}

/// MAP-17: chunks that divide the input, that do not, and that are larger than it. Threads take the size as a hint.
pub fn chunks_of_any_size<P: Pool>() {
    let pool = P::of(2);
    for chunksize in [1, 6, 20, 39, 40, 41, 50, 1_000_000] {
        let squares = pool.map_calls(options().chunksize(chunksize), square, 0..40).unwrap();
        assert!(squares.map(Result::unwrap).eq((0..40).map(square)), "{chunksize}");
    }
    // More than fits into any window.
    let squares = pool.map_calls(options().chunksize(700), square, 0..10_000).unwrap();
    assert!(squares.map(Result::unwrap).eq((0..10_000).map(square)));
}

/// EXE-06: nothing is kept of a result that has come out.
pub fn results_are_let_go<P: Pool>() {
    let pool = P::of(2);
    for chunksize in [1, 4] {
        let make = |_: u64| Probe::<P, 3>::new();
        let mut results = pool.map_calls(options().chunksize(chunksize), make, 0..12).unwrap();
        for left in (0..12).rev() {
            drop(results.next().unwrap().unwrap());
            // Those that come later may be there already.
            until(|| Probe::<P, 3>::live() <= left);
        }
        assert_eq!(Probe::<P, 3>::live(), 0);
        drop(results);
    }
}

/// MAP-16: with no time at all, neither the item waited for nor those after it ever run.
pub fn current_future_cancelled<P: Pool>() {
    let log = Log::new();
    let pool = P::observed(1, &log);
    let busy = Busy::on(&pool);
    let mut results = pool.map_calls(options().timeout(Duration::ZERO), square, 0..5).unwrap();
    assert!(matches!(results.next(), Some(Err(Error::Timeout(_)))));
    assert!(results.next().is_none());
    assert_eq!(log.count("cancelled"), 5);
    busy.release();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(log.count("finished"), 1, "{:?}", log.lines());
}

/// MAP-15: what the window takes in is submitted at once, and runs though nobody iterates.
pub fn runs_without_iteration<P: Pool>() {
    let log = Log::new();
    let pool = P::observed(2, &log);
    let results = pool.map_calls(options(), square, 0..50).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(log.count("finished"), 50);
    drop(results);
}

/// What is there comes out even when time is up.
pub fn finished_despite_timeout<P: Pool>() {
    let pool = P::of(1);
    let results = pool.map_calls(options().timeout(Duration::ZERO).chunksize(2), square, 0..3).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(results.map(Result::unwrap).collect::<Vec<_>>(), [0, 1, 4]);
}

/// MAP-04: a result that arrives in the very moment in which time runs out does not make a second timeout.
pub fn one_timeout_at_most<P: Pool>() {
    let pool = P::of(2);
    for _ in 0..200 {
        let mut results = pool.map_calls(options().timeout(Duration::ZERO), square, 0..3).unwrap();
        let timed_out = results.by_ref().any(|result| matches!(result, Err(Error::Timeout(_))));
        let after = results.next();
        assert!(!timed_out || after.is_none(), "{after:?}");
    }
}
