//! Awaiting what pools do from the event loops that programs have: tokio's, smol's, and the plain one of `futures`.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "these are tests: their panics are their findings")]

#[path = "runtimes/event_loop.rs"]
mod event_loop;
#[path = "../../tests/src/gate.rs"]
pub mod gate;

use self::event_loop::{EventLoop, Futures, Smol, TokioHere, TokioThreads};
use self::gate::Gate;
use concurrent_futures::{
    Error, Executor, MapOptions, ProcessPoolExecutor, Promise, ThreadPoolExecutor, as_completed,
};
use futures::future::{Either, join_all, select};
use futures::stream::{FuturesUnordered, Stream, StreamExt, TryStreamExt};
use std::collections::HashSet;
use std::future::IntoFuture;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::thread;
use std::time::Duration;

concurrent_futures::init_tests!();

const MOMENT: Duration = Duration::from_millis(5);
const FOR_EVER: Duration = Duration::from_secs(600);

fn pool(max_workers: usize) -> ThreadPoolExecutor {
    ThreadPoolExecutor::new(max_workers).unwrap()
}

fn square(n: u64) -> u64 {
    n * n
}

/// Every test on every loop.
macro_rules! on_every_loop {
    ($($test:ident)*) => {
        on_loop! { on_one_tokio_thread: TokioHere; $($test)* }
        on_loop! { on_tokio_threads: TokioThreads; $($test)* }
        on_loop! { on_smol: Smol; $($test)* }
        on_loop! { on_futures: Futures; $($test)* }
    };
}

macro_rules! on_loop {
    ($module:ident: $event_loop:ident; $($test:ident)*) => {
        mod $module {
            $(#[test]
            fn $test() {
                super::$test::<super::$event_loop>();
            })*
        }
    };
}

on_every_loop! {
    lends_and_gives failures_come processes_too timer_wins dropped_await_leaves_the_others closed_loop_hears_nothing
    closing_races_with_completion thousands_at_a_time completed_stream dropped_stream_is_forgotten map_stream
    map_stream_of_chunks map_stream_of_adaptive_chunks unordered_stream unordered_stream_of_chunks dropped_map_cancels passed_timeout_ends_it
}

/// IPE-23: the loop awaits what ran elsewhere, by reference and by value, any number of times.
fn lends_and_gives<L: EventLoop>() {
    let pool = pool(1);
    L::run(async {
        let here = thread::current().id();
        let future =
            pool.submit(|text: String| (thread::current().id(), text), "there and back".to_owned()).unwrap();
        let (first, second) = ((&future).await.unwrap(), (&future).await.unwrap());
        assert!(std::ptr::eq(first, second) && first.0 != here);
        assert_eq!(future.await.unwrap().1, "there and back");
    });
}

/// What a task fails with comes out of the await, and so does that it was cancelled.
fn failures_come<L: EventLoop>() {
    let pool = pool(1);
    L::run(async {
        let failed = pool.try_submit(str::parse::<u32>, "twelve").unwrap();
        assert!(failed.await.unwrap_err().downcast_ref::<std::num::ParseIntError>().is_some());
        let panicked = pool.spawn(|| assert_eq!(1, 2, "no")).unwrap();
        assert!((&panicked).await.unwrap_err().to_string().contains("no"));
        let promise = Promise::<u32>::new();
        let (waiting, future) = (promise.future(), promise.future());
        let cancelling = pool.spawn(move || future.cancel()).unwrap();
        assert!(matches!(waiting.await, Err(Error::Cancelled(_))));
        assert!(cancelling.await.unwrap());
    });
}

fn endless((): ()) {
    loop {
        thread::park();
    }
}

fn processes_too<L: EventLoop>() {
    let pool = ProcessPoolExecutor::new(1).unwrap();
    L::run(async {
        let future = pool.submit(square, 7).unwrap();
        assert_eq!((&future).await.unwrap(), &49);
        assert_eq!(future.await.unwrap(), 49);
        let endless = pool.submit(endless, ()).unwrap();
        while !endless.running() {
            L::sleep(MOMENT).await;
        }
        let waited = endless.clone();
        assert!(L::spawn(async move { endless.kill() }).await);
        assert!(matches!(waited.await, Err(Error::Failed(error)) if error.is_worker_lost()));
    });
}

/// Awaits two futures until one of them is ready.
async fn first<A: Future, B: Future>(a: A, b: B) -> Either<A::Output, B::Output> {
    match select(pin!(a), pin!(b)).await {
        Either::Left((a, _)) => Either::Left(a),
        Either::Right((b, _)) => Either::Right(b),
    }
}

/// A timer that comes first ends the wait and nothing else: the task goes on, and can be awaited again.
fn timer_wins<L: EventLoop>() {
    let (pool, gate) = (pool(1), Gate::new());
    let held = gate.clone();
    L::run(async {
        let future = pool.spawn(move || held.pass()).unwrap();
        assert!(matches!(first((&future).into_future(), L::sleep(MOMENT)).await, Either::Right(())));
        gate.open();
        assert!(matches!(first((&future).into_future(), L::sleep(FOR_EVER)).await, Either::Left(Ok(()))));
    });
}

/// A wait that was given up leaves the others alone.
fn dropped_await_leaves_the_others<L: EventLoop>() {
    let (pool, gate) = (pool(1), Gate::new());
    let held = gate.clone();
    L::run(async {
        let future = pool.spawn(move || held.pass()).unwrap();
        let mut kept = pin!((&future).into_future());
        assert!(futures::poll!(kept.as_mut()).is_pending());
        {
            let mut lent = pin!((&future).into_future());
            let mut given = pin!(future.clone().into_future());
            assert!(
                futures::poll!(lent.as_mut()).is_pending() && futures::poll!(given.as_mut()).is_pending()
            );
        }
        gate.open();
        kept.await.unwrap();
    });
}

/// IPE-24: a loop that is closed takes its awaits along, and what completes afterwards does not touch it.
fn closed_loop_hears_nothing<L: EventLoop>() {
    let (pool, gate) = (pool(1), Gate::new());
    let held = gate.clone();
    let future = pool.spawn(move || held.pass()).unwrap();
    let (owned, kept) = (Arc::new(()), future.clone());
    let of_the_loop = Arc::clone(&owned);
    let awaited = L::run_and_close(async move {
        let _of_the_loop = of_the_loop;
        let (given, stream) = (kept.clone(), as_completed([kept.clone()]).stream());
        drop(
            join_all([
                L::boxed(async move { drop(kept.into_future().await) }),
                L::boxed(async move { drop((&given).await) }),
                L::boxed(async move { drop(stream.collect::<Vec<_>>().await) }),
            ])
            .await,
        );
    });
    assert!(!awaited, "the task cannot be done");
    assert_eq!(Arc::strong_count(&owned), 1);
    gate.open();
    future.result().unwrap();
}

/// The same where the two happen at once.
fn closing_races_with_completion<L: EventLoop>() {
    let pool = pool(2);
    for n in 0..200 {
        let future = pool.submit(square, n).unwrap();
        let awaited = future.clone();
        L::run_and_close(async move { assert_eq!(awaited.await.unwrap(), n * n) });
        assert_eq!(future.result().unwrap(), &(n * n));
    }
}

/// Thousands of waits at a time, each in a task of the loop's or all in one.
fn thousands_at_a_time<L: EventLoop>() {
    let pool = pool(2);
    L::run(async {
        let waits = (0..5_000_u64).map(|n| {
            let future = pool.submit(square, n).unwrap();
            L::spawn(async move { future.await.unwrap() })
        });
        let squares = join_all(waits.collect::<Vec<_>>()).await;
        assert!((0..).map(square).zip(&squares).all(|(expected, square)| expected == *square));
        let futures = (0..5_000_u64).map(|n| pool.submit(square, n).unwrap().into_future());
        let unordered: FuturesUnordered<_> = futures.collect();
        let squares: HashSet<u64> = unordered.try_collect().await.unwrap();
        assert_eq!(squares.len(), 5_000);
    });
}

/// Futures come out as they complete, and each once.
fn completed_stream<L: EventLoop>() {
    let (pool, gate) = (pool(2), Gate::new());
    let held = gate.clone();
    L::run(async {
        let slow = pool.spawn(move || held.pass()).unwrap().erase();
        let quick = pool.submit(square, 3).unwrap().erase();
        let mut completed = as_completed([&slow, &quick, &slow]).stream();
        assert_eq!((completed.size_hint(), completed.progress().total), ((2, Some(2)), Some(2)));
        assert_eq!(completed.next().await, Some(&quick));
        assert!(futures::poll!(completed.next()).is_pending());
        gate.open();
        assert_eq!(completed.next().await, Some(&slow));
        assert_eq!((completed.next().await, completed.next().await), (None, None));
        let many: Vec<_> = (0..5_000_u64).map(|n| (pool.submit(square, n).unwrap(), n)).collect();
        let mut left: HashSet<u64> = (0..5_000).collect();
        let mut completed = as_completed(many).stream();
        while let Some((future, n)) = completed.next().await {
            assert!(left.remove(&n));
            assert_eq!(future.await.unwrap(), n * n);
        }
        assert!(left.is_empty());
    });
}

/// A stream that was given up is not woken any more.
fn dropped_stream_is_forgotten<L: EventLoop>() {
    L::run(async {
        let promise = Promise::new();
        let (future, wakes) = (promise.future(), Arc::new(Wakes::default()));
        let waker = Arc::clone(&wakes).into();
        let mut stream = as_completed([&future]).stream();
        let mut context = std::task::Context::from_waker(&waker);
        assert!(stream.poll_next_unpin(&mut context).is_pending());
        assert!(stream.poll_next_unpin(&mut context).is_pending());
        drop((stream, waker));
        assert_eq!(Arc::strong_count(&wakes), 1);
        promise.set_result(1).unwrap();
        assert_eq!(wakes.0.load(Ordering::SeqCst), 0);
    });
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl std::task::Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Results come in the order of the items, with an error in its place, out of a bounded window.
fn map_stream<L: EventLoop>() {
    let pool = pool(2);
    L::run(async {
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        let items = (0..1_000_u64).inspect(move |_| _ = count.fetch_add(1, Ordering::SeqCst));
        let call = |n: u64| {
            assert_ne!(n, 500, "not this one");
            n * n
        };
        let options = MapOptions::default().buffersize(10);
        let mut squares = pool.map_with(options, call, items).unwrap().stream();
        for n in 0..1_000 {
            assert!(taken.load(Ordering::SeqCst) <= usize::try_from(n).unwrap() + 10);
            match squares.next().await.unwrap() {
                Ok(square) => assert_eq!(square, n * n),
                Err(error) => assert!(n == 500 && error.to_string().contains("not this one")),
            }
        }
        assert!(squares.next().await.is_none() && squares.next().await.is_none());
    });
}

fn map_stream_of_chunks<L: EventLoop>() {
    let pool = ProcessPoolExecutor::new(2).unwrap();
    L::run(async {
        let options = MapOptions::default().chunksize(7);
        let squares = pool.map_with(options, square, 0..1_000).unwrap().stream();
        let squares: Vec<u64> = squares.try_collect().await.unwrap();
        assert!((0..).map(square).zip(&squares).all(|(expected, square)| expected == *square));
        assert_eq!(squares.len(), 1_000);
    });
}

/// The size of the chunks follows the time that they take, also while nobody blocks.
fn map_stream_of_adaptive_chunks<L: EventLoop>() {
    let (threads, processes) = (pool(2), ProcessPoolExecutor::new(2).unwrap());
    L::run(async {
        let options = MapOptions::default().adaptive_chunks();
        let squares: Vec<u64> =
            threads.map_with(options, square, 0..5_000).unwrap().stream().try_collect().await.unwrap();
        assert!((0..5_000).map(square).eq(squares));
        let squares: Vec<u64> =
            processes.map_with(options, square, 0..5_000).unwrap().stream().try_collect().await.unwrap();
        assert!((0..5_000).map(square).eq(squares));
    });
}

/// What is done comes out while another item takes its time.
fn unordered_stream<L: EventLoop>() {
    let (pool, gate) = (pool(2), Gate::new());
    let held = gate.clone();
    L::run(async {
        let call = move |n: u64| {
            if n == 0 {
                held.pass();
            }
            n * n
        };
        let mut squares = pool.map_unordered(call, 0..100).unwrap().stream();
        let mut left: HashSet<usize> = (1..100).collect();
        while !left.is_empty() {
            let (place, square) = squares.next().await.unwrap();
            assert!(left.remove(&place) && usize::try_from(square.unwrap()).unwrap() == place * place);
        }
        assert!(futures::poll!(squares.next()).is_pending());
        gate.open();
        assert!(matches!(squares.next().await, Some((0, Ok(0)))));
        assert!(squares.next().await.is_none());
    });
}

fn unordered_stream_of_chunks<L: EventLoop>() {
    let pool = ProcessPoolExecutor::new(2).unwrap();
    L::run(async {
        let options = MapOptions::default().chunksize(7);
        let squares = pool.map_unordered_with(options, square, 0..1_000).unwrap().stream();
        let mut squares: Vec<_> = squares.map(|(place, square)| (place, square.unwrap())).collect().await;
        squares.sort_unstable();
        assert!((0..1_000).zip((0..).map(square)).eq(squares));
    });
}

/// Given up or closed, a map cancels what has not begun.
fn dropped_map_cancels<L: EventLoop>() {
    let (pool, gate) = (pool(1), Gate::new());
    let begun = Arc::new(AtomicUsize::new(0));
    L::run(async {
        for close in [true, false] {
            let (held, count) = (gate.clone(), Arc::clone(&begun));
            let call = move |_: u64| {
                count.fetch_add(1, Ordering::SeqCst);
                held.pass();
            };
            let mut stream = pool.map(call, 0..100).unwrap().stream();
            assert!(futures::poll!(stream.next()).is_pending());
            gate.wait_for(1);
            if close {
                stream.get_mut().close();
                assert!(matches!(futures::poll!(stream.next()), Poll::Ready(None)));
            }
        }
    });
    gate.open();
    drop(pool);
    // Of the second map not even the first item has begun.
    assert_eq!(begun.load(Ordering::SeqCst), 1);
}

/// A stream has no clock that could wake it, but when it is polled after the time it says so, once.
fn passed_timeout_ends_it<L: EventLoop>() {
    let (pool, gate) = (pool(1), Gate::new());
    let held = gate.clone();
    L::run(async {
        let options = MapOptions::default().timeout(MOMENT);
        let mut stream = pool.map_with(options, move |_: u64| held.pass(), 0..2).unwrap().stream();
        L::sleep(2 * MOMENT).await;
        assert!(matches!(stream.next().await, Some(Err(Error::Timeout(_)))));
        assert!(stream.next().await.is_none());
        gate.open();
    });
}

/// What only tokio has.
mod tokio_only {
    use super::{FOR_EVER, Gate, MOMENT, as_completed, pool, square};
    use concurrent_futures::{Error, Executor};
    use futures::StreamExt;
    use tokio::runtime::Builder;
    use tokio::time::{sleep, timeout};

    fn run(test: impl Future<Output = ()>) {
        Builder::new_current_thread().enable_time().build().unwrap().block_on(test);
    }

    /// A timeout ends the wait. The task that runs goes on; one that is queued can be cancelled then.
    #[test]
    fn timeout_ends_the_wait() {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.clone();
        run(async {
            let running = pool.spawn(move || held.pass()).unwrap();
            let queued = pool.submit(square, 2).unwrap();
            gate.wait_for(1);
            assert!(timeout(MOMENT, &running).await.is_err());
            assert!(timeout(MOMENT, queued.clone()).await.is_err());
            assert!(!running.cancel() && queued.cancel());
            assert!(matches!(queued.await, Err(Error::Cancelled(_))));
            gate.open();
            assert!(timeout(FOR_EVER, running).await.unwrap().is_ok());
        });
    }

    /// `select!` between a stream and a clock, which both go on.
    #[test]
    fn select_in_a_loop() {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.clone();
        run(async {
            let first = pool.submit(square, 1).unwrap();
            let second = pool.spawn(move || {
                held.pass();
                4
            });
            let mut completed = as_completed([first, second.unwrap()]).stream();
            let (mut sum, mut ticks) = (0, 0);
            loop {
                tokio::select! {
                    done = completed.next() => match done {
                        Some(future) => sum += future.await.unwrap(),
                        None => break,
                    },
                    () = sleep(MOMENT) => {
                        ticks += 1;
                        if ticks == 3 {
                            gate.open();
                        }
                    }
                }
            }
            assert!(sum == 5 && ticks >= 3);
        });
    }

    /// An aborted task of the loop's gives its await up; the pool's task is none the wiser.
    #[test]
    fn abort_ends_the_wait() {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.clone();
        run(async {
            let future = pool.spawn(move || held.pass()).unwrap();
            let awaited = future.clone();
            let task = tokio::spawn(async move { awaited.await.is_ok() });
            tokio::task::yield_now().await;
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
            assert!(!future.done());
            gate.open();
            future.await.unwrap();
        });
    }
}
