#![doc = include_str!("tour.md")]
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
#[cfg(all(feature = "indicatif", not(target_arch = "wasm32")))]
mod progress_bar;

#[cfg(not(target_arch = "wasm32"))]
pub use self::platform::*;
#[cfg(all(feature = "indicatif", not(target_arch = "wasm32")))]
pub use self::progress_bar::{ProgressBarExt, WithProgressBar};

/// In a browser this crate is a name for `concurrent-futures-web`.
#[cfg(target_arch = "wasm32")]
pub use concurrent_futures_web::*;
