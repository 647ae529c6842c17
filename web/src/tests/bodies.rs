//! What runs on threads, and where.

use super::{WARM, current, run, settle, started, together, value};
use std::collections::HashSet;
use std::thread::ThreadId;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn bodies_overlap() {
    started().await;
    let threads: HashSet<_> = together(8, current).into_iter().collect();
    assert_eq!(threads.len(), 8);
    assert!(!threads.contains(&current()));
}

#[wasm_bindgen_test]
async fn threads_spawn_threads() {
    started().await;
    fn nest(depth: u32) -> u32 {
        if depth == 0 { 0 } else { 1 + value(run(move || nest(depth - 1))) }
    }
    // Each level blocks on the next one, so most of them need a new worker.
    assert_eq!(nest(6), 6);
}

#[wasm_bindgen_test]
async fn idle_threads_are_reused() {
    started().await;
    settle(WARM);
    let threads: HashSet<_> = (0..50).map(|_| value(run(current))).collect();
    assert!(threads.len() <= WARM);
    assert!(!threads.contains(&current()));
}

#[wasm_bindgen_test]
async fn panic_keeps_its_thread() {
    started().await;
    settle(WARM);
    let before = both();
    let ended = run(|| std::panic::panic_any("in a body"));
    // The body is over without a value and without being lost, so its sender is gone.
    assert!(ended.recv().is_err());
    assert_eq!(both(), before);
}

/// The two warm threads, told apart by making both busy at once.
fn both() -> HashSet<ThreadId> {
    together(WARM, current).into_iter().collect()
}
