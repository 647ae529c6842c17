//! A pool of processes whose workers say anything: no sequence of bytes from a worker may panic, hang or use up the pool.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "these are tests: their panics are their findings")]

mod allocations;
mod moves;
mod pool;
mod puppet;
mod worker;
