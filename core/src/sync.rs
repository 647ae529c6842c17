//! The locks of this crate and whatever else threads meet at: the seam to the tools that play every interleaving.
//!
//! A program gets std's. The models in `crate::models` are compiled with `--cfg loom` or `--cfg shuttle` and get what looks
//! the same and lets that tool choose, at each step, which thread goes on. What two threads touch comes from here, so that no
//! step is hidden from the tool; the exceptions, which decide nothing, are reference counts, the numbers that `unique` gives,
//! and what only the panic hook reads.

#[cfg(loom)]
mod loom;
#[cfg(any(loom, shuttle))]
mod once_lock;
#[cfg(shuttle)]
pub(crate) mod shuttle;
#[cfg(not(any(loom, shuttle)))]
mod system;

#[cfg(loom)]
pub(crate) use self::loom::*;
#[cfg(shuttle)]
pub(crate) use self::shuttle::*;
#[cfg(not(any(loom, shuttle)))]
pub(crate) use self::system::*;
