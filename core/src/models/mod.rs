//! The real code of this crate, in every interleaving of its threads that a tool can reach.
//!
//! Each model is a small program. loom runs it in every order in which its steps can follow one another and in which memory can
//! be seen, up to a number of preemptions; shuttle runs it in very many orders drawn by chance, which reaches programs that
//! have too many of them. Both report a deadlock, which is what a lost wake-up comes to. Most models are for both; those of
//! the whole pool, and those in which time passes, are for shuttle. `cargo xtask test models` runs them.
//!
//! What only counts is kept in std's atomics, which are no steps, and read when the threads that write it have been joined.

mod closing;
mod explore;
mod future;
mod helping;
mod losing;
mod pool;
mod queue;
mod scope;
mod task;
mod then;
mod threads;
#[cfg(shuttle)]
mod time;
mod token;
mod waiting;

use self::explore::{JoinHandle, explore, spawn};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

/// Counts calls and wake-ups.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A waker that counts.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Bell {
    fn rings(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Joins a thread of a model, none of which panics.
fn join<T: fmt::Debug>(thread: JoinHandle<T>) -> T {
    thread.join().unwrap()
}
