//! The state machine of a future. Everything else in this crate only moves along these arrows.
//!
//! ```text
//!              begin               settle
//!   Pending ----------> Running ----------> Finished
//!     |  \                                     ^
//!     |   \----------------- settle -----------/
//!     | cancel
//!     v
//!   Cancelled
//! ```
//!
//! A settler that must not interrupt, as the end of a queue timeout, settles from Pending only.
//!
//! * **Pending**: made by `submit` or `Promise::new`; a worker, a helping waiter or `cancel` may take it from here, and
//!   the lock round the state decides which of them it is. A promise may go straight to Finished, as in Python.
//! * **Running**: entered by the one thread that executes the task, when it begins, not earlier. It excludes `cancel`.
//! * **Finished**: the outcome, a value or an error, is stored and never changes.
//! * **Cancelled**: the outcome is "cancelled". Python splits this state in two and lets waiters see only the second;
//!   here `cancel` itself tells the waiters, so nobody can wait for ever on a cancelled future.
//!
//! Finished and Cancelled are final. The outcome is written under the same lock as the state, so that
//! "is it done" and "what came out" can never disagree.

/// What a future is doing (Python's private `Future._state`, with one cancelled state instead of two).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Waits for a worker, or for its promise to be kept.
    Pending,
    /// A worker has begun it.
    Running,
    /// Cancelled before it began; it never runs.
    Cancelled,
    /// Has a value or an error.
    Finished,
}

/// A transition that the state machine does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused;

impl State {
    /// Whether the outcome is known and final.
    #[must_use]
    pub fn is_done(self) -> bool {
        matches!(self, Self::Cancelled | Self::Finished)
    }

    /// A worker begins the task.
    pub(crate) fn begin(self) -> Result<Self, Refused> {
        match self {
            Self::Pending => Ok(Self::Running),
            Self::Running | Self::Cancelled | Self::Finished => Err(Refused),
        }
    }

    /// Somebody asks to cancel.
    pub(crate) fn cancel(self) -> Result<Self, Refused> {
        match self {
            Self::Pending => Ok(Self::Cancelled),
            Self::Running | Self::Cancelled | Self::Finished => Err(Refused),
        }
    }

    /// A value or an error arrives.
    pub(crate) fn settle(self) -> Result<Self, Refused> {
        match self {
            Self::Pending | Self::Running => Ok(Self::Finished),
            Self::Cancelled | Self::Finished => Err(Refused),
        }
    }

    /// Nobody has begun the task in time.
    pub(crate) fn expire(self) -> Result<Self, Refused> {
        match self {
            Self::Pending => Ok(Self::Finished),
            Self::Running | Self::Cancelled | Self::Finished => Err(Refused),
        }
    }

    /// The word that Python's `repr` uses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Cancelled => "cancelled",
            Self::Finished => "finished",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Refused;
    use super::State::{self, Cancelled, Finished, Pending, Running};

    #[test]
    fn only_these_arrows() {
        let arrows = |state: State| (state.begin(), state.cancel(), state.expire(), state.settle());
        assert_eq!(arrows(Pending), (Ok(Running), Ok(Cancelled), Ok(Finished), Ok(Finished)));
        assert_eq!(arrows(Running), (Err(Refused), Err(Refused), Err(Refused), Ok(Finished)));
        assert_eq!(arrows(Cancelled), (Err(Refused), Err(Refused), Err(Refused), Err(Refused)));
        assert_eq!(arrows(Finished), (Err(Refused), Err(Refused), Err(Refused), Err(Refused)));
    }

    #[test]
    fn done_is_final() {
        for state in [Pending, Running, Cancelled, Finished] {
            assert_eq!(state.is_done(), state.settle().is_err(), "{state:?}");
        }
    }
}
