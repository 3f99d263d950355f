//! Atomics: the names and paths of `std::sync::atomic`. Each is the running backend's own, because
//! a memory model lives in it: loom's shows reorderings, shuttle's and the rest do not.

use crate::backend::native::{Performed, Update};
use crate::backend::{self, Backend, Binding};
use crate::engine::ObjectState;
use std::fmt;
use std::sync::atomic as real;
pub use std::sync::atomic::{Ordering, compiler_fence};

/// A fence between this task's accesses.
///
/// # Panics
/// When `order` is `Relaxed`, as std's.
#[track_caller]
pub fn fence(order: Ordering) {
    assert!(order != Ordering::Relaxed, "there is no such thing as a relaxed fence");
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

/// Refuses what std does.
#[inline]
#[track_caller]
fn expect_none_of(refused: [Ordering; 2], order: Ordering, what: &str) {
    if refused.contains(&order) {
        refuse(order, what);
    }
}

#[cold]
#[track_caller]
fn refuse(order: Ordering, what: &str) -> ! {
    let order = match order {
        Ordering::Acquire => "an acquire",
        Ordering::Release => "a release",
        _ => "an acquire-release",
    };
    panic!("there is no such thing as {order} {what}")
}

/// Calls one method: for real on `$home`; under native on the engine's object, where it leads to [`Performed`], of which
/// `$answer` makes what the method returns; under the other checkers on their own atomic, `$cell`.
macro_rules! on_backend {
    (
        $self:ident, $function:expr,
        real $home:ident => $real:expr, twin $cell:ident => $twin:expr,
        native $object:ident => $native:expr, $answer:expr
    ) => {
        match backend::current() {
            Backend::Real => {
                $self.binding.expect_real(WHAT);
                let $home = &$self.home;
                $real
            }
            Backend::Native => {
                let $object = $self.object();
                let performed: Performed = $native;
                if performed.is_logged {
                    let text = |value| format!("{:?}", $self.value(value));
                    backend::native::note($function, text(performed.value), text(performed.after));
                }
                let answer = $answer;
                answer(performed.is_changed, $self.value(performed.value))
            }
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => {
                let $cell = $self.shuttle();
                $twin
            }
            #[cfg(feature = "loom")]
            Backend::Loom => {
                let $cell = $self.loom();
                backend::loom::operation(|| $twin)
            }
            #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
            _ => backend::not_compiled_in(),
        }
    };
}

const WHAT: &str = "an atomic";

/// A value as the native engine has it, and as the other checkers do.
trait Bits: Sized {
    /// What they have it in: an address, if it is a pointer.
    type Plain;

    fn bits(self) -> u64;
    fn from_bits(bits: u64) -> Self;
    fn plain(self) -> Self::Plain;
    fn from_plain(plain: Self::Plain) -> Self;
}

macro_rules! bits {
    ($($value:ty),+) => {
        $(impl Bits for $value {
            type Plain = Self;

            fn plain(self) -> Self {
                self
            }

            fn from_plain(plain: Self) -> Self {
                plain
            }

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
    type Plain = Self;

    fn plain(self) -> Self {
        self
    }

    fn from_plain(plain: Self) -> Self {
        plain
    }

    fn bits(self) -> u64 {
        u64::from(self)
    }

    fn from_bits(bits: u64) -> Self {
        bits != 0
    }
}

impl<T> Bits for *mut T {
    type Plain = usize;

    fn plain(self) -> usize {
        self.expose_provenance()
    }

    fn from_plain(plain: usize) -> Self {
        std::ptr::with_exposed_provenance_mut(plain)
    }

    fn bits(self) -> u64 {
        self.expose_provenance() as u64
    }

    fn from_bits(bits: u64) -> Self {
        std::ptr::with_exposed_provenance_mut(bits as usize)
    }
}

/// What every atomic has.
macro_rules! atomic {
    ($name:ident, $value:ty, $plain:ident $(, $parameter:ident)?) => {
        #[doc = concat!("[`std::sync::atomic::", stringify!($name), "`], under every backend.")]
        pub struct $name$(<$parameter>)? {
            binding: Binding,
            /// What a static begins with, in each execution.
            initial: real::$name$(<$parameter>)?,
            /// The value, for real and as long as no execution uses it.
            home: real::$name$(<$parameter>)?,
            /// Whether somebody has the engine's value, by `get_mut`.
            is_lent: real::AtomicBool,
        }

        impl$(<$parameter>)? $name$(<$parameter>)? {
            /// An atomic that holds `value`.
            #[track_caller]
            pub const fn new(value: $value) -> Self {
                $name {
                    binding: Binding::new(),
                    initial: real::$name::new(value),
                    home: real::$name::new(value),
                    is_lent: real::AtomicBool::new(false),
                }
            }

            /// Reads the value.
            ///
            /// # Panics
            /// When `order` is `Release` or `AcqRel`, as std's.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                expect_none_of([Ordering::Release, Ordering::AcqRel], order, "load");
                on_backend!(
                    self, "load", real home => home.load(order), twin cell => Bits::from_plain(cell.load(backend::note_order(order))),
                    native object => object.load(order), |_, value| value
                )
            }

            /// Writes the value.
            ///
            /// # Panics
            /// When `order` is `Acquire` or `AcqRel`, as std's.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                expect_none_of([Ordering::Acquire, Ordering::AcqRel], order, "store");
                on_backend!(
                    self, "store", real home => home.store(value, order), twin cell => cell.store(value.plain(), backend::note_order(order)),
                    native object => object.store(value.bits(), order), |_, _| ()
                )
            }

            /// Writes the value and returns the one before.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                on_backend!(
                    self, "swap", real home => home.swap(value, order),
                    twin cell => Bits::from_plain(cell.swap(value.plain(), order)),
                    native object => object.update(Update::Swap, order, |_| value.bits()), |_, before| before
                )
            }

            /// Writes `new` if the value is `current`.
            ///
            /// # Errors
            /// The value, when it is another.
            ///
            /// # Panics
            /// When `failure` is `Release` or `AcqRel`, as std's.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                expect_none_of([Ordering::Release, Ordering::AcqRel], failure, "failure ordering");
                on_backend!(
                    self, "compare_exchange", real home => home.compare_exchange(current, new, success, failure),
                    twin cell => match cell.compare_exchange(current.plain(), new.plain(), success, failure) {
                        Ok(before) => Ok(Bits::from_plain(before)),
                        Err(other) => Err(Bits::from_plain(other)),
                    },
                    native object => object.exchange(current.bits(), new.bits(), success, failure),
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
                match backend::current() {
                    Backend::Real => {
                        self.binding.expect_real(WHAT);
                        self.home.compare_exchange_weak(current, new, success, failure)
                    }
                    Backend::Native if backend::native::chance(backend::native::Chance::WeakFailure) => {
                        Err(self.load(failure))
                    }
                    _ => self.compare_exchange(current, new, success, failure),
                }
            }

            /// Writes what `update` makes of the value, as often as another task comes between, and returns the value
            /// before.
            ///
            /// # Errors
            /// The value, when `update` returns `None`.
            ///
            /// # Panics
            /// When `fetch_order` is `Release` or `AcqRel`, as std's.
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

            /// [`Self::fetch_update`], under its later name.
            ///
            /// # Errors
            /// The value, when `update` returns `None`.
            #[track_caller]
            pub fn try_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                update: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                self.fetch_update(set_order, fetch_order, update)
            }

            /// Writes what `update` makes of the value, as often as another task comes between, and returns the value
            /// before.
            #[track_caller]
            pub fn update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut update: impl FnMut($value) -> $value,
            ) -> $value {
                match self.fetch_update(set_order, fetch_order, |value| Some(update(value))) {
                    Ok(before) | Err(before) => before,
                }
            }

            /// An atomic that holds `value`, whose making a checker sees: a plain write, which whoever uses it has to come
            /// after. That of [`Self::new`], which is a `const` function, nobody sees.
            #[track_caller]
            pub fn new_seen(value: $value) -> Self {
                let atomic = Self::new(value);
                if backend::current() == Backend::Native {
                    atomic.object().make_cell();
                }
                atomic
            }

            /// The value, by a plain access, with which no other may race.
            #[track_caller]
            pub fn get_mut(&mut self) -> &mut $value {
                match backend::current() {
                    Backend::Native if self.binding.is_bound() => {
                        self.object().access_cell(true);
                        if !*self.is_lent.get_mut() {
                            *self.home.get_mut() = self.value(self.object().value());
                            *self.is_lent.get_mut() = true;
                        }
                    }
                    #[cfg(any(feature = "shuttle", feature = "loom"))]
                    Backend::Shuttle | Backend::Loom if self.binding.is_bound() => {
                        backend::unsupported("`get_mut` of an atomic that was used", "use `load` and `store`")
                    }
                    _ => self.binding.expect_unbound(WHAT),
                }
                self.home.get_mut()
            }

            /// Reads the value by a plain read, as of what is no atomic. To native no write may race with it; otherwise a
            /// checker takes it for a `Relaxed` load.
            ///
            /// # Safety
            /// Nobody writes the value at the same time.
            #[track_caller]
            pub unsafe fn unsync_load(&self) -> $value {
                if backend::current() == Backend::Native {
                    self.object().access_cell(false);
                }
                self.load(Ordering::Relaxed)
            }

            /// Does something with the value, by a plain access, with which no other may race.
            #[track_caller]
            pub fn with_mut<R>(&mut self, change: impl FnOnce(&mut $value) -> R) -> R {
                change(self.get_mut())
            }

            /// The value.
            #[track_caller]
            pub fn into_inner(mut self) -> $value {
                match backend::current() {
                    #[cfg(feature = "shuttle")]
                    Backend::Shuttle if self.binding.is_bound() => {
                        Bits::from_plain(self.shuttle().load(Ordering::Relaxed))
                    }
                    #[cfg(feature = "loom")]
                    Backend::Loom if self.binding.is_bound() => {
                        let cell = self.loom();
                        Bits::from_plain(backend::loom::operation(|| cell.load(Ordering::Relaxed)))
                    }
                    _ => *self.get_mut(),
                }
            }

            /// A value of this atomic's.
            fn value(&self, bits: u64) -> $value {
                Bits::from_bits(bits)
            }

            /// What an execution begins with.
            fn first(&self) -> $value {
                let is_static = self.binding.is_static();
                (if is_static { &self.initial } else { &self.home }).load(Ordering::Relaxed)
            }

            /// The engine's, which has the value.
            #[track_caller]
            fn object(&self) -> backend::native::Object {
                let object = self.binding.native(WHAT, || ObjectState::atomic(self.first().bits()));
                if self.is_lent.load(Ordering::Relaxed) {
                    self.is_lent.store(false, Ordering::Relaxed);
                    object.set_value(self.home.load(Ordering::Relaxed).bits());
                }
                object
            }

            #[cfg(feature = "shuttle")]
            #[track_caller]
            fn shuttle(&self) -> &shuttle::sync::atomic::$plain {
                self.binding.twin(WHAT, || shuttle::sync::atomic::$plain::new(self.first().plain()))
            }

            #[cfg(feature = "loom")]
            #[track_caller]
            fn loom(&self) -> &loom::sync::atomic::$plain {
                let made = |bits| loom::sync::atomic::$plain::new(<$value as Bits>::from_bits(bits).plain());
                self.binding.twin(WHAT, || backend::loom::made_first(self.first().bits(), made))
            }
        }

        impl$(<$parameter>)? From<$value> for $name$(<$parameter>)? {
            #[track_caller]
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }

        impl$(<$parameter>)? fmt::Debug for $name$(<$parameter>)? {
            /// As std's: it reads the value, which is an operation.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.load(Ordering::Relaxed).fmt(f)
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
                        self, stringify!($method), real home => home.$method(value, order),
                        twin cell => cell.$method(value, order),
                        native object => object.update(Update::$update, order, |before| {
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
            atomic!($name, $value, $name);
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
atomic!(AtomicBool, bool, AtomicBool);
fetch!(AtomicBool, bool: fetch_and And "Ands", fetch_nand Nand "Nands", fetch_or Or "Ors", fetch_xor Xor "Xors");
atomic!(AtomicPtr, *mut T, AtomicUsize, T);

impl AtomicBool {
    /// Negates, and returns the value before.
    #[track_caller]
    pub fn fetch_not(&self, order: Ordering) -> bool {
        self.fetch_xor(true, order)
    }
}

/// Read-modify-writes of pointers: under shuttle and loom, whose pointers have none, a loop of exchanges.
macro_rules! fetch_pointer {
    ($($(#[$doc:meta])* $method:ident $update:ident |$pointer:ident, $by:ident| $new:expr;)+) => {
        impl<T> AtomicPtr<T> {
            $(
                $(#[$doc])*
                #[track_caller]
                pub fn $method(&self, $by: usize, order: Ordering) -> *mut T {
                    let new = |$pointer: *mut T| $new;
                    match backend::current() {
                        Backend::Real => {
                            self.binding.expect_real(WHAT);
                            self.home.$method($by, order)
                        }
                        Backend::Native => {
                            let performed = self.object().update(Update::$update, order, |before| {
                                new(Bits::from_bits(before)).bits()
                            });
                            self.value(performed.value)
                        }
                        _ => self.update(order, Ordering::Relaxed, new),
                    }
                }
            )+
        }
    };
}

fetch_pointer! {
    /// Moves the pointer on by so many `T`, wrapping around, and returns the pointer before.
    fetch_ptr_add Add |pointer, by| pointer.wrapping_add(by);
    /// Moves the pointer back by so many `T`, wrapping around, and returns the pointer before.
    fetch_ptr_sub Sub |pointer, by| pointer.wrapping_sub(by);
    /// Moves the pointer on by so many bytes, wrapping around, and returns the pointer before.
    fetch_byte_add Add |pointer, by| pointer.wrapping_byte_add(by);
    /// Moves the pointer back by so many bytes, wrapping around, and returns the pointer before.
    fetch_byte_sub Sub |pointer, by| pointer.wrapping_byte_sub(by);
    /// Ands the address, and returns the pointer before.
    fetch_and And |pointer, by| pointer.map_addr(|address| address & by);
    /// Ors the address, and returns the pointer before.
    fetch_or Or |pointer, by| pointer.map_addr(|address| address | by);
    /// Xors the address, and returns the pointer before.
    fetch_xor Xor |pointer, by| pointer.map_addr(|address| address ^ by);
}

impl<T> fmt::Pointer for AtomicPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&self.load(Ordering::Relaxed), f)
    }
}

impl<T> Default for AtomicPtr<T> {
    fn default() -> Self {
        AtomicPtr::new(std::ptr::null_mut())
    }
}
