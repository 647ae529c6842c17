//! `Executor::map` and `Executor::map_unordered`: a call for each of many items, with a bounded number of items in flight.
//!
//! [`Feed`](feed::Feed) takes items from the input and gives them to the executor, as many as there is room for, in chunks whose
//! size [`ChunkSize`](chunk_size::ChunkSize) decides. What it has given comes as [`Part`]s. [`Map`] waits for the oldest of them;
//! [`MapUnordered`] waits for any, by [`Arrivals`](arrivals::Arrivals).

/// What the iterators of both kinds of `map` are, over what brings the results together.
macro_rules! results {
    ($map:ident, $line:ident, $item:ty) => {
        results!(@with_bounds Iterator, $map {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                // What has come already costs next to nothing.
                if let Some(item) = self.$line.take_ready() {
                    if Supply::<R>::give(&mut self.feed) {
                        self.$line.refill(&mut self.feed, false);
                    }
                    return Some(item);
                }
                crate::observer::calling("map", || {
                    crate::stream::blocked(self.$line.advance(&mut self.feed, None))
                })
            }
        });

        results!(@with_bounds std::iter::FusedIterator, $map {});

        results!(@with_bounds crate::stream::Awaitable, $map {});

        results!(@with_bounds crate::stream::Sealed, $map {
            fn poll_next(&mut self, waker: &std::task::Waker) -> std::task::Poll<Option<Self::Item>> {
                self.$line.advance(&mut self.feed, Some(waker))
            }

            fn is_over(&self) -> bool {
                !self.$line.open
            }
        });

        results!(@with_bounds crate::progress::WithProgress, $map {
            fn progress(&self) -> crate::progress::Progress {
                $map::progress(self)
            }
        });

        impl<E, F, I: Iterator, R> Drop for $map<'_, E, F, I, R> {
            fn drop(&mut self) {
                self.close();
            }
        }

        impl<E, F, I: Iterator, R> std::fmt::Debug for $map<'_, E, F, I, R> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($map))
                    .field("feed", &self.feed)
                    .field("open", &self.$line.open)
                    .finish_non_exhaustive()
            }
        }
    };
    (@with_bounds $trait:path, $map:ident { $($items:tt)* }) => {
        impl<E, F, I, R> $trait for $map<'_, E, F, I, R>
        where
            E: crate::executor::Accept<F, I::Item, R>,
            F: Fn(I::Item) -> R + Clone,
            I: Iterator,
            R: Send + 'static,
        {
            $($items)*
        }
    };
}

mod arrivals;
mod chunk_size;
mod feed;
mod in_order;
mod in_turn;
mod items;
mod options;
mod part;
mod sorted;
mod unordered;

pub use self::in_order::Map;
pub(crate) use self::items::{Items, Reception};
pub use self::options::MapOptions;
pub use self::part::Part;
pub use self::unordered::MapUnordered;
