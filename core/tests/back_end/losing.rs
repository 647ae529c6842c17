//! Workers that die, and threads that never begin.

#[cfg(feature = "rayon")]
use crate::WorkStealingExecutor;
use crate::{Gate, Plan, ThreadPoolExecutor, die};
use concurrent_futures_core::observer::{Event, EventKind, Observer};
use concurrent_futures_core::{Error, Executor, Future, SubmitError};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

/// Writes down which workers started and which were lost.
#[derive(Default)]
struct Workers(Mutex<Vec<String>>);

impl Observer for Workers {
    fn observe(&self, event: &Event<'_>) {
        let line = match &event.kind {
            EventKind::WorkerStarted { worker, .. } => format!("{worker} started"),
            EventKind::WorkerLost { worker, cause } => format!("{worker} lost: {cause}"),
            _ => return,
        };
        self.0.lock().unwrap().push(line);
    }
}

/// Whether the task died with its worker.
fn died<T>(future: &Future<T>) -> bool {
    matches!(future.result(), Err(Error::Failed(error)) if error.is_worker_lost())
}

/// The task fails, another worker takes the place of the lost one, and what was queued runs there.
#[test]
fn task_fails_alone() {
    let workers = Arc::new(Workers::default());
    let observer = Arc::clone(&workers) as Arc<dyn Observer>;
    let pool = ThreadPoolExecutor::builder().max_workers(1).observer(observer).build().unwrap();
    let gate = Gate::new();
    let held = gate.clone();
    let doomed = pool
        .spawn(move || -> u32 {
            held.pass();
            die()
        })
        .unwrap();
    let queued = pool.submit(|n: u32| n, 1).unwrap();
    gate.open();
    assert!(died(&doomed));
    assert_eq!(
        doomed.result().unwrap_err().to_string(),
        "the worker was lost while it ran the task: it trapped"
    );
    assert_eq!(queued.result().unwrap(), &1);
    assert_eq!(pool.submit(|n: u32| n, 2).unwrap().result().unwrap(), &2);
    assert_eq!(pool.workers(), 1);
    drop(pool);
    assert_eq!(*workers.0.lock().unwrap(), ["0 started", "0 lost: it trapped", "1 started"]);
}

/// Each replacement can be lost as well.
#[test]
fn every_loss_is_survived() {
    // A worker that has come through its initializer does not count as lost in it.
    let pool = ThreadPoolExecutor::builder().max_workers(2).initializer(|| ()).build().unwrap();
    for n in 0..20 {
        assert!(died(&pool.spawn(|| -> u32 { die() }).unwrap()));
        assert_eq!(pool.submit(|n: u32| n, n).unwrap().result().unwrap(), &n);
    }
}

/// A worker that dies in a task which it runs inside another one takes both along.
#[test]
fn outer_task_fails_too() {
    let pool = Arc::new(ThreadPoolExecutor::new(1).unwrap());
    let inner_pool = Arc::clone(&pool);
    let slot = Arc::new(Mutex::new(None));
    let inner_slot = Arc::clone(&slot);
    let outer = pool
        .spawn(move || {
            let inner = inner_pool.spawn(|| -> u32 { die() }).unwrap();
            *inner_slot.lock().unwrap() = Some(inner.clone());
            inner.result().is_err()
        })
        .unwrap();
    assert!(died(&outer));
    let inner = slot.lock().unwrap().take().unwrap();
    assert!(died(&inner));
    assert_eq!(pool.submit(|n: u32| n, 1).unwrap().result().unwrap(), &1);
}

/// A thread that never begins is no reason to give up while another worker is well.
#[test]
fn late_thread_never_begins() {
    let plan = Plan::of_this_thread();
    let pool = ThreadPoolExecutor::builder().max_workers(2).initializer(|| ()).build().unwrap();
    let gate = Gate::new();
    let held = gate.clone();
    let running = pool.spawn(move || held.pass()).unwrap();
    gate.wait_for(1);
    plan.never_begins.store(true, Ordering::SeqCst);
    let queued = pool.submit(|n: u32| n, 1).unwrap();
    plan.lost.wait_for(1);
    let later = pool.submit(|n: u32| n, 2).unwrap();
    gate.open();
    running.result().unwrap();
    assert_eq!((queued.result().unwrap(), later.result().unwrap()), (&1, &2));
}

/// If the only thread never begins, nobody waits for ever.
#[test]
fn only_thread_never_begins() {
    let plan = Plan::of_this_thread();
    let pool = ThreadPoolExecutor::new(1).unwrap();
    plan.never_begins.store(true, Ordering::SeqCst);
    let stranded = pool.submit(|n: u32| n, 1);
    plan.lost.wait_for(1);
    // A successor may have run it; if none was tried, the future says why.
    match stranded.map(Future::into_result) {
        Ok(Ok(value)) => assert_eq!(value, 1),
        Ok(Err(error)) => assert!(error.to_string().contains("it never began"), "{error}"),
        Err(error) => assert!(error.to_string().contains("it never began"), "{error}"),
    }
}

/// An initializer that kills its thread would kill every successor, so the pool is broken.
#[test]
fn initializer_dies() {
    let plan = Plan::of_this_thread();
    let gate = Gate::new();
    let held = gate.clone();
    let initializer = move || {
        held.pass();
        die();
    };
    let pool = ThreadPoolExecutor::builder().max_workers(1).initializer(initializer).build().unwrap();
    let queued: Vec<_> = (0..3).map(|n: u32| pool.submit(|n: u32| n, n).unwrap()).collect();
    gate.open();
    for future in &queued {
        assert!(matches!(future.result(), Err(Error::Broken(_))), "{future:?}");
    }
    plan.lost.wait_for(1);
    assert!(matches!(pool.submit(|n: u32| n, 1), Err(SubmitError::Broken(_))));
    assert_eq!(plan.started.load(Ordering::SeqCst), 1);
}

/// A thread that is refused is an error only if there is no other.
#[test]
fn thread_is_refused() {
    let plan = Plan::of_this_thread();
    let pool = ThreadPoolExecutor::new(2).unwrap();
    plan.refused.store(true, Ordering::SeqCst);
    let refused = pool.submit(|n: u32| n, 1).unwrap_err();
    assert!(matches!(refused, SubmitError::Start(_)));
    assert_eq!(refused.to_string(), "cannot start a worker: no more threads");
    let gate = Gate::new();
    let held = gate.clone();
    let running = pool.spawn(move || held.pass()).unwrap();
    gate.wait_for(1);
    plan.refused.store(true, Ordering::SeqCst);
    let queued = pool.submit(|n: u32| n, 2).unwrap();
    gate.open();
    running.result().unwrap();
    assert_eq!(queued.result().unwrap(), &2);
}

/// What a lost worker of rayon had taken is out of reach, so everything fails and nothing more is taken.
#[cfg(feature = "rayon")]
#[test]
fn stealing_breaks() {
    let plan = Plan::of_this_thread();
    let executor = WorkStealingExecutor::new(2).unwrap();
    let (gate, doom) = (Gate::new(), Gate::new());
    let (held, doomed_by) = (gate.clone(), doom.clone());
    let running = executor.spawn(move || held.pass()).unwrap();
    let doomed = executor
        .spawn(move || -> u32 {
            doomed_by.pass();
            die()
        })
        .unwrap();
    gate.wait_for(1);
    doom.wait_for(1);
    let queued: Vec<_> = (0..3).map(|n: u32| executor.submit(|n: u32| n, n).unwrap()).collect();
    doom.open();
    assert!(died(&doomed));
    assert!(running.result().is_err());
    assert!(queued.iter().all(|future| future.result().is_err()));
    plan.lost.wait_for(1);
    assert!(matches!(executor.submit(|n: u32| n, 1), Err(SubmitError::Broken(_))));
    gate.open();
    // Dropping it ends: the well worker leaves, and nobody waits for the other.
    drop(executor);
}

/// The same when one of rayon's threads never begins.
#[cfg(feature = "rayon")]
#[test]
fn stealing_thread_never_begins() {
    let plan = Plan::of_this_thread();
    plan.never_begins.store(true, Ordering::SeqCst);
    let executor = WorkStealingExecutor::new(2).unwrap();
    plan.lost.wait_for(1);
    assert!(matches!(executor.submit(|n: u32| n, 1), Err(SubmitError::Broken(_))));
    drop(executor);
}
