//! A running task cannot be cancelled, and this one never ends. Natively you would reach for Ctrl-C; here, press Stop. All
//! workers of the run end together, their memory is dropped, and the next run starts at once.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters};
use concurrent_futures::{Executor, ThreadPoolExecutor};
use std::hint::black_box;

parameters! {
    max_workers: usize = 1, 1..=16, "Workers";
}

fn spin(n: u64) -> u64 {
    let mut turns = n;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let executor = ThreadPoolExecutor::new(p.max_workers)?;
    let future = executor.submit(spin, 0)?;
    println!("Waiting for a task that never ends...");
    future.result()?;
    Ok(())
}
