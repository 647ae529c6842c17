//! The module `_thread`, over the platform's threads and the core's ways to wait.
//!
//! The interpreter's own asks a clock that panics in a browser, and starts threads as no browser can.

mod gate;
mod handle;
mod locks;
mod module;

pub(crate) use self::module::module_def;
