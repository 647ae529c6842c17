//! What the tests ask of an event loop.

use concurrent_futures::Promise;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

pub(crate) trait EventLoop {
    /// Runs the loop until `future` is ready.
    fn run<F: Future>(future: F) -> F::Output;

    /// Runs `future` in a task of the loop's own.
    fn spawn<F>(future: F) -> impl Future<Output = F::Output> + Send
    where
        F: Future<Output: Send> + Send + 'static;

    /// Is ready after so long.
    fn sleep(time: Duration) -> impl Future<Output = ()> + Send;

    /// Runs a loop until `future` has been polled for the first time, and closes it with all that it has; returns whether the future
    /// was ready by then.
    fn run_and_close(future: impl Future<Output = ()> + Send + 'static) -> bool;

    /// Futures of different types for one list.
    fn boxed(future: impl Future<Output = ()> + Send + 'static) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(future)
    }
}

/// tokio with one thread, the test's.
pub(crate) struct TokioHere;

/// tokio with threads of its own.
pub(crate) struct TokioThreads;

/// smol: an executor that a program makes, and timers of the whole program.
pub(crate) struct Smol;

/// The plain loops of `futures`, which have neither tasks nor timers.
pub(crate) struct Futures;

fn tokio_here() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

fn tokio_threads() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap()
}

async fn tokio_spawn<F>(future: F) -> F::Output
where
    F: Future<Output: Send> + Send + 'static,
{
    tokio::spawn(future).await.unwrap()
}

/// Polls a future, and notes that it did and whether the future is ready.
struct Watched<F> {
    future: Pin<Box<F>>,
    polled: Arc<AtomicBool>,
    ready: Arc<AtomicBool>,
}

impl<F: Future<Output = ()>> Future for Watched<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        let polled = self.future.as_mut().poll(context);
        self.ready.fetch_or(polled.is_ready(), Ordering::SeqCst);
        self.polled.store(true, Ordering::SeqCst);
        polled
    }
}

/// Has `close` run a loop with the watched future until it has been polled; returns whether it is ready.
fn watched<F: Future<Output = ()>>(future: F, close: impl FnOnce(Watched<F>, &AtomicBool)) -> bool {
    let (polled, ready) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let watched =
        Watched { future: Box::pin(future), polled: Arc::clone(&polled), ready: Arc::clone(&ready) };
    close(watched, &polled);
    assert!(polled.load(Ordering::SeqCst), "the loop was closed before it had polled");
    ready.load(Ordering::SeqCst)
}

fn close_tokio(runtime: tokio::runtime::Runtime, future: impl Future<Output = ()> + Send + 'static) -> bool {
    watched(future, |future, polled| {
        drop(runtime.spawn(future));
        runtime.block_on(async {
            while !polled.load(Ordering::SeqCst) {
                tokio::task::yield_now().await;
            }
        });
        drop(runtime);
    })
}

impl EventLoop for TokioHere {
    fn run<F: Future>(future: F) -> F::Output {
        tokio_here().block_on(future)
    }

    fn spawn<F>(future: F) -> impl Future<Output = F::Output> + Send
    where
        F: Future<Output: Send> + Send + 'static,
    {
        tokio_spawn(future)
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(time)
    }

    fn run_and_close(future: impl Future<Output = ()> + Send + 'static) -> bool {
        close_tokio(tokio_here(), future)
    }
}

impl EventLoop for TokioThreads {
    fn run<F: Future>(future: F) -> F::Output {
        tokio_threads().block_on(future)
    }

    fn spawn<F>(future: F) -> impl Future<Output = F::Output> + Send
    where
        F: Future<Output: Send> + Send + 'static,
    {
        tokio_spawn(future)
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(time)
    }

    fn run_and_close(future: impl Future<Output = ()> + Send + 'static) -> bool {
        close_tokio(tokio_threads(), future)
    }
}

impl EventLoop for Smol {
    fn run<F: Future>(future: F) -> F::Output {
        smol::block_on(future)
    }

    fn spawn<F>(future: F) -> impl Future<Output = F::Output> + Send
    where
        F: Future<Output: Send> + Send + 'static,
    {
        smol::spawn(future)
    }

    async fn sleep(time: Duration) {
        smol::Timer::after(time).await;
    }

    fn run_and_close(future: impl Future<Output = ()> + Send + 'static) -> bool {
        watched(future, |future, _| {
            let executor = smol::Executor::new();
            executor.spawn(future).detach();
            assert!(executor.try_tick());
        })
    }
}

impl EventLoop for Futures {
    fn run<F: Future>(future: F) -> F::Output {
        futures::executor::block_on(future)
    }

    fn spawn<F>(future: F) -> impl Future<Output = F::Output> + Send
    where
        F: Future<Output: Send> + Send + 'static,
    {
        future
    }

    async fn sleep(time: Duration) {
        let promise = Promise::new();
        let future = promise.future();
        thread::spawn(move || {
            thread::sleep(time);
            promise.set_result(())
        });
        future.await.unwrap();
    }

    fn run_and_close(future: impl Future<Output = ()> + Send + 'static) -> bool {
        use futures::task::LocalSpawnExt;

        watched(future, |future, _| {
            let mut pool = futures::executor::LocalPool::new();
            pool.spawner().spawn_local(future).unwrap();
            pool.try_run_one();
        })
    }
}
