//! Python's [`concurrent.futures`](https://docs.python.org/3/library/concurrent.futures.html) on threads of the operating
//! system.

#![forbid(unsafe_code)]

#[cfg(not(target_arch = "wasm32"))]
mod os_threads;
#[cfg(not(target_arch = "wasm32"))]
mod platform;

#[cfg(not(target_arch = "wasm32"))]
pub use self::platform::*;

/// In a browser this crate is a name for `concurrent-futures-web`.
#[cfg(target_arch = "wasm32")]
pub use concurrent_futures_web::*;
