//! `abort` ends a process at once: no destructor runs, nothing is caught. In WebAssembly it is the instruction `unreachable`,
//! which traps, and what ends is one worker. Its task fails, its place is taken by another, and who waits is told.

use crate::stdout::println;
use crate::{Outcome, parameters::parameters};
use concurrent_futures::{Executor, ThreadPoolExecutor};

parameters! {
    max_workers: usize = 2, 1..=16, "Workers";
}

fn abort(_: u64) -> u64 {
    std::process::abort()
}

fn square(n: u64) -> u64 {
    n * n
}

pub(crate) fn run(p: Parameters) -> Outcome {
    let executor = ThreadPoolExecutor::new(p.max_workers)?;
    let healthy = executor.submit(square, 7)?;
    println!("Healthy task: {}", healthy.result()?);

    let doomed = executor.submit(abort, 0)?;
    if let Some(exception) = doomed.exception()? {
        println!("Doomed task failed: {exception}");
    }

    // The pool is as good as before.
    println!("Next task: {}", executor.submit(square, 8)?.result()?);
    Ok(())
}
