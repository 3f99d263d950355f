//! A set of small numbers, as wide as it has to be.

/// A subset of `0..n`, for an `n` that is fixed when it is made.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Bits(Box<[u64]>);

impl Bits {
    /// The empty subset of `0..n`.
    pub(super) fn new(n: usize) -> Self {
        Bits(vec![0; n.div_ceil(64)].into())
    }

    pub(super) fn insert(&mut self, bit: usize) {
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    pub(super) fn remove(&mut self, bit: usize) {
        self.0[bit / 64] &= !(1 << (bit % 64));
    }

    pub(super) fn remove_all(&mut self, others: &Bits) {
        for (word, other) in self.0.iter_mut().zip(&others.0) {
            *word &= !other;
        }
    }

    /// The least member that is not less than `from`.
    pub(super) fn next(&self, from: usize) -> Option<usize> {
        let first = from / 64;
        let above = |index: usize| if index == first { u64::MAX << (from % 64) } else { u64::MAX };
        let (index, word) = (first..self.0.len())
            .map(|index| (index, self.0[index] & above(index)))
            .find(|&(_, word)| word != 0)?;
        Some(index * 64 + word.trailing_zeros() as usize)
    }

    /// All members, the least first.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        std::iter::successors(self.next(0), |&last| self.next(last + 1))
    }
}

impl FromIterator<bool> for Bits {
    fn from_iter<I: IntoIterator<Item = bool>>(members: I) -> Self {
        let members: Vec<bool> = members.into_iter().collect();
        let mut bits = Bits::new(members.len());
        members.iter().enumerate().filter(|&(_, is_in)| *is_in).for_each(|(bit, _)| bits.insert(bit));
        bits
    }
}
