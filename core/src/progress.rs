//! How far an iteration has come.

use std::fmt;

/// How many of how many results have come out of an iterator.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::{Promise, as_completed};
///
/// let promises = [Promise::new(), Promise::new(), Promise::new()];
/// let mut futures = as_completed(promises.each_ref().map(Promise::future));
/// promises[1].set_result("first")?;
/// futures.next();
/// let progress = futures.progress();
/// assert_eq!((progress.done, progress.total), (1, Some(3)));
/// assert_eq!(progress.to_string(), "1 of 3");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many have come out.
    pub done: usize,
    /// How many there are in all, `None` while nobody knows: the input of a [`map`](crate::Executor::map) need not know its
    /// length before it ends.
    pub total: Option<usize>,
}

impl Progress {
    /// The part of the whole that has come out, from 0 to 1; `None` while the whole is not known.
    #[must_use]
    pub fn fraction(self) -> Option<f64> {
        self.total.map(|total| if total == 0 { 1.0 } else { self.done as f64 / total as f64 })
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.total {
            Some(total) => write!(f, "{} of {total}", self.done),
            None => self.done.fmt(f),
        }
    }
}

/// An iterator that knows how far it has come: [`AsCompleted`](crate::AsCompleted), [`Map`](crate::Map) and
/// [`MapUnordered`](crate::MapUnordered), for code that works with any of them, as progress bars do.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::{Promise, WithProgress, as_completed};
///
/// fn count_loudly(mut results: impl WithProgress) -> usize {
///     while results.next().is_some() {
///         println!("{}", results.progress());
///     }
///     results.progress().done
/// }
///
/// let promise = Promise::new();
/// promise.set_result(1)?;
/// assert_eq!(count_loudly(as_completed([promise.future()])), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait WithProgress: Iterator {
    /// Returns how many of how many have come out.
    fn progress(&self) -> Progress;
}
