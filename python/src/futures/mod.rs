//! What `concurrent.futures` is made of: the core's futures and executors as Python objects. The module itself, with its checks of arguments
//! and what is written in terms of these, is Python: `lib/concurrent/futures`.

mod abandoned;
mod errors;
pub(crate) mod future;
pub(crate) mod handle;
mod held;
pub(crate) mod process_pool;
pub(crate) mod thread_pool;
pub(crate) mod waiting;

pub(crate) use self::held::{Held, Raised};
