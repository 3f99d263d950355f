//! What the drop-in claims of futures: no wakeup is lost that should not be, and one that is lost is found.
#![cfg(feature = "futures")]

use loom::future::{AtomicWaker, block_on};
use loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
use loom::sync::{Arc, Mutex};
use loom::thread;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Poll, Waker};

/// The report of a model that fails; `None` if it passes.
fn failure(model: impl Fn() + Send + Sync + 'static) -> Option<String> {
    let failed = catch_unwind(AssertUnwindSafe(|| loom::model(model))).err()?;
    Some(*failed.downcast::<String>().expect("a report is text"))
}

#[test]
fn a_waker_that_is_registered_too_late_is_found() {
    let waits = |registers_first: bool| {
        move || {
            let shared = Arc::new((AtomicBool::new(false), AtomicWaker::new()));
            let other = Arc::clone(&shared);
            thread::spawn(move || {
                other.0.store(true, Relaxed);
                other.1.wake();
            });
            block_on(poll_fn(|context| {
                if registers_first {
                    shared.1.register_by_ref(context.waker());
                }
                let is_done = shared.0.load(Relaxed);
                if !registers_first {
                    shared.1.register_by_ref(context.waker());
                }
                if is_done { Poll::Ready(()) } else { Poll::Pending }
            }));
        }
    };
    assert_eq!(failure(waits(true)), None);
    assert!(failure(waits(false)).unwrap().contains("HANG under native"));
}

#[test]
fn a_future_may_be_polled_for_no_reason() {
    let report = failure(|| {
        let place = Arc::new(Mutex::new(None::<Waker>));
        let mut polls = 0;
        block_on(poll_fn(|context| {
            polls += 1;
            if polls == 1 {
                *place.lock().unwrap() = Some(context.waker().clone());
                let place = Arc::clone(&place);
                thread::spawn(move || place.lock().unwrap().take().unwrap().wake());
                return Poll::Pending;
            }
            assert!(place.lock().unwrap().is_none(), "nobody has woken it");
            Poll::Ready(())
        }));
    });
    assert!(report.unwrap().contains("nobody has woken it"));
}

#[test]
fn a_waker_that_is_left_over_is_a_failure() {
    let forgets = || {
        block_on(poll_fn(|context| {
            std::mem::forget(context.waker().clone());
            Poll::Ready(())
        }));
    };
    assert!(failure(forgets).unwrap().contains("leaks an Arc made at"));
}
