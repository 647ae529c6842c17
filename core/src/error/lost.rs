//! Workers that died under a task.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// A worker died, or was ended, while it ran a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerLost {
    /// The number of the worker in its executor, if it was a process or an isolated worker.
    pub(crate) worker: Option<usize>,
    pub(crate) process_id: Option<u32>,
    pub(crate) task: Option<(u64, &'static str)>,
    pub(crate) cause: LossCause,
    pub(crate) last_words: String,
}

/// What ended a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LossCause {
    /// It exited by itself, with this code.
    Exited(i32),
    /// A signal ended it.
    Signal {
        /// The signal's number on this platform.
        number: i32,
        /// Its name, as `"SIGKILL"`.
        name: &'static str,
    },
    /// [`Future::kill`](crate::Future::kill) ended it.
    Killed,
    /// `terminate_workers` or `kill_workers` ended it.
    Terminated,
    /// A task ran longer than this, so the pool ended it.
    RunTimeout(Duration),
    /// It did not come up within this time, so the pool ended it.
    StartTimeout(Duration),
    /// It sent what no worker sends, so the pool ended it.
    Nonsense(String),
    /// It could not be started.
    Unstarted(String),
    /// Whatever the platform says, in one sentence.
    Other(String),
}

impl fmt::Display for LossCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "it exited with code {code}"),
            Self::Signal { number, name } => write!(f, "it was ended by signal {number} ({name})"),
            Self::Killed => f.write_str("it was killed on request"),
            Self::Terminated => f.write_str("all workers of the pool were ended on request"),
            Self::RunTimeout(limit) => write!(f, "the task ran longer than its limit of {limit:?}"),
            Self::StartTimeout(limit) => write!(
                f,
                "it did not come up within {limit:?}; is `init()` the first thing that `main` does?"
            ),
            Self::Nonsense(what) => write!(f, "it sent what no worker sends: {what}"),
            Self::Unstarted(why) => write!(f, "it could not be started: {why}"),
            Self::Other(cause) => f.write_str(cause),
        }
    }
}

impl WorkerLost {
    pub(crate) fn thread(cause: String) -> Self {
        Self {
            worker: None,
            process_id: None,
            task: None,
            cause: LossCause::Other(cause),
            last_words: String::new(),
        }
    }

    /// The number of the worker within its executor; `None` for a thread.
    #[must_use]
    pub fn worker(&self) -> Option<usize> {
        self.worker
    }

    /// The operating system's number of the process, where there is one.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.process_id
    }

    /// The [id](crate::Future::id) of the task that the worker was running.
    #[must_use]
    pub fn task(&self) -> Option<u64> {
        self.task.map(|(id, _)| id)
    }

    /// What ended the worker.
    #[must_use]
    pub fn cause(&self) -> &LossCause {
        &self.cause
    }

    /// The last lines that a process wrote to its standard error, where a crash often explains itself.
    #[must_use]
    pub fn last_words(&self) -> &str {
        &self.last_words
    }
}

impl fmt::Display for WorkerLost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.worker {
            None => f.write_str("the worker")?,
            Some(worker) => write!(f, "worker {worker}")?,
        }
        if let Some(process) = self.process_id {
            write!(f, " (process {process})")?;
        }
        match (self.task, self.worker) {
            (Some((id, name)), _) => write!(f, " was lost while it ran `{name}` (task {id}): ")?,
            (None, None) => f.write_str(" was lost while it ran the task: ")?,
            (None, Some(_)) => f.write_str(" was lost: ")?,
        }
        self.cause.fmt(f)?;
        match self.last_words.trim_end() {
            "" => Ok(()),
            words => write!(f, "; it last wrote: {}", words.replace('\n', " | ")),
        }
    }
}

impl StdError for WorkerLost {}
