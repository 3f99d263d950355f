//! Stable numbers for tasks: the same in every execution in which the spawner has the same past, and for every
//! worker.

use super::TaskId;
use std::sync::{Arc, Mutex, PoisonError};

/// Numbers tasks by who spawned them and how many that one had spawned before.
#[derive(Debug, Default)]
pub(crate) struct Census {
    of_tasks: Vec<Vec<usize>>,
    count: usize,
    /// What several workers have in common, if they explore together.
    common: Option<Arc<Mutex<Census>>>,
}

impl Census {
    /// The part of one worker.
    pub(crate) fn of(common: Arc<Mutex<Census>>) -> Self {
        Census { common: Some(common), ..Census::default() }
    }

    /// What `spawner` spawns after `spawned_before` others.
    #[inline]
    pub(crate) fn number(&mut self, spawner: TaskId, spawned_before: usize) -> TaskId {
        let known = self.of_tasks.get(spawner.index()).and_then(|numbers| numbers.get(spawned_before));
        TaskId::new(known.copied().unwrap_or_else(|| self.number_anew(spawner, spawned_before)))
    }

    #[cold]
    fn number_anew(&mut self, spawner: TaskId, spawned_before: usize) -> usize {
        if self.of_tasks.len() <= spawner.index() {
            self.of_tasks.resize_with(spawner.index() + 1, Vec::new);
        }
        let number = match &self.common {
            Some(common) => {
                let mut common = common.lock().unwrap_or_else(PoisonError::into_inner);
                common.number(spawner, spawned_before).index()
            }
            // Number 0 is main's.
            None => self.count + 1,
        };
        self.count = self.count.max(number);
        let numbers = &mut self.of_tasks[spawner.index()];
        debug_assert_eq!(numbers.len(), spawned_before, "they are numbered one after another");
        numbers.push(number);
        number
    }

    /// How much room all numbers need, main's included.
    pub(crate) fn len(&self) -> usize {
        self.count + 1
    }
}
