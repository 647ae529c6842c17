//! The peer that a browser has as well: rayon, with a channel for each result.

use anyhow::{Result, ensure};
use rayon::prelude::*;

use crate::pool::{Mapping, Pool, tiny};

/// rayon's global pool: natively it is made on opening; in a browser `initThreadPool` of `wasm-bindgen-rayon` makes it
/// before.
#[derive(Debug)]
pub struct Rayon(());

impl Pool for Rayon {
    const NAME: &'static str = "rayon + oneshot";

    type Pending = oneshot::Receiver<u64>;

    fn open(workers: usize) -> Result<Self> {
        // There is one for all contests; later attempts fail, and change nothing.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(workers).build_global();
        let threads = rayon::current_num_threads();
        ensure!(threads == workers, "rayon's global pool has {threads} workers already");
        Ok(Self(()))
    }

    fn submit(&self, n: u64) -> Result<Self::Pending> {
        let (sender, receiver) = oneshot::channel();
        rayon::spawn(move || {
            // Nobody gives the receiver up before it has its result.
            let _ = sender.send(tiny(n));
        });
        Ok(receiver)
    }

    fn wait(&self, pending: Self::Pending) -> Result<u64> {
        Ok(pending.recv()?)
    }
}

impl Mapping for Rayon {
    fn squares(&self, count: u64) -> Result<u64> {
        // As `usize`, since rayon knows the length of such a range and can write each result in its place.
        let items = (0..usize::try_from(count)?).into_par_iter();
        let squares: Vec<u64> = items.map(|x| x as u64 * x as u64).collect();
        Ok(squares.into_iter().sum())
    }
}
