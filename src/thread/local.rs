//! Thread-locals: std's in a real run, the running task's own under a checker.

use crate::backend::{self, Backend, locals};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::thread::LocalKey as Real;

/// Declares thread-locals, as [`std::thread_local!`] does.
///
/// Under a checker each task has its own, also where tasks share a thread of the machine: made anew in each execution
/// at its first use, and dropped at the end of its task, by operations that are explored like any others. Async tasks
/// have those of the thread that polls them. A destructor that panics is its task's panic there.
///
/// # Examples
/// ```
/// use conccheck::thread;
/// use std::cell::Cell;
///
/// conccheck::thread_local! {
///     static VISITS: Cell<u32> = const { Cell::new(0) };
/// }
///
/// conccheck::check(|| {
///     let visit = || VISITS.replace(VISITS.get() + 1);
///     let other = thread::spawn(visit);
///     visit();
///     assert_eq!((VISITS.get(), other.join().unwrap()), (1, 0));
/// });
/// ```
#[macro_export]
macro_rules! thread_local {
    () => {};
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = const $init:block $(; $($rest:tt)*)?) => {
        $(#[$attribute])*
        $visibility static $name: $crate::thread::LocalKey<$type> = {
            $crate::__std::thread_local!(static REAL: $type = const $init);
            const KEY: &$crate::__std::thread::LocalKey<$type> = &REAL;
            #[allow(clippy::declare_interior_mutable_const, reason = "it is made into a value at once")]
            const VALUE: $type = $init;
            $crate::thread::LocalKey::declared(KEY, || VALUE)
        };
        $($crate::thread_local!($($rest)*);)?
    };
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $init:expr $(; $($rest:tt)*)?) => {
        $(#[$attribute])*
        $visibility static $name: $crate::thread::LocalKey<$type> = {
            fn make() -> $type {
                $init
            }
            $crate::__std::thread_local!(static REAL: $type = make());
            const KEY: &$crate::__std::thread::LocalKey<$type> = &REAL;
            $crate::thread::LocalKey::declared(KEY, make)
        };
        $($crate::thread_local!($($rest)*);)?
    };
}

/// A thread-local: [`std::thread::LocalKey`], under every backend. [`thread_local!`](crate::thread_local) declares it.
pub struct LocalKey<T: 'static> {
    real: &'static Real<T>,
    make: fn() -> T,
}

/// The thread-local has been dropped: its thread is ending.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessError;

impl<T: 'static> LocalKey<T> {
    /// What `thread_local!` declares.
    #[doc(hidden)]
    pub const fn declared(real: &'static Real<T>, make: fn() -> T) -> Self {
        LocalKey { real, make }
    }

    /// What `act` makes of the calling thread's value, which is made now if there is none.
    ///
    /// # Panics
    /// If the value has been dropped: its thread is ending.
    pub fn with<R>(&'static self, act: impl FnOnce(&T) -> R) -> R {
        match backend::current() {
            Backend::Real => self.real.with(act),
            _ => act(&*self.checked(self.make)),
        }
    }

    /// As [`LocalKey::with`], but does not panic.
    ///
    /// # Errors
    /// When the value has been dropped: its thread is ending.
    pub fn try_with<R>(&'static self, act: impl FnOnce(&T) -> R) -> Result<R, AccessError> {
        match backend::current() {
            Backend::Real => self.real.try_with(act).map_err(|_| AccessError),
            _ => locals::get(self.key(), self.make).map(|value| act(&value)).ok_or(AccessError),
        }
    }

    fn key(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// The running task's value.
    #[track_caller]
    fn checked(&'static self, make: impl FnOnce() -> T) -> std::rc::Rc<T> {
        locals::get(self.key(), make)
            .expect("cannot access a Thread Local Storage value during or after destruction")
    }

    /// The running task's value, made of `content` if there is none; otherwise gives that back.
    #[track_caller]
    fn checked_or<C>(&'static self, content: C, make: fn(C) -> T) -> (std::rc::Rc<T>, Option<C>) {
        let mut content = Some(content);
        let value = self.checked(|| make(content.take().expect("it is made once")));
        (value, content)
    }
}

impl<T: 'static> LocalKey<Cell<T>> {
    /// Sets the value; one that was not there yet is made of it.
    ///
    /// # Panics
    /// As [`LocalKey::with`] does, here and below.
    pub fn set(&'static self, value: T) {
        if backend::current() == Backend::Real {
            return self.real.set(value);
        }
        if let (cell, Some(value)) = self.checked_or(value, Cell::new) {
            cell.set(value);
        }
    }

    /// A copy of the value.
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(Cell::get)
    }

    /// The value, for which a default is left.
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(Cell::take)
    }

    /// The value, for which `value` is left.
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// What `act` makes of the value, borrowed.
    ///
    /// # Panics
    /// As [`LocalKey::with`] does, here and below, and if the value is borrowed in another way.
    pub fn with_borrow<R>(&'static self, act: impl FnOnce(&T) -> R) -> R {
        self.with(|cell| act(&cell.borrow()))
    }

    /// What `act` makes of the value, borrowed to be changed.
    pub fn with_borrow_mut<R>(&'static self, act: impl FnOnce(&mut T) -> R) -> R {
        self.with(|cell| act(&mut cell.borrow_mut()))
    }

    /// Sets the value; one that was not there yet is made of it.
    pub fn set(&'static self, value: T) {
        if backend::current() == Backend::Real {
            return self.real.set(value);
        }
        if let (cell, Some(value)) = self.checked_or(value, RefCell::new) {
            *cell.borrow_mut() = value;
        }
    }

    /// The value, for which a default is left.
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(RefCell::take)
    }

    /// The value, for which `value` is left.
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

impl fmt::Debug for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessError").finish()
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("already destroyed")
    }
}

impl std::error::Error for AccessError {}
