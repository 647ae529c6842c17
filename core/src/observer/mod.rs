//! Watching executors: what their tasks and workers do, as it happens.
//!
//! An [`Observer`] is told every event. Two come with the crate, each by a feature that is off by default: with
//! `chrome-trace`, `ChromeTrace` writes a run down for the viewers of traces, and with `tracing` every task runs in a span of
//! the crate of that name, which needs no observer.
#![cfg_attr(feature = "tracing", doc = include_str!("../tracing.md"))]

#[cfg(feature = "chrome-trace")]
mod chrome_trace;
mod reporter;
mod waits;

#[cfg(feature = "chrome-trace")]
pub use self::chrome_trace::ChromeTrace;
pub(crate) use self::reporter::Reporter;
pub use self::waits::waiting;
pub(crate) use self::waits::{calling, joining, told_callback};
use crate::error::TaskError;
pub use crate::process_pool::Output;
use std::cell::RefCell;
use std::sync::Arc;
use web_time::Instant;

/// Is told everything that an executor's tasks and workers do.
///
/// An executor takes its observer from its builder, else from [`with_observer`] around the code that made it. Without
/// one, nothing is recorded and nothing is paid. Events of one task arrive in their order; events of different tasks
/// arrive on the threads on which they happen, so an implementation brings its own lock.
pub trait Observer: Send + Sync + 'static {
    /// Notes an event. It is called by submitters and workers, so it should be quick. A panic in it is reported by the
    /// panic hook and ends there.
    fn observe(&self, event: &Event<'_>);

    /// Whether what worker processes write goes to this observer alone, by [`EventKind::WorkerWrote`]. By default it also goes
    /// to the program's own output.
    fn takes_output(&self) -> bool {
        false
    }
}

/// Something that happened to a task or a worker.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event<'a> {
    /// When, on the one clock of the process (of the page, in a browser).
    pub at: Instant,
    /// The number of the executor, unique in the process; 0 for what belongs to none, as waits and callbacks.
    pub pool: u64,
    /// What.
    pub kind: EventKind<'a>,
}

/// What happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum EventKind<'a> {
    /// The executor was made.
    PoolStarted {
        /// The executor's type, as `"ThreadPoolExecutor"`.
        kind: &'static str,
        /// The number of workers that it starts at most.
        max_workers: usize,
    },
    /// The executor takes no more tasks.
    PoolShutdown,
    /// A worker runs. Workers are numbered from 0 on within their executor.
    WorkerStarted {
        /// The worker's number.
        worker: usize,
        /// The thread's name, or which process it is.
        name: &'a str,
    },
    /// A worker found nothing to do.
    WorkerIdle {
        /// The worker's number.
        worker: usize,
    },
    /// A worker ended in order.
    WorkerEnded {
        /// The worker's number.
        worker: usize,
    },
    /// A worker died; what it was running fails, and another takes its place where the executor can replace it.
    WorkerLost {
        /// The worker's number.
        worker: usize,
        /// Why, in one sentence.
        cause: &'a str,
    },
    /// A worker process, or an isolated worker, wrote to one of its outputs.
    WorkerWrote {
        /// The worker's number.
        worker: usize,
        /// The id of the future whose task it was running, as far as the executor knows.
        task: Option<u64>,
        /// Which output.
        stream: Output,
        /// Whole lines, with their line ends.
        lines: &'a str,
    },
    /// The executor took a task.
    TaskSubmitted {
        /// The [id](crate::Future::id) of its future.
        task: u64,
        /// The function's name.
        name: &'a str,
    },
    /// A worker began a task. While a worker waits for a task of its own executor it may run that one inside the first.
    TaskStarted {
        /// The id of its future.
        task: u64,
        /// The worker's number.
        worker: usize,
    },
    /// A task returned a value.
    TaskFinished {
        /// The id of its future.
        task: u64,
    },
    /// A task panicked, returned an error, or died with its worker.
    TaskFailed {
        /// The id of its future.
        task: u64,
        /// What it failed with.
        error: &'a TaskError,
    },
    /// No worker began a task within its queue timeout.
    TaskExpired {
        /// The id of its future.
        task: u64,
    },
    /// A task was cancelled before it began.
    TaskCancelled {
        /// The id of its future.
        task: u64,
    },
    /// A callback is called. Told of callbacks that were added in a [`with_observer`] scope, or in a task of an executor made
    /// in one.
    CallbackCalled {
        /// The id of the future that it was added to.
        task: u64,
    },
    /// The thread of a [`with_observer`] scope began to wait.
    WaitStarted {
        /// The wait's number, unique in the process.
        wait: u64,
        /// What was called: `result`, `wait`, `as_completed`, `map` or `shutdown`.
        call: &'static str,
        /// The id of the future that it waits for, if it is one.
        task: Option<u64>,
    },
    /// It went on.
    WaitEnded {
        /// The wait's number.
        wait: u64,
        /// Whether time ran out.
        timed_out: bool,
    },
}

thread_local! {
    static DEFAULT: RefCell<Option<Arc<dyn Observer>>> = const { RefCell::new(None) };
}

/// Makes `observer` the observer of every executor that `scope` makes on this thread, or on workers of such executors, and
/// of what this thread waits for meanwhile.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::observer::{Event, Observer, with_observer};
/// use std::sync::Arc;
///
/// struct Print;
///
/// impl Observer for Print {
///     fn observe(&self, event: &Event<'_>) {
///         println!("{:?}", event.kind);
///     }
/// }
///
/// with_observer(Arc::new(Print), || {
///     // Executors made here are observed.
/// });
/// ```
pub fn with_observer<R>(observer: Arc<dyn Observer>, scope: impl FnOnce() -> R) -> R {
    waits::telling(true, || inherited(observer, scope))
}

/// As [`with_observer`], for a worker, whose waits are told by nobody: its tasks are.
pub(crate) fn inherited<R>(observer: Arc<dyn Observer>, scope: impl FnOnce() -> R) -> R {
    /// Puts the observer of the outer scope back, also when `scope` panics.
    struct Restore(Option<Arc<dyn Observer>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            // The scope's observer is dropped outside the cell: its destructor may make an executor.
            drop(DEFAULT.replace(self.0.take()));
        }
    }
    let _restore = Restore(DEFAULT.replace(Some(observer)));
    scope()
}

/// The observer of executors made here and now.
pub(crate) fn current() -> Option<Arc<dyn Observer>> {
    // A thread that is ending has none.
    DEFAULT.try_with(|observer| observer.borrow().clone()).ok().flatten()
}
