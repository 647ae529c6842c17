//! Callbacks that complete further futures, without recursion.
//!
//! A continuation completes a future, which may have continuations, which complete futures, and so on, as deep as the
//! program has built the chain. So a callback of ours does not call what follows from it: it returns that as a [`Turn`], and
//! whoever called it takes the turns from a stack in the heap. The order is that of the recursion: everything that follows
//! from a callback runs before the next callback of the same future, so each finds what those before it have led to done.

use crate::Future;
use crate::capture;
use crate::shared::{Callback, Few};
use smallvec::IntoIter;

/// The callbacks of a future that are still to run.
pub(crate) struct Turn(Box<dyn Calls>);

trait Calls {
    /// Runs the next callback and returns what follows from it.
    fn next(&mut self) -> Option<Turn>;

    fn is_over(&self) -> bool;
}

struct Callbacks<T> {
    future: Future<T>,
    left: IntoIter<[Callback<T>; 1]>,
}

impl Turn {
    pub(crate) fn new<T: 'static>(
        callbacks: Few<Callback<T>>,
        future: impl FnOnce() -> Future<T>,
    ) -> Option<Self> {
        let left = callbacks.into_iter();
        (left.len() > 0).then(|| Self(Box::new(Callbacks { future: future(), left })))
    }
}

impl<T> Calls for Callbacks<T> {
    fn next(&mut self) -> Option<Turn> {
        call(self.left.next()?, &self.future)
    }

    fn is_over(&self) -> bool {
        self.left.len() == 0
    }
}

/// Runs one callback, whose panic ends here, and returns what follows from it.
pub(crate) fn call<T>(callback: Callback<T>, future: &Future<T>) -> Option<Turn> {
    capture::guard(|| callback(future)).ok().flatten()
}

/// Runs callbacks and all that follows from them.
pub(crate) fn run(turn: Option<Turn>) {
    let mut open = Vec::from_iter(turn);
    while let Some(mut turn) = open.pop() {
        let follows = turn.0.next();
        // One that is over is let go at once, with its future's value: of a long chain, only one link is held at a time. The
        // value's destructor is the user's, and its panic must not take along what is open.
        if turn.0.is_over() {
            capture::contain(|| drop(turn));
        } else {
            open.push(turn);
        }
        open.extend(follows);
    }
}
