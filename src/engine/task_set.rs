//! Sets of tasks, as bits: small, quick to join, and in order.

use super::TaskId;

const BITS: usize = u64::BITS as usize;

/// How many words a block has.
const BLOCK: usize = 16;

/// A set of tasks. The first so many need no memory beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct TaskSet {
    first: u64,
    rest: Vec<u64>,
    /// How many tasks each block of `rest` has, so that one is found quickly among thousands.
    counts: Vec<u32>,
    len: u32,
}

impl TaskSet {
    #[inline]
    pub(super) fn insert(&mut self, task: TaskId) {
        let bit = 1 << (task.index() % BITS);
        match (task.index() / BITS).checked_sub(1) {
            None => {
                self.len += u32::from(self.first & bit == 0);
                self.first |= bit;
            }
            Some(word) => self.insert_far(word, bit),
        }
    }

    fn insert_far(&mut self, word: usize, bit: u64) {
        self.widen(word + 1);
        if self.rest[word] & bit == 0 {
            self.rest[word] |= bit;
            self.counts[word / BLOCK] += 1;
            self.len += 1;
        }
    }

    /// Whether it was there.
    #[inline]
    pub(super) fn remove(&mut self, task: TaskId) -> bool {
        let bit = 1 << (task.index() % BITS);
        let was_there = self.contains(task);
        if was_there {
            self.len -= 1;
            match (task.index() / BITS).checked_sub(1) {
                None => self.first &= !bit,
                Some(word) => {
                    self.rest[word] &= !bit;
                    self.counts[word / BLOCK] -= 1;
                }
            }
        }
        was_there
    }

    #[inline]
    pub(super) fn contains(&self, task: TaskId) -> bool {
        self.word(task.index() / BITS) >> (task.index() % BITS) & 1 == 1
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        (self.first, self.len) = (0, 0);
        self.rest.clear();
        self.counts.clear();
    }

    /// Adds all tasks of another set.
    #[inline]
    pub(super) fn add(&mut self, others: &TaskSet) {
        self.first |= others.first;
        self.widen(others.rest.len());
        self.rest.iter_mut().zip(&others.rest).for_each(|(word, other)| *word |= other);
        self.count();
    }

    /// Takes all tasks of another set out.
    #[inline]
    pub(super) fn subtract(&mut self, others: &TaskSet) {
        self.first &= !others.first;
        self.rest.iter_mut().zip(&others.rest).for_each(|(word, other)| *word &= !other);
        self.count();
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len as usize
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
        if count >= self.len() {
            return None;
        }
        if let Some(bit) = nth_bit(self.first, &mut count) {
            return Some(TaskId::new(bit));
        }
        let mut block = 0;
        while count >= self.counts[block] as usize {
            count -= self.counts[block] as usize;
            block += 1;
        }
        (block * BLOCK..self.rest.len()).find_map(|word| {
            let bit = nth_bit(self.rest[word], &mut count)?;
            Some(TaskId::new((word + 1) * BITS + bit))
        })
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

    #[inline]
    fn widen(&mut self, words: usize) {
        if self.rest.len() < words {
            self.rest.resize(words, 0);
            self.counts.resize(words.div_ceil(BLOCK), 0);
        }
    }

    /// Counts its tasks anew.
    #[inline]
    fn count(&mut self) {
        self.len = self.first.count_ones();
        for (count, block) in self.counts.iter_mut().zip(self.rest.chunks(BLOCK)) {
            *count = block.iter().map(|word| word.count_ones()).sum();
            self.len += *count;
        }
    }
}

/// The bit of a word before which there are so many others; or how many are still to be counted after it.
#[inline]
fn nth_bit(mut word: u64, count: &mut usize) -> Option<usize> {
    let here = word.count_ones() as usize;
    if *count >= here {
        *count -= here;
        return None;
    }
    (0..*count).for_each(|_| word &= word - 1);
    Some(word.trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn it_is_a_set_in_order() {
        let (mut set, mut other, mut model) = (TaskSet::default(), TaskSet::default(), BTreeSet::new());
        for number in [3, 64, 700, 0, 65, 63, 3, 128, 5_000, 700, 64 + 1_024] {
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
        assert_eq!(set.len(), model.len() - 2);
        assert!(!set.contains(TaskId::new(3)) && !set.contains(TaskId::new(1_000)) && !set.is_empty());
        set.clear();
        assert!(set.is_empty() && !set.contains(TaskId::new(0)));
    }
}
