//! `submit`, and what becomes of a call.

use super::square;
use crate::door::Busy;
use crate::pool::{Kind, Pool};
use crate::probe::Probe;
use crate::until;
use concurrent_futures::{Error, RemoteError};
use std::fmt;

fn power((base, exponent): (u32, u32)) -> u32 {
    base.pow(exponent)
}

/// EXE-01: functions, and closures that capture nothing; several arguments are a tuple.
pub fn come_back<P: Pool>() {
    let pool = P::of(2);
    assert_eq!(pool.call(power, (2, 8)).unwrap().result().unwrap(), &256);
    let repeated = pool.call(|(text, times): (String, usize)| text.repeat(times), ("ab".to_owned(), 2));
    assert_eq!(repeated.unwrap().result().unwrap(), "abab");
    let doubled = pool.try_call(|n: u8| n.checked_mul(2).ok_or("too much"), 7);
    assert_eq!(doubled.unwrap().result().unwrap(), &14);
}

/// EXE-04: when a task has run, nothing of its arguments is kept here, whether the future is still there or was dropped.
pub fn let_go_of_arguments<P: Pool>() {
    let pool = P::of(1);
    let future = pool.call(|argument: Probe<P, 1>| drop(argument), Probe::new()).unwrap();
    future.result().unwrap();
    // Whoever has brought the result may still hold the task for a moment.
    until(|| Probe::<P, 1>::live() == 0);
    drop(future);
    let busy = Busy::on(&pool);
    drop(pool.call(|argument: Probe<P, 1>| argument, Probe::new()).unwrap());
    busy.release();
    // The one worker is done with that task before it begins the next.
    pool.call(square, 1).unwrap().result().unwrap();
    until(|| Probe::<P, 1>::live() == 0);
}

/// PPE-07: nothing of a call is left where it ran, however large it was.
pub fn free_their_arguments<P: Pool>() {
    let pool = P::of(1);
    for size in [0, 1_000_000] {
        let used = |(argument, bytes): (Probe<P, 2>, Vec<u8>)| {
            drop(argument);
            bytes.len()
        };
        assert_eq!(pool.call(used, (Probe::new(), vec![1; size])).unwrap().result().unwrap(), &size);
        let kept = |(argument, _): (Probe<P, 2>, Vec<u8>)| argument;
        assert!(pool.call(kept, (Probe::new(), vec![1; size])).unwrap().result().is_ok());
        assert_eq!(pool.call(|()| Probe::<P, 2>::live(), ()).unwrap().result().unwrap(), &0);
    }
}

/// Tells nothing of itself.
#[derive(Debug)]
struct Empty;

impl fmt::Display for Empty {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Empty {}

/// EXE-07: an error without any content is an error.
pub fn empty_error_is_an_error<P: Pool>() {
    let pool = P::of(1);
    let future = pool.try_call(|()| Err::<(), _>(Empty), ()).unwrap();
    let error = future.result().unwrap_err();
    assert!(matches!(&error, Error::Failed(_)) && error.to_string().is_empty(), "{error}");
    match P::KIND {
        Kind::Threads => assert!(error.downcast_ref::<Empty>().is_some()),
        Kind::Processes => assert_eq!(error.downcast_ref::<RemoteError>().unwrap().message(), ""),
    }
    assert!(future.exception().unwrap().is_some());
}

/// DEAD-07: an error that a task returns, and a panic, arrive as they were, and the worker goes on.
pub fn failures_are_told<P: Pool>() {
    let pool = P::of(1);
    let returned = pool.try_call(|n: u64| Err::<u64, _>(format!("Bad value: {n}")), 3).unwrap();
    let panicked = pool.call(|n: u64| -> u64 { panic!("Bad value: {n}") }, 4).unwrap();
    let error = returned.result().unwrap_err();
    assert!(matches!(&error, Error::Failed(_)) && error.to_string() == "Bad value: 3", "{error}");
    let error = panicked.exception().unwrap().unwrap();
    assert_eq!(error.panic().unwrap().message(), "Bad value: 4");
    assert!(error.panic().unwrap().location().unwrap().contains("calls.rs:"), "{error:?}");
    assert_eq!(pool.call(square, 3).unwrap().result().unwrap(), &9);
    assert_eq!(pool.workers(), 1);
}

/// DEAD-16: however many are submitted while nobody takes them, `submit` waits for no worker.
pub fn never_wait_for_workers<P: Pool>() {
    let pool = P::of(1);
    let busy = Busy::on(&pool);
    let futures: Vec<_> = (0..5_000).map(|n| pool.call(square, n).unwrap()).collect();
    assert!(busy.future.running());
    busy.release();
    for (n, future) in (0..).zip(&futures) {
        assert_eq!(future.result().unwrap(), &(n * n));
    }
}
