//! The field of a contest among pools of threads.

use bench::{Pool, Rayon};
use concurrent_futures::{ThreadPoolExecutor, WorkStealingExecutor};

use super::peers::{Blocking, Futures, Threadpool, Threads, Tokio};
use crate::contest::Contestant;

/// A piece of work that every pool of threads can do.
pub(super) trait Each {
    /// The pool as a contestant.
    fn contestant<P: Threads>(&self) -> Contestant;
}

/// This project's two, and all peers in Rust that reuse their threads.
pub(super) fn all(work: &impl Each) -> Vec<Contestant> {
    let mut field = vec![
        work.contestant::<ThreadPoolExecutor>().ours(),
        work.contestant::<WorkStealingExecutor>().ours(),
    ];
    field.extend(peers(work));
    field
}

/// Those peers.
pub(super) fn peers(work: &impl Each) -> Vec<Contestant> {
    vec![
        work.contestant::<Rayon>(),
        work.contestant::<Tokio>(),
        work.contestant::<Threadpool>(),
        work.contestant::<Futures>(),
        work.contestant::<Blocking>(),
    ]
}

/// Gives those who stand in the list what "ours : theirs" is to be at most.
pub(super) fn with_targets(field: Vec<Contestant>, targets: &[(&str, f64)]) -> Vec<Contestant> {
    let target_of = |name: &str| targets.iter().find(|(peer, _)| *peer == name).map(|(_, target)| *target);
    field
        .into_iter()
        .map(|contestant| match target_of(&contestant.name) {
            Some(target) => contestant.target(target),
            None => contestant,
        })
        .collect()
}

/// The targets of the design for many tasks: to be faster than each of these.
pub(super) const FASTER: [(&str, f64); 3] = [(Threadpool::NAME, 1.0), (Rayon::NAME, 1.0), (Tokio::NAME, 1.0)];

/// The target for one task at a time.
pub(super) const NO_SLOWER: [(&str, f64); 1] = [(Rayon::NAME, 1.0)];
