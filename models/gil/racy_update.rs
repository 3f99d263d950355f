//! The lock serializes what is done between two check points, not whole statements: an update that
//! reads, calls something and writes still loses other updates, where the call has a check point.

use super::{eager_interpreter, on_two_threads};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering};

/// No check point between reading and writing: always `counter 2`. The lock hides the fault that is
/// there without it.
pub fn update_without_check_point() -> String {
    let counter = Arc::new(AtomicUsize::new(0));
    let cell = counter.clone();
    on_two_threads(eager_interpreter(), move |attached| {
        let seen = cell.load(Ordering::SeqCst);
        cell.store(seen + 1, Ordering::SeqCst);
        attached.check_point();
    });
    format!("counter {}", counter.load(Ordering::SeqCst))
}

/// Broken: a check point between reading and writing. `counter 2`, or `counter 1` where the other
/// thread read at that point.
pub fn racy_update() -> String {
    let counter = Arc::new(AtomicUsize::new(0));
    let cell = counter.clone();
    on_two_threads(eager_interpreter(), move |attached| {
        let seen = cell.load(Ordering::SeqCst);
        attached.check_point();
        cell.store(seen + 1, Ordering::SeqCst);
    });
    format!("counter {}", counter.load(Ordering::SeqCst))
}
