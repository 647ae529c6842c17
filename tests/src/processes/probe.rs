//! A value that is counted.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::atomic::{AtomicIsize, Ordering};

/// A value that is counted while it lives; `N` is the scenario's own, since scenarios run at the same time.
#[derive(Debug)]
pub(super) struct Probe<const N: usize>(());

/// How many live in this memory.
static LIVE: [AtomicIsize; 4] = [const { AtomicIsize::new(0) }; 4];

impl<const N: usize> Probe<N> {
    pub(super) fn new() -> Self {
        LIVE[N].fetch_add(1, Ordering::SeqCst);
        Self(())
    }

    pub(super) fn live() -> isize {
        LIVE[N].load(Ordering::SeqCst)
    }
}

impl<const N: usize> Drop for Probe<N> {
    fn drop(&mut self) {
        LIVE[N].fetch_sub(1, Ordering::SeqCst);
    }
}

impl<const N: usize> Serialize for Probe<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de, const N: usize> Deserialize<'de> for Probe<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Self::new())
    }
}
