//! A progress bar for an iterator that knows how far it has come, drawn by indicatif.

use concurrent_futures_core::program::{Progress, WithProgress};
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use std::borrow::Cow;
use std::iter::FusedIterator;
use std::time::Duration;

/// Of how many, at what rate, and when it will be over.
const BAR: &str = "{prefix} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}";
/// How many, where the whole is not known.
const SPINNER: &str = "{prefix} {spinner} {human_pos} {per_sec}";
/// How often the bar is drawn while nothing comes, so that it is seen to live.
const TICK: Duration = Duration::from_millis(100);

/// Shows a progress bar while iterating over [`as_completed`](crate::as_completed), a [`map`](crate::Executor::map) or a
/// [`map_unordered`](crate::Executor::map_unordered). With the feature `indicatif`, natively only; Python programs use `tqdm` so.
///
/// # Example
///
/// ```
/// use concurrent_futures::{Executor, ProgressBarExt, ThreadPoolExecutor};
///
/// let pool = ThreadPoolExecutor::new(2)?;
/// let mut sum = 0;
/// for (_, square) in pool.map_unordered(|n: u64| n * n, 0..100)?.with_progress_bar("squares") {
///     sum += square?;
/// }
/// assert_eq!(sum, 328_350);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ProgressBarExt: WithProgress + Sized {
    /// Draws a bar on the standard error output: `label`, how many of how many, the rate, and the time that is left; while
    /// nobody knows how many there are, a spinner and the rate.
    ///
    /// It stays there when the iteration ends, however far that came. Nothing is drawn, and no thread started, where
    /// standard error is no terminal. What the program prints meanwhile should go through the bar's
    /// [`println`](ProgressBar::println).
    fn with_progress_bar(self, label: impl Into<Cow<'static, str>>) -> WithProgressBar<Self> {
        let bar = ProgressBar::no_length().with_prefix(label).with_finish(ProgressFinish::Abandon);
        bar.set_style(style(SPINNER));
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        WithProgressBar::new(self, bar, true)
    }

    /// Moves a bar of the caller's, with its own style and place.
    ///
    /// Position and length are set as results come out; at the end, or when the iterator is dropped, the bar finishes as
    /// [`with_finish`](ProgressBar::with_finish) says.
    ///
    /// # Example
    ///
    /// ```
    /// use concurrent_futures::{Executor, ProgressBarExt, ThreadPoolExecutor};
    /// use indicatif::{ProgressBar, ProgressFinish};
    ///
    /// let pool = ThreadPoolExecutor::new(2)?;
    /// let bar = ProgressBar::hidden().with_finish(ProgressFinish::AndLeave);
    /// let lengths = pool.map(str::len, ["one", "three"])?.with_bar(bar.clone());
    /// assert_eq!(lengths.map(|length| length.unwrap_or(0)).sum::<usize>(), 8);
    /// assert_eq!((bar.position(), bar.length()), (2, Some(2)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn with_bar(self, bar: ProgressBar) -> WithProgressBar<Self> {
        WithProgressBar::new(self, bar, false)
    }
}

impl<P: WithProgress> ProgressBarExt for P {}

/// The iterator of [`ProgressBarExt::with_progress_bar`].
#[derive(Debug)]
#[must_use = "iterators are lazy: nothing is waited for before `next`"]
pub struct WithProgressBar<P: WithProgress> {
    results: P,
    bar: ProgressBar,
    /// Whether the style is ours to change.
    is_styled: bool,
}

impl<P: WithProgress> WithProgressBar<P> {
    fn new(results: P, bar: ProgressBar, is_styled: bool) -> Self {
        let shown = Self { results, bar, is_styled };
        shown.show();
        shown
    }

    /// Returns the bar.
    pub fn bar(&self) -> &ProgressBar {
        &self.bar
    }

    fn show(&self) {
        let Progress { done, total } = self.results.progress();
        let length = total.map(|total| total as u64);
        if length != self.bar.length() {
            match length {
                Some(length) => self.bar.set_length(length),
                None => self.bar.unset_length(),
            }
            if self.is_styled {
                self.bar.set_style(style(if length.is_some() { BAR } else { SPINNER }));
            }
        }
        self.bar.set_position(done as u64);
    }
}

impl<P: WithProgress> Iterator for WithProgressBar<P> {
    type Item = P::Item;

    fn next(&mut self) -> Option<P::Item> {
        let next = self.results.next();
        self.show();
        if next.is_none() {
            self.bar.finish_using_style();
        }
        next
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.results.size_hint()
    }
}

impl<P: WithProgress + FusedIterator> FusedIterator for WithProgressBar<P> {}

impl<P: WithProgress + ExactSizeIterator> ExactSizeIterator for WithProgressBar<P> {}

impl<P: WithProgress> WithProgress for WithProgressBar<P> {
    fn progress(&self) -> Progress {
        self.results.progress()
    }
}

impl<P: WithProgress> Drop for WithProgressBar<P> {
    fn drop(&mut self) {
        if !self.bar.is_finished() {
            self.bar.finish_using_style();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants, which a test reads.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::{BAR, SPINNER};
    use indicatif::ProgressStyle;

    #[test]
    fn templates_are_understood() {
        assert!(ProgressStyle::with_template(BAR).is_ok());
        assert!(ProgressStyle::with_template(SPINNER).is_ok());
    }
}
