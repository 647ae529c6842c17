//! What the page's main thread may do: everything but block.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a scenario is a test: its panics are its findings")]

use concurrent_futures::{
    CancelToken, Error, Executor, MapOptions, Output, ProcessPoolExecutor, Promise, ReturnWhen, Shutdown,
    StartOptions, SubmitError, ThreadPoolExecutor, WhenFull, as_completed, print, start, wait,
};
use futures_core::stream::Stream;
use std::future::{Future, IntoFuture, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

async fn started() {
    scenarios::harness::keep_panics_apart(|text| print(Output::Stderr, text));
    start(StartOptions::new().start_limit(scenarios::harness::START_LIMIT)).await.unwrap();
}

#[wasm_bindgen_test]
async fn awaits_tasks() {
    started().await;
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let square = pool.submit(|n: u64| n * n, 7).unwrap();
    assert_eq!((&square).await.unwrap(), &49);
    assert_eq!(square.await.unwrap(), 49);
    let failed = pool.try_submit(|()| Err::<(), _>("no"), ()).unwrap();
    assert_eq!(failed.await.unwrap_err().to_string(), "no");
    // Many at a time, while the workers complete them: a lock that is taken must not trap this thread.
    let many: Vec<_> = (0..5_000_u64).map(|n| pool.submit(|n: u64| n, n).unwrap()).collect();
    let mut sum = 0;
    for future in many {
        sum += future.await.unwrap();
    }
    assert_eq!(sum, 4_999 * 2_500);
}

/// Waits for the next item.
async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}

#[wasm_bindgen_test]
async fn awaits_streams() {
    started().await;
    let pool = ThreadPoolExecutor::new(2).unwrap();
    let many: Vec<_> = (0..2_000_u64).map(|n| (pool.submit(|n: u64| n, n).unwrap(), n)).collect();
    let (mut completed, mut sum) = (as_completed(many).stream(), 0);
    while let Some((future, n)) = next(&mut completed).await {
        assert_eq!(future.await.unwrap(), n);
        sum += n;
    }
    assert_eq!(sum, 1_999 * 1_000);
    let mut squares = pool.map(|n: u64| n * n, 0..2_000).unwrap().stream();
    for n in 0..2_000 {
        assert_eq!(next(&mut squares).await.unwrap().unwrap(), n * n);
    }
    assert!(next(&mut squares).await.is_none());
    let processes = ProcessPoolExecutor::new(1).unwrap();
    let options = MapOptions::default().chunksize(50);
    let mut squares = processes.map_with(options, |n: u64| n * n, 0..200).unwrap().stream();
    for n in 0..200 {
        assert_eq!(next(&mut squares).await.unwrap().unwrap(), n * n);
    }
    assert!(next(&mut squares).await.is_none());
}

/// IPE-24: awaits that were given up, of a task that ends later.
#[wasm_bindgen_test]
async fn gives_awaits_up() {
    started().await;
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let promise = Promise::new();
    let held = promise.future();
    let task = pool.spawn(move || *held.result().unwrap()).unwrap();
    {
        let mut stream = as_completed([&task]).stream();
        let (mut lent, mut item) = (pin!((&task).into_future()), pin!(next(&mut stream)));
        poll_fn(|context| {
            assert!(lent.as_mut().poll(context).is_pending() && item.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
    }
    promise.set_result(7).unwrap();
    assert_eq!(task.await.unwrap(), 7);
}

#[wasm_bindgen_test]
async fn refuses_to_block() {
    started().await;
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let promise = Promise::<u32>::new();
    let future = promise.future();
    let sentence = "this thread must not block: await the future instead, or move the call into a worker";
    assert_eq!(future.result().unwrap_err().to_string(), sentence);
    assert!(matches!(future.result_timeout(Duration::from_secs(1)), Err(Error::WouldBlock(_))));
    assert!(matches!(future.exception(), Err(Error::WouldBlock(_))));
    assert_eq!(wait([&future], None, ReturnWhen::AllCompleted).unwrap_err().to_string(), sentence);
    let mut completed = as_completed([&future]).timeout(Duration::from_secs(1));
    assert!(matches!(completed.next(), Some(Err(Error::WouldBlock(_)))));
    let panic = catch_unwind(AssertUnwindSafe(|| as_completed([&future]).count())).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some(sentence));
    let held = future.clone();
    drop(pool.spawn(move || held.result().copied().is_ok()).unwrap());
    assert_eq!(pool.shutdown(Shutdown::default()).unwrap_err().to_string(), sentence);
    // What is there can be had, and a poll is no wait.
    assert!(matches!(future.result_timeout(Duration::ZERO), Err(Error::Timeout(_))));
    promise.set_result(1).unwrap();
    assert_eq!(future.result().unwrap(), &1);
}

#[wasm_bindgen_test]
async fn refuses_to_block_in_scopes_tokens_and_full_queues() {
    started().await;
    let builder = ThreadPoolExecutor::builder().max_workers(1).queue_limit(1, WhenFull::Block);
    let pool = builder.build().unwrap();
    let sentence = "this thread must not block: await the future instead, or move the call into a worker";
    let token = CancelToken::new();
    assert_eq!(token.wait(Some(Duration::from_secs(1))).unwrap_err().to_string(), sentence);
    assert_eq!(pool.scope(|_| ()).unwrap_err().to_string(), sentence);
    let promise = Promise::<u32>::new();
    let submit = || {
        let held = promise.future();
        pool.spawn(move || held.result().copied().is_ok())
    };
    let accepted = [submit().unwrap(), submit().unwrap()];
    let refused = submit().unwrap_err();
    assert!(matches!(refused, SubmitError::WouldBlock(_)));
    assert_eq!(refused.to_string(), sentence);
    let unfinished = pool.shutdown_within(Duration::from_secs(3_600), false).unwrap_err();
    assert!(unfinished.tasks().len() + unfinished.queued() <= 2);
    promise.set_result(1).unwrap();
    for task in accepted {
        assert!(task.await.unwrap());
    }
    assert!(!token.wait(Some(Duration::ZERO)).unwrap_or(false));
}
