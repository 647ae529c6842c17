//! `wait` and `as_completed` over many futures that are all pending when the wait begins, next to what peers have for
//! it.
//!
//! Another thread completes them, one after the other, as soon as the contestant is seen to watch the last one. So a
//! figure is for the whole way: to watch a future, to hear that it is done, and to hand it out. Making and dropping
//! futures is not timed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use bench::sum_below;
use concurrent_futures::{Executor, Future, Promise, ReturnWhen, ThreadPoolExecutor, as_completed, wait};
use futures::channel::oneshot::{self, Receiver};
use futures::executor::block_on;
use futures::future::{join, join_all, lazy};
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinSet;

use crate::contest::{Contestant, timed};

/// A contestant that waits for so many futures at a time.
fn contestant(
    name: impl Into<String>,
    count: usize,
    mut once: impl FnMut(usize) -> Result<Duration> + 'static,
) -> Contestant {
    Contestant::new(name, count, move || timed(move || once(count)))
}

/// `wait` for all. It runs on a worker: the one sign that it watches all is that it then runs, as it must, a task that
/// is queued in its own pool, and that task lets the completions begin.
pub(super) fn ours_waits(name: impl Into<String>, count: usize) -> Contestant {
    let mut pool = None;
    contestant(name, count, move |count| {
        let pool = match &pool {
            Some(pool) => pool,
            None => pool.insert(Arc::new(ThreadPoolExecutor::new(1)?)),
        };
        let (futures, completer) = promised(count);
        let opener = Arc::clone(pool);
        let work = move |()| -> Result<Duration> {
            let start = Instant::now();
            let opening = opener.spawn(completer.opener())?;
            let waited = wait(futures.iter().chain([&opening]), None, ReturnWhen::AllCompleted)?;
            let time = start.elapsed();
            ensure!(waited.done.len() == count + 1 && waited.not_done.is_empty(), "a future is missing");
            ensure!(total(&waited.done)? == sum_below(count as u64), "a wrong sum");
            completer.join()?;
            Ok(time)
        };
        Ok(*pool.try_submit(work, ())?.result()?)
    })
}

/// `as_completed`, with every result read.
pub(super) fn ours_as_completed(name: impl Into<String>, count: usize) -> Contestant {
    contestant(name, count, |count| {
        let (futures, completer) = promised(count);
        let start = Instant::now();
        let completed = as_completed(&futures);
        completer.open();
        let mut sum = 0;
        for future in completed {
            sum += *future.result()?;
        }
        let time = start.elapsed();
        ensure!(sum == sum_below(count as u64), "a wrong sum");
        completer.join()?;
        Ok(time)
    })
}

/// `join_all` of the crate `futures`.
pub(super) fn join_all_waits(count: usize) -> Contestant {
    contestant("futures join_all", count, |count| {
        let (receivers, completer) = channels(count);
        let start = Instant::now();
        // In this order: the first is polled, and with it every receiver, before the second.
        let (received, ()) = block_on(join(join_all(receivers), lazy(|_| completer.open())));
        let time = start.elapsed();
        let sum: u64 = received.into_iter().sum::<Result<_, _>>()?;
        ensure!(sum == sum_below(count as u64), "a wrong sum");
        completer.join()?;
        Ok(time)
    })
}

/// `FuturesUnordered` of the same.
pub(super) fn unordered(count: usize) -> Contestant {
    contestant("futures FuturesUnordered", count, |count| {
        let (receivers, completer) = channels(count);
        let start = Instant::now();
        let mut unordered: FuturesUnordered<_> = receivers.into_iter().collect();
        let received = async {
            let mut sum = 0;
            while let Some(value) = unordered.next().await {
                sum += value?;
            }
            anyhow::Ok(sum)
        };
        let (sum, ()) = block_on(join(received, lazy(|_| completer.open())));
        let time = start.elapsed();
        ensure!(sum? == sum_below(count as u64), "a wrong sum");
        completer.join()?;
        Ok(time)
    })
}

/// tokio's `JoinSet::join_all`.
pub(super) fn join_set_waits(count: usize) -> Contestant {
    let mut runtime = None;
    contestant("tokio JoinSet join_all", count, move |count| {
        let runtime = made(&mut runtime)?;
        let (receivers, completer) = channels(count);
        let start = Instant::now();
        let set = join_set(receivers, completer.opener(), runtime.handle());
        let received = runtime.block_on(set.join_all());
        let time = start.elapsed();
        let sum: u64 = received.into_iter().sum::<Result<_, _>>()?;
        ensure!(sum == sum_below(count as u64), "a wrong sum");
        completer.join()?;
        Ok(time)
    })
}

/// tokio's `JoinSet::join_next`.
pub(super) fn join_set_as_completed(count: usize) -> Contestant {
    let mut runtime = None;
    contestant("tokio JoinSet join_next", count, move |count| {
        let runtime = made(&mut runtime)?;
        let (receivers, completer) = channels(count);
        let start = Instant::now();
        let mut set = join_set(receivers, completer.opener(), runtime.handle());
        let sum = runtime.block_on(async {
            let mut sum = 0;
            while let Some(value) = set.join_next().await {
                sum += value??;
            }
            anyhow::Ok(sum)
        })?;
        let time = start.elapsed();
        ensure!(sum == sum_below(count as u64), "a wrong sum");
        completer.join()?;
        Ok(time)
    })
}

/// A task for each receiver; the last that begins to wait for its value lets the completions begin.
fn join_set(
    receivers: Vec<Receiver<u64>>,
    open: impl FnOnce() -> u64 + Clone + Send + 'static,
    runtime: &Handle,
) -> JoinSet<Result<u64, oneshot::Canceled>> {
    let left = Arc::new(AtomicUsize::new(receivers.len()));
    let mut set = JoinSet::new();
    for receiver in receivers {
        let (left, open) = (Arc::clone(&left), open.clone());
        let task = async move {
            if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                open();
            }
            receiver.await
        };
        set.spawn_on(task, runtime);
    }
    set
}

fn made(runtime: &mut Option<Runtime>) -> Result<&Runtime> {
    if runtime.is_none() {
        *runtime = Some(Builder::new_multi_thread().worker_threads(super::WORKERS).build()?);
    }
    runtime.as_ref().context("the runtime has been made")
}

fn total(futures: &[&Future<u64>]) -> Result<u64> {
    futures.iter().try_fold(0, |sum, future| Ok(sum + *future.result()?))
}

/// Futures that get the numbers below `count`.
fn promised(count: usize) -> (Vec<Future<u64>>, Completer) {
    let promises: Vec<Promise<u64>> = (0..count).map(|_| Promise::new()).collect();
    let futures = promises.iter().map(Promise::future).collect();
    (futures, Completer::start(promises, |promise, n| promise.set_result(n).is_ok()))
}

/// The same for peers.
fn channels(count: usize) -> (Vec<Receiver<u64>>, Completer) {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..count).map(|_| oneshot::channel()).unzip();
    (receivers, Completer::start(senders, |sender, n| sender.send(n).is_ok()))
}

/// The thread that completes.
struct Completer {
    open: Sender<()>,
    thread: JoinHandle<bool>,
}

impl Completer {
    /// Starts a thread that calls `complete` for each of the senders and the numbers from 0 on, when it is told to.
    fn start<S: Send + 'static>(senders: Vec<S>, complete: fn(S, u64) -> bool) -> Self {
        let (open, opened) = mpsc::channel();
        let thread = thread::spawn(move || {
            opened.recv().is_ok() && (0..).zip(senders).all(|(n, sender)| complete(sender, n))
        });
        Self { open, thread }
    }

    /// Lets the completions begin.
    fn open(&self) {
        // Refused only if the thread has panicked, which joining it tells.
        let _ = self.open.send(());
    }

    /// A task that does so, and whose result adds nothing.
    fn opener(&self) -> impl FnOnce() -> u64 + Clone + Send + 'static {
        let open = self.open.clone();
        move || {
            let _ = open.send(());
            0
        }
    }

    fn join(self) -> Result<()> {
        let completed = self.thread.join().map_err(|_| anyhow!("the completing thread has panicked"))?;
        ensure!(completed, "a future could not be completed");
        Ok(())
    }
}
