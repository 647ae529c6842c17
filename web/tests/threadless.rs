//! Isolated workers without threads: on a page that was served without the isolation headers, where no memory is shared.
//!
//! No mode is configured here: `cargo xtask test` runs these tests once on a page and once in a worker, both without the
//! headers.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "the panics of a test are its findings")]

use concurrent_futures_web::{
    Error, Executor, LossCause, MapOptions, Output, ProcessPoolExecutor, Shutdown, StartOptions,
    ThreadPoolExecutor, can_block, print, process_count, start,
};
use core::arch::wasm32::unreachable;
use js_sys::{Function, Promise, Reflect};
use std::cell::Cell;
use std::future::Future as _;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};
use web_time::Instant;

const LIMIT: Duration = Duration::from_millis(300);

async fn started() {
    thread_local! {
        static FAILED: Cell<bool> = const { Cell::new(false) };
    }
    let is_isolated = Reflect::get(&js_sys::global(), &"crossOriginIsolated".into()).unwrap().is_truthy();
    if !FAILED.replace(true) && !is_isolated {
        let refused = start(StartOptions::new()).await.unwrap_err();
        assert!(refused.is_not_isolated() && refused.to_string().contains("without_threads"), "{refused}");
    }
    start(StartOptions::new().without_threads()).await.unwrap();
}

fn pool(max_workers: usize) -> ProcessPoolExecutor {
    ProcessPoolExecutor::new(max_workers).unwrap()
}

async fn sleep(milliseconds: u32) {
    let wait = Function::new_with_args("done", &format!("setTimeout(done, {milliseconds})"));
    let promise = Promise::new(&mut |done, _| drop(wait.call1(&JsValue::UNDEFINED, &done).unwrap()));
    JsFuture::from(promise).await.unwrap();
}

async fn none_left() {
    for _ in 0..1000 {
        if process_count() == 0 {
            return;
        }
        sleep(10).await;
    }
    panic!("{} isolated workers are left", process_count());
}

/// The results of a map, as they come.
async fn all<R>(map: &mut impl Iterator<Item = Result<R, Error>>) -> Vec<Result<R, Error>> {
    let mut results = Vec::new();
    for result in map {
        match result {
            // It has not come yet.
            Err(Error::WouldBlock(_)) => sleep(10).await,
            result => results.push(result),
        }
    }
    results
}

fn cause(error: &Error) -> &LossCause {
    match error {
        Error::Failed(error) => error.worker_lost().unwrap().cause(),
        other => panic!("not lost: {other}"),
    }
}

fn endless((): ()) {
    while black_box(true) {}
}

#[wasm_bindgen_test]
async fn results_are_awaited() {
    started().await;
    let begun = Instant::now();
    let pool = pool(2);
    let squares: Vec<_> = (0..20_u64).map(|n| pool.submit(|n: u64| n * n, n).unwrap()).collect();
    for (n, square) in (0..).zip(squares) {
        assert_eq!(square.await.unwrap(), n * n);
    }
    console_log!("20 results in {:?}", begun.elapsed());
    drop(pool);
    none_left().await;
}

#[wasm_bindgen_test]
async fn nothing_blocks() {
    started().await;
    assert!(!can_block());
    let pool = pool(1);
    let task = pool.submit(|n: u32| n + 1, 1).unwrap();
    assert!(matches!(task.result(), Err(Error::WouldBlock(_))));
    assert!(pool.shutdown(Shutdown::default()).is_err());
    // It goes on without being waited for.
    assert_eq!(task.await.unwrap(), 2);
    none_left().await;
}

#[wasm_bindgen_test]
async fn threads_are_refused() {
    started().await;
    let refused = ThreadPoolExecutor::new(1).unwrap().spawn(|| ()).unwrap_err().to_string();
    assert!(refused.contains("without_threads"), "{refused}");
}

#[wasm_bindgen_test]
async fn failures_arrive() {
    started().await;
    let pool = pool(1);
    let error = pool.submit(|n: u32| assert!(n > 3, "{n} is too little"), 3).unwrap().await.unwrap_err();
    assert_eq!(error.to_string(), "3 is too little");
    let error = pool.submit(|()| unreachable(), ()).unwrap();
    let error = error.await.map(|(): ()| ()).unwrap_err();
    assert!(error.to_string().contains("`unreachable` executed"), "{error}");
    assert_eq!(pool.submit(|n: u32| n, 7).unwrap().await.unwrap(), 7);
}

#[wasm_bindgen_test]
async fn endless_loops_are_killed() {
    started().await;
    let pool = pool(1);
    let task = pool.submit(endless, ()).unwrap();
    while !task.running() {
        sleep(10).await;
    }
    assert!(task.kill());
    assert_eq!(cause(&task.await.unwrap_err()), &LossCause::Killed);
    assert_eq!(pool.submit(|n: u32| n, 7).unwrap().await.unwrap(), 7);
}

#[wasm_bindgen_test]
async fn endless_loops_time_out() {
    started().await;
    let pool = ProcessPoolExecutor::builder().max_workers(1).run_timeout(LIMIT).build().unwrap();
    let task = pool.submit(endless, ()).unwrap();
    assert_eq!(cause(&task.await.unwrap_err()), &LossCause::RunTimeout(LIMIT));
    assert_eq!(pool.submit(|n: u32| n, 7).unwrap().await.unwrap(), 7);
}

#[wasm_bindgen_test]
async fn timeouts_keep_finished_items() {
    started().await;
    let pool = ProcessPoolExecutor::builder().max_workers(1).run_timeout(LIMIT).build().unwrap();
    let task = |n: u32| {
        if n == 3 {
            endless(())
        }
    };
    let mut map = pool.map_with(MapOptions::default().chunksize(6), task, 0..6).unwrap();
    let results = all(&mut map).await;
    assert_eq!(results.iter().position(Result::is_err), Some(3));
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 5);
}

#[wasm_bindgen_test]
async fn callbacks_run() {
    started().await;
    let pool = pool(1);
    let sum = Arc::new(AtomicU32::new(0));
    let tasks: Vec<_> = (1..=3).map(|n| pool.submit(|n: u32| n, n).unwrap()).collect();
    for task in &tasks {
        let sum = Arc::clone(&sum);
        task.add_done_callback(move |future| {
            sum.fetch_add(*future.result().unwrap(), Ordering::Relaxed);
        });
    }
    for task in tasks {
        task.await.unwrap();
    }
    // A waiter may go on before the callbacks have run.
    while sum.load(Ordering::Relaxed) < 6 {
        sleep(1).await;
    }
}

#[wasm_bindgen_test]
async fn items_of_a_chunk_arrive() {
    started().await;
    let pool = pool(2);
    let options = MapOptions::default().chunksize(4);
    let mut map =
        pool.map_with(options, |n: u32| if n == 5 { unreachable() } else { n * 10 }, 0..12).unwrap();
    let results: Vec<_> = all(&mut map).await.into_iter().map(Result::ok).collect();
    let expected: Vec<_> = (0..12).map(|n| (n != 5).then_some(n * 10)).collect();
    assert_eq!(results, expected);
}

#[wasm_bindgen_test]
async fn large_payloads_arrive() {
    started().await;
    let pool = pool(1);
    for length in [0, 65_536, 16 << 20] {
        let text = "x".repeat(length);
        let longer = pool.submit(|text: String| text + "!", text).unwrap().await.unwrap();
        assert_eq!(longer.len(), length + 1);
    }
}

#[wasm_bindgen_test]
async fn text_reaches_the_console() {
    started().await;
    let talk = |()| print(Output::Stdout, "from a task, in the console\n");
    pool(1).submit(talk, ()).unwrap().await.unwrap();
}

#[wasm_bindgen_test]
async fn workers_are_terminated() {
    started().await;
    let pool = pool(2);
    let busy: Vec<_> = (0..2).map(|_| pool.submit(endless, ()).unwrap()).collect();
    while !busy.iter().all(|task| task.running()) {
        sleep(10).await;
    }
    pool.terminate_workers();
    for task in busy {
        assert_eq!(cause(&task.await.unwrap_err()), &LossCause::Terminated);
    }
    none_left().await;
}

/// The waker is woken by the event loop, not by a poll.
#[wasm_bindgen_test]
async fn pending_futures_are_pending() {
    started().await;
    let pool = pool(1);
    let task = pool.submit(|n: u32| n, 7).unwrap();
    let mut awaited = pin!(std::future::IntoFuture::into_future(task));
    let first =
        std::future::poll_fn(|context| Poll::Ready(awaited.as_mut().poll(context).is_pending())).await;
    assert!(first);
    assert_eq!(awaited.await.unwrap(), 7);
}
