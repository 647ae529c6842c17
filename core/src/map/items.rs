//! The results of a chunk on their way from whoever runs it to the one reader that a map has.

use crate::capture;
use crate::error::TaskError;
use crate::sync::{Mutex, lock};
use std::collections::VecDeque;
use std::iter;
use std::mem;
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// The results of a chunk that have come and were not read yet.
#[derive(Debug)]
pub(crate) struct Items<R> {
    results: Mutex<Arriving<R>>,
}

#[derive(Debug)]
struct Arriving<R> {
    arrived: VecDeque<Result<R, TaskError>>,
    /// Items that have not come.
    missing: usize,
    /// When a worker began the chunk.
    began: Option<Instant>,
    /// How long it took a worker, once it is complete.
    took: Option<Duration>,
    /// Whether nobody will read any more.
    unwanted: bool,
}

/// A chunk to run.
type Work = Box<dyn FnOnce() -> Result<(), TaskError> + Send>;

/// What whoever brings results hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reception {
    /// There are more to come.
    Open,
    /// These were the last.
    Complete,
    /// The rest need not be computed.
    Unwanted,
}

impl<R> Items<R> {
    pub(crate) fn new(items: usize) -> Self {
        let arrived = VecDeque::with_capacity(items);
        let results = Arriving { arrived, missing: items, began: None, took: None, unwanted: false };
        Self { results: Mutex::new(results) }
    }

    /// A worker begins the chunk, perhaps for the second time, when another was lost under it.
    pub(crate) fn begin(&self) {
        let now = Instant::now();
        lock(&self.results).began = Some(now);
    }

    /// Adds results, unless nobody will read them.
    pub(crate) fn put(&self, arrived: impl ExactSizeIterator<Item = Result<R, TaskError>>) -> Reception {
        let mut results = lock(&self.results);
        results.missing = results.missing.saturating_sub(arrived.len());
        let complete = results.missing == 0;
        if complete {
            results.took = results.began.map(|began| began.elapsed());
        }
        if !results.unwanted {
            results.arrived.extend(arrived);
        }
        match (complete, results.unwanted) {
            (true, _) => Reception::Complete,
            (false, true) => Reception::Unwanted,
            (false, false) => Reception::Open,
        }
    }

    /// Moves what has come to the end of `ready`.
    pub(crate) fn take_all(&self, ready: &mut VecDeque<Result<R, TaskError>>) {
        ready.append(&mut lock(&self.results).arrived);
    }

    /// How long a worker took for the chunk; `None` while it is not complete, or if nobody has noted when it began.
    pub(super) fn took(&self) -> Option<Duration> {
        lock(&self.results).took
    }

    /// Nobody will read any more: what has not begun need not.
    pub(super) fn abandon(&self) {
        let mut results = lock(&self.results);
        results.unwanted = true;
        let unread = mem::take(&mut results.arrived);
        drop(results);
        // They are the user's.
        drop(unread);
    }
}

impl<R: Send + 'static> Items<R> {
    /// Makes one task of a chunk, for a worker that shares this memory. It is boxed, so that all that it goes through is
    /// compiled once and not for each call.
    pub(crate) fn chunk<F, A>(call: F, items: Vec<A>) -> (Work, Arc<Self>)
    where
        F: FnOnce(A) -> R + Clone + Send + 'static,
        A: Send + 'static,
    {
        let results = Arc::new(Self::new(items.len()));
        let task_results = Arc::clone(&results);
        let work = Box::new(move || {
            task_results.fill(&call, items);
            Ok(())
        });
        (work, results)
    }

    fn fill<F, A>(&self, call: &F, items: Vec<A>)
    where
        F: FnOnce(A) -> R + Clone,
    {
        self.begin();
        let mut items = items.into_iter();
        let mut reception = Reception::Open;
        while reception == Reception::Open {
            // An item is taken before it is run, so after a panic the next one follows.
            let ran = capture::task(|| {
                for item in items.by_ref() {
                    reception = self.put(iter::once(Ok(call.clone()(item))));
                    if reception != Reception::Open {
                        break;
                    }
                }
            });
            if let Err(panic) = ran {
                reception = self.put(iter::once(Err(panic)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Items, Reception};
    use std::collections::VecDeque;
    use std::sync::{Arc, OnceLock};

    /// The results of a chunk of six items: the second panics, and `at_three` is called within the fourth.
    fn run(at_three: fn(&Items<u32>)) -> VecDeque<Option<u32>> {
        let own: Arc<OnceLock<Arc<Items<u32>>>> = Arc::default();
        let known = Arc::clone(&own);
        let call = move |n: u32| {
            assert_ne!(n, 1);
            if n == 3 {
                at_three(known.get().unwrap());
            }
            n
        };
        let (work, results) = Items::chunk(call, (0..6).collect());
        own.set(Arc::clone(&results)).unwrap();
        work().unwrap();
        let mut ready = VecDeque::new();
        results.take_all(&mut ready);
        assert_eq!(results.took().is_some(), ready.len() == 6);
        ready.into_iter().map(Result::ok).collect()
    }

    #[test]
    fn panic_ends_one_item() {
        assert_eq!(run(|_| ()), [Some(0), None, Some(2), Some(3), Some(4), Some(5)]);
    }

    #[test]
    fn abandoned_chunk_stops() {
        assert_eq!(run(Items::abandon), []);
    }

    #[test]
    fn last_result_completes_even_if_unwanted() {
        let items = Items::new(2);
        items.abandon();
        assert_eq!(items.put([Ok(1)].into_iter()), Reception::Unwanted);
        assert_eq!(items.put([Ok(2)].into_iter()), Reception::Complete);
    }
}
