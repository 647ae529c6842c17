//! A value that is counted.

use crate::pool::Pool;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicIsize, Ordering};

/// A value that is counted while it lives. `N` is the scenario's own, and `P` the kind of executor that it runs on, since
/// scenarios run at the same time.
pub(crate) struct Probe<P: Pool, const N: usize>(PhantomData<fn() -> P>);

/// How many live in this memory, by kind and scenario.
static LIVE: [[AtomicIsize; 5]; 2] = [const { [const { AtomicIsize::new(0) }; 5] }; 2];

impl<P: Pool, const N: usize> Probe<P, N> {
    pub(crate) fn new() -> Self {
        LIVE[P::KIND as usize][N].fetch_add(1, Ordering::SeqCst);
        Self(PhantomData)
    }

    pub(crate) fn live() -> isize {
        LIVE[P::KIND as usize][N].load(Ordering::SeqCst)
    }
}

impl<P: Pool, const N: usize> Drop for Probe<P, N> {
    fn drop(&mut self) {
        LIVE[P::KIND as usize][N].fetch_sub(1, Ordering::SeqCst);
    }
}

impl<P: Pool, const N: usize> fmt::Debug for Probe<P, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Probe")
    }
}

impl<P: Pool, const N: usize> Serialize for Probe<P, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de, P: Pool, const N: usize> Deserialize<'de> for Probe<P, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Self::new())
    }
}
