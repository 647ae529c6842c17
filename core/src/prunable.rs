//! A list of what somebody else owns.

use std::sync::{Arc, Weak};

/// Shorter lists are not looked through.
const WORTH_PRUNING: usize = 64;

/// References that are let go when what they point to has gone or is of no interest any more.
pub(crate) struct Prunable<T: ?Sized> {
    items: Vec<Weak<T>>,
    /// The length at which it is worth looking for what can go.
    limit: usize,
}

impl<T: ?Sized> Default for Prunable<T> {
    fn default() -> Self {
        Self { items: Vec::new(), limit: WORTH_PRUNING }
    }
}

impl<T: ?Sized> Prunable<T> {
    pub(crate) fn push(&mut self, item: &Arc<T>, is_of_interest: impl Fn(&T) -> bool) {
        if self.items.len() >= self.limit {
            self.items.retain(|item| item.upgrade().is_some_and(|item| is_of_interest(&item)));
            self.limit = (2 * self.items.len()).max(WORTH_PRUNING);
        }
        self.items.push(Arc::downgrade(item));
    }

    #[cfg(feature = "rayon")]
    pub(crate) fn alive(&self) -> impl Iterator<Item = Arc<T>> {
        self.items.iter().filter_map(Weak::upgrade)
    }

    pub(crate) fn into_alive(self) -> impl Iterator<Item = Arc<T>> {
        self.items.into_iter().filter_map(|item| item.upgrade())
    }
}
