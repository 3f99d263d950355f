//! Atomics: conccheck's, which have loom's `with_mut`, `unsync_load` and `compare_and_swap`, too.

pub use conccheck::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64, AtomicUsize, Ordering, fence,
};

/// Tells the machine that this is a loop which waits; to conccheck it is a [`yield_now`](crate::thread::yield_now).
#[track_caller]
pub fn spin_loop_hint() {
    crate::hint::spin_loop();
}
