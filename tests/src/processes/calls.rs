//! `submit` and its relatives.

use super::probe::Probe;
use super::{pool, square, until};
use concurrent_futures::{Executor, ProcessPoolExecutor, RemoteError, TaskError};
use std::error::Error as StdError;
use std::fmt;
use std::future::IntoFuture;
use std::num::ParseIntError;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};

/// EXE-01: functions, and closures that capture nothing; several arguments are a tuple.
pub fn submit_runs() {
    fn power((base, exponent): (u32, u32)) -> u32 {
        base.pow(exponent)
    }
    let pool = pool(2);
    assert_eq!(pool.submit(power, (2, 8)).unwrap().result().unwrap(), &256);
    let repeated =
        pool.submit(|(text, times): (String, usize)| text.repeat(times), ("ab".to_owned(), 2)).unwrap();
    assert_eq!(repeated.result().unwrap(), "abab");
    assert_eq!(
        pool.try_submit(|n: u8| n.checked_mul(2).ok_or("too much"), 7).unwrap().result().unwrap(),
        &14
    );
}

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

/// EXE-07: an error without any content is an error.
pub fn zero_sized_error() {
    #[derive(Debug)]
    struct Empty;
    impl fmt::Display for Empty {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Ok(())
        }
    }
    impl StdError for Empty {}
    let pool = pool(1);
    let future = pool.try_submit(|()| Err::<(), _>(Empty), ()).unwrap();
    let error = future.result().unwrap_err();
    assert_eq!(error.downcast_ref::<RemoteError>().unwrap().message(), "");
}

/// EXE-04: the arguments are dropped when they are encoded, and the result with its future.
pub fn no_stale_references() {
    let pool = pool(1);
    let future = pool.submit(|argument: Probe<0>| argument, Probe::new()).unwrap();
    future.result().unwrap();
    assert_eq!(Probe::<0>::live(), 1);
    drop(future);
    // Whoever has brought the result may still hold it for a moment.
    until(|| Probe::<0>::live() == 0);
    // Also when nobody has kept the future.
    drop(pool.submit(|argument: Probe<0>| argument, Probe::new()).unwrap());
    pool.submit(square, 1).unwrap().result().unwrap();
    until(|| Probe::<0>::live() == 0);
}

/// PPE-07: nothing of a call is left in the worker.
pub fn arguments_freed_in_the_worker() {
    let pool = pool(1);
    let kept = |(argument, _): (Probe<1>, Vec<u8>)| argument;
    for size in [0, 1_000_000] {
        pool.submit(kept, (Probe::new(), vec![1; size])).unwrap().result().unwrap();
        assert_eq!(pool.submit(|()| Probe::<1>::live(), ()).unwrap().result().unwrap(), &0);
    }
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

/// EXE-05
pub fn zero_workers_refused() {
    let error = ProcessPoolExecutor::new(0).unwrap_err();
    assert_eq!(error.to_string(), "max_workers must be at least 1");
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

/// Counts how often it is woken.
#[derive(Default)]
struct Bell {
    rung: Mutex<usize>,
    ringing: Condvar,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        *self.rung.lock().unwrap() += 1;
        self.ringing.notify_all();
    }
}

/// IPE-23: any async code can await a task.
pub fn awaits() {
    let pool = pool(1);
    let future = pool.submit(square, 7).unwrap();
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    let mut context = Context::from_waker(&waker);
    let mut awaited = pin!(future.into_future());
    let value = loop {
        let rung = *bell.rung.lock().unwrap();
        match std::future::Future::poll(awaited.as_mut(), &mut context) {
            Poll::Ready(value) => break value,
            Poll::Pending => {
                let guard = bell.rung.lock().unwrap();
                drop(bell.ringing.wait_while(guard, |now| *now == rung).unwrap());
            }
        }
    };
    assert_eq!(value.unwrap(), 49);
}

/// IPE-24: whoever stops awaiting is not woken afterwards, and its waker is dropped.
pub fn awaiting_may_stop() {
    let pool = pool(1);
    let held = super::hold(&pool);
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    {
        let mut awaited = pin!((&*held).into_future());
        let polled = std::future::Future::poll(awaited.as_mut(), &mut Context::from_waker(&waker));
        assert!(polled.is_pending());
    }
    drop(waker);
    assert_eq!(Arc::strong_count(&bell), 1);
    assert!(held.kill());
    super::loss(&held);
    assert_eq!(*bell.rung.lock().unwrap(), 0);
}

/// TPE-05: threads of another executor may submit, and wait, all at once.
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
