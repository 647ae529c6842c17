//! Downloads spend nearly all their time waiting for somebody else's computer, so a few threads do many of them at once. This
//! program downloads four addresses with four workers and tells of each as it arrives: the quick ones at once, the slow one at
//! the end, and the failing one without harm to the others.
//!
//! A download that fails is no failed task. `download` catches what goes wrong and returns it beside the size, so that the main
//! thread can print one line for each address. Two limits of time work together: one for each download, and one for the
//! wait for all of them. Make the timeout shorter than the slow endpoint takes, and that download fails as well.
//!
//! The downloads are real. The playground's server answers them, which has an endpoint for each case; opened from elsewhere,
//! where nobody answers at these addresses, the page shows four errors.

use crate::http;
use crate::stdout::println;
use crate::{Outcome, parameters::parameters};
use concurrent_futures::{Executor, ThreadPoolExecutor, as_completed};
use std::time::Duration;
use web_time::Instant;

parameters! {
    max_workers: usize = 4, 1..=16, "Workers";
    slow_endpoint: f64 = 5.0, 0.0..=10.0, "Slow endpoint takes";
    timeout: f64 = 10.0, 0.1..=10.0, "Timeout of a download";
}

/// Downloads what is at `url`, and returns its size or what went wrong.
fn download((url, timeout): (String, Duration)) -> (String, usize, Option<String>) {
    match http::download(&url, timeout) {
        Ok(content) => (url, content.len(), None),
        Err(error) => (url, 0, Some(error.to_string())),
    }
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let site = http::site()?;
    let urls = [
        format!("{site}bytes/100000"),
        format!("{site}bytes/500000"),
        format!("{site}status/503"),                // Fails
        format!("{site}delay/{}", p.slow_endpoint), // Slow endpoint
    ];

    println!("Starting downloads...");
    let start = Instant::now();
    let executor = ThreadPoolExecutor::new(p.max_workers)?;
    let mut futures = Vec::new();
    for url in urls {
        futures.push(executor.submit(download, (url, Duration::from_secs_f64(p.timeout)))?);
    }

    // Each download has its own limit; this one is for the wait, whatever becomes of them.
    for future in as_completed(futures).timeout(Duration::from_secs(15)) {
        match future?.result()? {
            (url, _, Some(error)) => println!("FAILED: {url} - {error}"),
            (url, size, None) => println!("OK: {url} - {size} bytes"),
        }
    }
    println!("Total time: {:.2}s", start.elapsed().as_secs_f64());
    Ok(())
}
