//! Sets of nodes of `psc`, of which there are at most 256.

const WORDS: usize = 4;

/// How many nodes there can be.
pub(in crate::engine::memory::rust) const NODES_MAX: usize = 64 * WORDS;

/// Nodes by their numbers, as bits.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine::memory::rust) struct NodeSet([u64; WORDS]);

impl NodeSet {
    pub(super) fn insert(&mut self, node: usize) {
        self.0[node / 64] |= 1 << (node % 64);
    }

    pub(super) fn remove(&mut self, node: usize) {
        self.0[node / 64] &= !(1 << (node % 64));
    }

    pub(super) fn contains(&self, node: usize) -> bool {
        self.0[node / 64] >> (node % 64) & 1 == 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0 == [0; WORDS]
    }

    /// Adds all of another.
    pub(super) fn add(&mut self, other: &NodeSet) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    pub(super) fn without(mut self, other: &NodeSet) -> NodeSet {
        self.0.iter_mut().zip(other.0).for_each(|(mine, theirs)| *mine &= !theirs);
        self
    }

    /// Takes one out.
    pub(super) fn pop(&mut self) -> Option<usize> {
        let word = self.0.iter().position(|&word| word != 0)?;
        let bit = self.0[word].trailing_zeros() as usize;
        self.0[word] &= self.0[word] - 1;
        Some(64 * word + bit)
    }
}
