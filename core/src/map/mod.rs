//! `Executor::map` and `Executor::map_unordered`: a call for each of many items, with a bounded number of items in flight.
//!
//! [`Feed`](feed::Feed) takes items from the input and gives them to the executor, as many as there is room for, in chunks whose
//! size [`ChunkSize`](chunk_size::ChunkSize) decides. What it has given comes as [`Part`]s. [`Map`] waits for the oldest of them;
//! [`MapUnordered`] waits for any, by [`Arrivals`](arrivals::Arrivals).

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
