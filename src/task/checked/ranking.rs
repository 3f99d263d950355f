//! Timers in the order of their deadlines, of which one is found by its place.

use super::rank::Number;
use std::time::Duration;

/// So many are together, at most.
const BLOCK_MAX: usize = 256;

/// When it is due, and which it is.
pub(super) type Key = (Duration, Number);

/// Keys in order.
#[derive(Default)]
pub(super) struct Ranking {
    /// None is empty.
    blocks: Vec<Vec<Key>>,
    len: usize,
}

impl Ranking {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn insert(&mut self, key: Key) {
        let at = self.block_of(key).min(self.blocks.len().saturating_sub(1));
        if self.blocks.is_empty() {
            self.blocks.push(Vec::new());
        }
        let block = &mut self.blocks[at];
        let Err(place) = block.binary_search(&key) else { return };
        block.insert(place, key);
        self.len += 1;
        if block.len() > BLOCK_MAX {
            let rest = block.split_off(BLOCK_MAX / 2);
            self.blocks.insert(at + 1, rest);
        }
    }

    /// Whether it was there.
    pub(super) fn remove(&mut self, key: Key) -> bool {
        let at = self.block_of(key);
        let Some(block) = self.blocks.get_mut(at) else { return false };
        let Ok(place) = block.binary_search(&key) else { return false };
        block.remove(place);
        if block.is_empty() {
            self.blocks.remove(at);
        }
        self.len -= 1;
        true
    }

    /// The one before which there are so many.
    pub(super) fn nth(&self, mut place: usize) -> Option<Key> {
        for block in &self.blocks {
            match block.get(place) {
                Some(&key) => return Some(key),
                None => place -= block.len(),
            }
        }
        None
    }

    /// How many are before it, if it is there.
    pub(super) fn place(&self, key: Key) -> Option<usize> {
        let at = self.block_of(key);
        let within = self.blocks.get(at)?.binary_search(&key).ok()?;
        Some(self.blocks[..at].iter().map(Vec::len).sum::<usize>() + within)
    }

    /// The first block whose last is not before that.
    fn block_of(&self, key: Key) -> usize {
        self.blocks.partition_point(|block| block.last().is_some_and(|&last| last < key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> Key {
        (Duration::from_millis(number), number)
    }

    #[test]
    fn keys_are_in_order_whenever_they_come_and_go() {
        let mut ranking = Ranking::default();
        // 7 and 1,009 have no divisor in common, so each number comes once.
        for number in (0..1_009).map(|at| at * 7 % 1_009) {
            ranking.insert(key(number));
        }
        assert_eq!(ranking.len(), 1_009);
        for number in (0..1_009).filter(|number| number % 3 != 0) {
            assert!(ranking.remove(key(number)) && !ranking.remove(key(number)));
        }
        let left: Vec<u64> = (0..1_009).filter(|number| number % 3 == 0).collect();
        let found = (0..ranking.len()).map(|place| ranking.nth(place).expect("there are so many").1);
        assert_eq!(found.collect::<Vec<_>>(), left);
        assert_eq!((ranking.place(key(999)), ranking.place(key(1_000))), (Some(333), None));
        assert_eq!(ranking.nth(left.len()), None);
    }
}
