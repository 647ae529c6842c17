//! The processes of one run.

use super::limits::RunLimits;
use super::processes::{self, Usage};

/// The process that the run is, and all that it has started; they are killed when this is dropped.
///
/// On Unix they are a group of processes. On Linux, so are those that have left the group, as long as their parents are
/// known. Elsewhere only the first process is ended, by its own handle, and its workers end when they find their parent gone.
#[derive(Debug)]
pub(super) struct Group {
    /// The first process, whose number is the group's.
    leader: u32,
}

/// Why the processes of a run are too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess {
    /// They hold so many bytes of memory.
    Memory(u64),
    /// There are so many of them.
    Processes(usize),
}

impl Group {
    /// Takes charge of a process that was started as the first of a group, and limits what it may take by itself.
    pub(super) fn new(leader: u32, limits: &RunLimits) -> Self {
        processes::limit(leader, limits.memory);
        Self { leader }
    }

    /// Looks at the processes.
    pub(super) fn excess(leader: u32, limits: &RunLimits) -> Option<Excess> {
        let Usage { processes, memory } = processes::usage(leader, limits.memory);
        if processes > limits.processes {
            Some(Excess::Processes(processes))
        } else if memory > limits.memory {
            Some(Excess::Memory(memory))
        } else {
            None
        }
    }

    /// Interrupts the first process, as Ctrl-C does.
    pub(super) fn interrupt(&self) {
        processes::interrupt(self.leader);
    }

    pub(super) fn leader(&self) -> u32 {
        self.leader
    }
}

impl Drop for Group {
    /// Kills whatever is left. The leader may have been waited for just before; its number goes to another process only after
    /// the system has given out all others.
    fn drop(&mut self) {
        processes::kill(self.leader);
    }
}
