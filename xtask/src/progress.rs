//! What the commands say while they work.

use std::time::Instant;

use anyhow::Result;

/// Performs a piece of work that takes a while, naming it before and its time after.
pub(crate) fn step<T>(what: &str, why: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {what}: {why}");
    let start = Instant::now();
    let result = work()?;
    eprintln!("    done in {:.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}

/// Mentions something that a reader of the output may want to know.
pub(crate) fn note(text: &str) {
    eprintln!("    {text}");
}
