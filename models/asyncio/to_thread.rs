//! Calls that block, on a thread of their own.

use super::future::{End, LoopFuture, Raised};
use super::running;
use crate::panic::{self, AssertUnwindSafe};
use crate::sync::{Mutex, PoisonError};
use crate::thread;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};

/// Calls `function` on another thread and waits for its result. The thread cannot be cancelled: who waits and is cancelled
/// goes on without it, and [`run`](super::run) waits for it at the end.
///
/// # Panics
/// With what `function` panics with.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{run, to_thread};
///
/// assert_eq!(run(async { to_thread(|| 1 + 2).await }), 3);
/// ```
pub async fn to_thread<T: Send + 'static>(function: impl FnOnce() -> T + Send + 'static) -> T {
    let call = Arc::new(Mutex::new(Call::<T>::default()));
    let home = running::current();
    home.add_thread();
    let (here, there) = (call.clone(), call);
    thread::spawn(move || {
        let result = panic::catch_unwind(AssertUnwindSafe(function));
        let mut call = there.lock().unwrap_or_else(PoisonError::into_inner);
        call.result = Some(result);
        let waker = call.waker.take();
        drop(call);
        waker.into_iter().for_each(Waker::wake);
    });
    let future = LoopFuture::new();
    let ended = future.clone();
    let told = home.clone();
    home.start(async move {
        let result = poll_fn(|context| {
            let mut call = here.lock().unwrap_or_else(PoisonError::into_inner);
            match call.result.take() {
                Some(result) => Poll::Ready(result),
                None => {
                    call.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await;
        ended.set(match result {
            Ok(value) => End::Returned(value),
            Err(payload) => End::Raised(Raised::new(payload)),
        });
        told.remove_thread();
    });
    match future.wait().await {
        End::Returned(value) => value,
        End::Raised(raised) => raised.raise(),
        End::Cancelled(error) => error.raise().await,
    }
}

/// What the two threads share.
struct Call<T> {
    result: Option<thread::Result<T>>,
    waker: Option<Waker>,
}

impl<T> Default for Call<T> {
    fn default() -> Self {
        Call { result: None, waker: None }
    }
}
