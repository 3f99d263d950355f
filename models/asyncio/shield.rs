//! Keeping a cancellation from what is awaited. Port of CPython's `asyncio.shield`.

use super::future::{End, LoopFuture, Raised, Wait};
use super::task::{IntoTask, TaskError};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Awaits `awaitable` as a task that goes on when who awaits this is cancelled, who is cancelled all the same.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{create_task, run, shield, sleep};
/// use std::time::Duration;
///
/// let (waiting_was_cancelled, shielded) = run(async {
///     let work = create_task(async { sleep(Duration::from_millis(1)).await });
///     let waiting = create_task(shield(work.clone()));
///     sleep(Duration::ZERO).await;
///     waiting.cancel();
///     (waiting.await.is_err(), work.await)
/// });
/// assert!(waiting_was_cancelled);
/// assert_eq!(shielded, Ok(()));
/// ```
pub fn shield<A>(awaitable: A) -> Shield<A::Output>
where
    A: IntoTask<Output: 'static>,
{
    let inner = awaitable.into_task();
    if inner.done() {
        return Shield(inner.end.wait());
    }
    let outer = LoopFuture::new();
    let (from, to) = (inner.end.clone(), outer.clone());
    let key = inner.end.add_done_callback(move || pass_on(&from, &to));
    outer.add_done_callback(move || inner.end.remove_done_callback(key));
    Shield(outer.wait())
}

/// Unless nobody asks any more.
fn pass_on<T: 'static>(inner: &LoopFuture<T>, outer: &LoopFuture<T>) {
    if outer.is_done() {
        return;
    }
    outer.set(match inner.take().expect("it has ended") {
        End::Raised(Raised { message, .. }) => End::Raised(Raised::new(Box::new(message))),
        end => end,
    });
}

/// What [`shield`] gives: `await` it.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Shield<T: 'static>(Wait<T>);

impl<T: 'static> Future for Shield<T> {
    type Output = Result<T, TaskError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(End::into_result)
    }
}
