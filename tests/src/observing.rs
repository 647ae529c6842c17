//! Observers.

use crate::{Gate, pool};
use concurrent_futures::observer::{Event, EventKind, Observer, with_observer};
use concurrent_futures::{Executor, Shutdown, ThreadPoolExecutor, WorkStealingExecutor, current_task};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Writes events down as short lines, with tasks numbered from 1 on.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    lines: Vec<String>,
    tasks: HashMap<u64, usize>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn observer(&self) -> Arc<dyn Observer> {
        Arc::new(self.clone())
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().lines.clone()
    }

    /// How many tasks came to an end of this kind.
    pub(crate) fn count(&self, end: &str) -> usize {
        let is_end = |line: &&String| line.split(' ').nth(2) == Some(end);
        self.tasks().iter().filter(is_end).count()
    }

    /// How many workers have `started`, `ended`, or were `lost`.
    pub(crate) fn workers(&self, what: &str) -> usize {
        let start = format!("worker {what} ");
        self.lines().iter().filter(|line| line.starts_with(&start)).count()
    }

    /// The lines about tasks.
    fn tasks(&self) -> Vec<String> {
        self.lines().into_iter().filter(|line| line.starts_with("task")).collect()
    }
}

impl Observer for Log {
    fn observe(&self, event: &Event<'_>) {
        let mut log = self.0.lock().unwrap();
        let mut number = |task: &u64| {
            let next = log.tasks.len() + 1;
            *log.tasks.entry(*task).or_insert(next)
        };
        let line = match &event.kind {
            EventKind::PoolStarted { kind, max_workers } => format!("pool started {kind} {max_workers}"),
            EventKind::PoolShutdown => "pool shutdown".to_owned(),
            EventKind::WorkerStarted { worker, name } => format!("worker started {worker} {name}"),
            EventKind::WorkerIdle { worker } => format!("worker idle {worker}"),
            EventKind::WorkerEnded { worker } => format!("worker ended {worker}"),
            EventKind::WorkerLost { worker, cause } => format!("worker lost {worker} {cause}"),
            EventKind::TaskSubmitted { task, name } => format!("task {} submitted {name}", number(task)),
            EventKind::TaskStarted { task, worker } => format!("task {} started on {worker}", number(task)),
            EventKind::TaskFinished { task } => format!("task {} finished", number(task)),
            EventKind::TaskFailed { task, error } => format!("task {} failed {error}", number(task)),
            EventKind::TaskCancelled { task } => format!("task {} cancelled", number(task)),
            other => format!("{other:?}"),
        };
        log.lines.push(line);
    }
}

fn observed(max_workers: usize) -> (ThreadPoolExecutor, Log) {
    let log = Log::new();
    let pool =
        ThreadPoolExecutor::builder().max_workers(max_workers).observer(log.observer()).build().unwrap();
    (pool, log)
}

fn double(n: u32) -> u32 {
    n * 2
}

/// A task's events come in their order, between those of its worker.
pub fn tells_a_task() {
    let (pool, log) = observed(1);
    pool.submit(double, 1).unwrap().result().unwrap();
    drop(pool);
    let lines: Vec<_> = log.lines().into_iter().filter(|line| !line.starts_with("worker idle")).collect();
    assert_eq!(lines[0], "pool started ThreadPoolExecutor 1");
    assert_eq!(log.tasks(), ["task 1 submitted double", "task 1 started on 0", "task 1 finished"]);
    assert!(lines.contains(&"pool shutdown".to_owned()));
    assert_eq!(lines.last().unwrap(), "worker ended 0");
}

/// A cancelled task never starts.
pub fn tells_a_cancellation() {
    let (pool, log) = observed(1);
    let gate = Gate::new();
    let task_gate = gate.clone();
    drop(pool.submit(move |()| task_gate.pass(), ()).unwrap());
    gate.wait_for(1);
    assert!(pool.submit(double, 1).unwrap().cancel());
    gate.open();
    drop(pool);
    let about: Vec<_> = log.tasks().into_iter().filter(|line| line.starts_with("task 2")).collect();
    assert_eq!(about, ["task 2 submitted double", "task 2 cancelled"]);
}

/// A failure comes with its error.
pub fn tells_a_failure() {
    let (pool, log) = observed(1);
    drop(pool.submit(|n: u32| assert_eq!(n, 1, "odd"), 2).unwrap());
    drop(pool);
    let last = log.tasks().pop().unwrap();
    assert!(last.starts_with("task 1 failed assertion"), "{last}");
}

/// Executors made within the scope are observed, and so are those that their tasks make.
pub fn scope_reaches_executors() {
    let log = Log::new();
    with_observer(log.observer(), || {
        let outer = pool(1);
        let nested = outer.spawn(|| pool(2).submit(double, 1).unwrap().result().is_ok()).unwrap();
        assert!(nested.result().unwrap());
    });
    drop(pool(3));
    let pools: Vec<_> = log.lines().into_iter().filter(|line| line.starts_with("pool started")).collect();
    assert_eq!(pools, ["pool started ThreadPoolExecutor 1", "pool started ThreadPoolExecutor 2"]);
}

/// A task can find out which one it is.
pub fn current_task_is_known() {
    assert_eq!(current_task(), None);
    let pool = pool(1);
    let future = pool.spawn(current_task).unwrap();
    let seen = future.result().unwrap().expect("a task was running");
    assert_eq!((seen.task, seen.worker), (future.id(), 0));
}

/// An observer may panic: the hook reports it, and everything goes on.
pub fn panicking_observer_harms_nothing() {
    struct Faulty;
    impl Observer for Faulty {
        fn observe(&self, event: &Event<'_>) {
            panic!("an observer may panic at {:?}", event.kind);
        }
    }
    with_observer(Arc::new(Faulty), || {
        let pool = pool(1);
        let gate = Gate::new();
        let task_gate = gate.clone();
        let running = pool.spawn(move || task_gate.pass()).unwrap();
        gate.wait_for(1);
        let (queued, cancelled) = (pool.submit(double, 2).unwrap(), pool.submit(double, 3).unwrap());
        assert!(cancelled.cancel());
        gate.open();
        running.result().unwrap();
        assert_eq!(queued.result().unwrap(), &4);
        assert!(pool.submit(|n: u32| assert_eq!(n, 1), 2).unwrap().result().is_err());
        pool.shutdown(Shutdown::default()).unwrap();
        assert_eq!(pool.workers(), 0);
        let executor = WorkStealingExecutor::new(1).unwrap();
        assert_eq!(executor.submit(double, 4).unwrap().result().unwrap(), &8);
        executor.shutdown(Shutdown::default()).unwrap();
    });
}
