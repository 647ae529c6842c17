//! The semantics of Python's [`concurrent.futures`](https://docs.python.org/3/library/concurrent.futures.html), in Rust.
//!
//! This crate starts no thread, does no input or output, and knows no JavaScript. Programs use one of its two faces,
//! which differ in nothing but where the workers come from: `concurrent-futures` on OS threads and subprocesses, and
//! `concurrent-futures-web` on Web Workers that share one memory, or have one each.
//!
//! * A [`Future`] is the result of a task that may still be running; a [`Promise`] is its producing side.
//! * [`wait`] and [`as_completed`] wait for several.
//! * An [`Executor`] turns calls into futures: [`ThreadPoolExecutor`] on threads, [`ProcessPoolExecutor`] on workers with a
//!   memory of their own.
//! * An [`observer::Observer`] sees what tasks and workers do.
//!
//! ```
//! use concurrent_futures_core::{Promise, ReturnWhen, wait};
//!
//! let promise = Promise::new();
//! let futures = [promise.future()];
//! promise.set_result(6 * 7)?;
//! let waited = wait(&futures, None, ReturnWhen::AllCompleted)?;
//! assert_eq!(waited.done[0].result()?, &42);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # For back ends
//!
//! [`Spawn`] is the whole seam of the executors on threads, and [`process_pool::Isolation`] that of the pool of processes.
//! [`set_may_block`] tells the core about threads that must not block.

#![deny(unsafe_code)]

mod any;
mod as_completed;
mod awaiting;
mod blocking;
mod cancel_token;
mod capture;
mod collector;
mod crew;
mod deadline;
mod error;
mod executor;
mod fibers;
mod future;
mod map;
#[cfg(all(test, any(loom, shuttle)))]
mod models;
pub mod observer;
pub mod process_pool;
pub mod program;
mod progress;
mod promise;
mod prunable;
mod ranked;
mod schedule;
mod scope;
mod seat;
mod shared;
mod spawn;
mod spin;
mod state;
mod stream;
mod sync;
mod task;
mod task_options;
mod then;
mod thread_pool;
mod timer;
#[cfg(feature = "tracing")]
mod tracing;
#[cfg(not(feature = "tracing"))]
#[path = "no_tracing.rs"]
mod tracing;
mod turn;
mod wait;
mod waiter;
#[cfg(feature = "rayon")]
mod work_stealing;

pub use self::blocking::set_may_block;
pub use self::fibers::{Fibers, set_fibers};
pub use self::process_pool::{ProcessPoolBuilder, ProcessPoolExecutor};
pub use self::program::*;
pub use self::thread_pool::{Builder, ThreadPoolExecutor};
#[cfg(feature = "rayon")]
pub use self::work_stealing::WorkStealingExecutor;
