//! The tutorial's examples, each in a file of its own, built unchanged for OS threads and for Web Workers.
//!
//! An example is a module: its documentation is the text that a reader sees beside it, its `parameters!` are the numbers
//! that the reader may change, and its `run` is the program. [`EXAMPLES`] lists them all.
//!
//! ```
//! let example = examples::find("exceptions").expect("the example is listed");
//! (example.run)(&examples::Values::default())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod catalog;
mod faults;
pub mod http;
mod parameters;
pub mod stdout;
mod time;
mod tutorial;

pub use self::catalog::{EXAMPLES, Example, Section, find};
pub use self::parameters::{Parameter, ParameterError, Unit, Values};
pub(crate) use self::time::{sleep, uniform};

/// What an example ends with.
pub type Outcome = Result<(), Box<dyn std::error::Error>>;
