//! Whoever waits for the lock gets it: no wakeup is lost, and forced switching always finds somebody
//! to switch to.

use super::{eager_interpreter, on_two_threads};
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Arc, Condvar, Mutex, PoisonError};
use crate::thread;

/// Each thread holds the lock, hands it over if asked, and lets go: always `held 4 times`.
pub fn every_waiter_gets_it() -> String {
    let holds = Arc::new(AtomicUsize::new(0));
    let counted = holds.clone();
    on_two_threads(eager_interpreter(), move |attached| {
        counted.fetch_add(1, Ordering::SeqCst);
        attached.check_point();
        counted.fetch_add(1, Ordering::SeqCst);
    });
    format!("held {} times", holds.load(Ordering::SeqCst))
}

/// Broken: letting go wakes nobody, so a thread that came while the lock was held waits for ever.
/// `held 2 times`, or a hang.
pub fn forgets_to_signal() -> String {
    let lock = Arc::new((Mutex::new(false), Condvar::new()));
    let holds = Arc::new(AtomicUsize::new(0));
    let hold = {
        let holds = holds.clone();
        move || {
            let (locked, released) = &*lock;
            let mut guard = locked.lock().unwrap_or_else(PoisonError::into_inner);
            while *guard {
                guard = released.wait(guard).unwrap_or_else(PoisonError::into_inner);
            }
            *guard = true;
            drop(guard);
            holds.fetch_add(1, Ordering::SeqCst);
            *locked.lock().unwrap_or_else(PoisonError::into_inner) = false;
            // The fault: here `released` has to be notified.
        }
    };
    let thread = thread::spawn(hold.clone());
    hold();
    // The thread does not panic.
    let _ = thread.join();
    format!("held {} times", holds.load(Ordering::SeqCst))
}
