//! When every task takes its own time, waiting for them in the order of submission wastes the early ones.
//! `as_completed` gives back each future at the moment it is done, so the fastest source is processed first.
//!
//! Which input a future belongs to is easily kept: here future and source travel as a pair; futures can also be the keys of
//! a map, as in the Python program. The delays are random, so each run finishes in another order.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters, sleep, uniform};
use concurrent_futures::{Executor, ThreadPoolExecutor, as_completed};

parameters! {
    max_workers: usize = 5, 1..=16, "Workers";
    sources: usize = 5, 1..=32, "Sources";
    shortest: f64 = 0.5, 0.0..=10.0, "Shortest delay";
    longest: f64 = 2.0, 0.0..=10.0, "Longest delay";
}

fn fetch_data((source, shortest, longest): (usize, f64, f64)) -> String {
    let delay = uniform(shortest, longest.max(shortest));
    sleep(delay);
    format!("Data from source {source} (took {delay:.2}s)")
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let executor = ThreadPoolExecutor::new(p.max_workers)?;

    // Submit all tasks, and keep each future with its source.
    let mut futures = Vec::new();
    for source in 0..p.sources {
        futures.push((executor.submit(fetch_data, (source, p.shortest, p.longest))?, source));
    }

    // Process the results as they complete.
    for (future, source) in as_completed(futures) {
        match future.result() {
            Ok(result) => println!("Source {source}: {result}"),
            Err(error) => println!("Source {source} failed: {error}"),
        }
    }
    Ok(())
}
