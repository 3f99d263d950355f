//! Sets of tasks, as bits: small, quick to join, and in order.

use super::TaskId;

const BITS: usize = u64::BITS as usize;

/// How many words a block has.
const BLOCK: usize = 16;

/// A set of tasks. The first so many need no memory beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct TaskSet {
    first: u64,
    len: u32,
    /// Those with higher numbers: mostly none.
    rest: Option<Box<Rest>>,
}

#[derive(Clone, Debug, Default)]
struct Rest {
    words: Vec<u64>,
    /// How many tasks each block of words has, so that one is found quickly among thousands.
    counts: Vec<u32>,
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
        let rest = self.rest.get_or_insert_default();
        rest.widen(word + 1);
        if rest.words[word] & bit == 0 {
            rest.words[word] |= bit;
            rest.counts[word / BLOCK] += 1;
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
            match ((task.index() / BITS).checked_sub(1), &mut self.rest) {
                (Some(word), Some(rest)) => {
                    rest.words[word] &= !bit;
                    rest.counts[word / BLOCK] -= 1;
                }
                _ => self.first &= !bit,
            }
        }
        was_there
    }

    #[inline]
    pub(super) fn contains(&self, task: TaskId) -> bool {
        let word = match (task.index() / BITS).checked_sub(1) {
            None => self.first,
            Some(word) => self.far_words().get(word).copied().unwrap_or(0),
        };
        word >> (task.index() % BITS) & 1 == 1
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        (self.first, self.len) = (0, 0);
        if let Some(rest) = &mut self.rest {
            rest.words.clear();
            rest.counts.clear();
        }
    }

    /// Adds all tasks of another set.
    #[inline]
    pub(super) fn add(&mut self, others: &TaskSet) {
        self.first |= others.first;
        if let Some(others) = &others.rest {
            self.rest.get_or_insert_default().add(others);
        }
        self.count();
    }

    /// Takes all tasks of another set out.
    #[inline]
    pub(super) fn subtract(&mut self, others: &TaskSet) {
        self.first &= !others.first;
        if let (Some(rest), Some(others)) = (&mut self.rest, &others.rest) {
            rest.subtract(others);
        }
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
        let words = std::iter::once(self.first).chain(self.far_words().iter().copied());
        words.enumerate().flat_map(of_word)
    }

    /// The one before which there are so many others.
    pub(super) fn nth(&self, mut count: usize) -> Option<TaskId> {
        if count >= self.len() {
            return None;
        }
        if let Some(bit) = nth_bit(self.first, &mut count) {
            return Some(TaskId::new(bit));
        }
        let (word, bit) = self.rest.as_ref()?.nth(count)?;
        Some(TaskId::new((word + 1) * BITS + bit))
    }

    #[inline]
    fn far_words(&self) -> &[u64] {
        self.rest.as_ref().map_or(&[], |rest| &rest.words)
    }

    /// Counts its tasks, of which its blocks know how many they have.
    #[inline]
    fn count(&mut self) {
        let counts = self.rest.as_ref().map_or(&[][..], |rest| &rest.counts);
        self.len = self.first.count_ones() + counts.iter().sum::<u32>();
    }
}

impl Rest {
    #[inline]
    fn widen(&mut self, words: usize) {
        if self.words.len() < words {
            self.words.resize(words, 0);
            self.counts.resize(words.div_ceil(BLOCK), 0);
        }
    }

    fn add(&mut self, others: &Rest) {
        self.change(others, |word, other| word | other, |count, other| count + other);
    }

    fn subtract(&mut self, others: &Rest) {
        self.change(others, |word, other| word & !other, |count, other| count - other);
    }

    /// Changes each word by another set's. Mostly all of a block's tasks come, or go, so that these need not be counted.
    fn change(
        &mut self,
        others: &Rest,
        of_words: impl Fn(u64, u64) -> u64,
        of_counts: impl Fn(u32, u32) -> u32,
    ) {
        self.widen(others.words.len());
        let blocks = self.words.chunks_mut(BLOCK).zip(others.words.chunks(BLOCK));
        let counts = self.counts.iter_mut().zip(&others.counts);
        for ((words, others), (count, &other_count)) in blocks.zip(counts) {
            if other_count == 0 {
                continue;
            }
            let mut unchanged = 0;
            for (word, &other) in words.iter_mut().zip(others) {
                let before = *word;
                *word = of_words(before, other);
                unchanged |= (before ^ *word) ^ other;
            }
            *count = match unchanged {
                0 => of_counts(*count, other_count),
                _ => words.iter().map(|word| word.count_ones()).sum(),
            };
        }
    }

    /// The word and the bit before which there are so many tasks.
    fn nth(&self, mut count: usize) -> Option<(usize, usize)> {
        let mut block = 0;
        while count >= *self.counts.get(block)? as usize {
            count -= self.counts[block] as usize;
            block += 1;
        }
        (block * BLOCK..self.words.len())
            .find_map(|word| Some((word, nth_bit(self.words[word], &mut count)?)))
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
        // Of a block some tasks go that are there, and some that are not; the other set reaches further.
        other.insert(TaskId::new(9_000));
        other.insert(TaskId::new(701));
        other.insert(TaskId::new(700));
        let before = set.len();
        set.subtract(&other);
        assert_eq!((set.len(), set.nth(set.len() - 1)), (before - 1, Some(TaskId::new(5_000))));
        set.add(&other);
        assert_eq!(set.len(), set.iter().count());
        assert_eq!(set.nth(set.len() - 1), Some(TaskId::new(9_000)));
        set.clear();
        assert!(set.is_empty() && !set.contains(TaskId::new(0)));
    }
}
