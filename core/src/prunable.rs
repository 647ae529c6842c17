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
    /// Adds an item. Returns those that were looked at, each of which may be the last reference by now: they are to be
    /// [let go](crate::capture::let_go) when no lock is held.
    pub(crate) fn push(&mut self, item: &Arc<T>, is_of_interest: impl Fn(&T) -> bool) -> Vec<Arc<T>> {
        let mut looked_at = Vec::new();
        if self.items.len() >= self.limit {
            self.items.retain(|item| {
                let Some(item) = item.upgrade() else { return false };
                let is_kept = is_of_interest(&item);
                looked_at.push(item);
                is_kept
            });
            self.limit = (2 * self.items.len()).max(WORTH_PRUNING);
        }
        self.items.push(Arc::downgrade(item));
        looked_at
    }

    #[cfg(feature = "rayon")]
    pub(crate) fn alive(&self) -> impl Iterator<Item = Arc<T>> {
        self.items.iter().filter_map(Weak::upgrade)
    }

    pub(crate) fn into_alive(self) -> impl Iterator<Item = Arc<T>> {
        self.items.into_iter().filter_map(|item| item.upgrade())
    }
}

#[cfg(test)]
mod tests {
    use super::{Prunable, WORTH_PRUNING};
    use std::cell::RefCell;
    use std::sync::Arc;

    #[test]
    fn last_reference_is_handed_out() {
        let mut list = Prunable::default();
        let items: Vec<_> = (0..WORTH_PRUNING).map(Arc::new).collect();
        assert!(items.iter().all(|item| list.push(item, |_| true).is_empty()));
        let owner = RefCell::new(items);
        let let_go = |_: &usize| owner.take().is_empty();
        let looked_at = list.push(&Arc::new(0), let_go);
        assert_eq!(looked_at.len(), 1);
        assert_eq!(Arc::strong_count(&looked_at[0]), 1);
    }
}
