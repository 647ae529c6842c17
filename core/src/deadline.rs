//! A moment by which a wait must end.

use crate::error::WouldBlockError;
use crate::sync::Instant;
use std::time::Duration;

/// The end of a wait; `None` inside means that it never comes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// Starts the clock now. A timeout too long for the clock is no timeout.
    pub(crate) fn after(timeout: Option<Duration>) -> Self {
        Self(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    pub(crate) fn never() -> Self {
        Self(None)
    }

    pub(crate) fn is_never(self) -> bool {
        self.0.is_none()
    }

    /// Returns how long a wait may still last: `Ok(None)` for ever, `Err(Passed)` not at all.
    pub(crate) fn remaining(self) -> Result<Option<Duration>, Passed> {
        let Some(end) = self.0 else { return Ok(None) };
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(Passed) } else { Ok(Some(left)) }
    }
}

/// The deadline lies in the past.
#[derive(Debug)]
pub(crate) struct Passed;

/// Why somebody who waits for the end of an executor's workers returns before it.
#[derive(Debug)]
pub(crate) enum Unended {
    WouldBlock(WouldBlockError),
    TimedOut,
}

impl Unended {
    /// The outcome of a wait that had no limit.
    pub(crate) fn without_limit(waited: Result<(), Self>) -> Result<(), WouldBlockError> {
        match waited {
            Err(Self::WouldBlock(error)) => Err(error),
            Ok(()) | Err(Self::TimedOut) => Ok(()),
        }
    }
}

impl From<WouldBlockError> for Unended {
    fn from(error: WouldBlockError) -> Self {
        Self::WouldBlock(error)
    }
}

impl From<Passed> for Unended {
    fn from(_: Passed) -> Self {
        Self::TimedOut
    }
}
