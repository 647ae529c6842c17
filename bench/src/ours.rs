//! This project's contestants.

use anyhow::Result;
use concurrent_futures::{
    Executor, Future, MapOptions, ProcessPoolExecutor, ThreadPoolExecutor, WorkStealingExecutor,
};

use crate::pool::{Mapping, Pool, tiny};

/// Python's `chunksize`, which threads ignore.
const CHUNK: usize = 1_000;

macro_rules! pools {
    ($($pool:ident)*) => {
        $(impl Pool for $pool {
            const NAME: &'static str = stringify!($pool);

            type Pending = Future<u64>;

            fn open(workers: usize) -> Result<Self> {
                Ok(Self::new(workers)?)
            }

            fn submit(&self, n: u64) -> Result<Self::Pending> {
                // By the trait: so it is written once for all executors, and so users write it.
                Ok(Executor::submit(self, tiny, n)?)
            }

            fn wait(&self, pending: Self::Pending) -> Result<u64> {
                Ok(*pending.result()?)
            }
        }

        impl Mapping for $pool {
            fn squares(&self, count: u64) -> Result<u64> {
                let options = MapOptions::default().chunksize(CHUNK);
                let mut sum = 0;
                for square in self.map_with(options, |x: u64| x * x, 0..count)? {
                    sum += square?;
                }
                Ok(sum)
            }
        })*
    };
}

pools!(ThreadPoolExecutor WorkStealingExecutor ProcessPoolExecutor);
