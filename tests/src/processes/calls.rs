//! `submit` and its relatives.

use super::{pool, square};
use concurrent_futures::{Executor, RemoteError, TaskError};
use std::error::Error as StdError;
use std::fmt;
use std::num::ParseIntError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// IPE-13: a function finds what its module has, and a generic one is one function for each type.
pub fn functions_are_found() {
    mod elsewhere {
        static GREETING: &str = "hello";

        pub(super) fn greet(name: String) -> String {
            format!("{GREETING}, {name}")
        }

        pub(super) fn largest<T: Ord + Copy>(all: Vec<T>) -> Option<T> {
            all.into_iter().max()
        }
    }
    let pool = pool(1);
    let greeting = pool.submit(elsewhere::greet, "world".to_owned()).unwrap();
    assert_eq!(greeting.result().unwrap(), "hello, world");
    assert_eq!(pool.submit(elsewhere::largest, vec![1, 3, 2]).unwrap().result().unwrap(), &Some(3));
    assert_eq!(pool.submit(elsewhere::largest, vec!['b', 'a']).unwrap().result().unwrap(), &Some('b'));
}

/// An error with something behind it.
#[derive(Debug)]
struct NoNumber(ParseIntError);

impl fmt::Display for NoNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no number")
    }
}

impl StdError for NoNumber {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

/// PPE-05, IPE-15, DEAD-07: type, text and sources of an error come over, as text.
pub fn returned_error_is_text() {
    let pool = pool(1);
    let failed = pool.try_submit(|text: String| text.parse::<u32>().map_err(NoNumber), "twelve".to_owned());
    let error: TaskError = failed.unwrap().exception().unwrap().unwrap();
    assert_eq!(error.to_string(), "there is no number");
    let remote = error.downcast_ref::<RemoteError>().unwrap();
    assert!(remote.type_name().ends_with("calls::NoNumber"), "{}", remote.type_name());
    assert_eq!(remote.message(), "there is no number");
    assert_eq!(remote.source().unwrap().to_string(), "invalid digit found in string");
    // The worker lives on.
    assert_eq!(pool.submit(square, 3).unwrap().result().unwrap(), &9);
    assert_eq!(pool.workers(), 1);
}

/// PPE-05, DEAD-07: so do a panic's message and place.
pub fn panic_is_data() {
    let pool = pool(1);
    let error = pool.submit(|n: u32| 12 / n, 0).unwrap().exception().unwrap().unwrap();
    assert_eq!(error.to_string(), "attempt to divide by zero");
    let panic = error.panic().unwrap();
    assert!(panic.location().unwrap().contains("calls.rs:"), "{panic:?}");
    assert!(panic.take_payload().is_none());
    for n in 0..20 {
        assert!(pool.submit(|n: u32| assert_eq!(n, 100), n).unwrap().result().is_err());
    }
    assert_eq!(pool.workers(), 1);
}

/// Arguments and results of any size travel, as others go on.
pub fn large_values_travel() {
    let pool = pool(2);
    let futures: Vec<_> = [0, 1, 100_000, 200_000, 3_000_000]
        .into_iter()
        .map(|size: usize| {
            let bytes: Vec<u8> = (0..size).map(|n| n as u8).collect();
            (pool.submit(|bytes: Vec<u8>| [bytes.as_slice(), &[7]].concat(), bytes).unwrap(), size)
        })
        .collect();
    for (future, size) in &futures {
        let bytes = future.result().unwrap();
        assert_eq!((bytes.len(), bytes[*size]), (size + 1, 7));
        assert!(bytes[..*size].iter().enumerate().all(|(n, byte)| *byte == n as u8));
    }
}

/// What a task does to a static is seen by later tasks of that worker, and by nobody else.
pub fn memory_is_not_shared() {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = |by: u64| COUNT.fetch_add(by, Ordering::SeqCst) + by;
    let (one, other) = (pool(1), pool(1));
    assert_eq!(one.submit(count, 5).unwrap().result().unwrap(), &5);
    assert_eq!(one.submit(count, 1).unwrap().result().unwrap(), &6);
    assert_eq!(other.submit(count, 1).unwrap().result().unwrap(), &1);
    assert_eq!(COUNT.load(Ordering::SeqCst), 0);
}

/// Threads of another executor may submit, and wait, all at once.
pub fn submitted_from_threads() {
    let (threads, processes) = (crate::pool(4), Arc::new(pool(2)));
    let sums = (0..4_u64).map(|n| {
        let processes = Arc::clone(&processes);
        let sum =
            move || (0..50).map(|m| *processes.submit(square, n * m).unwrap().result().unwrap()).sum::<u64>();
        threads.spawn(sum).unwrap()
    });
    for (n, sum) in sums.collect::<Vec<_>>().iter().enumerate() {
        let expected: u64 = (0..50).map(|m| (n as u64 * m).pow(2)).sum();
        assert_eq!(sum.result().unwrap(), &expected);
    }
}
