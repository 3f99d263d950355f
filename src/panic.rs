//! Catching and raising panics, with the names of `std::panic`.
//!
//! A checker may have to leave an execution by unwinding its tasks. Code that catches panics must let
//! such an unwind pass, so what runs under a check catches with this [`catch_unwind`].

use std::any::Any;
use std::future::{Future, poll_fn};
pub use std::panic::{AssertUnwindSafe, Location, RefUnwindSafe, UnwindSafe, panic_any};
use std::task::Poll;

/// Calls `body` and catches its panic, as [`std::panic::catch_unwind`] does.
///
/// # Errors
/// The payload of the panic.
pub fn catch_unwind<T>(body: impl FnOnce() -> T + UnwindSafe) -> std::thread::Result<T> {
    let result = std::panic::catch_unwind(body);
    #[cfg(feature = "check")]
    let result = result.map_err(crate::backend::rethrow_if_ours);
    result
}

/// Unwinds with `payload` and reports no panic, as [`std::panic::resume_unwind`] does.
pub fn resume_unwind(payload: Box<dyn Any + Send>) -> ! {
    #[cfg(feature = "check")]
    crate::backend::resume_unwind(payload);
    #[cfg(not(feature = "check"))]
    std::panic::resume_unwind(payload)
}

/// What `future` results in, or the payload of its panic: [`catch_unwind`] for code that awaits.
///
/// # Errors
/// The payload of the panic.
pub fn catch_unwind_async<T>(
    future: impl Future<Output = T>,
) -> impl Future<Output = std::thread::Result<T>> {
    // In a box: an `async fn` would have room for it twice.
    let mut future = Box::pin(future);
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(payload) => Poll::Ready(Err(payload)),
    })
}

/// The text of a panic's payload: what `panic!` was given.
pub fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_string()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic whose payload is not text".to_string()
    }
}
