//! What the drop-in claims: each model that is right passes, and its broken twin fails, with a report that says how.

use loom::cell::{Cell, UnsafeCell};
use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering, fence};
use loom::sync::{Arc, Condvar, Mutex, Notify, RwLock, mpsc};
use loom::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

/// The report of a model that fails; `None` if it passes.
fn failure(model: impl Fn() + Send + Sync + 'static) -> Option<String> {
    let failed = catch_unwind(AssertUnwindSafe(|| loom::model(model))).err()?;
    Some(*failed.downcast::<String>().expect("a report is text"))
}

/// That the model fails, and its report has these words.
#[track_caller]
fn assert_fails(model: impl Fn() + Send + Sync + 'static, words: &str) {
    let report = failure(model).expect("it is to fail");
    assert!(report.contains(words), "{report}");
}

/// Data that one thread hands to another by a flag, whose orderings are these.
fn publication(store: Ordering, load: Ordering) -> impl Fn() + Send + Sync + 'static {
    move || {
        let shared = Arc::new((UnsafeCell::new(0), AtomicBool::new(false)));
        let writer = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                // SAFETY: the model finds out.
                shared.0.with_mut(|value| unsafe { *value = 7 });
                shared.1.store(true, store);
            }
        });
        if shared.1.load(load) {
            // SAFETY: as above.
            assert_eq!(shared.0.with(|value| unsafe { *value }), 7);
        }
        writer.join().unwrap();
    }
}

#[test]
fn what_is_published_by_too_weak_an_ordering_is_found() {
    assert_eq!(failure(publication(Release, Acquire)), None);
    for (store, load) in [(Relaxed, Acquire), (Release, Relaxed)] {
        assert_fails(publication(store, load), "data race");
    }
}

#[test]
fn loads_may_be_old() {
    let store_buffering = |is_fenced: bool| {
        move || {
            let [x, y] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
            let stores_and_looks = move |mine: Arc<AtomicUsize>, other: Arc<AtomicUsize>| {
                mine.store(1, Relaxed);
                if is_fenced {
                    fence(Ordering::SeqCst);
                }
                other.load(Relaxed)
            };
            let other = thread::spawn({
                let (x, y) = (x.clone(), y.clone());
                move || stores_and_looks(x, y)
            });
            assert!(stores_and_looks(y, x) + other.join().unwrap() > 0);
        }
    };
    assert_eq!(failure(store_buffering(true)), None);
    assert_fails(store_buffering(false), "FAIL under native");
}

#[test]
fn a_thread_that_panics_fails_the_model_whoever_joins_it() {
    assert_fails(|| drop(thread::spawn(|| panic!("on its own"))), "on its own");
    assert_fails(|| drop(thread::spawn(|| panic!("and joined")).join()), "and joined");
}

#[test]
fn a_thread_may_take_and_give_what_is_not_send() {
    loom::model(|| {
        let count = Rc::new(Cell::new(1));
        let other = thread::spawn({
            let count = Rc::clone(&count);
            move || {
                count.set(2);
                count
            }
        });
        assert!(Rc::ptr_eq(&count, &other.join().unwrap()));
        assert_eq!(count.get(), 2);
    });
    let outside = catch_unwind(|| thread::spawn(|| ())).expect_err("there is no model");
    assert!(outside.downcast::<String>().unwrap().contains("outside of a model; do so inside loom::model"));
}

#[test]
fn cells_that_race_are_found() {
    let counts = |is_joined: bool| {
        move || {
            let count = Rc::new(Cell::new(0));
            let other = thread::spawn({
                let count = Rc::clone(&count);
                move || count.set(1)
            });
            if is_joined {
                other.join().unwrap();
            }
            count.set(2);
        }
    };
    assert_eq!(failure(counts(true)), None);
    assert_fails(counts(false), "data race");
}

#[test]
fn an_access_lasts_as_long_as_its_closure_or_pointer() {
    let hands_on = |too_early: bool, by_pointer: bool| {
        move || {
            let shared = Arc::new((UnsafeCell::new(0), AtomicBool::new(false)));
            let other = Arc::clone(&shared);
            thread::spawn(move || {
                let publish = || other.1.store(true, Release);
                let write = |value: *mut i32| {
                    if too_early {
                        publish();
                        publish();
                    }
                    // SAFETY: the model finds out.
                    unsafe { *value = 1 };
                };
                match by_pointer {
                    true => other.0.get_mut().with(write),
                    false => other.0.with_mut(write),
                }
                publish();
            });
            if shared.1.load(Acquire) {
                // SAFETY: as above.
                shared.0.with(|value| unsafe { assert!(*value < 2) });
            }
        }
    };
    for by_pointer in [true, false] {
        assert_eq!(failure(hands_on(false, by_pointer)), None);
        assert_fails(hands_on(true, by_pointer), "data race");
    }
}

#[test]
fn plain_accesses_of_atomics_race_with_others() {
    let looks = |is_joined: bool| {
        move || {
            let value = Arc::new(AtomicUsize::new(0));
            let other = thread::spawn({
                let value = Arc::clone(&value);
                move || value.store(1, Relaxed)
            });
            if is_joined {
                other.join().unwrap();
            }
            // SAFETY: the model finds out.
            let seen = unsafe { value.unsync_load() };
            assert!(!is_joined || seen == 1);
        }
    };
    assert_eq!(failure(looks(true)), None);
    assert_fails(looks(false), "data race");
}

#[test]
fn an_atomic_is_made_before_whoever_uses_it() {
    let published = |order: Ordering| {
        move || {
            let place = Arc::new(AtomicPtr::new(std::ptr::null_mut::<AtomicUsize>()));
            let other = thread::spawn({
                let place = Arc::clone(&place);
                move || place.store(Box::into_raw(Box::new(AtomicUsize::new(7))), order)
            });
            let pointer = place.load(Acquire);
            if !pointer.is_null() {
                // SAFETY: it was made by the other thread, and is freed below.
                assert_eq!(unsafe { &*pointer }.load(Relaxed), 7);
            }
            other.join().unwrap();
            // SAFETY: nobody else has it any more.
            drop(unsafe { Box::from_raw(place.load(Relaxed)) });
        }
    };
    assert_eq!(failure(published(Release)), None);
    assert_fails(published(Relaxed), "data race");
}

/// A count of owners, as in `Arc`, whose last owner changes the value without synchronization.
#[test]
fn the_last_owner_comes_after_the_others() {
    let let_go = |order: Ordering| {
        move || {
            struct Shared(*mut (AtomicUsize, AtomicUsize));
            impl Shared {
                fn let_go(&self, order: Ordering) {
                    // SAFETY: it is freed by the last owner.
                    let (count, value) = unsafe { (&(*self.0).0, &(*self.0).1) };
                    value.fetch_add(1, Relaxed);
                    if count.fetch_sub(1, order) == 1 {
                        fence(Acquire);
                        // SAFETY: this is the last owner, as the model finds out.
                        let mut owned = unsafe { Box::from_raw(self.0) };
                        owned.1.with_mut(|value| assert_eq!(*value, 2));
                    }
                }
            }
            let pointer = Box::into_raw(Box::new((AtomicUsize::new(2), AtomicUsize::new(0))));
            let other = thread::spawn(move || Shared(pointer).let_go(order));
            Shared(pointer).let_go(order);
            other.join().unwrap();
        }
    };
    assert_eq!(failure(let_go(Release)), None);
    assert_fails(let_go(Relaxed), "data race");
}

#[test]
fn what_is_left_over_is_a_failure() {
    use loom::alloc::{Layout, Track, alloc, dealloc};
    assert_fails(|| std::mem::forget(Arc::new(1)), "leaks an Arc made at");
    assert_fails(|| std::mem::forget(Track::new(1)), "leaks a tracked value made at");
    let layout = Layout::new::<u64>();
    // SAFETY: the layout is not empty.
    assert_fails(move || _ = unsafe { alloc(layout) }, "leaks memory made at");
    // SAFETY: as above.
    loom::model(move || unsafe { dealloc(alloc(layout), layout) });
    loom::model(|| assert_eq!(Track::new(1).into_inner(), 1));
}

#[test]
fn locks_condvars_and_channels_wake_who_waits() {
    let waits = |is_notified: bool| {
        move || {
            let shared = Arc::new((Mutex::new(false), Condvar::new(), RwLock::new(0)));
            let (sender, receiver) = mpsc::channel();
            let other = thread::spawn({
                let shared = Arc::clone(&shared);
                move || {
                    *shared.2.write().unwrap() += 1;
                    *shared.0.lock().unwrap() = true;
                    if is_notified {
                        shared.1.notify_one();
                    }
                    sender.send(7).unwrap();
                }
            });
            let mut is_done = shared.0.lock().unwrap();
            while !*is_done {
                is_done = shared.1.wait(is_done).unwrap();
            }
            drop(is_done);
            assert_eq!(*shared.2.read().unwrap() + receiver.recv().unwrap(), 8);
            other.join().unwrap();
        }
    };
    assert_eq!(failure(waits(true)), None);
    assert_fails(waits(false), "HANG under native");
}

#[test]
fn a_notification_waits_for_who_comes_later_and_orders_what_came_before() {
    let notifies = |before: bool| {
        move || {
            let shared = Arc::new((UnsafeCell::new(0), Notify::new()));
            let other = Arc::clone(&shared);
            thread::spawn(move || {
                if !before {
                    other.1.notify();
                }
                // SAFETY: the model finds out.
                other.0.with_mut(|value| unsafe { *value = 1 });
                other.1.notify();
            });
            shared.1.wait();
            // SAFETY: as above.
            shared.0.with(|value| unsafe { assert_eq!(*value, 1) });
        }
    };
    assert_eq!(failure(notifies(true)), None);
    assert_fails(notifies(false), "data race");
    assert_fails(|| Notify::new().wait(), "HANG under native");
}

loom::lazy_static! {
    static ref SHARED: Arc<AtomicUsize> = Arc::new(AtomicUsize::new(1));
}

loom::thread_local! {
    static OWN: std::cell::Cell<usize> = const { std::cell::Cell::new(1) };
}

#[test]
fn statics_begin_anew_in_each_execution_and_are_no_leak() {
    loom::model(|| {
        let adds = || (SHARED.fetch_add(1, Relaxed), OWN.replace(2));
        let other = thread::spawn(adds);
        let (mine, theirs) = (adds(), other.join().unwrap());
        assert_eq!((mine.1, theirs.1), (1, 1));
        assert_eq!(mine.0 + theirs.0, 3);
    });
}

#[test]
fn unreachable_code_that_is_reached_fails() {
    // SAFETY: nothing is unsafe there.
    assert_fails(|| unsafe { loom::hint::unreachable_unchecked() }, "unreachable_unchecked was reached");
}
