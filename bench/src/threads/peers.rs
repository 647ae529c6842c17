//! The pools of threads that take part. [`Rayon`] is in the library, since browsers have it too.

use std::num::NonZeroUsize;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bench::{Pool, Rayon, tiny};
use concurrent_futures::{ThreadPoolExecutor, WorkStealingExecutor};
use futures::executor::{self, block_on};
use futures::future::RemoteHandle;
use futures::task::SpawnExt;
use threadpool::ThreadPool;
use tokio::runtime::{Builder, Runtime};
use tokio::task;

/// A pool of threads of this process.
pub(super) trait Threads: Pool + Sync + 'static {
    /// Has a closure run, by the way that brings nothing back.
    fn run(&self, task: impl FnOnce() + Send + 'static) -> Result<()>;
}

impl Threads for ThreadPoolExecutor {
    fn run(&self, task: impl FnOnce() + Send + 'static) -> Result<()> {
        drop(self.spawn(task)?);
        Ok(())
    }
}

impl Threads for WorkStealingExecutor {
    fn run(&self, task: impl FnOnce() + Send + 'static) -> Result<()> {
        drop(self.spawn(task)?);
        Ok(())
    }
}

impl Threads for Rayon {
    fn run(&self, task: impl FnOnce() + Send + 'static) -> Result<()> {
        rayon::spawn(task);
        Ok(())
    }
}

/// tokio's threads for what blocks. Its handles are awaited without its runtime, which is the cheaper way.
pub(super) struct Tokio(Runtime);

impl Pool for Tokio {
    const NAME: &'static str = "tokio spawn_blocking";

    type Pending = task::JoinHandle<u64>;

    fn open(workers: usize) -> Result<Self> {
        // Its threads would end while others have their turn.
        let keep_alive = Duration::from_secs(3600);
        let mut builder = Builder::new_current_thread();
        Ok(Self(builder.max_blocking_threads(workers).thread_keep_alive(keep_alive).build()?))
    }

    fn submit(&self, n: u64) -> Result<Self::Pending> {
        Ok(self.0.spawn_blocking(move || tiny(n)))
    }

    fn wait(&self, pending: Self::Pending) -> Result<u64> {
        Ok(block_on(pending)?)
    }

    fn sum(&self, all: Vec<Self::Pending>) -> Result<u64> {
        block_on(async {
            let mut sum = 0;
            for pending in all {
                sum += pending.await?;
            }
            Ok(sum)
        })
    }
}

impl Threads for Tokio {
    fn run(&self, task: impl FnOnce() + Send + 'static) -> Result<()> {
        drop(self.0.spawn_blocking(task));
        Ok(())
    }
}

/// The crate `threadpool`.
pub(super) struct Threadpool(ThreadPool);

impl Pool for Threadpool {
    const NAME: &'static str = "threadpool + oneshot";

    type Pending = oneshot::Receiver<u64>;

    fn open(workers: usize) -> Result<Self> {
        Ok(Self(ThreadPool::new(workers)))
    }

    fn submit(&self, n: u64) -> Result<Self::Pending> {
        let (sender, receiver) = oneshot::channel();
        self.0.execute(move || {
            // Nobody gives the receiver up before it has its result.
            let _ = sender.send(tiny(n));
        });
        Ok(receiver)
    }

    fn wait(&self, pending: Self::Pending) -> Result<u64> {
        Ok(pending.recv()?)
    }
}

impl Threads for Threadpool {
    fn run(&self, task: impl FnOnce() + Send + 'static) -> Result<()> {
        self.0.execute(task);
        Ok(())
    }
}

/// The pool of the crate `futures`.
pub(super) struct Futures(executor::ThreadPool);

impl Pool for Futures {
    const NAME: &'static str = "futures ThreadPool";

    type Pending = RemoteHandle<u64>;

    fn open(workers: usize) -> Result<Self> {
        Ok(Self(executor::ThreadPool::builder().pool_size(workers).create()?))
    }

    fn submit(&self, n: u64) -> Result<Self::Pending> {
        Ok(self.0.spawn_with_handle(async move { tiny(n) })?)
    }

    fn wait(&self, pending: Self::Pending) -> Result<u64> {
        Ok(block_on(pending))
    }

    fn sum(&self, all: Vec<Self::Pending>) -> Result<u64> {
        block_on(async {
            let mut sum = 0;
            for pending in all {
                sum += pending.await;
            }
            Ok(sum)
        })
    }
}

impl Threads for Futures {
    fn run(&self, task: impl FnOnce() + Send + 'static) -> Result<()> {
        self.0.spawn_ok(async move { task() });
        Ok(())
    }
}

/// The one pool of the crate `blocking`.
pub(super) struct Blocking(());

impl Pool for Blocking {
    const NAME: &'static str = "blocking";

    type Pending = blocking::Task<u64>;

    fn open(workers: usize) -> Result<Self> {
        // By default there would be 500.
        blocking::set_max_blocking_threads(NonZeroUsize::new(workers).context("no workers")?);
        Ok(Self(()))
    }

    fn submit(&self, n: u64) -> Result<Self::Pending> {
        Ok(blocking::unblock(move || tiny(n)))
    }

    fn wait(&self, pending: Self::Pending) -> Result<u64> {
        Ok(block_on(pending))
    }

    fn sum(&self, all: Vec<Self::Pending>) -> Result<u64> {
        block_on(async {
            let mut sum = 0;
            for pending in all {
                sum += pending.await;
            }
            Ok(sum)
        })
    }
}

impl Threads for Blocking {
    fn run(&self, task: impl FnOnce() + Send + 'static) -> Result<()> {
        blocking::unblock(task).detach();
        Ok(())
    }
}

/// A thread for each task, of which as many are alive as there are tasks.
pub(super) struct Unpooled(());

impl Pool for Unpooled {
    const NAME: &'static str = "std::thread";

    type Pending = JoinHandle<u64>;

    fn open(_: usize) -> Result<Self> {
        Ok(Self(()))
    }

    fn submit(&self, n: u64) -> Result<Self::Pending> {
        Ok(thread::Builder::new().spawn(move || tiny(n))?)
    }

    fn wait(&self, pending: Self::Pending) -> Result<u64> {
        pending.join().map_err(|_| anyhow!("a task has panicked"))
    }
}
