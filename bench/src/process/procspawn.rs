//! The Rust peer: a pool of the crate `procspawn`.

use std::collections::VecDeque;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use procspawn::{JoinHandle, Pool};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::echo;
use crate::contest::{Contestant, timed};

const NAME: &str = "procspawn";

/// Open files that each of its queued tasks holds: the ends of two channels, less the one that is closed at once.
const FILES_PER_TASK: u64 = 3;
/// Open files for everything else.
const OTHER_FILES: u64 = 400;

/// Spawns all, then joins all; as many ahead as this process may have files open for.
pub(super) fn pipelined(workers: usize, count: usize) -> Contestant {
    Contestant::new(NAME, count, move || {
        let pool = Pool::new(workers)?;
        let ahead = tasks_ahead()?;
        timed(move || {
            let start = Instant::now();
            let mut handles: VecDeque<(u64, JoinHandle<u64>)> = VecDeque::with_capacity(ahead.min(count));
            for n in 0..count as u64 {
                if handles.len() == ahead {
                    join_first(&mut handles)?;
                }
                handles.push_back((n, pool.spawn(n, echo::<u64>)));
            }
            while !handles.is_empty() {
                join_first(&mut handles)?;
            }
            Ok(start.elapsed())
        })
    })
}

/// Spawns one and joins it before the next.
pub(super) fn one_at_a_time(workers: usize, count: usize) -> Contestant {
    Contestant::new(NAME, count, move || {
        let pool = Pool::new(workers)?;
        timed(move || {
            let start = Instant::now();
            for n in 0..count as u64 {
                ensure!(pool.spawn(n, echo::<u64>).join()? == n, "a wrong result");
            }
            Ok(start.elapsed())
        })
    })
}

fn join_first(handles: &mut VecDeque<(u64, JoinHandle<u64>)>) -> Result<()> {
    let (n, handle) = handles.pop_front().context("nothing to join")?;
    ensure!(handle.join()? == n, "a wrong result");
    Ok(())
}

/// How many tasks may be queued, after raising the limit of open files as far as it goes. It panics beyond that.
fn tasks_ahead() -> Result<usize> {
    let limit = getrlimit(Resource::Nofile);
    // Without a hard limit the soft one stays: some systems refuse "unlimited" here.
    if let Some(maximum) = limit.maximum {
        setrlimit(Resource::Nofile, Rlimit { current: Some(maximum), maximum: Some(maximum) })
            .context("cannot raise the limit of open files")?;
    }
    let Some(files) = getrlimit(Resource::Nofile).current else { return Ok(usize::MAX) };
    let ahead = files.saturating_sub(OTHER_FILES) / FILES_PER_TASK;
    ensure!(ahead > 0, "a process may have only {files} files open");
    Ok(usize::try_from(ahead)?)
}
