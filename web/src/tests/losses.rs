//! Threads that are lost in the middle of a body, while the test blocks on that body.

use super::{WARM, current, hold, new_thread, reason, run, settle, started, together, value};
use crate::exports::read_outside;
use crate::threads::{set_start_limit, spawn};
use core::arch::wasm32::unreachable;
use std::hint::black_box;
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::time::Duration;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen]
extern "C" {
    /// Not marked `catch`, so its exception is not for Rust.
    #[wasm_bindgen(js_name = decodeURIComponent)]
    pub(super) fn decode(text: &str) -> String;
}

/// Overflows the stack of the engine, which is smaller than that of wasm for a function without large variables.
pub(super) fn recurse(depth: u64) -> u64 {
    if black_box(depth) == 0 { 0 } else { 1 + recurse(depth - 1) }
}

#[wasm_bindgen_test]
async fn unreachable_is_told() {
    started().await;
    let reason = reason(run(|| unreachable()));
    assert!(reason.contains("`unreachable` executed"), "{reason}");
}

#[wasm_bindgen_test]
async fn out_of_bounds_is_told() {
    started().await;
    let reason = reason(run(read_outside));
    assert!(reason.contains("out of bounds"), "{reason}");
}

#[wasm_bindgen_test]
async fn stack_overflow_is_told() {
    started().await;
    let reason = reason(run(|| recurse(1 << 40)));
    assert!(reason.contains("stack overflow"), "{reason}");
}

#[wasm_bindgen_test]
async fn javascript_exception_is_told() {
    started().await;
    let reason = reason(run(|| decode("%")));
    assert!(reason.contains("uncaught JavaScript exception: URIError: "), "{reason}");
}

#[wasm_bindgen_test]
async fn threads_go_on_after_losses() {
    started().await;
    for _ in 0..5 {
        let (first, second) = (run(|| unreachable()), run(read_outside));
        reason::<()>(first);
        reason(second);
    }
    settle(WARM);
    together(8, || ());
}

#[wasm_bindgen_test]
async fn lost_may_spawn() {
    started().await;
    let (sender, receiver) = channel();
    let again = move |_| {
        let sent = spawn(new_thread(move || sender.send(current()).expect("the test waits"), |_| ()));
        drop(sent.expect("a thread can be had"));
    };
    let trapped = spawn(new_thread(|| unreachable(), again));
    assert_ne!(receiver.recv().expect("the second body runs"), current());
    // It opens also for a thread that was lost.
    trapped.expect("a thread can be had").wait();
}

#[wasm_bindgen_test]
async fn lost_may_block() {
    started().await;
    let (sender, receiver) = channel();
    let (release, wait) = channel::<()>();
    let lost = move |_| {
        // Until the second loss has been told.
        wait.recv().expect("the test goes on");
        sender.send(()).expect("the test waits");
    };
    drop(spawn(new_thread(|| unreachable(), lost)).expect("a thread can be had"));
    reason::<()>(run(|| unreachable()));
    release.send(()).expect("the first callback waits");
    receiver.recv().expect("the first callback ends");
}

#[wasm_bindgen_test]
async fn lost_that_traps() {
    started().await;
    drop(spawn(new_thread(|| unreachable(), |_| unreachable())).expect("a thread can be had"));
    reason::<()>(run(|| unreachable()));
}

#[wasm_bindgen_test]
async fn warden_that_traps() {
    started().await;
    settle(WARM);
    let release = Arc::new(Barrier::new(WARM + 1));
    let busy = hold(WARM, &release, || ());
    // The only callback that the warden runs itself: that of a thread that cannot be had.
    let limit = set_start_limit(Duration::ZERO);
    drop(spawn(new_thread(|| (), |_| unreachable())).expect("it is asked for"));
    set_start_limit(limit);
    // There is a new warden after that, and it hears of the next loss.
    reason::<()>(run(|| unreachable()));
    release.wait();
    busy.into_iter().for_each(value);
}
