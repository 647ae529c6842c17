//! More threads than there may be, and threads that do not come.

use super::{MAX, WARM, hold, memory_size, reason, run, settle, started, try_run, value};
use crate::threads::set_start_limit;
use std::sync::{Arc, Barrier};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn max_threads_is_an_error() {
    started().await;
    let barrier = Arc::new(Barrier::new(MAX + 1));
    let bodies = hold(MAX, &barrier, || ());
    let refused = try_run(|| ());
    assert!(refused.is_err_and(|error| error.is_too_many() && error.to_string().contains("70")));
    barrier.wait();
    bodies.into_iter().for_each(value);
    settle(WARM);
    value(run(|| ()));
}

/// Threads that come too late, enough for stacks that are not given back to stand out.
const LATE: usize = 30;

#[wasm_bindgen_test]
async fn thread_that_does_not_come() {
    started().await;
    settle(WARM);
    let release = Arc::new(Barrier::new(WARM + 1));
    let busy = hold(WARM, &release, || ());
    let size = memory_size();
    for _ in 0..LATE {
        let limit = set_start_limit(Duration::ZERO);
        let ended = run(|| ());
        set_start_limit(limit);
        assert!(reason(ended).contains("did not start within 0 ms"));
    }
    release.wait();
    busy.into_iter().for_each(value);
    settle(WARM);
    // Two workers were tried for each, and all of them came after all. They have given their stacks back, or will soon.
    let stacks = (memory_size() - size) >> 20;
    assert!(stacks < LATE, "{stacks} stacks");
    value(run(|| ()));
}
