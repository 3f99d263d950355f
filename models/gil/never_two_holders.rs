//! The lock is never held twice.

use super::{eager_interpreter, on_two_threads};
use crate::models::most_at_once::MostAtOnce;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Condvar, Mutex, PoisonError};
use crate::thread;

/// Two threads, each with a check point between two stretches under the lock: always `at most 1 at once`.
pub fn never_two_holders() -> String {
    let holders = Arc::new(MostAtOnce::default());
    let seen = holders.clone();
    on_two_threads(eager_interpreter(), move |attached| {
        seen.pass();
        attached.check_point();
        seen.pass();
    });
    holders.to_string()
}

/// Broken: looks whether the lock is free and takes it in two steps. Sometimes `at most 2 at once`.
pub fn looks_then_takes() -> String {
    let holders = Arc::new(MostAtOnce::default());
    let lock = Arc::new(TwoStepLock::default());
    let thread = thread::spawn({
        let (holders, lock) = (holders.clone(), lock.clone());
        move || lock.hold(|| holders.pass())
    });
    lock.hold(|| holders.pass());
    // The thread does not panic.
    let _ = thread.join();
    holders.to_string()
}

#[derive(Default)]
struct TwoStepLock {
    locked: AtomicBool,
    mutex: Mutex<()>,
    released: Condvar,
}

impl TwoStepLock {
    fn hold(&self, body: impl FnOnce()) {
        let mut guard = self.mutex.lock().unwrap_or_else(PoisonError::into_inner);
        while self.locked.load(Ordering::SeqCst) {
            guard = self.released.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        // The fault: the mutex that makes looking and taking one step is let go between them.
        drop(guard);
        self.locked.store(true, Ordering::SeqCst);
        body();
        let guard = self.mutex.lock().unwrap_or_else(PoisonError::into_inner);
        self.locked.store(false, Ordering::SeqCst);
        self.released.notify_one();
        drop(guard);
    }
}
