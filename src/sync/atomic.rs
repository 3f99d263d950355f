//! Atomics: the names and paths of `std::sync::atomic`. Each is the running backend's own, because
//! a memory model lives in it: loom's shows reorderings, shuttle's and the rest do not.

use crate::backend::{self, Backend};
use std::fmt;
use std::sync::atomic as real;
pub use std::sync::atomic::{Ordering, compiler_fence};

/// A fence between this task's accesses.
#[track_caller]
pub fn fence(order: Ordering) {
    match backend::current() {
        Backend::Real => real::fence(order),
        // Under sequential consistency it does nothing.
        Backend::Native => {}
        #[cfg(feature = "shuttle")]
        Backend::Shuttle => shuttle::sync::atomic::fence(order),
        #[cfg(feature = "loom")]
        Backend::Loom => backend::loom::operation(|| loom::sync::atomic::fence(order)),
        #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
        _ => backend::not_compiled_in(),
    }
}

/// One atomic as the running backend has it.
enum Cell<R, S, L> {
    Real(R),
    Native(backend::native::Object, R),
    #[cfg(feature = "shuttle")]
    Shuttle(S),
    #[cfg(feature = "loom")]
    Loom(L),
    /// Keeps the parameters used whatever is compiled in.
    #[allow(dead_code, reason = "never made")]
    Never(std::convert::Infallible, std::marker::PhantomData<(S, L)>),
}

/// Calls one method on whichever atomic this is; the native engine is told what kind it is.
macro_rules! on_backend {
    ($self:ident, $function:tt $kind:ident($($expected:expr)?), $cell:ident => $call:expr) => {
        match &$self.0 {
            Cell::Real($cell) => {
                backend::expect_real("an atomic");
                $call
            }
            Cell::Native(object, $cell) => {
                backend::expect(Backend::Native, "an atomic");
                let is_logged = object.$kind($($expected.bits(),)? || $cell.load(Ordering::Relaxed).bits());
                if !is_logged {
                    return $call;
                }
                let before = format!("{:?}", $cell.load(Ordering::Relaxed));
                let result = $call;
                backend::native::note($function, before, format!("{:?}", $cell.load(Ordering::Relaxed)));
                result
            }
            #[cfg(feature = "shuttle")]
            Cell::Shuttle($cell) => {
                backend::expect(Backend::Shuttle, "an atomic");
                $call
            }
            #[cfg(feature = "loom")]
            Cell::Loom($cell) => {
                backend::expect(Backend::Loom, "an atomic");
                backend::loom::operation(|| $call)
            }
            Cell::Never(never, _) => match *never {},
        }
    };
}

#[cfg(feature = "shuttle")]
use shuttle::sync::atomic as shuttle_atomic;
#[cfg(not(feature = "shuttle"))]
use std::sync::atomic as shuttle_atomic;

#[cfg(feature = "loom")]
use loom::sync::atomic as loom_atomic;
#[cfg(not(feature = "loom"))]
use std::sync::atomic as loom_atomic;

/// A value as the native engine compares it.
trait Bits {
    fn bits(self) -> u64;
}

macro_rules! bits {
    ($($value:ty),+) => {
        $(impl Bits for $value {
            fn bits(self) -> u64 {
                self as u64
            }
        })+
    };
}

bits!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, bool);

impl<T> Bits for *mut T {
    fn bits(self) -> u64 {
        self as usize as u64
    }
}

/// What every atomic has.
macro_rules! atomic {
    ($name:ident, $value:ty $(, $parameter:ident)?) => {
        #[doc = concat!("[`std::sync::atomic::", stringify!($name), "`], under every backend.")]
        pub struct $name$(<$parameter>)?(
            Cell<real::$name$(<$parameter>)?, shuttle_atomic::$name$(<$parameter>)?, loom_atomic::$name$(<$parameter>)?>,
        );

        impl$(<$parameter>)? $name$(<$parameter>)? {
            /// An atomic that holds `value`.
            #[track_caller]
            pub fn new(value: $value) -> Self {
                $name(match backend::current() {
                    Backend::Real => Cell::Real(real::$name::new(value)),
                    Backend::Native => Cell::Native(backend::native::Object::atomic(), real::$name::new(value)),
                    #[cfg(feature = "shuttle")]
                    Backend::Shuttle => Cell::Shuttle(shuttle::sync::atomic::$name::new(value)),
                    #[cfg(feature = "loom")]
                    Backend::Loom => {
                        Cell::Loom(backend::loom::operation(|| loom::sync::atomic::$name::new(value)))
                    }
                    #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
                    _ => backend::not_compiled_in(),
                })
            }

            /// Reads the value.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                on_backend!(self, "load" load(), cell => cell.load(order))
            }

            /// Writes the value.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                on_backend!(self, "store" store(), cell => cell.store(value, order))
            }

            /// Writes the value and returns the one before.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                on_backend!(self, "swap" store(), cell => cell.swap(value, order))
            }

            /// Writes `new` if the value is `current`.
            ///
            /// # Errors
            /// The value, when it is another.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                on_backend!(self, "compare_exchange" exchange(current), cell => cell.compare_exchange(current, new, success, failure))
            }

            /// As [`Self::compare_exchange`], but it may fail without a reason: for real on some machines;
            /// under native as often as [`Checker::weak_failures_max`](crate::Checker::weak_failures_max) says,
            /// which is never if nothing is said; under shuttle and loom never.
            ///
            /// # Errors
            /// The value, when it is another or the exchange failed without a reason.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                if let Cell::Native(..) = &self.0 {
                    if backend::native::chance(backend::native::Chance::WeakFailure) {
                        return Err(self.load(failure));
                    }
                    return self.compare_exchange(current, new, success, failure);
                }
                on_backend!(self, "compare_exchange_weak" exchange(current), cell => {
                    cell.compare_exchange_weak(current, new, success, failure)
                })
            }

            /// Writes what `update` makes of the value, as often as another task comes between.
            ///
            /// # Errors
            /// The value, when `update` returns `None`.
            #[track_caller]
            pub fn fetch_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut update: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let mut seen = self.load(fetch_order);
                while let Some(new) = update(seen) {
                    match self.compare_exchange_weak(seen, new, set_order, fetch_order) {
                        Ok(previous) => return Ok(previous),
                        Err(other) => seen = other,
                    }
                }
                Err(seen)
            }

            /// The value, without an access: nobody else can have it.
            pub fn get_mut(&mut self) -> &mut $value {
                match &mut self.0 {
                    Cell::Real(cell) | Cell::Native(_, cell) => cell.get_mut(),
                    #[cfg(feature = "shuttle")]
                    Cell::Shuttle(cell) => cell.get_mut(),
                    #[cfg(feature = "loom")]
                    Cell::Loom(_) => backend::unsupported("`get_mut` of an atomic", "use `load` and `store`"),
                    Cell::Never(never, _) => match *never {},
                }
            }

            /// The value.
            pub fn into_inner(self) -> $value {
                match self.0 {
                    Cell::Real(cell) | Cell::Native(_, cell) => cell.into_inner(),
                    #[cfg(feature = "shuttle")]
                    Cell::Shuttle(cell) => cell.into_inner(),
                    #[cfg(feature = "loom")]
                    Cell::Loom(cell) => backend::loom::operation(|| cell.into_inner()),
                    Cell::Never(never, _) => match never {},
                }
            }
        }

        impl$(<$parameter>)? From<$value> for $name$(<$parameter>)? {
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }

        impl$(<$parameter>)? fmt::Debug for $name$(<$parameter>)? {
            /// Does not read the value, which would be one more access to explore.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

/// Read-modify-writes: name, and what it does to the value.
macro_rules! fetch {
    ($name:ident, $value:ty: $($method:ident $what:literal),+) => {
        impl $name {
            $(
                #[doc = concat!($what, ", and returns the value before.")]
                #[track_caller]
                pub fn $method(&self, value: $value, order: Ordering) -> $value {
                    on_backend!(self, (stringify!($method)) store(), cell => cell.$method(value, order))
                }
            )+
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new(<$value>::default())
            }
        }
    };
}

macro_rules! integer {
    ($($name:ident $value:ty),+ $(,)?) => {
        $(
            atomic!($name, $value);
            fetch!($name, $value:
                fetch_add "Adds, wrapping around", fetch_sub "Subtracts, wrapping around",
                fetch_max "Takes the greater", fetch_min "Takes the lesser",
                fetch_and "Ands the bits", fetch_nand "Nands the bits",
                fetch_or "Ors the bits", fetch_xor "Xors the bits");
        )+
    };
}

integer!(
    AtomicU8 u8, AtomicU16 u16, AtomicU32 u32, AtomicU64 u64, AtomicUsize usize,
    AtomicI8 i8, AtomicI16 i16, AtomicI32 i32, AtomicI64 i64, AtomicIsize isize,
);
atomic!(AtomicBool, bool);
fetch!(AtomicBool, bool: fetch_and "Ands", fetch_nand "Nands", fetch_or "Ors", fetch_xor "Xors");
atomic!(AtomicPtr, *mut T, T);

impl<T> Default for AtomicPtr<T> {
    fn default() -> Self {
        AtomicPtr::new(std::ptr::null_mut())
    }
}
