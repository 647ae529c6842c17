//! Items of a map as they complete.

use super::part::{Chunk, InFlight, Part, Slot};
use crate::Future;
use crate::any::Handle;
use crate::deadline::Deadline;
use crate::error::{Error, TaskError};
use crate::waiter::Waiter;
use std::collections::VecDeque;
use std::iter;
use std::task::Waker;
use std::time::Duration;

/// Results on their way, whichever comes first. Items are known by their places in the input.
pub(super) struct Arrivals<R> {
    waiter: Waiter,
    /// What is in flight, by the keys under which the waiter knows it; a key is used again.
    flights: Vec<Option<Flight<R>>>,
    free: Vec<usize>,
    /// Keys of what was done when it was added.
    done: VecDeque<usize>,
    /// Items whose results have come and were not taken.
    arrived: VecDeque<(usize, Result<R, Error>)>,
}

enum Flight<R> {
    Item(usize, Future<Slot<R>>),
    /// A chunk, the place of its next item, and how many there were in it.
    Chunk(usize, Chunk<R>, usize),
}

/// What a chunk took a worker.
pub(super) struct Took {
    pub(super) items: usize,
    pub(super) time: Duration,
}

impl<R> Flight<R> {
    fn handle(&self) -> &dyn Handle {
        match self {
            Self::Item(_, future) => future,
            Self::Chunk(_, chunk, _) => &chunk.future,
        }
    }

    fn cancel(&self) {
        match self {
            Self::Item(_, future) => drop(future.cancel()),
            Self::Chunk(_, chunk, _) => chunk.cancel(),
        }
    }
}

impl<R> Arrivals<R> {
    pub(super) fn new() -> Self {
        Self {
            waiter: Waiter::new(),
            flights: Vec::new(),
            free: Vec::new(),
            done: VecDeque::new(),
            arrived: VecDeque::new(),
        }
    }

    /// Adds items, of which the first has this place.
    pub(super) fn add(&mut self, first: usize, part: Part<R>) {
        match part.0 {
            InFlight::OneByOne(futures) => {
                for (place, future) in (first..).zip(futures) {
                    self.launch(Flight::Item(place, future));
                }
            }
            InFlight::Together(chunk) => {
                let items = chunk.left;
                self.launch(Flight::Chunk(first, chunk, items));
            }
        }
    }

    fn launch(&mut self, flight: Flight<R>) {
        let key = self.free.pop().unwrap_or(self.flights.len());
        if !self.waiter.add(key, flight.handle()) {
            self.done.push_back(key);
        }
        if key == self.flights.len() {
            self.flights.push(Some(flight));
        } else {
            self.flights[key] = Some(flight);
        }
    }

    /// Takes a result that has come.
    pub(super) fn take(&mut self) -> Option<(usize, Result<R, Error>)> {
        self.arrived.pop_front()
    }

    /// Whether [`next`](Self::next) would not block; if it would, `waker` is woken when it no longer does.
    pub(super) fn is_ready_or_wakes(&self, deadline: Deadline, waker: &Waker) -> bool {
        let is_ready = !self.done.is_empty() || self.waiter.outstanding() == 0;
        is_ready || deadline.remaining().is_err() || self.waiter.is_ready_or_wakes(waker)
    }

    /// Blocks until more has come, and says what that took if it was a chunk; `None` if nothing is in flight.
    ///
    /// When time is up, or if this thread must not block, what has come of chunks that are not complete is taken in. The error
    /// is returned only if there is no result to take then.
    pub(super) fn next(&mut self, deadline: Deadline) -> Option<Result<Option<Took>, Error>> {
        let key = match self.done.pop_front() {
            Some(key) => key,
            None if self.waiter.outstanding() == 0 => return None,
            None => {
                let flights = &self.flights;
                match self.waiter.next(deadline, |key| flights[key].as_ref().map(Flight::handle)) {
                    Ok(key) => key,
                    Err(error) => {
                        self.take_in_halves();
                        return Some(if self.arrived.is_empty() { Err(error) } else { Ok(None) });
                    }
                }
            }
        };
        let flight = self.flights[key].take().expect("what has completed was in flight");
        self.free.push(key);
        Some(Ok(self.land(flight)))
    }

    /// Takes in the results of something that is done.
    fn land(&mut self, flight: Flight<R>) -> Option<Took> {
        match flight {
            Flight::Item(place, future) => {
                let outcome = future.shared().outcome().expect("a future that has completed has an outcome");
                let result = outcome.as_ref().map(Slot::take).map_err(Error::clone);
                self.arrived.push_back((place, result));
                None
            }
            Flight::Chunk(place, mut chunk, items) => {
                let place = self.take_in(place, &mut chunk);
                if let Some(Err(error)) = chunk.future.shared().outcome() {
                    let lost = (place..).zip(iter::repeat_n(error, chunk.left));
                    self.arrived.extend(lost.map(|(place, error)| (place, Err(error.clone()))));
                }
                chunk.results.took().map(|time| Took { items, time })
            }
        }
    }

    /// Takes in what has come of a chunk; returns the place of the first item that has not.
    fn take_in(&mut self, place: usize, chunk: &mut Chunk<R>) -> usize {
        let mut results: VecDeque<Result<R, TaskError>> = VecDeque::new();
        let taken = chunk.take_all(&mut results);
        let results = results.into_iter().map(|result| result.map_err(Error::Failed));
        self.arrived.extend((place..).zip(results));
        place + taken
    }

    /// Takes in what has come of chunks that are not complete.
    fn take_in_halves(&mut self) {
        let mut flights = std::mem::take(&mut self.flights);
        for flight in flights.iter_mut().flatten() {
            if let Flight::Chunk(place, chunk, _) = flight {
                *place = self.take_in(*place, chunk);
            }
        }
        self.flights = flights;
    }

    /// The place of the first item that has not come.
    pub(super) fn first(&self) -> Option<usize> {
        let places = self.flights.iter().flatten().map(|flight| match flight {
            Flight::Item(place, _) | Flight::Chunk(place, ..) => *place,
        });
        places.min()
    }

    /// Cancels what has not begun and forgets everything.
    pub(super) fn close(&mut self) {
        self.done.clear();
        self.free.clear();
        let flights: Vec<_> = self.flights.drain(..).flatten().collect();
        for flight in &flights {
            flight.cancel();
            self.waiter.unwatch(flight.handle());
        }
        self.waiter.forget_waker();
        self.arrived.clear();
    }
}
