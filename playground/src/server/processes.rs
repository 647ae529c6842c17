//! What the system tells about processes, and does to them: the one place where platforms differ.
//!
//! Linux shows them in `/proc`. Elsewhere what a run takes is not known, so neither its memory nor the number of its processes is
//! limited; the limits of time and output hold everywhere.

/// What the processes of a run take together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) processes: usize,
    /// Bytes of memory.
    pub(super) memory: u64,
}

#[cfg(target_os = "linux")]
pub(super) use self::linux::{interrupt, kill, limit, usage};
#[cfg(not(target_os = "linux"))]
pub(super) use self::others::{interrupt, kill, limit, usage};

#[cfg(target_os = "linux")]
mod linux {
    use super::Usage;
    use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, kill_process_group, prlimit};
    use std::collections::HashSet;
    use std::fs;

    /// How often processes are looked for that were started while others were killed.
    const ROUNDS: usize = 5;

    /// A process, as `/proc` shows it.
    struct Process {
        number: u32,
        parent: u32,
        group: u32,
        is_dead: bool,
        /// Pages of memory, those included that it shares with others.
        pages: u64,
    }

    /// Has the system refuse memory to a process, and to each that it starts, beyond the limit of all: it is at hand at once, where
    /// a look at the processes comes late. A dying process shall not write its memory to a file either.
    pub(crate) fn limit(leader: u32, memory: u64) {
        let leader = pid(leader);
        for (resource, most) in [(Resource::Data, memory), (Resource::Core, 0)] {
            // A process that has ended needs no limit.
            let _ = prlimit(leader, resource, Rlimit { current: Some(most), maximum: Some(most) });
        }
    }

    /// Looks at the processes of a run. The sum of their memory counts twice what two of them share; only when that is more than
    /// `limit` is each asked for its share, which takes far longer.
    pub(crate) fn usage(leader: u32, limit: u64) -> Usage {
        let of_run: Vec<_> = of_run(leader).into_iter().filter(|process| !process.is_dead).collect();
        let page = u64::try_from(rustix::param::page_size()).unwrap_or(4096);
        let mut memory = of_run.iter().map(|process| process.pages * page).sum();
        if memory > limit {
            memory = of_run.iter().map(|process| share(process).unwrap_or(process.pages * page)).sum();
        }
        Usage { processes: of_run.len(), memory }
    }

    /// Kills the processes of a run, those included that have left the group.
    pub(crate) fn kill(leader: u32) {
        for _ in 0..ROUNDS {
            let mut left = of_run(leader);
            left.retain(|process| !process.is_dead);
            if left.is_empty() {
                return;
            }
            if let Some(group) = pid(leader) {
                let _ = kill_process_group(group, Signal::KILL);
            }
            for process in left.iter().filter(|process| process.group != leader) {
                // It may have died since.
                let _ = pid(process.number).map(|number| kill_process(number, Signal::KILL));
            }
        }
    }

    pub(crate) fn interrupt(leader: u32) {
        // It may be over.
        let _ = pid(leader).map(|leader| kill_process(leader, Signal::INT));
    }

    fn pid(number: u32) -> Option<Pid> {
        i32::try_from(number).ok().and_then(Pid::from_raw)
    }

    /// The members of the group, and whatever they have started.
    fn of_run(leader: u32) -> Vec<Process> {
        let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
        let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let mut others: Vec<_> = numbers.filter_map(process).collect();
        let mut found: Vec<_> = others.extract_if(.., |process| process.group == leader).collect();
        let mut known: HashSet<_> = found.iter().map(|process| process.number).chain([leader]).collect();
        loop {
            let children: Vec<_> = others.extract_if(.., |process| known.contains(&process.parent)).collect();
            if children.is_empty() {
                return found;
            }
            known.extend(children.iter().map(|process| process.number));
            found.extend(children);
        }
    }

    fn process(number: u32) -> Option<Process> {
        let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
        // The name of the program comes before, in brackets, and may hold anything.
        let (_, rest) = stat.rsplit_once(") ")?;
        let fields: Vec<_> = rest.split_ascii_whitespace().collect();
        Some(Process {
            number,
            parent: fields.get(1)?.parse().ok()?,
            group: fields.get(2)?.parse().ok()?,
            is_dead: matches!(*fields.first()?, "Z" | "X"),
            pages: fields.get(21)?.parse().ok()?,
        })
    }

    /// The bytes of a process's memory, each page divided by the number of those that share it.
    fn share(process: &Process) -> Option<u64> {
        let summary = fs::read_to_string(format!("/proc/{}/smaps_rollup", process.number)).ok()?;
        let line = summary.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn own_process_is_seen() {
            let own = process(std::process::id()).unwrap();
            assert!(!own.is_dead && own.pages > 100);
            let (share, all) = (share(&own).unwrap(), own.pages * 4096);
            assert!(share > 0 && share < all * 2, "{share} of {all}");
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod others {
    use super::Usage;

    pub(crate) fn limit(_: u32, _: u64) {}

    pub(crate) fn usage(_: u32, _: u64) -> Usage {
        Usage::default()
    }

    #[cfg(unix)]
    pub(crate) fn kill(leader: u32) {
        use rustix::process::{Pid, Signal, kill_process_group};

        let group = i32::try_from(leader).ok().and_then(Pid::from_raw);
        // The group is empty if the whole run is over.
        let _ = group.map(|group| kill_process_group(group, Signal::KILL));
    }

    #[cfg(unix)]
    pub(crate) fn interrupt(leader: u32) {
        use rustix::process::{Pid, Signal, kill_process};

        let leader = i32::try_from(leader).ok().and_then(Pid::from_raw);
        let _ = leader.map(|leader| kill_process(leader, Signal::INT));
    }

    /// There is no such signal; the page ends the run a moment later.
    #[cfg(not(unix))]
    pub(crate) fn interrupt(_: u32) {}

    /// The handle of the process kills it.
    #[cfg(not(unix))]
    pub(crate) fn kill(_: u32) {}
}
