//! A queue in which some things go before others.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::mem;

/// What waits, the highest priority first, and within each in the order of its coming.
pub(crate) struct Ranked<T> {
    /// Priority 0, which most have.
    line: VecDeque<T>,
    /// The others, the highest first. No line in it is empty.
    others: BTreeMap<Reverse<i32>, VecDeque<T>>,
    /// How much the lines in `others` hold together.
    others_len: usize,
}

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self { line: VecDeque::new(), others: BTreeMap::new(), others_len: 0 }
    }
}

impl<T> Ranked<T> {
    pub(crate) fn len(&self) -> usize {
        self.line.len() + self.others_len
    }

    /// The highest priority of all that is here.
    pub(crate) fn highest(&self) -> Option<i32> {
        let line = (!self.line.is_empty()).then_some(0);
        // Asked first, since looking at an empty map takes longer.
        if self.others_len == 0 {
            return line;
        }
        line.max(self.others.keys().next().map(|priority| priority.0))
    }

    /// Adds something behind all of its priority.
    pub(crate) fn push(&mut self, item: T, priority: i32) {
        self.insert_before(item, priority, |_| false);
    }

    /// Adds something before the first of its priority that `is_later`, or behind all of it.
    pub(crate) fn insert_before(&mut self, item: T, priority: i32, is_later: impl Fn(&T) -> bool) {
        let line = if priority == 0 {
            &mut self.line
        } else {
            self.others_len += 1;
            self.others.entry(Reverse(priority)).or_default()
        };
        match line.iter().position(is_later) {
            None => line.push_back(item),
            Some(place) => line.insert(place, item),
        }
    }

    /// Adds all of `items` behind priority 0, and leaves them empty.
    pub(crate) fn append(&mut self, items: &mut VecDeque<T>) {
        if self.line.is_empty() {
            mem::swap(&mut self.line, items);
        } else {
            self.line.append(items);
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        if self.others_len == 0 {
            return self.line.pop_front();
        }
        let first = self.others.first_entry();
        let Some(mut first) = first.filter(|first| first.key().0 > 0 || self.line.is_empty()) else {
            return self.line.pop_front();
        };
        let item = first.get_mut().pop_front();
        if first.get().is_empty() {
            first.remove();
        }
        self.others_len -= 1;
        item
    }

    /// Everything, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        let above = self.others.range(..Reverse(0)).flat_map(|(_, line)| line);
        let below = self.others.range(Reverse(0)..).flat_map(|(_, line)| line);
        above.chain(&self.line).chain(below)
    }

    /// Takes out what is meant, in order.
    pub(crate) fn take_if(&mut self, is_meant: impl Fn(&T) -> bool) -> Vec<T> {
        // Most often nothing is, and then nothing need move.
        if !self.iter().any(&is_meant) {
            return Vec::new();
        }
        let mut taken = Vec::new();
        for (_, line) in self.others.range_mut(..Reverse(0)) {
            taken.append(&mut take_if(line, &is_meant));
        }
        taken.append(&mut take_if(&mut self.line, &is_meant));
        for (_, line) in self.others.range_mut(Reverse(0)..) {
            taken.append(&mut take_if(line, &is_meant));
        }
        self.others.retain(|_, line| !line.is_empty());
        self.others_len = self.others.values().map(VecDeque::len).sum();
        taken
    }
}

/// Takes out what is meant, in order.
pub(crate) fn take_if<T>(line: &mut VecDeque<T>, is_meant: impl Fn(&T) -> bool) -> Vec<T> {
    let (taken, left): (Vec<_>, Vec<_>) = mem::take(line).into_iter().partition(is_meant);
    *line = left.into();
    taken
}

#[cfg(test)]
mod tests {
    use super::Ranked;
    use std::collections::VecDeque;

    fn filled() -> Ranked<(i32, u32)> {
        let mut ranked = Ranked::default();
        for (number, priority) in [0, -1, 5, 0, 5, i32::MIN, -1, i32::MAX].into_iter().enumerate() {
            ranked.push((priority, number as u32), priority);
        }
        ranked
    }

    const IN_ORDER: [u32; 8] = [7, 2, 4, 0, 3, 1, 6, 5];

    fn emptied(mut ranked: Ranked<(i32, u32)>) -> Vec<u32> {
        let popped: Vec<_> = std::iter::from_fn(|| ranked.pop()).map(|(_, number)| number).collect();
        assert_eq!((ranked.len(), ranked.highest()), (0, None));
        popped
    }

    #[test]
    fn highest_first_and_then_the_first() {
        let ranked = filled();
        assert_eq!((ranked.len(), ranked.highest()), (8, Some(i32::MAX)));
        assert!(ranked.iter().map(|(_, number)| *number).eq(IN_ORDER));
        assert_eq!(emptied(ranked), IN_ORDER);
    }

    #[test]
    fn some_are_taken() {
        let mut ranked = filled();
        let taken = ranked.take_if(|(_, number)| number % 2 == 0);
        assert!(taken.into_iter().map(|(_, number)| number).eq([2, 4, 0, 6]));
        assert_eq!(ranked.len(), 4);
        assert_eq!(emptied(ranked), [7, 3, 1, 5]);
        assert!(filled().take_if(|_| false).is_empty());
        assert_eq!(emptied(filled()), IN_ORDER);
    }

    #[test]
    fn arrivals_are_of_priority_0() {
        let mut ranked = filled();
        let mut arrivals = VecDeque::from([(0, 8), (0, 9)]);
        ranked.append(&mut arrivals);
        assert!(arrivals.is_empty());
        assert_eq!(emptied(ranked), [7, 2, 4, 0, 3, 8, 9, 1, 6, 5]);
    }

    #[test]
    fn one_comes_back_to_its_place() {
        let mut ranked = filled();
        for number in [0, 2] {
            let priority = ranked.iter().find(|(_, known)| *known == number).unwrap().0;
            let back = ranked.take_if(|(_, known)| *known == number).remove(0);
            ranked.insert_before(back, priority, |(_, known)| *known > number);
        }
        assert_eq!(emptied(ranked), IN_ORDER);
    }
}
