//! Pieces of work that are timed both natively and in a browser.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use web_time::Instant;

use crate::pool::{Mapping, Pool};

/// A piece of work. How much of it there is, is a count of tasks or items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Submits all tasks and then reads all results.
    SubmitAndCollect,
    /// Submits a task and reads its result before the next.
    OneAtATime,
    /// Maps `x * x` over numbers.
    Squares,
}

impl Work {
    const ALL: [Self; 3] = [Self::SubmitAndCollect, Self::OneAtATime, Self::Squares];

    /// The name that scripts and pages know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SubmitAndCollect => "submit-and-collect",
            Self::OneAtATime => "one-at-a-time",
            Self::Squares => "squares",
        }
    }

    /// Finds the work of this name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn named(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|work| work.name() == name);
        found.with_context(|| format!("no work is called `{name}`"))
    }

    /// Does it and says how long it took; the results are checked.
    ///
    /// # Errors
    ///
    /// When a task fails or a result is wrong.
    pub fn perform<P: Mapping>(self, pool: &P, count: usize) -> Result<Duration> {
        match self {
            Self::SubmitAndCollect => submit_and_collect(pool, count),
            Self::OneAtATime => one_at_a_time(pool, count),
            Self::Squares => squares(pool, count),
        }
    }
}

/// See [`Work::SubmitAndCollect`].
///
/// # Errors
///
/// As [`Work::perform`].
pub fn submit_and_collect<P: Pool>(pool: &P, count: usize) -> Result<Duration> {
    let count = count as u64;
    let start = Instant::now();
    let all = (0..count).map(|n| pool.submit(n)).collect::<Result<Vec<_>>>()?;
    let sum = pool.sum(all)?;
    let time = start.elapsed();
    ensure!(sum == sum_below(count), "a wrong sum");
    Ok(time)
}

/// See [`Work::OneAtATime`].
///
/// # Errors
///
/// As [`Work::perform`].
pub fn one_at_a_time<P: Pool>(pool: &P, count: usize) -> Result<Duration> {
    let start = Instant::now();
    for n in 0..count as u64 {
        ensure!(pool.wait(pool.submit(n)?)? == n, "a wrong result");
    }
    Ok(start.elapsed())
}

fn squares<P: Mapping>(pool: &P, count: usize) -> Result<Duration> {
    let count = count as u64;
    let start = Instant::now();
    let sum = pool.squares(count)?;
    let time = start.elapsed();
    ensure!(sum == (count - 1) * count * (2 * count - 1) / 6, "a wrong sum");
    Ok(time)
}

/// The sum of all numbers below `count`.
#[must_use]
pub fn sum_below(count: u64) -> u64 {
    count * count.saturating_sub(1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::tiny;

    /// Does what it should, except for one number.
    struct Liar(u64);

    impl Pool for Liar {
        const NAME: &'static str = "liar";

        type Pending = u64;

        fn open(workers: usize) -> Result<Self> {
            Ok(Self(workers as u64))
        }

        fn submit(&self, n: u64) -> Result<u64> {
            Ok(if n == self.0 { n + 1 } else { tiny(n) })
        }

        fn wait(&self, pending: u64) -> Result<u64> {
            Ok(pending)
        }
    }

    impl Mapping for Liar {
        fn squares(&self, count: u64) -> Result<u64> {
            (0..count).map(|n| Ok(self.submit(n)?.pow(2))).sum()
        }
    }

    #[test]
    fn wrong_results_are_noticed() {
        for work in Work::ALL {
            assert!(work.perform(&Liar(10), 10).is_ok(), "{work:?}");
            let error = work.perform(&Liar(9), 10).unwrap_err();
            assert!(error.to_string().starts_with("a wrong"), "{work:?}: {error}");
        }
    }

    #[test]
    fn works_are_known_by_name() {
        for work in Work::ALL {
            assert_eq!(Work::named(work.name()).unwrap(), work);
        }
        assert!(Work::named("nothing").is_err());
    }
}
