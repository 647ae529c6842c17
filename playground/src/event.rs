//! The messages that a run consists of.

use concurrent_futures::Output;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Something that happened in a run.
///
/// Times are milliseconds since the run began, on one clock that never goes back. Pools and tasks are numbered from 1 on in
/// the order of the events that introduce them, without gaps; workers from 0 on within their pool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "`at`, `pool`, `worker` and `task` mean the same in every variant, as told above"
)]
pub enum Event {
    /// The first event of a run.
    RunStarted {
        /// The example's id.
        example: String,
        /// Where it runs: `native` or `browser`.
        backend: String,
    },
    /// Whole lines were written, their line ends included.
    Text {
        at: f64,
        stream: Stream,
        text: String,
        /// The task that wrote them, with its pool and worker; none for the main thread. Of a process only the worker is certain,
        /// since its output travels apart from its results.
        task: Option<u32>,
        pool: Option<u32>,
        worker: Option<u32>,
    },
    /// An executor was made; `kind` is its type.
    PoolStarted { at: f64, pool: u32, kind: String, max_workers: u32 },
    /// An executor takes no more tasks.
    PoolShutdown { at: f64, pool: u32 },
    /// A worker runs.
    WorkerStarted { at: f64, pool: u32, worker: u32, name: String },
    /// A worker found nothing to do.
    WorkerIdle { at: f64, pool: u32, worker: u32 },
    /// A worker ended in order.
    WorkerEnded { at: f64, pool: u32, worker: u32 },
    /// A worker died; a replacement follows as a worker of its own.
    WorkerLost { at: f64, pool: u32, worker: u32, cause: String },
    /// A task was queued; `by` is the task that submitted it, none for the program's own thread.
    TaskSubmitted { at: f64, pool: u32, task: u32, name: String, by: Option<u32> },
    /// A worker began a task; it may be inside another that waits for this one.
    TaskStarted { at: f64, task: u32, worker: u32 },
    /// A task returned.
    TaskFinished { at: f64, task: u32 },
    /// A task has no result and never will have one.
    TaskFailed { at: f64, task: u32, error: String, cause: FailureCause },
    /// A task was cancelled before it began.
    TaskCancelled { at: f64, task: u32 },
    /// A callback of a task's future was called.
    CallbackCalled { at: f64, task: u32 },
    /// The program waits for a line of input.
    InputAsked {
        at: f64,
        /// What it asks.
        prompt: String,
    },
    /// The program's own thread began to wait; waits are numbered from 1 on.
    WaitStarted {
        at: f64,
        wait: u32,
        /// What it called: `result`, `wait`, `as_completed`, `map` or `shutdown`.
        call: String,
        /// The task that it waits for, if it is one.
        task: Option<u32>,
    },
    /// It went on.
    WaitEnded {
        at: f64,
        wait: u32,
        /// Whether time ran out.
        timed_out: bool,
    },
    /// The last event of a run.
    RunEnded { at: f64, outcome: Outcome },
}

/// Why a task failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// It panicked or returned an error, or what it took or returned could not travel.
    Error,
    /// It ran, or was queued, for longer than its limit.
    Timeout,
    /// Its worker was killed on purpose.
    Killed,
    /// Its worker died.
    Lost,
}

impl Event {
    /// Returns when it happened; the first event of a run has no time, since the run's clock begins with it.
    #[must_use]
    pub fn at(&self) -> Option<f64> {
        match *self {
            Self::RunStarted { .. } => None,
            Self::Text { at, .. }
            | Self::PoolStarted { at, .. }
            | Self::PoolShutdown { at, .. }
            | Self::WorkerStarted { at, .. }
            | Self::WorkerIdle { at, .. }
            | Self::WorkerEnded { at, .. }
            | Self::WorkerLost { at, .. }
            | Self::TaskSubmitted { at, .. }
            | Self::TaskStarted { at, .. }
            | Self::TaskFinished { at, .. }
            | Self::TaskFailed { at, .. }
            | Self::TaskCancelled { at, .. }
            | Self::CallbackCalled { at, .. }
            | Self::InputAsked { at, .. }
            | Self::WaitStarted { at, .. }
            | Self::WaitEnded { at, .. }
            | Self::RunEnded { at, .. } => Some(at),
        }
    }
}

/// Which of a program's two outputs a text went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// The standard output.
    Stdout,
    /// The standard error, where reports of faults go.
    Stderr,
}

impl From<Output> for Stream {
    fn from(output: Output) -> Self {
        match output {
            Output::Stdout => Self::Stdout,
            Output::Stderr => Self::Stderr,
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// The program came to its end.
    Finished,
    /// The program failed, or what it ran on did.
    Failed {
        /// What went wrong, in one sentence.
        error: String,
        /// The line of the program that failed, counted from 1, where that is known.
        line: Option<u32>,
    },
    /// The reader stopped it.
    Stopped,
}

/// Events on their way to the page, several at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Batch {
    /// The number that the page gave to the run.
    pub run: u32,
    /// In their order; none if the batch only tells that the run goes on.
    pub events: Vec<Event>,
}
