//! The results of a map in the order of the items, where the next items depend on how long the others took.

use super::arrivals::Arrivals;
use super::feed::Supply;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::stream::may_wait;
use std::collections::VecDeque;
use std::task::{Poll, Waker};

/// Takes results as they come, so that the chunks' size follows at once and a slow item keeps nobody from getting others,
/// and gives them in order.
pub(super) struct Sorted<R> {
    arrivals: Arrivals<R>,
    /// The results from the next one to come out on, as far as any has come.
    waiting: VecDeque<Option<Result<R, Error>>>,
}

impl<R> Sorted<R> {
    pub(super) fn new() -> Self {
        Self { arrivals: Arrivals::new(), waiting: VecDeque::new() }
    }

    /// Submits what there is room for.
    pub(super) fn refill(&mut self, supply: &mut dyn Supply<R>) {
        while let Some((first, part)) = supply.next(false) {
            self.arrivals.add(first, part);
        }
    }

    /// Waits for the oldest item in flight, and submits others meanwhile.
    pub(super) fn next(
        &mut self,
        supply: &mut dyn Supply<R>,
        deadline: Deadline,
        waker: Option<&Waker>,
    ) -> Poll<Option<Result<R, Error>>> {
        loop {
            while let Some((place, result)) = self.arrivals.take() {
                let at = place - supply.given();
                if self.waiting.len() <= at {
                    self.waiting.resize_with(at + 1, || None);
                }
                self.waiting[at] = Some(result);
            }
            if let Some(Some(_)) = self.waiting.front() {
                return Poll::Ready(self.waiting.pop_front().flatten());
            }
            if !may_wait(waker, |waker| self.arrivals.is_ready_or_wakes(deadline, waker)) {
                return Poll::Pending;
            }
            match self.arrivals.next(deadline) {
                None => return Poll::Ready(None),
                Some(Ok(None)) => {}
                Some(Ok(Some(took))) => {
                    supply.note(took);
                    self.refill(supply);
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            }
        }
    }

    pub(super) fn close(&mut self) {
        self.arrivals.close();
        self.waiting.clear();
    }
}
