//! Initializers of workers.

use super::codec::{Fault, Faulty, faulty};
use super::{die, hold, pool, square};
use concurrent_futures::{BrokenExecutor, Error, Executor, Future, ProcessPoolExecutor, SubmitError};
use std::sync::atomic::{AtomicU64, Ordering};

static STATUS: AtomicU64 = AtomicU64::new(0);

fn initialize((status, factor): (u64, u64)) {
    STATUS.store(status * factor, Ordering::SeqCst);
}

fn status((): ()) -> u64 {
    STATUS.load(Ordering::SeqCst)
}

/// IPE-04: what the initializer does to a global is seen in its worker, and neither in the program nor by other pools.
pub fn changes_its_worker_only() {
    let builder = |status| ProcessPoolExecutor::builder().max_workers(1).initializer(initialize, (status, 7));
    let (one, other, none) = (builder(6).build().unwrap(), builder(5).build().unwrap(), pool(1));
    let seen = [&one, &other, &none].map(|pool| *pool.submit(status, ()).unwrap().result().unwrap());
    assert_eq!(seen, [42, 35, 0]);
    assert_eq!(STATUS.load(Ordering::SeqCst), 0);
}

/// Also in those that take the place of others.
pub fn runs_in_every_worker() {
    let builder = ProcessPoolExecutor::builder().max_workers(1).max_tasks_per_child(1);
    let pool = builder.initializer(initialize, (1, 9)).build().unwrap();
    for _ in 0..3 {
        assert_eq!(pool.submit(status, ()).unwrap().result().unwrap(), &9);
    }
    let held = hold(&pool);
    assert!(held.kill());
    assert_eq!(pool.submit(status, ()).unwrap().result().unwrap(), &9);
}

/// Submits some tasks to a pool whose initializer fails. All but the first may find it broken.
fn broken_by<A>(initializer: impl Fn(A) + Copy + 'static, argument: A) -> (ProcessPoolExecutor, Vec<Error>)
where
    A: serde::Serialize + serde::de::DeserializeOwned,
{
    let builder = ProcessPoolExecutor::builder().max_workers(2).initializer(initializer, argument);
    let pool = builder.build().unwrap();
    let first = pool.submit(square, 0).unwrap();
    let others: Vec<Future<u64>> = (1..4).filter_map(|n| pool.submit(square, n).ok()).collect();
    let errors = [first].iter().chain(&others).map(|future| future.result().unwrap_err()).collect();
    (pool, errors)
}

/// Unlike CPython's, the error tells why.
pub fn failure_names_the_cause() {
    let (_broken, mut errors) = broken_by(|text: String| panic!("{text}"), "no licence".to_owned());
    let error = errors.remove(0);
    assert!(error.to_string().ends_with("its initializer failed: no licence"), "{error}");
    let Error::Broken(BrokenExecutor::ProcessPool(broken)) = error else { panic!("{error}") };
    assert!(broken.cause().panic().unwrap().location().unwrap().contains("initializer.rs:"));
}

/// A worker that dies in its initializer would have successors that die as well.
pub fn death_breaks_the_pool() {
    let (broken, errors) = broken_by(
        |()| {
            die(());
        },
        (),
    );
    for error in errors {
        let Error::Broken(BrokenExecutor::ProcessPool(broken)) = error else { panic!("{error}") };
        let lost = broken.cause().worker_lost().unwrap();
        assert_eq!((lost.worker().is_some(), lost.task()), (true, None));
        assert!(broken.to_string().contains("its initializer failed: worker "), "{broken}");
    }
    assert!(matches!(broken.submit(square, 1), Err(SubmitError::Broken(_))));
}

/// An initializer whose arguments do not travel is refused when the pool is made; one that fails to decode them breaks it.
pub fn arguments_must_encode() {
    let builder = |argument| {
        ProcessPoolExecutor::builder().max_workers(1).initializer(|_: Faulty| (), argument).build()
    };
    assert!(matches!(builder(faulty(Fault::Error, Fault::Nothing)), Err(SubmitError::Encode(_))));
    let pool = builder(faulty(Fault::Nothing, Fault::Error)).unwrap();
    let failed = pool.submit(square, 1).unwrap();
    let error = failed.result().unwrap_err();
    assert!(error.to_string().contains("the worker could not decode the arguments"), "{error}");
}
