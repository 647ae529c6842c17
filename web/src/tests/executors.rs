//! The executors on these threads. What they share with the native ones is tested by the scenarios of the workspace.

use super::memory::ceases_to_grow;
use super::{WARM, settle, started};
use crate::{Executor, ThreadPoolExecutor, WorkStealingExecutor};
use core::arch::wasm32::unreachable;
use std::sync::{Arc, Barrier};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn pools_leave_nothing() {
    started().await;
    let pool = || {
        let pool = ThreadPoolExecutor::new(3).expect("3 is at least 1");
        let all = Arc::new(Barrier::new(3));
        let task = |all: Arc<Barrier>| all.wait().is_leader();
        let tasks: Vec<_> = (0..3).map(|_| pool.submit(task, Arc::clone(&all))).collect();
        let leads = tasks.into_iter().map(|task| *task.expect("it is open").result().expect("it is done"));
        assert_eq!(leads.filter(|leads| *leads).count(), 1);
    };
    assert!(ceases_to_grow(|| (0..1000).for_each(|_| pool())));
    settle(WARM);
}

#[wasm_bindgen_test]
async fn trap_fails_its_task() {
    started().await;
    let pool = ThreadPoolExecutor::new(1).expect("1 is at least 1");
    let trap = pool.spawn(|| unreachable()).expect("a thread can be had");
    let next = pool.spawn(|| 7).expect("a thread can be had");
    let error = trap.result().map(|_: &()| ()).expect_err("it traps").to_string();
    assert!(error.contains("`unreachable` executed"), "{error}");
    assert_eq!(next.result().expect("it does not fail"), &7);
}

#[wasm_bindgen_test]
async fn rayon_works() {
    started().await;
    let pool = WorkStealingExecutor::new(3).expect("3 threads can be had");
    let tasks: Vec<_> = (0..100_u64).map(|number| pool.submit(|n: u64| n * n, number)).collect();
    let squares =
        tasks.into_iter().map(|task| *task.expect("it is open").result().expect("it does not fail"));
    assert_eq!(squares.sum::<u64>(), 328_350);
}
