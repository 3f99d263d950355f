//! `async for`: iteration whose every step may wait.

use std::future::Future;

/// Something to loop over with `while let Some(item) = items.next().await`. An implementation may
/// write `async fn next`.
pub trait AsyncIterator {
    /// What is iterated over.
    type Item;
    /// Waits for the next item; `None` when there are no more.
    fn next(&mut self) -> impl Future<Output = Option<Self::Item>>;
}
