//! Sequential consistency: a place in memory is one value, which everybody sees.

#[derive(Clone, Debug)]
pub(in crate::engine) struct Place {
    value: u64,
}

impl Place {
    pub(in crate::engine) fn new(value: u64) -> Self {
        Place { value }
    }

    /// What a load reads.
    pub(in crate::engine) fn value(&self) -> u64 {
        self.value
    }

    pub(in crate::engine) fn store(&mut self, value: u64) {
        self.value = value;
    }
}
