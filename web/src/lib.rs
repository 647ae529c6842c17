//! Python's [`concurrent.futures`](https://docs.python.org/3/library/concurrent.futures.html) for Rust in a browser, on Web
//! Workers that share one WebAssembly memory, and on ones that have a memory each.
//!
//! The names and the semantics are those of the crate `concurrent-futures`, which is the same on threads of the operating
//! system; a program names that crate, and compiled for wasm32 it is this one. What comes on top is [`start`], to be
//! awaited once:
//!
//! ```
//! use concurrent_futures_web::{Executor, StartOptions, ThreadPoolExecutor, start};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! start(StartOptions::new().threads(4)).await?;
//!
//! let pool = ThreadPoolExecutor::new(3)?;
//! let squares = pool.submit(|n: u64| n * n, 7)?;
//! assert_eq!(squares.result()?, &49);
//! # Ok(())
//! # }
//! ```
//!
//! # Where the threads come from
//!
//! A browser starts no threads. It creates workers, with the help of the event loop of whoever asks; a worker that blocks has
//! none to offer, so one that created a worker and then waited for it would wait for ever. Hence a worker that never blocks
//! creates all others:
//!
//! ```text
//! page                 draws; must not block
//!  └─ runner           a worker with your program; it awaits `start`, and may block from then on
//!      └─ hub          plain JavaScript, no wasm; creates, watches and forwards, and never blocks
//!          ├─ warden   waits in its event loop to be told what became of the others
//!          ├─ thread   ┐
//!          ├─ thread   ├ wait in wasm on one queue, for whatever executor needs a thread
//!          ├─ ...      ┘
//!          ├─ isolated ┐ run the tasks of a `ProcessPoolExecutor`
//!          └─ ...      ┘
//!
//! runner, warden and threads are instances of one module on one shared memory;
//! an isolated worker is an instance of that module on a memory of its own
//! ```
//!
//! [`StartOptions::threads`] of them are warm: started at once, kept for ever, and given something to do within some
//! 20 to 80 microseconds. When none is idle another one is started, which takes 10 to 50 milliseconds, up to
//! [`StartOptions::max_threads`]; it ends when it has been idle for [`StartOptions::keep_alive`]. The page itself may take
//! the place of the runner, as long as it awaits futures rather than block on them.
//!
//! # Processes
//!
//! A browser has no processes, but it has workers with a memory of their own, and [`ProcessPoolExecutor`] runs on these. Such
//! a worker can be ended at any moment, whatever it does: by [`Future::kill`], by a
//! [`run_timeout`](ProcessPoolBuilder::run_timeout), by a trap of its own. Its task fails with the reason, another worker takes its
//! place, and its memory goes back to the browser, which is what
//! [`max_tasks_per_child`](ProcessPoolBuilder::max_tasks_per_child) is for.
//!
//! ```
//! use concurrent_futures_web::{Executor, ProcessPoolExecutor};
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let pool = ProcessPoolExecutor::new(2)?;
//! let squares = pool.submit(|n: u64| n * n, 7)?;
//! assert_eq!(squares.result()?, &49);
//! # Ok(())
//! # }
//! ```
//!
//! A worker is started with the first task that needs it, within some 15 to 30 milliseconds; a small task takes some 0.1
//! milliseconds there and back. Arguments and results are copied. A task starts neither threads nor workers; what it writes
//! by [`print()`] goes to the program. A function marked `#[wasm_bindgen(start)]` begins in each of these workers too, so it
//! should do little before it awaits [`start`], which never returns there.
//!
//! `js/README.md` beside the sources tells the protocol between them and its races.
//!
//! # What a page has to bring
//!
//! * The headers `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`; without them
//!   browsers share no memory, and [`start`] says so. A page can do without them if its threads are
//!   [fibers](StartOptions::fibers), or if it has [no threads](StartOptions::without_threads): isolated workers share nothing.
//! * Under a content security policy, `worker-src blob:`, since the workers' scripts are part of this crate.
//! * The glue of `wasm-bindgen --target web` as it is: every worker imports it again from its own address, so it must not be
//!   bundled into another script.
//!
//! # Without shared memory
//!
//! With [`StartOptions::fibers`] threads take turns in the worker that awaited [`start`]: each is an instance of the module on the
//! one memory, and the engine suspends it wherever it waits for something of this crate (JavaScript Promise Integration). What
//! waits overlaps, what computes does not; processes compute side by side as ever. The program runs as a task too:
//!
//! ```
//! use concurrent_futures_web::{Executor, StartOptions, ThreadPoolExecutor, start};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! start(StartOptions::new().fibers()).await?;
//!
//! let main = ThreadPoolExecutor::new(1)?;
//! main.spawn(|| {
//!     let pool = ThreadPoolExecutor::new(3)?;
//!     // Here `result` may block.
//!     pool.submit(|n: u64| n * n, 7)?.into_result()
//! })?.await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where code may block
//!
//! In every worker, and in every task; with fibers, in every task. On the page's main thread and in service workers [`can_block`] is false, and what
//! would block returns a [`WouldBlockError`] instead; futures can be awaited there.
//!
//! # When a task goes wrong
//!
//! * **A panic** is caught, as natively, and so is running out of memory, which [`start`] makes a panic.
//! * **A trap** cannot be caught in wasm: `unreachable` executed, an access out of bounds, an overflow of the stack; nor can
//!   an exception out of a JavaScript function that was imported without `catch`. It ends the worker; its task fails with
//!   the reason, and another thread takes its place. No destructor of it runs, so a lock that it held stays locked, and its
//!   stack and thread-local storage (1.05 MB with the default stack) are never given back, since other threads may refer to
//!   what lies there.
//!   None of this concerns isolated workers: there a trap ends a memory that nobody else uses.
//! * **An overflow of the stack** is a trap only if the module went through `wasm-opt --stack-check`, as `cargo xtask` does
//!   it: the stacks of threads are blocks of the heap without a guard, and unchecked code silently writes over what lies
//!   below. The engine's own stack may overflow earlier, at some 8,000 (Chromium) or 16,000 (Firefox) small frames.
//!
//! # What differs from threads of the operating system
//!
//! * Destructors of `thread_local!` values never run, and what they hold leaks with each thread that ends.
//! * A thread that serves one executor after the other keeps its thread-local values.
//! * A thread never returns to its event loop while it lives, so promises, timers and `spawn_local` make no progress in
//!   tasks.
//! * `std::thread::spawn`, `std::time::Instant` and what uses them panic; the crate `web-time` has the clock.
//! * A linear memory never shrinks.
//! * An isolated worker is idle between two tasks, so there promises and timers of one task go on after it. What they throw
//!   ends the worker.

#![feature(alloc_error_hook)]
#![deny(unsafe_code)]

// rustdoc does not know the target features of the build.
#[cfg(not(any(doc, all(target_arch = "wasm32", target_feature = "atomics"))))]
compile_error!(
    "this crate is for wasm32 with threads: build it with `cargo xtask`, natively use `concurrent-futures`"
);

mod condvar;
mod context;
mod error;
#[expect(unsafe_code, reason = "an export must have a name that nothing mangles")]
mod exports;
mod fibers;
mod hub;
mod isolated;
mod latch;
mod lock;
mod message;
mod options;
mod output;
mod platform;
mod processes;
mod start;
mod state;
mod threads;
mod workers;

pub use context::can_block;
pub use error::{SpawnError, StartError};
pub use hub::post;
pub use latch::Latch;
pub use options::StartOptions;
pub use output::print;
pub use platform::*;
pub use processes::process_count;
pub use start::start;
pub use threads::thread_count;

#[cfg(test)]
mod tests;
