//! `async with`: a resource that is entered and left, with waiting at both ends.

use crate::panic::{self, AssertUnwindSafe};
use std::future::{Future, poll_fn};
use std::pin::pin;

/// A resource for [`with`]. An implementation may write `async fn`.
pub trait AsyncContext {
    /// What the body gets to work with.
    type Entered;
    /// Python's `__aenter__`.
    fn enter(&mut self) -> impl Future<Output = Self::Entered>;
    /// Python's `__aexit__`.
    fn exit(&mut self) -> impl Future<Output = ()>;
}

/// Enters `resource`, runs `body`, exits: also when `body` panics, which then goes on.
///
/// A future that is cancelled meanwhile cannot wait for an exit: it is dropped, and `resource` with
/// it. What must be undone then belongs in its `Drop`.
///
/// # Panics
/// With what `body` panics with.
pub async fn with<C: AsyncContext, T>(mut resource: C, body: impl AsyncFnOnce(C::Entered) -> T) -> T {
    let entered = resource.enter().await;
    let result = catch(body(entered)).await;
    resource.exit().await;
    result.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

/// What `future` results in, or what it panics with.
async fn catch<T>(future: impl Future<Output = T>) -> std::thread::Result<T> {
    let mut future = pin!(future);
    poll_fn(|context| match panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(payload) => std::task::Poll::Ready(Err(payload)),
    })
    .await
}
