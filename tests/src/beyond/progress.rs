//! How far an iteration has come.

use crate::{Gate, pool};
use concurrent_futures::{Executor, MapOptions, Progress, Promise, Shutdown, WithProgress, as_completed};
use std::time::Duration;

/// What an iterator says before each of its results and after the last.
fn steps<P: WithProgress>(mut results: P) -> Vec<(usize, Option<usize>)> {
    let mut steps = Vec::new();
    loop {
        let Progress { done, total } = results.progress();
        steps.push((done, total));
        if results.next().is_none() {
            assert_eq!(results.progress(), Progress { done, total });
            return steps;
        }
    }
}

/// Of futures, whether they are done or not; one that is given twice counts once.
pub fn of_completions() {
    let promises = [Promise::new(), Promise::new(), Promise::new()];
    let futures = promises.each_ref().map(Promise::future);
    let completed = as_completed(futures.iter().chain(&futures));
    for promise in &promises {
        promise.set_result(1).unwrap();
    }
    assert_eq!(steps(completed), [(0, Some(3)), (1, Some(3)), (2, Some(3)), (3, Some(3))]);
    let none: [&concurrent_futures::Future<u32>; 0] = [];
    let completed = as_completed(none);
    assert_eq!(completed.progress().fraction(), Some(1.0));
}

/// Of an input that knows its length, with any options.
pub fn of_a_map() {
    let pool = pool(2);
    let all = [
        MapOptions::default(),
        MapOptions::default().buffersize(2),
        MapOptions::default().adaptive_chunks(),
        MapOptions::default().adaptive_chunks().buffersize(2),
    ];
    for options in all {
        let results = pool.map_with(options, |n: u32| 12 / n, [3, 0, 4]).unwrap();
        assert_eq!(steps(results), [(0, Some(3)), (1, Some(3)), (2, Some(3)), (3, Some(3))]);
    }
}

/// The same, as they complete.
pub fn of_an_unordered_map() {
    let pool = pool(2);
    for options in [MapOptions::default().buffersize(2), MapOptions::default().adaptive_chunks()] {
        let results = pool.map_unordered_with(options, |n: u32| 12 / n, [3, 0, 4]).unwrap();
        assert_eq!(steps(results), [(0, Some(3)), (1, Some(3)), (2, Some(3)), (3, Some(3))]);
    }
}

/// The whole is known once the input has ended.
pub fn of_unknown_length() {
    let pool = pool(2);
    let mut input = 0..3_u32;
    let input = std::iter::from_fn(move || input.next());
    let results = pool.map_with(MapOptions::default().buffersize(2), |n: u32| n, input).unwrap();
    assert_eq!(results.progress().to_string(), "0");
    assert_eq!(results.progress().fraction(), None);
    assert_eq!(steps(results), [(0, None), (1, None), (2, Some(3)), (3, Some(3))]);
}

/// What has not come out in time, or is refused, counts as missing for good.
pub fn after_a_timeout() {
    let (pool, gate) = (pool(1), Gate::new());
    let (kept, open) = (Promise::new(), Promise::<u32>::new());
    kept.set_result(1).unwrap();
    let mut limited = as_completed([kept.future(), open.future()]).timeout(Duration::from_millis(10));
    assert!(limited.by_ref().any(|item| item.is_err()));
    assert_eq!(limited.progress().to_string(), "1 of 2");
    assert_eq!(limited.progress().fraction(), Some(0.5));
    let held = gate.clone();
    let wait = move |n: u32| (held.pass(), n).1;
    let mut limited =
        pool.map_with(MapOptions::default().timeout(Duration::from_millis(10)), wait, 0..4).unwrap();
    assert!(limited.by_ref().any(|item| item.is_err()));
    assert_eq!(limited.progress().to_string(), "0 of 4");
    gate.open();
    let mut results = pool.map_with(MapOptions::default().buffersize(2), |n: u32| n, 0..9).unwrap();
    pool.shutdown(Shutdown::default()).unwrap();
    assert!(results.by_ref().any(|item| item.is_err()));
    assert_eq!(results.progress().to_string(), "2 of 9");
}
