//! Python's [`concurrent.futures`](https://docs.python.org/3/library/concurrent.futures.html), re-created in Rust.
//!
//! An *executor* runs calls on workers; a *future* is the result of a call that may still be running. Both are what they
//! are in Python, and the same program runs on threads of the operating system and, compiled to WebAssembly, on Web
//! Workers that share one memory.
//!
//! ```
//! use concurrent_futures::{Executor, ThreadPoolExecutor};
//!
//! fn fetch(url: &str) -> String {
//!     format!("Content from {url}") // Imagine a network here.
//! }
//!
//! let pool = ThreadPoolExecutor::new(3)?;
//! let future = pool.submit(fetch, "http://site1.com")?;
//! assert_eq!(future.result()?, "Content from http://site1.com");
//!
//! let pages = pool.map(fetch, ["http://site2.com", "http://site3.com"])?;
//! for page in pages {
//!     println!("{}", page?);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From Python to Rust
//!
//! | Python | Rust |
//! |---|---|
//! | `ThreadPoolExecutor(max_workers=4)` | [`ThreadPoolExecutor::new(4)?`](ThreadPoolExecutor) |
//! | `ThreadPoolExecutor(4, "name", init)` | `ThreadPoolExecutor::builder().max_workers(4).thread_name_prefix("name").initializer(init).build()?` |
//! | `with ThreadPoolExecutor() as pool:` | a scope: dropping the executor shuts it down and waits |
//! | `pool.submit(f, a, b)` | [`pool.submit(f, (a, b))?`](Executor::submit) |
//! | `pool.submit(lambda: ...)` | `pool.spawn(move \|\| ...)?` |
//! | `ProcessPoolExecutor(4)` | [`ProcessPoolExecutor::new(4)?`](ProcessPoolExecutor), after [`init()`](init) at the top of `main` |
//! | `ProcessPoolExecutor(4, initializer=f, initargs=(a,))` | `ProcessPoolExecutor::builder().max_workers(4).initializer(f, a).build()?` |
//! | `if __name__ == "__main__":` | [`concurrent_futures::init()`](init) |
//! | a task that raises | [`pool.try_submit(f, a)?`](Executor::try_submit) with an `f` that returns `Result`; or a panic |
//! | `pool.map(f, items)` | [`pool.map(f, items)?`](Executor::map) |
//! | `pool.map(f, items, timeout=2, buffersize=8)` | [`pool.map_with(MapOptions::default().timeout(..).buffersize(8), f, items)?`](Executor::map_with) |
//! | `pool.map(f, items, chunksize=1000)` | `pool.map_with(MapOptions::default().chunksize(1000), f, items)?` |
//! | `pool.terminate_workers()`, `kill_workers()` | [the same](ProcessPoolExecutor::terminate_workers) |
//! | `pool.shutdown(cancel_futures=True)` | [`pool.shutdown(Shutdown { cancel_futures: true, ..Default::default() })?`](Executor::shutdown) |
//! | `future.result()` | [`future.result()?`](Future::result), which lends; [`into_result`](Future::into_result) gives |
//! | `future.result(timeout=2)` | [`future.result_timeout(Duration::from_secs(2))?`](Future::result_timeout) |
//! | `future.exception()` | [`future.exception()?`](Future::exception) |
//! | `except ValueError as e` | [`error.downcast_ref::<ValueError>()`](Error::downcast_ref) |
//! | `future.cancel()`, `done()`, `running()` | the same |
//! | `future.add_done_callback(f)` | [`future.add_done_callback(f)`](Future::add_done_callback) |
//! | `wait(fs, 2, FIRST_COMPLETED)` | [`wait(fs, Some(two_seconds), ReturnWhen::FirstCompleted)?`](wait) |
//! | `as_completed(fs)` | [`as_completed(fs)`](as_completed) |
//! | `as_completed(fs, timeout=2)` | [`as_completed(fs).timeout(two_seconds)`](AsCompleted::timeout) |
//! | `{pool.submit(f, x): x for x in xs}` | futures are keys of a `HashMap` too, or travel in pairs: `(future, x)` |
//! | `Future()` and `set_result` | [`Promise::new()`](Promise) |
//!
//! # Which executor
//!
//! [`ThreadPoolExecutor`] is for work that *waits*: for a network, a disk, another program. It starts threads as they are
//! needed and begins tasks in the order of their submission. [`WorkStealingExecutor`] is for work that *computes*: its
//! engine is rayon, and `par_iter` inside its tasks uses its workers. [`ProcessPoolExecutor`] is for work that must not
//! harm the program: that may crash, leak or hang, or that has to be stopped half-way. It costs a few microseconds a task, and
//! whatever goes there and back is encoded.
//!
//! # Processes
//!
//! A worker of a [`ProcessPoolExecutor`] is the program itself, started again; [`init()`](init) is where the two part. A task
//! is a plain function, or a closure that captures nothing; its argument and result are owned types that serde can encode.
//!
//! ```standalone_crate
//! use concurrent_futures::{Executor, LossCause, MapOptions, ProcessPoolExecutor};
//! use std::time::Duration;
//!
//! fn square(n: u64) -> u64 {
//!     n * n
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     concurrent_futures::init();
//!
//!     let pool = ProcessPoolExecutor::builder().max_workers(2).run_timeout(Duration::from_secs(60)).build()?;
//!     let chunks = MapOptions::default().chunksize(100);
//!     let squares: Result<Vec<u64>, _> = pool.map_with(chunks, square, 0..1_000)?.collect();
//!     assert_eq!(squares?[30], 900);
//!
//!     // What a task does to its process is no concern of the others.
//!     let crashed = pool.submit(|code: i32| std::process::exit(code), 3)?;
//!     let error = crashed.result().map(|()| ()).unwrap_err();
//!     let lost = error.downcast_ref().map(|lost: &concurrent_futures::WorkerLost| lost.cause());
//!     assert_eq!(lost, Some(&LossCause::Exited(3)));
//!     assert_eq!(pool.submit(square, 9)?.result()?, &81);
//!
//!     // A task that runs can be stopped, with its process.
//!     let endless = pool.submit(|()| loop { std::thread::yield_now() }, ())?;
//!     assert!(endless.kill());
//!     assert!(endless.result().map(|()| ()).is_err());
//!     Ok(())
//! }
//! ```
//!
//! A closure that captures does not compile, and the error says why: its type does not say everything.
//!
//! ```compile_fail,E0080
//! # use concurrent_futures::{Executor, ProcessPoolExecutor};
//! let by = 1;
//! let pool = ProcessPoolExecutor::new(1)?;
//! pool.submit(move |n: u32| n + by, 1)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Lines that a task prints come out of the program's own standard output and error, whole. Large bytes are best sent as
//! [`SharedBytes`], which are handed over and not copied. On Linux this is tested; macOS compiles and is untested; on Windows
//! the first task is refused with an error that says so.
//!
//! # Errors
//!
//! A task fails by panicking or, given to `try_submit`, by returning an error. Either way the failure is kept in its
//! future and nothing else is harmed:
//!
//! ```
//! use concurrent_futures::{Executor, ThreadPoolExecutor};
//! use std::num::ParseIntError;
//!
//! let pool = ThreadPoolExecutor::new(1)?;
//! let future = pool.try_submit(str::parse::<u32>, "twelve")?;
//! let error = future.result().unwrap_err();
//! assert!(error.downcast_ref::<ParseIntError>().is_some());
//!
//! let future = pool.submit(|n: u32| 12 / n, 0)?;
//! let error = future.exception()?.expect("it panicked");
//! assert_eq!(error.to_string(), "attempt to divide by zero");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Cancelling and timeouts
//!
//! A task that has not begun can be [cancelled](Future::cancel); waiters are told at once. One that runs on a thread cannot,
//! and a timeout ends the *wait*, not the task; one that runs in a process can be [killed](Future::kill), and a
//! [run timeout](ProcessPoolBuilder::run_timeout) does so by itself:
//!
//! ```
//! use concurrent_futures::{Error, ThreadPoolExecutor};
//! use std::{sync::mpsc, time::Duration};
//!
//! let pool = ThreadPoolExecutor::new(1)?;
//! let (release, released) = mpsc::channel::<()>();
//! let busy = pool.spawn(move || released.recv())?;
//! let queued = pool.spawn(|| "never")?;
//!
//! assert!(matches!(busy.result_timeout(Duration::from_millis(5)), Err(Error::Timeout(_))));
//! assert!(queued.cancel());
//! assert!(matches!(queued.result(), Err(Error::Cancelled(_))));
//! release.send(())?; // Dropping the pool waits for the busy task.
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Waiting inside a pool
//!
//! A task may submit tasks to its own executor and wait for them. A worker that waits for a task that is still queued in
//! its own pool runs that task itself, so tasks that wait for nothing but each other cannot lock up a full pool; waiting for
//! the *first* of several, a worker does so only when every worker is blocked. It never runs anything that it does not wait for. A wait with a timeout does not
//! help, since a task that was begun could not be interrupted. Helping nests on the stack: a chain of a thousand tasks
//! that wait for each other is fine, one of ten thousand is not.
//!
//! # Async
//!
//! Futures can be awaited, on any runtime: `(&future).await` lends, `future.await` gives.
//!
//! # In a browser
//!
//! Compiled for `wasm32-unknown-unknown` this crate is a name for `concurrent-futures-web`. A program awaits its `start`
//! once, in a worker; everything else is the same.
//!
//! # Where this differs from Python
//!
//! * `cancel` itself tells the waiters, so `wait` and `as_completed` never hang on a cancelled future.
//! * `map` takes its input through a bounded window, goes on after an item's error (as Python does from 3.16 on), and
//!   cancels what has not begun when it is dropped, also before the first `next`.
//! * A broken pool tells why. A process that dies takes one task with it, and another takes its place;
//!   [`OnLoss::Break`] breaks the pool instead, as in Python.
//! * A task of a process pool is running when a process works on it, and can be cancelled before, even if it was sent ahead.
//! * A panic in a callback is reported by the panic hook; the other callbacks run.

#![deny(unsafe_code)]

#[cfg(not(target_arch = "wasm32"))]
mod os_threads;
#[cfg(not(target_arch = "wasm32"))]
mod platform;
#[cfg(unix)]
mod processes;
#[cfg(not(any(unix, target_arch = "wasm32")))]
#[path = "no_processes.rs"]
mod processes;

#[cfg(not(target_arch = "wasm32"))]
pub use self::platform::*;

/// In a browser this crate is a name for `concurrent-futures-web`.
#[cfg(target_arch = "wasm32")]
pub use concurrent_futures_web::*;
