//! The way of a map's items from its input to the executor.

use super::arrivals::Took;
use super::chunk_size::{Adaptive, ChunkSize, ahead};
use super::options::{Chunks, MapOptions};
use super::part::Part;
use crate::error::{SubmitError, ValueError};
use crate::executor::{Accept, Executor};
use crate::progress::Progress;
use std::fmt;
use std::iter::Fuse;

/// What the results of a map ask of its [`Feed`], whose types they need not know: what waits for results is compiled once for
/// each type of result, and not for each call.
pub(super) trait Supply<R> {
    /// Submits the next chunk, if there is room for it; returns the place of its first item with it.
    ///
    /// At the start the whole buffer is filled, even if its last chunk is a short one.
    fn next(&mut self, is_start: bool) -> Option<(usize, Part<R>)>;

    /// Notes what a chunk took.
    fn note(&mut self, took: Took);

    /// The result of an item comes out of the map; returns whether there is room now for the next chunk.
    fn give(&mut self) -> bool;

    /// How many results have come out.
    fn given(&self) -> usize;

    /// Takes out why the executor took no more items, if it did not.
    fn take_refusal(&mut self) -> Option<SubmitError>;
}

/// Takes items from the input, lazily, and submits them.
pub(super) struct Feed<'e, E, F, I: Iterator> {
    executor: &'e E,
    call: F,
    items: Fuse<I>,
    chunks: ChunkSize,
    /// The most items in flight; with adaptive chunks, those decide if nothing was asked for.
    buffersize: Option<usize>,
    /// Items taken from the input.
    taken: usize,
    /// Those that the executor has accepted.
    submitted: usize,
    /// Those whose results have come out of the map.
    given: usize,
    /// Why the executor took no more items, until it is reported.
    refused: Option<SubmitError>,
}

impl<'e, E: Executor, F, I: Iterator> Feed<'e, E, F, I> {
    pub(super) fn new(executor: &'e E, options: MapOptions, call: F, items: I) -> Result<Self, SubmitError> {
        let (chunks, buffersize) = match options.chunks {
            Chunks::Fixed(asked) => {
                let asked = ValueError::at_least("chunksize", asked, 1)?;
                let workers = executor.chunk_workers();
                let size = if workers.is_some() { asked } else { 1 };
                let default =
                    workers.map_or(1, |workers| ahead(size, workers)).max(MapOptions::DEFAULT_BUFFERSIZE);
                let buffersize = options.buffersize.unwrap_or(default);
                (ChunkSize::Fixed(size.min(buffersize)), Some(buffersize))
            }
            Chunks::Adaptive => {
                let adaptive = Adaptive::new(executor.parallelism(), options.buffersize);
                (ChunkSize::Adaptive(adaptive), options.buffersize)
            }
        };
        if let Some(buffersize) = buffersize {
            ValueError::at_least("buffersize", buffersize, 1)?;
        }
        let items = items.fuse();
        Ok(Self {
            executor,
            call,
            items,
            chunks,
            buffersize,
            taken: 0,
            submitted: 0,
            given: 0,
            refused: None,
        })
    }
}

impl<E, F, I, R> Supply<R> for Feed<'_, E, F, I>
where
    E: Accept<F, I::Item, R>,
    F: Clone,
    I: Iterator,
    R: Send + 'static,
{
    fn next(&mut self, is_start: bool) -> Option<(usize, Part<R>)> {
        if self.refused.is_some() {
            return None;
        }
        let (size, room) = self.room();
        if room < size && !is_start {
            return None;
        }
        let items: Vec<_> = self.items.by_ref().take(room).collect();
        let (first, count) = (self.submitted, items.len());
        self.taken += count;
        let is_alone = matches!(self.chunks, ChunkSize::Fixed(_)) && count == 1;
        let part = match count {
            0 => return None,
            _ if is_alone => Part::one_by_one(self.executor, &self.call, items),
            _ => self.executor.accept_items(self.call.clone(), items),
        };
        match part {
            Ok(part) => {
                self.submitted += count;
                Some((first, part))
            }
            Err(refused) => {
                self.refused = Some(refused);
                None
            }
        }
    }

    fn note(&mut self, took: Took) {
        if let ChunkSize::Adaptive(adaptive) = &mut self.chunks {
            adaptive.note(took.items, took.time);
        }
    }

    #[inline]
    fn give(&mut self) -> bool {
        self.given += 1;
        let (size, room) = self.room();
        room == size
    }

    fn given(&self) -> usize {
        self.given
    }

    fn take_refusal(&mut self) -> Option<SubmitError> {
        self.refused.take()
    }
}

impl<E, F, I: Iterator> Feed<'_, E, F, I> {
    /// Whether the chunks' size follows the time that they take.
    pub(super) fn is_adaptive(&self) -> bool {
        matches!(self.chunks, ChunkSize::Adaptive(_))
    }

    /// The size of the next chunk, and for how many of its items there is room.
    #[inline]
    fn room(&self) -> (usize, usize) {
        let (size, buffersize) = match &self.chunks {
            ChunkSize::Fixed(size) => (*size, usize::MAX),
            ChunkSize::Adaptive(adaptive) => (adaptive.next(self.items.size_hint().1), adaptive.buffersize()),
        };
        let buffersize = buffersize.min(self.buffersize.unwrap_or(usize::MAX));
        (size, buffersize.saturating_sub(self.in_flight()).min(size))
    }

    /// How many items are submitted whose results have not come out.
    fn in_flight(&self) -> usize {
        self.submitted - self.given
    }

    pub(super) fn progress(&self) -> Progress {
        let left = match self.items.size_hint() {
            (least, Some(most)) if least == most => Some(most),
            _ => None,
        };
        Progress { done: self.given, total: left.map(|left| self.taken + left) }
    }
}

impl<E, F, I: Iterator> fmt::Debug for Feed<'_, E, F, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed")
            .field("chunks", &self.chunks)
            .field("buffersize", &self.buffersize)
            .field("in_flight", &self.in_flight())
            .finish_non_exhaustive()
    }
}
