//! The results of [`ThreadPoolExecutor::map`](super::ThreadPoolExecutor::map), in the items' order.

use super::{Future, JobError};
use std::collections::VecDeque;

/// Waits for one item's result after another. It ends with the first item that failed: its error is
/// given at its turn and the items after it are cancelled, as they are when this is dropped.
pub struct Map<T> {
    /// Those whose results were not given yet.
    futures: VecDeque<Future<T>>,
}

impl<T> Map<T> {
    pub(super) fn push(&mut self, future: Future<T>) {
        self.futures.push_back(future);
    }

    fn cancel(&mut self) {
        for future in self.futures.drain(..) {
            future.cancel();
        }
    }
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Map { futures: VecDeque::new() }
    }
}

impl<T: Clone> Iterator for Map<T> {
    type Item = Result<T, JobError>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = self.futures.pop_front()?.result();
        if result.is_err() {
            self.cancel();
        }
        Some(result)
    }
}

impl<T> Drop for Map<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}
