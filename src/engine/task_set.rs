//! Sets of tasks, as bits: small, quick to join, and in order.

use super::TaskId;

const BITS: usize = u64::BITS as usize;

/// A set of tasks. The first so many need no memory beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct TaskSet {
    first: u64,
    rest: Vec<u64>,
}

impl TaskSet {
    #[inline]
    pub(super) fn insert(&mut self, task: TaskId) {
        let bit = 1 << (task.index() % BITS);
        match (task.index() / BITS).checked_sub(1) {
            None => self.first |= bit,
            Some(word) => {
                if self.rest.len() <= word {
                    self.rest.resize(word + 1, 0);
                }
                self.rest[word] |= bit;
            }
        }
    }

    /// Whether it was there.
    #[inline]
    pub(super) fn remove(&mut self, task: TaskId) -> bool {
        let bit = 1 << (task.index() % BITS);
        let word = match (task.index() / BITS).checked_sub(1) {
            None => Some(&mut self.first),
            Some(word) => self.rest.get_mut(word),
        };
        word.is_some_and(|word| std::mem::replace(word, *word & !bit) & bit != 0)
    }

    #[inline]
    pub(super) fn contains(&self, task: TaskId) -> bool {
        self.word(task.index() / BITS) >> (task.index() % BITS) & 1 == 1
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.first == 0 && self.rest.iter().all(|&word| word == 0)
    }

    pub(super) fn clear(&mut self) {
        self.first = 0;
        self.rest.clear();
    }

    /// Adds all tasks of another set.
    #[inline]
    pub(super) fn add(&mut self, others: &TaskSet) {
        self.first |= others.first;
        if self.rest.len() < others.rest.len() {
            self.rest.resize(others.rest.len(), 0);
        }
        self.rest.iter_mut().zip(&others.rest).for_each(|(word, other)| *word |= other);
    }

    /// Takes all tasks of another set out.
    #[inline]
    pub(super) fn subtract(&mut self, others: &TaskSet) {
        self.first &= !others.first;
        self.rest.iter_mut().zip(&others.rest).for_each(|(word, other)| *word &= !other);
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.words().map(|word| word.count_ones() as usize).sum()
    }

    /// Its tasks, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = TaskId> {
        let of_word = |(place, mut word): (usize, u64)| {
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros() as usize;
                word &= word.checked_sub(1)?;
                Some(TaskId::new(place * BITS + bit))
            })
        };
        self.words().enumerate().flat_map(of_word)
    }

    /// The one before which there are so many others.
    pub(super) fn nth(&self, mut count: usize) -> Option<TaskId> {
        for (place, mut word) in self.words().enumerate() {
            let here = word.count_ones() as usize;
            if count < here {
                (0..count).for_each(|_| word &= word - 1);
                return Some(TaskId::new(place * BITS + word.trailing_zeros() as usize));
            }
            count -= here;
        }
        None
    }

    #[inline]
    fn words(&self) -> impl Iterator<Item = u64> {
        std::iter::once(self.first).chain(self.rest.iter().copied())
    }

    #[inline]
    fn word(&self, place: usize) -> u64 {
        match place.checked_sub(1) {
            None => self.first,
            Some(word) => self.rest.get(word).copied().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn it_is_a_set_in_order() {
        let (mut set, mut other, mut model) = (TaskSet::default(), TaskSet::default(), BTreeSet::new());
        for number in [3, 64, 700, 0, 65, 63, 3, 128] {
            set.insert(TaskId::new(number));
            model.insert(number);
        }
        for number in [64, 5, 900] {
            assert_eq!(set.remove(TaskId::new(number)), model.remove(&number));
        }
        other.insert(TaskId::new(1_000));
        other.insert(TaskId::new(3));
        set.add(&other);
        model.extend([1_000, 3]);
        let listed: Vec<usize> = set.iter().map(TaskId::index).collect();
        assert_eq!(listed, model.iter().copied().collect::<Vec<_>>());
        assert_eq!(set.len(), model.len());
        for (place, &number) in model.iter().enumerate() {
            assert!(set.contains(TaskId::new(number)));
            assert_eq!(set.nth(place), Some(TaskId::new(number)));
        }
        assert_eq!(set.nth(model.len()), None);
        set.subtract(&other);
        assert!(!set.contains(TaskId::new(3)) && !set.contains(TaskId::new(1_000)) && !set.is_empty());
        set.clear();
        assert!(set.is_empty() && !set.contains(TaskId::new(0)));
    }
}
