//! `async with`: a resource that is entered and left, with waiting at both ends.

use super::cancellation::catch_cancelled;
use crate::panic;
use std::future::Future;

/// A resource for [`with`]. An implementation may write `async fn`.
pub trait AsyncContext {
    /// What the body gets to work with.
    type Entered;
    /// Python's `__aenter__`.
    fn enter(&mut self) -> impl Future<Output = Self::Entered>;
    /// Python's `__aexit__`.
    fn exit(&mut self) -> impl Future<Output = ()>;
}

/// Enters `resource`, runs `body`, exits: also when `body` panics, which then goes on, and when the task is cancelled
/// in it, which it raises after that. A cancellation that comes while it exits ends that where it is.
///
/// A future that is dropped meanwhile cannot wait for an exit, and `resource` is dropped with it. What must be undone then
/// belongs in its `Drop`.
///
/// # Panics
/// With what `body` panics with.
pub async fn with<C: AsyncContext, T>(mut resource: C, body: impl AsyncFnOnce(C::Entered) -> T) -> T {
    let entered = resource.enter().await;
    let ended = catch_cancelled(panic::catch_unwind_async(body(entered))).await;
    resource.exit().await;
    match ended {
        Ok(Ok(value)) => value,
        Ok(Err(payload)) => panic::resume_unwind(payload),
        Err(error) => error.raise().await,
    }
}
