//! Values that are large, and places that are too small for them.

use crate::case::Case;
use crate::task::{is_well, lost, pool};
use concurrent_futures::{Executor, MapOptions, ProcessPoolExecutor};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::process::abort;

pub(crate) const CASES: &[Case] = &[
    Case::new("payloads::result_larger_than_any_buffer", result_larger_than_any_buffer),
    Case::new("payloads::arguments_larger_than_any_buffer", arguments_larger_than_any_buffer),
    Case::new("payloads::worker_dies_of_it", worker_dies_of_it),
    Case::new("payloads::no_room_for_the_result", no_room_for_the_result),
    Case::new("payloads::no_descriptors_in_the_worker", no_descriptors_in_the_worker),
    Case::new("payloads::many_medium_ones", many_medium_ones),
];

const HUGE: usize = 200_000_000;

fn result_larger_than_any_buffer() {
    let pool = pool(1);
    let future = pool.submit(|size: usize| "7".repeat(size), HUGE).unwrap();
    assert_eq!(*future.result().unwrap(), "7".repeat(HUGE));
    is_well(&pool);
}

fn arguments_larger_than_any_buffer() {
    let pool = pool(1);
    let future = pool.submit(|text: String| (text == "7".repeat(HUGE), text.len()), "7".repeat(HUGE));
    assert_eq!(future.unwrap().result().unwrap(), &(true, HUGE));
    is_well(&pool);
}

/// DEAD-15: while arguments are on their way, and while they are decoded.
fn worker_dies_of_it() {
    let pool = pool(1);
    for _ in 0..3 {
        let before = pool.submit(|()| -> u64 { abort() }, ()).unwrap();
        let large =
            pool.submit(|bytes: Vec<u8>| if bytes.len() > 1000 { abort() } else { 1_u64 }, vec![3; 20 << 20]);
        lost(&before);
        lost(&large.unwrap());
        is_well(&pool);
    }
}

/// The worker may write no file as large as its result.
fn no_room_for_the_result() {
    let limit = |()| {
        let limit = Some(1 << 20);
        setrlimit(Resource::Fsize, Rlimit { current: limit, maximum: limit }).unwrap();
    };
    let builder = ProcessPoolExecutor::builder().max_workers(1).initializer(limit, ());
    let pool = builder.build().unwrap();
    let future = pool.submit(|()| vec![7_u8; 20 << 20], ()).unwrap();
    assert!(future.result().is_err());
    is_well(&pool);
}

/// The worker may open no file at all.
fn no_descriptors_in_the_worker() {
    let limit = |()| {
        setrlimit(Resource::Nofile, Rlimit { current: Some(0), maximum: Some(0) }).unwrap();
    };
    let builder = ProcessPoolExecutor::builder().max_workers(1).initializer(limit, ());
    let pool = builder.build().unwrap();
    is_well(&pool);
    let future = pool.submit(|()| vec![7_u8; 20 << 20], ()).unwrap();
    assert!(future.result().is_err());
    is_well(&pool);
    // Arguments that need a file of their own cannot come in either; no other worker is tried, and no other task suffers.
    let future = pool.submit(|bytes: Vec<u8>| bytes.len(), vec![1; 20 << 20]).unwrap();
    let error = future.result().unwrap_err();
    assert!(
        error.to_string().ends_with(
            "this worker process ends: a frame came without its file; is every descriptor in use?"
        ),
        "{error}"
    );
    is_well(&pool);
}

/// More answers than lie on the board, of every size around its limits.
fn many_medium_ones() {
    let pool = pool(2);
    let sizes = || (0..300).map(|n| (n * 7919) % 200_000);
    let results =
        pool.map_with(MapOptions::default().chunksize(10), |size: usize| vec![7_u8; size], sizes()).unwrap();
    for (result, size) in results.zip(sizes()) {
        assert_eq!(result.unwrap().len(), size);
    }
}
