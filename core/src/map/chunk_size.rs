//! How many items of a map become one task.

use super::options::MapOptions;
use std::time::Duration;

/// The time that a chunk should take a worker: what it costs to hand one over is little beside it, on every back end, and
/// so is the time that a worker may have nothing to do while another finishes its last chunk.
const TARGET: Duration = Duration::from_millis(2);
/// The most items of an adaptive chunk. What handing one over costs is next to nothing for each of so many.
const MOST: usize = MapOptions::DEFAULT_BUFFERSIZE;
/// Chunks in flight for each worker, if nothing else is asked for: one that it runs, one that waits for it, and as many that
/// wait for their reader.
const CHUNKS_AHEAD: usize = 16;
/// Chunks that should be left for each worker when an input ends.
const CHUNKS_AT_THE_END: usize = 2;

#[derive(Debug)]
pub(super) enum ChunkSize {
    Fixed(usize),
    Adaptive(Adaptive),
}

/// A size that follows the time that items take.
#[derive(Debug)]
pub(super) struct Adaptive {
    workers: usize,
    /// The size of the next chunk.
    size: usize,
    /// Seconds that an item takes, lately; `None` until the first chunk is complete.
    per_item: Option<f64>,
    /// Whether the size has ever been large enough.
    has_settled: bool,
    most: usize,
}

/// The items in flight that keep so many workers busy.
pub(super) fn ahead(size: usize, workers: usize) -> usize {
    size.saturating_mul(workers).saturating_mul(CHUNKS_AHEAD)
}

impl Adaptive {
    /// For so many workers; a given `buffersize` is divided among them.
    pub(super) fn new(workers: usize, buffersize: Option<usize>) -> Self {
        let workers = workers.max(1);
        let share = buffersize.map_or(MOST, |buffersize| buffersize / workers / CHUNKS_AT_THE_END);
        Self { workers, size: 1, per_item: None, has_settled: false, most: share.clamp(1, MOST) }
    }

    /// The size of the next chunk, when the input may have `left` more items, if that is known.
    pub(super) fn next(&self, left: Option<usize>) -> usize {
        let share = left.map_or(MOST, |left| left.div_ceil(self.workers).div_ceil(CHUNKS_AT_THE_END));
        self.size.min(share).max(1)
    }

    /// The items that may be in flight.
    pub(super) fn buffersize(&self) -> usize {
        let ahead = ahead(self.size, self.workers);
        // What was submitted as small chunks stays small, so not much of it while nobody knows better.
        if self.has_settled { ahead.max(MapOptions::DEFAULT_BUFFERSIZE) } else { ahead }
    }

    /// A worker took so long for a chunk of so many items.
    pub(super) fn note(&mut self, items: usize, took: Duration) {
        let latest = took.as_secs_f64() / items.max(1) as f64;
        // A chunk now and then is held up by something else, or is heard of together with the one before it.
        self.per_item = Some(self.per_item.map_or(latest, |before| (3.0 * before + latest) / 4.0));
        let wanted = self.wanted().unwrap_or(1);
        self.has_settled |= wanted <= self.size;
        if wanted < self.size {
            self.size = wanted;
        } else if items >= self.size {
            self.size = wanted.min(2 * self.size);
        }
    }

    /// The size that takes a worker the intended time.
    fn wanted(&self) -> Option<usize> {
        // A float that is too large, or not a number, becomes the nearest integer.
        let wanted = |per_item: f64| (TARGET.as_secs_f64() / per_item) as usize;
        self.per_item.map(|per_item| wanted(per_item).clamp(1, self.most))
    }
}

#[cfg(test)]
mod tests {
    use super::{Adaptive, MOST, TARGET, ahead};
    use std::time::Duration;

    #[test]
    fn grows_twofold_up_to_the_target() {
        let mut chunks = Adaptive::new(2, None);
        let mut sizes = vec![chunks.next(None)];
        for _ in 0..8 {
            let size = chunks.next(None);
            chunks.note(size, TARGET / 50 * u32::try_from(size).unwrap());
            sizes.push(chunks.next(None));
        }
        assert_eq!(sizes, [1, 2, 4, 8, 16, 32, 50, 50, 50]);
    }

    #[test]
    fn grows_only_by_chunks_of_its_size() {
        let mut chunks = Adaptive::new(2, None);
        chunks.note(1, Duration::ZERO);
        chunks.note(1, Duration::ZERO);
        assert_eq!(chunks.next(None), 2);
        chunks.note(2, Duration::ZERO);
        assert_eq!(chunks.next(None), 4);
    }

    #[test]
    fn has_a_limit() {
        let mut chunks = Adaptive::new(2, None);
        let mut shared = Adaptive::new(3, Some(100));
        for _ in 0..20 {
            chunks.note(MOST, Duration::ZERO);
            shared.note(MOST, Duration::ZERO);
        }
        assert_eq!((chunks.next(None), shared.next(None)), (MOST, 16));
        assert_eq!(Adaptive::new(3, Some(1)).most, 1);
    }

    #[test]
    fn shrinks_at_once() {
        let mut chunks = Adaptive::new(2, None);
        for _ in 0..20 {
            chunks.note(MOST, Duration::from_micros(1));
        }
        assert_eq!(chunks.next(None), MOST);
        chunks.note(1, TARGET * 4);
        assert_eq!(chunks.next(None), 1);
    }

    #[test]
    fn ends_in_small_chunks() {
        let mut chunks = Adaptive::new(4, None);
        for _ in 0..20 {
            chunks.note(MOST, Duration::ZERO);
        }
        assert_eq!([100_000, 800, 17, 1, 0].map(|left| chunks.next(Some(left))), [MOST, 100, 3, 1, 1]);
    }

    #[test]
    fn few_in_flight_before_it_has_settled() {
        let mut chunks = Adaptive::new(2, None);
        assert_eq!(chunks.buffersize(), ahead(1, 2));
        chunks.note(1, TARGET / 100);
        assert_eq!(chunks.buffersize(), ahead(2, 2));
        chunks.note(2, TARGET * 10);
        assert_eq!((chunks.next(None), chunks.buffersize()), (1, 1024));
        for _ in 0..80 {
            chunks.note(MOST, Duration::ZERO);
        }
        assert_eq!(chunks.buffersize(), ahead(MOST, 2));
    }
}
