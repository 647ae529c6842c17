//! A `ThreadPoolExecutor` owns a few threads and runs your calls on them. It pays off where a call spends its time
//! *waiting*, for a server, a disk or another program, because the waits can overlap.
//!
//! The program below fetches the same pages twice. One after the other, the delays add up. On a pool with a thread for
//! each page, they pass side by side, and the whole takes no longer than a single one. `map` keeps the results in the
//! order of the input, whichever page came back first.
//!
//! Try fewer workers than pages, and watch the rest queue.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters, sleep};
use concurrent_futures::{Error, Executor, ThreadPoolExecutor};
use web_time::Instant;

parameters! {
    max_workers: usize = 3, 1..=16, "Workers";
    pages: usize = 3, 1..=32, "Pages to fetch";
    delay: f64 = 1.0, 0.0..=10.0, "Network delay";
}

/// Simulates fetching a URL.
fn fetch_url((url, delay): (String, f64)) -> String {
    sleep(delay); // The network takes its time.
    format!("Content from {url}")
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let calls = (1..=p.pages).map(|site| (format!("http://site{site}.com"), p.delay));

    // One after the other: the delays add up.
    let start = Instant::now();
    let one_by_one: Vec<String> = calls.clone().map(fetch_url).collect();
    println!("Sequential: {:.2}s", start.elapsed().as_secs_f64());

    // On the pool: the delays overlap.
    let start = Instant::now();
    let executor = ThreadPoolExecutor::new(p.max_workers)?;
    let results = executor.map(fetch_url, calls)?.collect::<Result<Vec<String>, Error>>()?;
    drop(executor); // The end of Python's `with` block.
    println!("Concurrent: {:.2}s", start.elapsed().as_secs_f64());

    assert_eq!(results, one_by_one);
    Ok(())
}
