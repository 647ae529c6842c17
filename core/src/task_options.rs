//! What a submitter may ask for one task.

use crate::cancel_token::CancelToken;
use std::time::Duration;

/// What [`submit_with`](crate::Executor::submit_with) asks for one task. Python's executors have none of this.
///
/// # Example
///
/// ```
/// use concurrent_futures_core::TaskOptions;
/// use std::time::Duration;
///
/// let urgent = TaskOptions::new().priority(10).queue_timeout(Duration::from_secs(2));
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "options do nothing until they are given to `submit_with`"]
pub struct TaskOptions {
    pub(crate) priority: i32,
    pub(crate) queue_timeout: Option<Duration>,
    pub(crate) run_timeout: Option<Duration>,
    pub(crate) token: Option<CancelToken>,
    pub(crate) label: Option<&'static str>,
}

impl TaskOptions {
    /// Returns options that ask for nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the task begin before every queued task of a lower priority; among equals the first submitted is the first
    /// begun. The default is 0. A [`WorkStealingExecutor`](crate::WorkStealingExecutor) keeps no order and ignores it.
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// Limits the time until a worker begins the task. When it has passed, the task will not run and its future fails with
    /// [`Error::QueueTimeout`](crate::Error::QueueTimeout).
    pub fn queue_timeout(mut self, limit: Duration) -> Self {
        self.queue_timeout = Some(limit);
        self
    }

    /// Limits the time for which the task may run, from the moment when a worker begins it.
    ///
    /// In a process or an isolated worker, the worker is then killed and replaced, and the future fails with
    /// [`LossCause::RunTimeout`](crate::LossCause::RunTimeout). A thread cannot be ended without harm to others: there the task's
    /// [token](CancelToken::current) is cancelled, and it is for the task to look at it and return.
    pub fn run_timeout(mut self, limit: Duration) -> Self {
        self.run_timeout = Some(limit);
        self
    }

    /// Gives the task a token of the caller's, so that one call of [`CancelToken::cancel`] can ask many tasks to end. A task
    /// that has not begun when the token is cancelled is cancelled with it, as by [`Future::cancel`](crate::Future::cancel).
    pub fn token(mut self, token: CancelToken) -> Self {
        self.token = Some(token);
        self
    }

    /// Names the task to observers and in errors; by default it has the name of its function. For programs whose functions are not
    /// Rust's, as those of an interpreter. A label lives as long as the program: there should be few.
    pub fn label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    /// Gives the task a token of its own, since others may have the submitter's; returns that too.
    pub(crate) fn with_own_token(mut self) -> (Self, CancelToken) {
        let token = self.token.as_ref().map_or_else(CancelToken::new, CancelToken::child);
        self.token = Some(token.clone());
        (self, token)
    }
}
