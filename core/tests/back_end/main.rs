//! The core on a back end of the tests' own, whose threads are counted, may die, and may never begin.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "these are tests: their panics are their findings")]

mod blocking;
#[path = "../../../tests/src/gate.rs"]
pub mod gate;
mod joining;
mod losing;
mod mortal;
mod thread_locals;
#[cfg(all(feature = "chrome-trace", feature = "tracing"))]
mod watching;

pub use self::gate::Gate;
pub(crate) use self::mortal::{Mortal, Plan, die};

/// An executor on the threads of [`Plan::of_this_thread`].
pub(crate) type ThreadPoolExecutor = concurrent_futures_core::ThreadPoolExecutor<Mortal>;

/// The same over rayon.
#[cfg(feature = "rayon")]
pub(crate) type WorkStealingExecutor = concurrent_futures_core::WorkStealingExecutor<Mortal>;
