//! What the page's runner calls.

use std::cell::OnceCell;

use anyhow::{Result, anyhow};
use concurrent_futures::{
    ProcessPoolExecutor, StartOptions, ThreadPoolExecutor, WorkStealingExecutor, start as start_threads,
};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
/// Makes rayon's global pool; the page knows it as `initThreadPool`.
pub use wasm_bindgen_rayon::init_thread_pool;

use crate::peer::Rayon;
use crate::pool::{Mapping, Pool};
use crate::work::Work;

thread_local! {
    /// The pools, each made when its first turn comes. They stay, since workers are to be warm.
    static POOLS: Pools = const { Pools::new() };
}

struct Pools {
    threads: OnceCell<ThreadPoolExecutor>,
    stealing: OnceCell<WorkStealingExecutor>,
    isolated: OnceCell<ProcessPoolExecutor>,
    rayon: OnceCell<Rayon>,
}

/// Starts the threads that the two executors on threads need.
///
/// # Errors
///
/// A sentence that says why there are none.
#[wasm_bindgen]
pub async fn start(workers: usize) -> Result<(), JsError> {
    start_threads(StartOptions::new().threads(2 * workers)).await?;
    Ok(())
}

/// Has a contestant do its work once; returns the seconds that it took.
///
/// # Errors
///
/// When there is no such contestant or work, or it goes wrong.
#[wasm_bindgen]
pub fn turn(contestant: &str, work: &str, workers: usize, count: usize) -> Result<f64, JsError> {
    // The alternate form has the causes too.
    perform(contestant, work, workers, count).map_err(|error| JsError::new(&format!("{error:#}")))
}

fn perform(contestant: &str, work: &str, workers: usize, count: usize) -> Result<f64> {
    let work = Work::named(work)?;
    POOLS.with(|pools| match contestant {
        ThreadPoolExecutor::NAME => on(&pools.threads, work, workers, count),
        WorkStealingExecutor::NAME => on(&pools.stealing, work, workers, count),
        ProcessPoolExecutor::NAME => on(&pools.isolated, work, workers, count),
        Rayon::NAME => on(&pools.rayon, work, workers, count),
        other => Err(anyhow!("no contestant is called `{other}`")),
    })
}

fn on<P: Mapping>(cell: &OnceCell<P>, work: Work, workers: usize, count: usize) -> Result<f64> {
    let pool = match cell.get() {
        Some(pool) => pool,
        None => {
            let opened = P::open(workers)?;
            cell.get_or_init(|| opened)
        }
    };
    Ok(work.perform(pool, count)?.as_secs_f64())
}

impl Pools {
    const fn new() -> Self {
        Self {
            threads: OnceCell::new(),
            stealing: OnceCell::new(),
            isolated: OnceCell::new(),
            rayon: OnceCell::new(),
        }
    }
}
