//! Python programs over this project's executors: `concurrent.futures` as a module for [RustPython](https://rustpython.github.io).
//!
//! [`run`] runs a program to its end, as CPython would run a file: threads are joined, a traceback is written, `sys.exit` is heeded. What
//! the program sees of the world is what its [`Host`] offers.
//!
//! ```no_run
//! use concurrent_futures_python::{Outcome, Settings, run};
//!
//! concurrent_futures::init();
//! let source = "from concurrent.futures import ThreadPoolExecutor\nprint(ThreadPoolExecutor().submit(pow, 2, 5).result())\n";
//! assert!(matches!(run(source, "program.py", Settings::default()), Outcome::Finished));
//! ```
//!
//! # One interpreter per memory
//!
//! A process, or a page's memory, holds one interpreter at a time; [`run`] calls that overlap wait for each other. Its threads run at the same
//! time, without a global lock. The cyclic collector is off, so cycles live until the program ends; all else is counted.

#![deny(unsafe_code)]

mod blocking;
mod frozen;
mod futures;
mod host;
mod interpreter;
mod interrupt;
mod label;
mod outcome;
mod output;
mod process;
mod program;
mod session;
mod settings;
mod shared;
#[cfg(target_arch = "wasm32")]
mod stack;
mod streams;
mod system;
mod thread;
mod threads;

pub use self::host::{Answer, Host, Request, Standard, Stream, UrlError};
pub use self::interrupt::Interrupt;
pub use self::outcome::{Failure, Outcome};
pub use self::process::set_worker_host;
pub use self::program::{prepare, prepare_further, run};
pub use self::settings::Settings;
