//! Isolated workers beside threads, from the page's main thread, which must not block.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "the panics of a test are its findings")]

use concurrent_futures_web::{Error, Executor, Future, ProcessPoolExecutor, StartOptions, can_block, start};
use std::sync::mpsc::channel;
use std::time::Duration;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

async fn started() {
    // A busy machine's workers come late.
    start(StartOptions::new().start_limit(Duration::from_secs(90))).await.unwrap();
}

#[wasm_bindgen_test]
async fn awaits_isolated_workers() {
    started().await;
    assert!(!can_block());
    let pool = ProcessPoolExecutor::new(2).unwrap();
    // Many at a time, while the warden completes them: a lock that is taken must not trap this thread.
    let many: Vec<_> = (0..1_000_u64).map(|n| pool.submit(|n: u64| n, n).unwrap()).collect();
    assert!(matches!(many[999].result(), Err(Error::WouldBlock(_))));
    let mut sum = 0;
    for future in many {
        sum += future.await.unwrap();
    }
    assert_eq!(sum, 999 * 500);
}

#[wasm_bindgen_test]
async fn callbacks_block_elsewhere() {
    started().await;
    let pool = ProcessPoolExecutor::new(1).unwrap();
    let task = pool.submit(|n: u32| n, 7).unwrap();
    let (sender, receiver) = channel();
    task.add_done_callback(move |future: &Future<u32>| {
        assert!(can_block());
        sender.send(*future.result().unwrap()).unwrap();
    });
    task.await.unwrap();
    // The callback may come a moment later, and this thread cannot wait for it but by waiting for something else.
    while pool.submit(|n: u32| n, 8).unwrap().await.is_ok() {
        if let Ok(seven) = receiver.try_recv() {
            assert_eq!(seven, 7);
            break;
        }
    }
}
