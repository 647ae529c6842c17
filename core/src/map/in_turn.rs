//! The results of a map in the order of the items, each waited for in its turn.

use super::feed::Supply;
use super::part::{Chunk, InFlight, Part, Slot, is_of_the_wait};
use crate::Future;
use crate::deadline::Deadline;
use crate::error::{Error, TaskError};
use crate::shared::unique;
use crate::stream::may_wait;
use std::collections::VecDeque;
use std::task::{Poll, Waker};
use std::time::Duration;

/// Waits for the oldest items only, which costs least.
pub(super) struct InTurn<R> {
    /// What is in flight, in the order of the items.
    window: VecDeque<Part<R>>,
    /// Results that have come together; they are older than the window.
    ready: VecDeque<Result<R, TaskError>>,
    /// Names the waker of this map among those of others.
    key: u64,
}

impl<R> InTurn<R> {
    pub(super) fn new() -> Self {
        Self { window: VecDeque::new(), ready: VecDeque::new(), key: unique() }
    }

    /// Submits what there is room for.
    pub(super) fn refill(&mut self, supply: &mut dyn Supply<R>, is_start: bool) {
        while let Some((_, part)) = supply.next(is_start) {
            self.window.push_back(part);
        }
    }

    /// Takes the oldest result if it has come together with others and is a value.
    #[inline]
    pub(super) fn take_ready(&mut self) -> Option<R> {
        self.ready.pop_front_if(|result| result.is_ok())?.ok()
    }

    /// Waits for the oldest item in flight.
    pub(super) fn next(
        &mut self,
        deadline: Deadline,
        waker: Option<&Waker>,
    ) -> Poll<Option<Result<R, Error>>> {
        if let Some(result) = self.ready.pop_front() {
            return Poll::Ready(Some(result.map_err(Error::Failed)));
        }
        let Some(part) = self.window.front_mut() else { return Poll::Ready(None) };
        let is_ready_or_wakes =
            |waker: &Waker| deadline.remaining().is_err() || !part.wake_later(self.key, waker);
        if !may_wait(waker, is_ready_or_wakes) {
            return Poll::Pending;
        }
        let (result, spent) = match &mut part.0 {
            InFlight::OneByOne(futures) => (next_of(futures, deadline), futures.is_empty()),
            InFlight::Together(chunk) => (next_in(chunk, deadline, &mut self.ready), chunk.left == 0),
        };
        if spent {
            self.window.pop_front();
        }
        Poll::Ready(Some(result))
    }

    pub(super) fn close(&mut self) {
        self.ready.clear();
        if let Some(awaited) = self.window.front() {
            awaited.forget_waker(self.key);
        }
        for part in self.window.drain(..) {
            part.cancel();
        }
    }
}

fn next_of<R>(futures: &mut VecDeque<Future<Slot<R>>>, deadline: Deadline) -> Result<R, Error> {
    let future = futures.front().expect("a part is dropped when it is spent");
    let result = waited(future, deadline).map(Slot::take);
    if !result.as_ref().is_err_and(is_of_the_wait) {
        futures.pop_front();
    }
    result
}

fn next_in<R>(
    chunk: &mut Chunk<R>,
    deadline: Deadline,
    ready: &mut VecDeque<Result<R, TaskError>>,
) -> Result<R, Error> {
    // What has come by now comes out, whatever became of the rest.
    let waited = waited(&chunk.future, deadline).copied();
    chunk.take_all(ready);
    match (ready.pop_front(), waited) {
        (Some(result), _) => result.map_err(Error::Failed),
        (None, Err(error)) => {
            chunk.left -= usize::from(!is_of_the_wait(&error));
            Err(error)
        }
        (None, Ok(())) => unreachable!("a chunk that has finished has a result for each item"),
    }
}

/// Waits for a future; what is there comes out even when time is up.
fn waited<T>(future: &Future<T>, deadline: Deadline) -> Result<&T, Error> {
    let waited = match deadline.remaining() {
        Ok(None) => future.result(),
        Ok(Some(left)) => future.result_timeout(left),
        Err(_) => future.result_timeout(Duration::ZERO),
    };
    match waited {
        // It may have become done since.
        Err(Error::Timeout(_)) if future.done() => future.result(),
        waited => waited,
    }
}
