//! Stable numbers for tasks and objects: the same in every execution in which whoever makes them has the same
//! past, and for every worker.

use super::TaskId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Who makes a thing: a task, or a value that is made once for all tasks, by whoever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Maker {
    Task(TaskId),
    Lazy(usize),
}

/// Numbers things by who made them and how many that one had made before, so that a thing has the
/// same number in every execution in which its maker has the same past; and for every worker, if several
/// explore together.
#[derive(Debug, Default)]
pub(crate) struct Census {
    of_tasks: Vec<Vec<usize>>,
    of_lazies: BTreeMap<usize, Vec<usize>>,
    count: usize,
    common: Option<Arc<Mutex<Census>>>,
}

impl Census {
    /// The part of one worker.
    pub(crate) fn of(common: Arc<Mutex<Census>>) -> Self {
        Census { common: Some(common), ..Census::default() }
    }

    /// The number of what `maker` makes after `made_before` others.
    #[inline]
    pub(crate) fn number(&mut self, maker: Maker, made_before: usize) -> usize {
        let known = match maker {
            Maker::Task(task) => self.of_tasks.get(task.index()).and_then(|numbers| numbers.get(made_before)),
            Maker::Lazy(_) => None,
        };
        known.copied().unwrap_or_else(|| self.number_anew(maker, made_before))
    }

    fn number_anew(&mut self, maker: Maker, made_before: usize) -> usize {
        let numbers = match maker {
            Maker::Task(task) => {
                if self.of_tasks.len() <= task.index() {
                    self.of_tasks.resize_with(task.index() + 1, Vec::new);
                }
                &mut self.of_tasks[task.index()]
            }
            Maker::Lazy(key) => self.of_lazies.entry(key).or_default(),
        };
        if made_before == numbers.len() {
            let number = match &self.common {
                Some(common) => {
                    common.lock().unwrap_or_else(PoisonError::into_inner).number(maker, made_before)
                }
                None => self.count,
            };
            numbers.push(number);
            self.count = self.count.max(number + 1);
        }
        numbers[made_before]
    }

    /// How much room all numbers need.
    pub(crate) fn len(&self) -> usize {
        self.count
    }
}
