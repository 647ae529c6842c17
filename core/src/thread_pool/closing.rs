//! The end of a pool.

use super::pool::{LOOK, Pool};
use crate::blocking::check_may_block;
use crate::capture;
use crate::deadline::{Deadline, Unended};
use crate::error::{StillRunningError, WouldBlockError};
use crate::executor::Shutdown;
use crate::observer::{self, EventKind};
use crate::seat;
use crate::spawn::Spawn;
use crate::sync::{lock, wait};
use crate::task::{Job, end_all};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

impl<S: Spawn> Pool<S> {
    pub(super) fn shutdown(&self, options: Shutdown) -> Result<(), WouldBlockError> {
        self.close(options.cancel_futures);
        if !options.wait || seat::is_in(self.reporter.pool) {
            return Ok(());
        }
        Unended::without_limit(observer::joining(|| self.join(Deadline::never())))
    }

    pub(super) fn shutdown_within(
        &self,
        timeout: Duration,
        cancel_futures: bool,
    ) -> Result<(), StillRunningError> {
        self.close(cancel_futures);
        // A worker cannot wait for itself.
        let waited = if seat::is_in(self.reporter.pool) { Duration::ZERO } else { timeout };
        observer::joining(|| self.join(Deadline::after(Some(waited)))).map_err(|_| {
            let state = lock(&self.state);
            let mut seats = state.seats.clone();
            seats.extend(state.callers.iter().map(|caller| Arc::clone(&caller.seat)));
            let queue: Vec<_> =
                state.backlog.iter().chain(&lock(&self.inbox).tasks).map(Arc::clone).collect();
            drop(state);
            let tasks: Vec<_> = seats.iter().flat_map(|seat| seat.running()).collect();
            // What was in the queue a moment ago may be running now, or be done.
            let waits = |job: &Arc<dyn Job>| !job.is_done() && tasks.iter().all(|task| task.task != job.id());
            let queued = queue.iter().filter(|job| waits(job)).count();
            // The last of a task may go with it, and a value of the user's with that.
            capture::let_go(queue);
            StillRunningError { waited, tasks, queued }
        })
    }

    /// Takes no more tasks, and lets the workers end when there is nothing left to do.
    fn close(&self, cancel_futures: bool) {
        let mut state = lock(&self.state);
        let first = !mem::replace(&mut state.closed, true);
        self.settle_plainness(&state, &mut lock(&self.inbox));
        drop(state);
        if first {
            self.reporter.report(EventKind::PoolShutdown);
        }
        let mut state = lock(&self.state);
        let mut inbox = lock(&self.inbox);
        state.ending = true;
        inbox.is_closing = true;
        let cancelled = if cancel_futures { self.take_queue(&mut state, &mut inbox) } else { Vec::new() };
        let is_over = state.is_over();
        drop(inbox);
        drop(state);
        self.work.notify_all();
        self.room.notify_all();
        if is_over {
            self.timer.end();
        }
        end_all(cancelled, |job| job.cancel());
    }

    /// Blocks until every worker has ended, and every submitter that runs a task itself, and every thread is joined, by whomever.
    fn join(&self, deadline: Deadline) -> Result<(), Unended> {
        let mut state = lock(&self.state);
        loop {
            if !state.seats.is_empty()
                || state.starting > 0
                || !state.leaving.is_empty()
                || state.callers.iter().any(|caller| !caller.job.is_done())
                || (state.handles.is_empty() && state.joining > 0)
            {
                let mut limit = deadline.remaining()?;
                check_may_block()?;
                if S::CAN_LOSE_THREADS && !state.callers.is_empty() {
                    // The thread may be lost, and nobody here is told of what is no worker.
                    limit = Some(limit.map_or(LOOK, |limit| limit.min(LOOK)));
                }
                state = wait(&self.ended, &self.state, state, limit);
                continue;
            }
            if state.handles.is_empty() {
                return Ok(());
            }
            // The workers are over, and their threads may still take a moment.
            check_may_block()?;
            let handles = mem::take(&mut state.handles);
            state.joining += handles.len();
            drop(state);
            let joined = handles.len();
            for (_, handle) in handles {
                S::join(handle);
            }
            state = lock(&self.state);
            state.joining -= joined;
            self.ended.notify_all();
        }
    }
}
