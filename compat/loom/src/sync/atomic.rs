//! Atomics: conccheck's. That one is made is an access, which whoever uses it has to come after: so what hands it on is
//! checked, as in loom.

pub use conccheck::sync::atomic::{Ordering, fence};

use conccheck::sync::atomic as checked;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// Tells the machine that this is a loop which waits; to conccheck it is a [`yield_now`](crate::thread::yield_now).
#[track_caller]
pub fn spin_loop_hint() {
    crate::hint::spin_loop();
}

/// The ordering of a failed exchange, where one was given for both.
fn failure_of(order: Ordering) -> Ordering {
    match order {
        Ordering::Release => Ordering::Relaxed,
        Ordering::AcqRel => Ordering::Acquire,
        order => order,
    }
}

macro_rules! atomic {
    ($($name:ident$(<$parameter:ident>)?: $value:ty),+ $(,)?) => {
        $(
            #[doc = concat!("[`std::sync::atomic::", stringify!($name), "`].")]
            pub struct $name$(<$parameter>)?(checked::$name$(<$parameter>)?);

            impl$(<$parameter>)? $name$(<$parameter>)? {
                /// An atomic that holds `value`.
                #[track_caller]
                pub fn new(value: $value) -> Self {
                    $name(checked::$name::new_seen(value))
                }

                /// `compare_exchange` under its name of old, with the value that was there in either case.
                #[track_caller]
                pub fn compare_and_swap(&self, current: $value, new: $value, order: Ordering) -> $value {
                    match self.compare_exchange(current, new, order, failure_of(order)) {
                        Ok(before) | Err(before) => before,
                    }
                }

                /// The value.
                #[track_caller]
                pub fn into_inner(self) -> $value {
                    self.0.into_inner()
                }
            }

            impl$(<$parameter>)? Deref for $name$(<$parameter>)? {
                type Target = checked::$name$(<$parameter>)?;

                fn deref(&self) -> &Self::Target {
                    &self.0
                }
            }

            impl$(<$parameter>)? DerefMut for $name$(<$parameter>)? {
                fn deref_mut(&mut self) -> &mut Self::Target {
                    &mut self.0
                }
            }

            impl$(<$parameter>)? From<$value> for $name$(<$parameter>)? {
                #[track_caller]
                fn from(value: $value) -> Self {
                    $name::new(value)
                }
            }

            impl$(<$parameter>)? fmt::Debug for $name$(<$parameter>)? {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.fmt(f)
                }
            }
        )+
    };
}

macro_rules! integer {
    ($($name:ident $value:ty),+ $(,)?) => {
        atomic!($($name: $value),+);
        $(
            impl Default for $name {
                #[track_caller]
                fn default() -> Self {
                    $name::new(<$value>::default())
                }
            }
        )+
    };
}

integer!(
    AtomicBool bool, AtomicU8 u8, AtomicU16 u16, AtomicU32 u32, AtomicU64 u64, AtomicUsize usize, AtomicI8 i8, AtomicI16 i16,
    AtomicI32 i32, AtomicI64 i64, AtomicIsize isize,
);
atomic!(AtomicPtr<T>: *mut T);

impl<T> Default for AtomicPtr<T> {
    #[track_caller]
    fn default() -> Self {
        AtomicPtr::new(std::ptr::null_mut())
    }
}
