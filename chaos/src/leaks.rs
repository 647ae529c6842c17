//! What is left over after a round: nothing.

use anyhow::{Context, Result, ensure};
use std::fmt;
use std::fs;

/// Memory may still settle during the first rounds.
const WARM: usize = 3;
/// What the allocator may keep beyond what it kept when it was warm, in KiB.
const SLACK: u64 = 96 * 1024;

/// What this program had at its start, and when it was warm.
pub(crate) struct Leaks {
    descriptors: usize,
    warm: Option<u64>,
    now: u64,
}

impl Leaks {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { descriptors: descriptors()?, warm: None, now: resident()? })
    }

    /// Compares, after a round in which every pool was shut down.
    pub(crate) fn check(&mut self, rounds: usize) -> Result<()> {
        let children = children()?;
        ensure!(children.is_empty(), "processes are left over: {children:?}");
        let open = descriptors()?;
        ensure!(open <= self.descriptors, "{open} descriptors are open, {} at the start", self.descriptors);
        self.now = resident()?;
        if rounds == WARM {
            self.warm = Some(self.now);
        }
        if let Some(warm) = self.warm {
            ensure!(self.now <= warm + SLACK, "{} KiB are in use, {warm} KiB when warm", self.now);
        }
        Ok(())
    }
}

impl fmt::Display for Leaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no process and no descriptor is left over; {} KiB are in use", self.now)?;
        self.warm.map_or(Ok(()), |warm| write!(f, ", {warm} KiB when warm"))
    }
}

fn descriptors() -> Result<usize> {
    Ok(fs::read_dir("/proc/self/fd").context("/proc is not readable")?.count())
}

/// The processes whose parent this one is, zombies among them.
fn children() -> Result<Vec<u32>> {
    let mut children = Vec::new();
    for task in fs::read_dir("/proc/self/task")? {
        // A thread that has just ended has no children of its own.
        let Ok(text) = fs::read_to_string(task?.path().join("children")) else { continue };
        children.extend(text.split_whitespace().filter_map(|number| number.parse::<u32>().ok()));
    }
    Ok(children)
}

/// Resident memory, in KiB.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    line.trim().trim_end_matches(" kB").parse().context("VmRSS is no number")
}
