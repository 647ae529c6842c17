//! A task that calls itself without end uses up its stack. Natively that ends the whole process. In a browser it ends one
//! worker: its task fails with an error that says so, another worker takes its place, and the program goes on.
//!
//! Memory that a dying thread left in disorder is not trusted for long: when the run has ended, the page starts the next
//! one in a fresh memory.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters};
use concurrent_futures::{Executor, ThreadPoolExecutor};
use std::hint::black_box;

parameters! {
    max_workers: usize = 2, 1..=16, "Workers";
}

#[expect(unconditional_recursion, reason = "it is the point of the example")]
fn dig(depth: u64) -> u64 {
    let ground = black_box([depth; 32]);
    black_box(dig(depth + 1)) + ground[0]
}

fn square(n: u64) -> u64 {
    n * n
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let executor = ThreadPoolExecutor::new(p.max_workers)?;
    let bottomless = executor.submit(dig, 0)?;
    let healthy = executor.submit(square, 7)?;

    if let Some(exception) = bottomless.exception()? {
        println!("Bottomless task failed: {exception}");
    }
    println!("Healthy task: {}", healthy.result()?);
    Ok(())
}
