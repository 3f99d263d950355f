//! A waker that unparks a thread. Its owners are those of an [`Arc`] of conccheck's, so that a waker which is leaked is
//! found, and each of its owners may be the last; std makes wakers of its own `Arc` only, which shows none of that.

use conccheck::sync::Arc;
use conccheck::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Release},
};
use conccheck::thread::{self, Thread};
use std::task::{RawWaker, RawWakerVTable, Waker};

/// What wakes a thread that waits for a future.
pub(super) struct Wakeup {
    thread: Thread,
    /// Beside the thread's token, which the future may take itself where it parks.
    is_woken: AtomicBool,
}

impl Wakeup {
    pub(super) fn of_this_thread() -> Self {
        Wakeup { thread: thread::current(), is_woken: AtomicBool::new(false) }
    }

    /// Waits until it is woken, or for no reason.
    #[track_caller]
    pub(super) fn wait(&self) {
        if !self.is_woken.swap(false, Acquire) {
            thread::park();
        }
    }

    #[track_caller]
    fn wake(&self) {
        self.is_woken.swap(true, Release);
        self.thread.unpark();
    }
}

/// A waker that is an owner.
pub(super) fn of(wakeup: Arc<Wakeup>) -> Waker {
    // SAFETY: the pointer is an owner, as the functions of the table have it.
    unsafe { Waker::from_raw(RawWaker::new(Arc::into_raw(wakeup).cast(), &TABLE)) }
}

static TABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop_owner);

unsafe fn clone(pointer: *const ()) -> RawWaker {
    // SAFETY: the waker that is cloned is an owner, and stays one.
    unsafe { Arc::increment_strong_count(pointer.cast::<Wakeup>()) };
    RawWaker::new(pointer, &TABLE)
}

unsafe fn wake(pointer: *const ()) {
    // SAFETY: the waker is an owner, and no more after this.
    unsafe { Arc::from_raw(pointer.cast::<Wakeup>()) }.wake();
}

unsafe fn wake_by_ref(pointer: *const ()) {
    // SAFETY: the waker is an owner, so that what it owns is there as long as it is lent.
    unsafe { &*pointer.cast::<Wakeup>() }.wake();
}

unsafe fn drop_owner(pointer: *const ()) {
    // SAFETY: the waker is an owner, and no more after this.
    drop(unsafe { Arc::from_raw(pointer.cast::<Wakeup>()) });
}
