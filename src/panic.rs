//! Catching and raising panics, with the names of `std::panic`.
//!
//! A checker may have to leave an execution by unwinding its tasks. Code that catches panics must let
//! such an unwind pass, so what runs under a check catches with this [`catch_unwind`].

use std::any::Any;
pub use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, resume_unwind};

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
