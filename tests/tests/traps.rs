//! Threads that are lost to a trap, which natively would end the program: a program of its own, since what they leave is a memory
//! that nobody should trust.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a scenario is a test: its panics are its findings")]

use concurrent_futures::{
    Error, Executor, Future, LossCause, Shutdown, StartOptions, ThreadPoolExecutor, start,
};
use core::arch::wasm32::unreachable;
use scenarios::Gate;
use std::time::Duration;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

async fn started() {
    start(StartOptions::new().start_limit(scenarios::harness::START_LIMIT)).await.unwrap();
}

/// Traps behind the gate.
fn trap(gate: Gate) -> u64 {
    gate.pass();
    unreachable()
}

/// The task was lost with its thread, and the error says by what.
fn is_lost(future: &Future<u64>) {
    let Err(Error::Failed(error)) = future.result() else { panic!("it traps") };
    let why = LossCause::Other("trap: `unreachable` executed".to_owned());
    assert_eq!(error.worker_lost().unwrap().cause(), &why);
}

/// PPE-03, PPE-06, DEAD-05, and the deliberate difference: the task fails alone, with the reason, and another thread goes on.
#[wasm_bindgen_test]
async fn task_fails_alone() {
    started().await;
    let (pool, gate) = (ThreadPoolExecutor::new(1).unwrap(), Gate::new());
    let doomed = pool.submit(trap, gate.clone()).unwrap();
    let queued: Vec<_> = (0..20_u64).map(|n| pool.submit(|n: u64| n * n, n).unwrap()).collect();
    gate.wait_for(1);
    gate.open();
    is_lost(&doomed);
    for (n, future) in (0..).zip(&queued) {
        assert_eq!(future.result().unwrap(), &(n * n));
    }
    assert_eq!(pool.submit(|n: u64| n + 1, 1).unwrap().result().unwrap(), &2);
}

/// DEAD-13: threads that are lost after the shutdown was asked for do not hold it up.
#[wasm_bindgen_test]
async fn during_shutdown() {
    started().await;
    let (pool, gate) = (ThreadPoolExecutor::new(2).unwrap(), Gate::new());
    let doomed: Vec<_> = (0..4).map(|_| pool.submit(trap, gate.clone()).unwrap()).collect();
    gate.wait_for(2);
    pool.shutdown(Shutdown { wait: false, cancel_futures: false }).unwrap();
    gate.open();
    pool.shutdown(Shutdown::default()).unwrap();
    assert_eq!(pool.workers(), 0);
    for future in &doomed {
        assert!(!matches!(future.result_timeout(Duration::ZERO), Err(Error::Timeout(_))));
        is_lost(future);
    }
}

/// A scope cannot say when a lost task's forks are through with what it lent, so it does not end: its thread is lost too.
#[wasm_bindgen_test]
async fn scope_is_lost_with_its_task() {
    started().await;
    let (outer, inner, gate) =
        (ThreadPoolExecutor::new(1).unwrap(), ThreadPoolExecutor::new(1).unwrap(), Gate::new());
    let passing = gate.clone();
    let scoped = outer.spawn(move || {
        let lent = [1, 2, 3];
        let scoped = inner.scope(|scope| {
            let doomed = scope.spawn(|| trap(passing) + lent[0]).unwrap();
            assert!(doomed.result().is_err());
        });
        scoped.unwrap();
        lent[0]
    });
    gate.wait_for(1);
    gate.open();
    is_lost(&scoped.unwrap());
    assert_eq!(outer.submit(|n: u64| n + 1, 1).unwrap().result().unwrap(), &2);
}
