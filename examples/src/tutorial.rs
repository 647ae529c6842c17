//! The examples of the tutorial.

pub(crate) mod as_completed;
pub(crate) mod callbacks;
pub(crate) mod cancelling;
pub(crate) mod context_manager;
pub(crate) mod exceptions;
pub(crate) mod map_chunking;
pub(crate) mod parallel_downloads;
pub(crate) mod process_pool_basics;
pub(crate) mod submit_and_futures;
pub(crate) mod thread_pool_basics;
pub(crate) mod timeouts;
pub(crate) mod wait;
