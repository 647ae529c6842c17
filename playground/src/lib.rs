//! Runs an example on a back end and reports the run as one stream of [`Event`]s.
//!
//! The page receives the stream from a worker, the command line writes it as one JSON object a line; both come from
//! [`run`]. The message types are defined here once, and [`typescript`] writes the page's types from them.

#![forbid(unsafe_code)]

#[cfg(target_arch = "wasm32")]
pub mod browser;
mod catalog;
mod event;
mod message;
#[cfg(feature = "python")]
mod python;
mod recorder;
mod report;
mod run;

pub use self::catalog::{Entry, Parameter, catalog, typescript};
pub use self::event::{Batch, Event, FailureCause, Outcome, Stream};
pub use self::message::{FromServer, Notice, ToServer};
#[cfg(feature = "python")]
pub use self::python::run_python;
pub use self::run::{Emit, RunError, run, run_supervised};
