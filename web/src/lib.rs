//! Tour to be written.
#![feature(alloc_error_hook)]

// rustdoc does not know the target features of the build.
#[cfg(not(any(doc, all(target_arch = "wasm32", target_feature = "atomics"))))]
compile_error!(
    "this crate is for wasm32 with threads: build it with `cargo xtask`, natively use `concurrent-futures`"
);

mod context;
mod error;
mod exports;
mod hub;
mod latch;
mod message;
mod options;
mod platform;
mod start;
mod state;
mod threads;
mod workers;

pub use context::can_block;
pub use error::{SpawnError, StartError};
pub use hub::post;
pub use latch::Latch;
pub use options::StartOptions;
pub use platform::*;
pub use start::start;
pub use threads::thread_count;

#[cfg(test)]
mod tests;
