//! A call in another process is a message there and a message back. That is nothing beside a second of work, and everything
//! beside a single multiplication. `chunksize` sends many items in one message and gets their results back together; each
//! item still has a result, or an error, of its own, and the results come in the order of the items.
//!
//! The program squares the same numbers twice, one to a message, then a thousand to a message. Watch the table: without
//! chunks each item is a task, with them each chunk is one. Natively the first way takes less than a second; in a browser,
//! where each message goes through two workers more, about ten. CPython takes some seven.
//!
//! Either way `map` does not take all items at once. It keeps a bounded number in flight and takes more as results are read, so
//! the input may be endless.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters};
use concurrent_futures::{Error, Executor, MapOptions, ProcessPoolExecutor};
use web_time::Instant;

parameters! {
    max_workers: usize = 4, 1..=16, "Workers";
    items: usize = 100_000, 1..=1_000_000, "Items";
    chunksize: usize = 1000, 1..=100_000, "Chunk size";
}

fn process_item(x: u64) -> u128 {
    u128::from(x).pow(2)
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let items = 0..p.items as u64;

    // Without chunking: a message for each item.
    let start = Instant::now();
    let executor = ProcessPoolExecutor::new(p.max_workers)?;
    let one_by_one = executor.map(process_item, items.clone())?.collect::<Result<Vec<u128>, Error>>()?;
    drop(executor);
    println!("No chunking: {:.2}s", start.elapsed().as_secs_f64());

    // With chunking: a message for each thousand.
    let start = Instant::now();
    let executor = ProcessPoolExecutor::new(p.max_workers)?;
    let options = MapOptions::default().chunksize(p.chunksize);
    let results = executor.map_with(options, process_item, items)?.collect::<Result<Vec<u128>, Error>>()?;
    drop(executor);
    println!("With chunking: {:.2}s", start.elapsed().as_secs_f64());

    assert_eq!(results, one_by_one);
    Ok(())
}
