//! [`AtomicWaker`]: a place for one waker, of which one task registers and others wake.

use conccheck::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// Holds a waker, as the crates do that have this name.
///
/// ```
/// use loom::future::{AtomicWaker, block_on};
/// use loom::sync::{Arc, atomic::{AtomicBool, Ordering::Relaxed}};
/// use std::{future::poll_fn, task::Poll};
///
/// loom::model(|| {
///     let shared = Arc::new((AtomicBool::new(false), AtomicWaker::new()));
///     let other = Arc::clone(&shared);
///     loom::thread::spawn(move || {
///         other.0.store(true, Relaxed);
///         other.1.wake();
///     });
///     block_on(poll_fn(|context| {
///         shared.1.register_by_ref(context.waker()); // after the load it would hang
///         if shared.0.load(Relaxed) { Poll::Ready(()) } else { Poll::Pending }
///     }));
/// });
/// ```
#[derive(Debug, Default)]
pub struct AtomicWaker(Mutex<Option<Waker>>);

impl AtomicWaker {
    /// No waker is there yet.
    #[track_caller]
    pub fn new() -> AtomicWaker {
        AtomicWaker(Mutex::new(None))
    }

    /// Has this waker woken by the next [`wake`](AtomicWaker::wake).
    ///
    /// Where one is going on loom's wakes at once, so that its task polls, and registers, again. Here that is waited for,
    /// which comes to the same without going round.
    #[track_caller]
    pub fn register(&self, waker: Waker) {
        let before = self.lock().replace(waker);
        // Its destructor is no part of what is locked.
        drop(before);
    }

    /// As [`register`](AtomicWaker::register).
    #[track_caller]
    pub fn register_by_ref(&self, waker: &Waker) {
        self.register(waker.clone());
    }

    /// Wakes who registered last, if nobody did since.
    #[track_caller]
    pub fn wake(&self) {
        if let Some(waker) = self.take_waker() {
            waker.wake();
        }
    }

    /// Takes the waker out, to be woken later.
    #[track_caller]
    pub fn take_waker(&self) -> Option<Waker> {
        self.lock().take()
    }

    #[track_caller]
    fn lock(&self) -> MutexGuard<'_, Option<Waker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
