//! Threads that take turns: in one worker of a page that was served without the isolation headers.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "the panics of a test are its findings")]

use concurrent_futures_web::{
    Error, Executor, Future, ProcessPoolExecutor, ReturnWhen, StartOptions, ThreadPoolExecutor, as_completed,
    can_block, sleep, start, thread_count, wait,
};
use core::arch::wasm32::unreachable;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};
use web_time::Instant;

const TICK: Duration = Duration::from_millis(50);

fn endless((): ()) {
    while black_box(true) {}
}

/// Runs `program` as a fiber, as this test's own code must not block.
async fn run<R: Send + Sync + Clone + 'static>(program: impl FnOnce() -> R + Send + 'static) -> R {
    start(StartOptions::new().fibers().threads(2)).await.unwrap();
    assert!(!can_block());
    let runner = ThreadPoolExecutor::new(1).unwrap();
    let result = runner.spawn(program).unwrap().await.unwrap().clone();
    // It must not be joined here.
    std::mem::forget(runner);
    result
}

#[wasm_bindgen_test]
async fn waits_overlap() {
    let took = run(|| {
        assert!(can_block());
        let begun = Instant::now();
        let pool = ThreadPoolExecutor::new(4).unwrap();
        let naps = pool
            .map(
                |n: u32| {
                    sleep(TICK * 4);
                    n * n
                },
                0..8,
            )
            .unwrap();
        assert_eq!(naps.map(Result::unwrap).collect::<Vec<_>>(), [0, 1, 4, 9, 16, 25, 36, 49]);
        drop(pool);
        begun.elapsed()
    })
    .await;
    console_log!("8 naps of 200 ms on 4 fibers took {took:?}");
    assert!(took >= TICK * 8 && took < TICK * 16, "{took:?}");
}

#[wasm_bindgen_test]
async fn everything_that_waits_works() {
    run(|| {
        let pool = ThreadPoolExecutor::new(3).unwrap();
        let nap = |ticks: u32| {
            sleep(TICK * ticks);
            ticks
        };
        let futures: Vec<Future<u32>> = [3, 1, 2].map(|ticks| pool.submit(nap, ticks).unwrap()).into();
        let first = wait(&futures, None, ReturnWhen::FirstCompleted).unwrap();
        assert_eq!(first.done, [&futures[1]]);
        assert!(matches!(futures[0].result_timeout(Duration::from_millis(1)), Err(Error::Timeout(_))));
        let order: Vec<u32> = as_completed(futures).map(|future| *future.result().unwrap()).collect();
        assert_eq!(order, [1, 2, 3]);
        let called = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&called);
        let future = pool.submit(nap, 1).unwrap();
        future.add_done_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        assert!(pool.spawn(|| panic!("aloud")).unwrap().result().is_err());
        drop(pool);
        assert_eq!(called.load(Ordering::Relaxed), 1);
    })
    .await;
}

#[wasm_bindgen_test]
async fn fibers_are_used_again() {
    run(|| {
        for _ in 0..20 {
            let pool = ThreadPoolExecutor::new(3).unwrap();
            assert_eq!(pool.map(|n: u32| n + 1, 0..30).unwrap().count(), 30);
        }
    })
    .await;
    assert!(thread_count() < 20, "{}", thread_count());
}

#[wasm_bindgen_test]
async fn processes_compute_elsewhere() {
    run(|| {
        let pool = ProcessPoolExecutor::new(2).unwrap();
        let squares = pool.map(|n: u64| n * n, 0..50_u64).unwrap();
        assert_eq!(squares.map(Result::unwrap).sum::<u64>(), 40_425);
        let slow = pool.submit(endless, ()).unwrap();
        while !slow.running() {
            sleep(TICK);
        }
        assert!(slow.kill());
        assert!(slow.result().is_err());
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_trap_fails_its_task() {
    run(|| {
        let pool = ThreadPoolExecutor::new(2).unwrap();
        let trap = pool.spawn(|| -> u32 { unreachable() }).unwrap();
        let error = trap.result().unwrap_err().to_string();
        assert!(error.contains("unreachable"), "{error}");
        assert_eq!(*pool.spawn(|| 5).unwrap().result().unwrap(), 5);
    })
    .await;
}

#[wasm_bindgen_test]
async fn locks_work_between_waits() {
    let order = run(|| {
        let order = Arc::new(Mutex::new(Vec::new()));
        let pool = ThreadPoolExecutor::new(2).unwrap();
        for n in 0..6_u32 {
            let order = Arc::clone(&order);
            drop(
                pool.spawn(move || {
                    order.lock().unwrap().push(n);
                    sleep(TICK);
                })
                .unwrap(),
            );
        }
        drop(pool);
        Arc::into_inner(order).unwrap().into_inner().unwrap()
    })
    .await;
    assert_eq!(order, [0, 1, 2, 3, 4, 5]);
}
