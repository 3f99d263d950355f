//! Atomics: the names and paths of `std::sync::atomic`. Each is the running backend's own, because
//! a memory model lives in it: loom's shows reorderings, shuttle's and the rest do not.

use crate::backend::native::{Performed, Update};
use crate::backend::{self, Backend};
use std::fmt;
use std::sync::atomic as real;
pub use std::sync::atomic::{Ordering, compiler_fence};

/// A fence between this task's accesses.
#[track_caller]
pub fn fence(order: Ordering) {
    match backend::current() {
        Backend::Real => real::fence(order),
        Backend::Native => backend::native::fence(order),
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
    /// The native engine has the value, except while somebody has it by `get_mut`.
    Native(backend::native::Object, R, real::AtomicBool),
    #[cfg(feature = "shuttle")]
    Shuttle(S),
    #[cfg(feature = "loom")]
    Loom(L),
    /// Keeps the parameters used whatever is compiled in.
    #[allow(dead_code, reason = "never made")]
    Never(std::convert::Infallible, std::marker::PhantomData<(S, L)>),
}

/// Calls one method on whichever atomic this is: `$call`, or under native `$native`, which leads to
/// [`Performed`]. `$answer` makes that what the method returns.
macro_rules! on_backend {
    ($self:ident, $function:expr, $cell:ident => $call:expr, $object:ident => $native:expr, $answer:expr) => {
        match &$self.0 {
            Cell::Real($cell) => {
                backend::expect_real("an atomic");
                $call
            }
            Cell::Native($object, home, is_lent) => {
                backend::expect(Backend::Native, "an atomic");
                if is_lent.swap(false, Ordering::Relaxed) {
                    $object.set_value(home.load(Ordering::Relaxed).bits());
                }
                let performed: Performed = $native;
                if performed.is_logged {
                    let text = |value| format!("{:?}", $self.value(value));
                    let after = if performed.is_changed { $object.value() } else { performed.value };
                    backend::native::note($function, text(performed.value), text(after));
                }
                let answer = $answer;
                answer(performed.is_changed, $self.value(performed.value))
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

/// A value as the native engine has it.
trait Bits: Sized {
    fn bits(self) -> u64;
    fn from_bits(bits: u64) -> Self;
}

macro_rules! bits {
    ($($value:ty),+) => {
        $(impl Bits for $value {
            fn bits(self) -> u64 {
                self as u64
            }

            fn from_bits(bits: u64) -> Self {
                bits as $value
            }
        })+
    };
}

bits!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

impl Bits for bool {
    fn bits(self) -> u64 {
        u64::from(self)
    }

    fn from_bits(bits: u64) -> Self {
        bits != 0
    }
}

impl<T> Bits for *mut T {
    fn bits(self) -> u64 {
        self.expose_provenance() as u64
    }

    fn from_bits(bits: u64) -> Self {
        std::ptr::with_exposed_provenance_mut(bits as usize)
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
                    Backend::Native => Cell::Native(
                        backend::native::Object::atomic(value.bits()),
                        real::$name::new(value),
                        real::AtomicBool::new(false),
                    ),
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
                on_backend!(self, "load", cell => cell.load(order), object => object.load(order), |_, value| value)
            }

            /// Writes the value.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                on_backend!(
                    self, "store", cell => cell.store(value, order),
                    object => object.store(value.bits(), order), |_, _| ()
                )
            }

            /// Writes the value and returns the one before.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                on_backend!(
                    self, "swap", cell => cell.swap(value, order),
                    object => object.update(Update::Swap, order, |_| value.bits()), |_, before| before
                )
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
                on_backend!(
                    self, "compare_exchange", cell => cell.compare_exchange(current, new, success, failure),
                    object => object.exchange(current.bits(), new.bits(), success, failure),
                    |is_changed, value| if is_changed { Ok(value) } else { Err(value) }
                )
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
                on_backend!(
                    self, "compare_exchange_weak",
                    cell => cell.compare_exchange_weak(current, new, success, failure),
                    object => object.exchange(current.bits(), new.bits(), success, failure),
                    |is_changed, value| if is_changed { Ok(value) } else { Err(value) }
                )
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
                    Cell::Real(cell) => cell.get_mut(),
                    Cell::Native(object, home, is_lent) => {
                        if !std::mem::replace(is_lent.get_mut(), true) {
                            *home.get_mut() = Bits::from_bits(object.value());
                        }
                        home.get_mut()
                    }
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
                    Cell::Real(cell) => cell.into_inner(),
                    Cell::Native(object, home, is_lent) => match is_lent.into_inner() {
                        true => home.into_inner(),
                        false => Bits::from_bits(object.value()),
                    },
                    #[cfg(feature = "shuttle")]
                    Cell::Shuttle(cell) => cell.into_inner(),
                    #[cfg(feature = "loom")]
                    Cell::Loom(cell) => backend::loom::operation(|| cell.into_inner()),
                    Cell::Never(never, _) => match never {},
                }
            }

            /// A value of this atomic's.
            fn value(&self, bits: u64) -> $value {
                Bits::from_bits(bits)
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
    ($name:ident, $value:ty: $($method:ident $update:ident $what:literal),+) => {
        impl $name {
            $(
                #[doc = concat!($what, ", and returns the value before.")]
                #[track_caller]
                pub fn $method(&self, value: $value, order: Ordering) -> $value {
                    on_backend!(
                        self, stringify!($method), cell => cell.$method(value, order),
                        object => object.update(Update::$update, order, |before| {
                            let cell = real::$name::new(Bits::from_bits(before));
                            cell.$method(value, Ordering::Relaxed);
                            cell.into_inner().bits()
                        }),
                        |_, before| before
                    )
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
                fetch_add Add "Adds, wrapping around", fetch_sub Sub "Subtracts, wrapping around",
                fetch_max Max "Takes the greater", fetch_min Min "Takes the lesser",
                fetch_and And "Ands the bits", fetch_nand Nand "Nands the bits",
                fetch_or Or "Ors the bits", fetch_xor Xor "Xors the bits");
        )+
    };
}

integer!(
    AtomicU8 u8, AtomicU16 u16, AtomicU32 u32, AtomicU64 u64, AtomicUsize usize,
    AtomicI8 i8, AtomicI16 i16, AtomicI32 i32, AtomicI64 i64, AtomicIsize isize,
);
atomic!(AtomicBool, bool);
fetch!(AtomicBool, bool: fetch_and And "Ands", fetch_nand Nand "Nands", fetch_or Or "Ors", fetch_xor Xor "Xors");
atomic!(AtomicPtr, *mut T, T);

impl<T> Default for AtomicPtr<T> {
    fn default() -> Self {
        AtomicPtr::new(std::ptr::null_mut())
    }
}
