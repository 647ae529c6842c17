//! The work that contestants do, and those of them that are the same natively and in a browser.
//!
//! The program of this package times it on this machine; the module that is made of this library for a browser times
//! the same functions there, so a ratio of the two says what the browser costs.

#![forbid(unsafe_code)]

#[cfg(target_arch = "wasm32")]
pub mod browser;
mod ours;
mod peer;
mod pool;
mod work;

pub use self::peer::Rayon;
pub use self::pool::{Mapping, Pool, tiny};
pub use self::work::{Work, one_at_a_time, submit_and_collect, sum_below};
