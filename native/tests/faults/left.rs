//! What a program has, and must not leave behind: descriptors, child processes, threads.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, process, thread};

/// What this process has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Left {
    descriptors: Vec<String>,
    children: Vec<u32>,
    threads: usize,
}

impl Left {
    pub(crate) fn now() -> Self {
        Self { descriptors: descriptors(), children: children(), threads: entries("/proc/self/task").len() }
    }

    /// Fails unless the process has again what it had then. A thread that was joined may be listed for a moment.
    pub(crate) fn expect_no_more(&self) {
        let start = Instant::now();
        while Self::now() != *self && start.elapsed() < Duration::from_secs(5) {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(Self::now(), *self, "something is left over");
    }
}

fn entries(folder: impl AsRef<Path>) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// What is open, but for the folder that is being read here.
fn descriptors() -> Vec<String> {
    let link = |number: String| {
        let target = fs::read_link(format!("/proc/self/fd/{number}")).ok()?;
        Some(format!("{number} {}", target.display()))
    };
    let mut open: Vec<_> = entries("/proc/self/fd").into_iter().filter_map(link).collect();
    open.retain(|link| !link.ends_with("/fd"));
    open.sort();
    open
}

/// The processes whose parent is this one, those that have ended and were not waited for included.
pub(crate) fn children() -> Vec<u32> {
    let numbers = entries("/proc").into_iter().filter_map(|name| name.parse().ok());
    numbers.filter(|&number| stat(number).is_some_and(|(_, parent)| parent == process::id())).collect()
}

/// Whether a process runs: one that has ended and was not waited for does not.
pub(crate) fn is_alive(number: u32) -> bool {
    stat(number).is_some_and(|(state, _)| state != 'Z')
}

/// State and parent of a process.
fn stat(number: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    // The name may contain anything, also brackets.
    let mut words = stat.rsplit_once(')')?.1.split_whitespace();
    Some((words.next()?.chars().next()?, words.next()?.parse().ok()?))
}
