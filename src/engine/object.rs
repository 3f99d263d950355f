//! Objects that tasks share: how they are told from each other, and what state they are in.

use super::TaskId;

/// Names an object: the same one in all executions in which its maker has the same past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId(u32);

impl ObjectId {
    pub(crate) fn new(index: usize) -> Self {
        ObjectId(u32::try_from(index).expect("fewer objects than fit into memory"))
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What an object's state says about who can go on. An atomic never makes anybody wait.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Object {
    /// The task that has the mutex.
    pub(crate) holder: Option<TaskId>,
}

/// Numbers things by who made them and how many that task had made before, so that a thing has the
/// same number in every execution in which its maker has the same past.
#[derive(Debug, Default)]
pub(crate) struct Census {
    numbers: Vec<Vec<usize>>,
    count: usize,
}

impl Census {
    /// The number of what `maker` makes after `made_before` others.
    pub(crate) fn number(&mut self, maker: TaskId, made_before: usize) -> usize {
        if self.numbers.len() <= maker.index() {
            self.numbers.resize_with(maker.index() + 1, Vec::new);
        }
        let numbers = &mut self.numbers[maker.index()];
        if made_before == numbers.len() {
            numbers.push(self.count);
            self.count += 1;
        }
        numbers[made_before]
    }

    /// How many numbers were given.
    pub(crate) fn len(&self) -> usize {
        self.count
    }
}
