//! What may be written after the program's name.

use anyhow::Result;
use lexopt::prelude::*;
use std::time::Duration;

pub(crate) struct Options {
    pub(crate) time: Duration,
    pub(crate) seed: u64,
}

/// Reads `[--seconds 60] [--seed N]`; without a seed each run is another.
pub(crate) fn parse() -> Result<Options> {
    let mut options = Options { time: Duration::from_secs(60), seed: fastrand::u64(..) };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("seconds") => options.time = Duration::from_secs(arguments.value()?.parse()?),
            Long("seed") => options.seed = arguments.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}
