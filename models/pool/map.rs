//! What `map` gives, also that of a process pool: one item's result after another, in the items' order.

use super::{Future, JobError};
use std::collections::VecDeque;

/// Waits for one item's result after another. It ends with the first item that failed: its error is
/// given at its turn and the items after it are cancelled, as they are when this is dropped.
pub struct Map<F: Handle> {
    /// Those whose results were not given yet.
    futures: VecDeque<F>,
}

/// A future as [`Map`] uses it.
pub trait Handle {
    /// What it results in.
    type Value;
    /// Why there is no result.
    type Error;

    /// Waits for the result.
    ///
    /// # Errors
    /// Why there is none.
    fn result(&self) -> Result<Self::Value, Self::Error>;

    /// Keeps what has not begun from beginning, and says whether that is so.
    fn cancel(&self) -> bool;
}

impl<T: Clone> Handle for Future<T> {
    type Value = T;
    type Error = JobError;

    fn result(&self) -> Result<T, JobError> {
        self.result()
    }

    fn cancel(&self) -> bool {
        self.cancel()
    }
}

impl<F: Handle> Map<F> {
    pub(in crate::models) fn push(&mut self, future: F) {
        self.futures.push_back(future);
    }

    fn cancel(&mut self) {
        for future in self.futures.drain(..) {
            future.cancel();
        }
    }
}

impl<F: Handle> Default for Map<F> {
    fn default() -> Self {
        Map { futures: VecDeque::new() }
    }
}

impl<F: Handle> Iterator for Map<F> {
    type Item = Result<F::Value, F::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = self.futures.pop_front()?.result();
        if result.is_err() {
            self.cancel();
        }
        Some(result)
    }
}

impl<F: Handle> Drop for Map<F> {
    fn drop(&mut self) {
        self.cancel();
    }
}
