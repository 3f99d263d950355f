//! Each backend's lock, reader-writer lock and condition, without data: they decide who is next.
//! For real they decide nothing, because std's own locks around the data do.

use super::{Backend, current, expect, expect_real, native, not_compiled_in};
use std::sync::PoisonError;

/// A mutex without data.
pub(crate) enum Lock {
    Real,
    Native(native::Object),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::sync::Mutex<()>),
    #[cfg(feature = "loom")]
    Loom(loom::sync::Mutex<()>),
}

/// The permission that a [`Lock`] gives; dropping it gives it back.
pub(crate) enum Held<'a> {
    Real,
    #[allow(dead_code, reason = "held for what dropping it does")]
    Native(native::Locked),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::sync::MutexGuard<'a, ()>),
    #[cfg(feature = "loom")]
    Loom(loom::sync::MutexGuard<'a, ()>),
    #[allow(dead_code, reason = "uses the lifetime when no checker is compiled in")]
    Never(std::convert::Infallible, std::marker::PhantomData<&'a ()>),
}

impl Lock {
    #[track_caller]
    pub(crate) fn new() -> Self {
        match current() {
            Backend::Real => Lock::Real,
            Backend::Native => Lock::Native(native::Object::mutex()),
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => Lock::Shuttle(shuttle::sync::Mutex::new(())),
            #[cfg(feature = "loom")]
            Backend::Loom => Lock::Loom(super::loom::operation(|| loom::sync::Mutex::new(()))),
            #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
            _ => not_compiled_in(),
        }
    }

    /// Waits until the lock is free. For real it does not wait: the data's own lock will.
    #[track_caller]
    pub(crate) fn acquire(&self) -> Held<'_> {
        match self {
            Lock::Real => {
                expect_real("a mutex");
                Held::Real
            }
            Lock::Native(lock) => {
                expect(Backend::Native, "a mutex");
                Held::Native(lock.lock())
            }
            #[cfg(feature = "shuttle")]
            Lock::Shuttle(lock) => {
                expect(Backend::Shuttle, "a mutex");
                // Poison is kept with the data.
                Held::Shuttle(super::shuttle::acquire(|| lock.lock()).unwrap_or_else(PoisonError::into_inner))
            }
            #[cfg(feature = "loom")]
            Lock::Loom(lock) => {
                expect(Backend::Loom, "a mutex");
                Held::Loom(super::loom::operation(|| lock.lock()).unwrap_or_else(PoisonError::into_inner))
            }
        }
    }

    #[track_caller]
    pub(crate) fn try_acquire(&self) -> Option<Held<'_>> {
        match self {
            Lock::Real => {
                expect_real("a mutex");
                Some(Held::Real)
            }
            Lock::Native(lock) => {
                expect(Backend::Native, "a mutex");
                lock.try_lock().map(Held::Native)
            }
            #[cfg(feature = "shuttle")]
            Lock::Shuttle(lock) => {
                expect(Backend::Shuttle, "a mutex");
                unpoisoned(lock.try_lock()).map(Held::Shuttle)
            }
            #[cfg(feature = "loom")]
            Lock::Loom(lock) => {
                expect(Backend::Loom, "a mutex");
                unpoisoned(super::loom::operation(|| lock.try_lock())).map(Held::Loom)
            }
        }
    }
}

/// A reader-writer lock without data.
pub(crate) enum RwTurns {
    Real,
    Native(native::Object),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::sync::RwLock<()>),
    #[cfg(feature = "loom")]
    Loom(loom::sync::RwLock<()>),
}

/// Shared permission.
#[allow(dead_code, reason = "held for what dropping it does")]
pub(crate) enum HeldRead<'a> {
    Real,
    Native(native::LockedRead),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::sync::RwLockReadGuard<'a, ()>),
    #[cfg(feature = "loom")]
    Loom(loom::sync::RwLockReadGuard<'a, ()>),
    Never(std::convert::Infallible, std::marker::PhantomData<&'a ()>),
}

/// Exclusive permission.
#[allow(dead_code, reason = "held for what dropping it does")]
pub(crate) enum HeldWrite<'a> {
    Real,
    Native(native::LockedWrite),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::sync::RwLockWriteGuard<'a, ()>),
    #[cfg(feature = "loom")]
    Loom(loom::sync::RwLockWriteGuard<'a, ()>),
    Never(std::convert::Infallible, std::marker::PhantomData<&'a ()>),
}

/// The four ways in, which differ in the method that they call and in nothing else.
macro_rules! enter {
    ($name:ident -> $guard:ident by $method:ident) => {
        #[track_caller]
        pub(crate) fn $name(&self) -> $guard<'_> {
            match self {
                RwTurns::Real => {
                    expect_real("a reader-writer lock");
                    $guard::Real
                }
                RwTurns::Native(lock) => {
                    expect(Backend::Native, "a reader-writer lock");
                    $guard::Native(lock.$method())
                }
                #[cfg(feature = "shuttle")]
                RwTurns::Shuttle(lock) => {
                    expect(Backend::Shuttle, "a reader-writer lock");
                    $guard::Shuttle(
                        super::shuttle::acquire(|| lock.$method()).unwrap_or_else(PoisonError::into_inner),
                    )
                }
                #[cfg(feature = "loom")]
                RwTurns::Loom(lock) => {
                    expect(Backend::Loom, "a reader-writer lock");
                    $guard::Loom(
                        super::loom::operation(|| lock.$method()).unwrap_or_else(PoisonError::into_inner),
                    )
                }
            }
        }
    };
    ($name:ident -> Option $guard:ident by $method:ident) => {
        #[track_caller]
        pub(crate) fn $name(&self) -> Option<$guard<'_>> {
            match self {
                RwTurns::Real => {
                    expect_real("a reader-writer lock");
                    Some($guard::Real)
                }
                RwTurns::Native(lock) => {
                    expect(Backend::Native, "a reader-writer lock");
                    lock.$method().map($guard::Native)
                }
                #[cfg(feature = "shuttle")]
                RwTurns::Shuttle(lock) => {
                    expect(Backend::Shuttle, "a reader-writer lock");
                    unpoisoned(lock.$method()).map($guard::Shuttle)
                }
                #[cfg(feature = "loom")]
                RwTurns::Loom(lock) => {
                    expect(Backend::Loom, "a reader-writer lock");
                    unpoisoned(super::loom::operation(|| lock.$method())).map($guard::Loom)
                }
            }
        }
    };
}

impl RwTurns {
    #[track_caller]
    pub(crate) fn new() -> Self {
        match current() {
            Backend::Real => RwTurns::Real,
            Backend::Native => RwTurns::Native(native::Object::rw_lock()),
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => RwTurns::Shuttle(shuttle::sync::RwLock::new(())),
            #[cfg(feature = "loom")]
            Backend::Loom => RwTurns::Loom(super::loom::operation(|| loom::sync::RwLock::new(()))),
            #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
            _ => not_compiled_in(),
        }
    }

    enter!(read -> HeldRead by read);
    enter!(write -> HeldWrite by write);
    enter!(try_read -> Option HeldRead by try_read);
    enter!(try_write -> Option HeldWrite by try_write);
}

/// A condition to wait for.
pub(crate) enum Signal {
    Real(std::sync::Condvar),
    Native(native::Object),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::sync::Condvar),
    #[cfg(feature = "loom")]
    Loom(loom::sync::Condvar),
}

impl Signal {
    #[track_caller]
    pub(crate) fn new() -> Self {
        match current() {
            Backend::Real => Signal::Real(std::sync::Condvar::new()),
            Backend::Native => Signal::Native(native::Object::condvar()),
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => Signal::Shuttle(shuttle::sync::Condvar::new()),
            #[cfg(feature = "loom")]
            Backend::Loom => Signal::Loom(super::loom::operation(loom::sync::Condvar::new)),
            #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
            _ => not_compiled_in(),
        }
    }

    /// std's condition, for the guard of a real mutex.
    #[track_caller]
    pub(crate) fn real(&self) -> &std::sync::Condvar {
        match self {
            Signal::Real(condvar) => {
                expect_real("a condvar");
                condvar
            }
            #[allow(unreachable_patterns, reason = "with no checker compiled in, every condvar is real")]
            _ => self.refuse(Backend::Real),
        }
    }

    /// Gives a checker's lock up until somebody notifies, and takes it back.
    #[track_caller]
    pub(crate) fn wait<'a>(&self, held: Held<'a>) -> Held<'a> {
        match (self, held) {
            (Signal::Native(condvar), Held::Native(locked)) => Held::Native(condvar.wait(locked)),
            #[cfg(feature = "shuttle")]
            (Signal::Shuttle(condvar), Held::Shuttle(guard)) => {
                Held::Shuttle(condvar.wait(guard).unwrap_or_else(PoisonError::into_inner))
            }
            #[cfg(feature = "loom")]
            (Signal::Loom(condvar), Held::Loom(guard)) => Held::Loom(
                super::loom::operation(|| condvar.wait(guard)).unwrap_or_else(PoisonError::into_inner),
            ),
            (_, Held::Real) => self.refuse(Backend::Real),
            #[allow(unreachable_patterns, reason = "with no checker compiled in, every lock is real")]
            _ => self.refuse(current()),
        }
    }

    /// As [`Signal::wait`], but the time may be up first, if the backend explores that; whether it was.
    #[track_caller]
    pub(crate) fn wait_timeout<'a>(&self, held: Held<'a>) -> (Held<'a>, bool) {
        match (self, held) {
            (Signal::Native(condvar), Held::Native(locked)) => {
                let (locked, is_over) = condvar.wait_timeout(locked);
                (Held::Native(locked), is_over)
            }
            (_, held) => (self.wait(held), false),
        }
    }

    #[track_caller]
    pub(crate) fn notify_one(&self) {
        match self {
            Signal::Real(condvar) => {
                expect_real("a condvar");
                condvar.notify_one();
            }
            Signal::Native(condvar) => {
                expect(Backend::Native, "a condvar");
                condvar.notify_one();
            }
            #[cfg(feature = "shuttle")]
            Signal::Shuttle(condvar) => {
                expect(Backend::Shuttle, "a condvar");
                condvar.notify_one();
            }
            #[cfg(feature = "loom")]
            Signal::Loom(condvar) => {
                expect(Backend::Loom, "a condvar");
                super::loom::operation(|| condvar.notify_one());
            }
        }
    }

    #[track_caller]
    pub(crate) fn notify_all(&self) {
        match self {
            Signal::Real(condvar) => {
                expect_real("a condvar");
                condvar.notify_all();
            }
            Signal::Native(condvar) => {
                expect(Backend::Native, "a condvar");
                condvar.notify_all();
            }
            #[cfg(feature = "shuttle")]
            Signal::Shuttle(condvar) => {
                expect(Backend::Shuttle, "a condvar");
                condvar.notify_all();
            }
            #[cfg(feature = "loom")]
            Signal::Loom(condvar) => {
                expect(Backend::Loom, "a condvar");
                super::loom::operation(|| condvar.notify_all());
            }
        }
    }

    fn refuse(&self, mutex: Backend) -> ! {
        let condvar = match self {
            Signal::Real(_) => Backend::Real,
            Signal::Native(_) => Backend::Native,
            #[cfg(feature = "shuttle")]
            Signal::Shuttle(_) => Backend::Shuttle,
            #[cfg(feature = "loom")]
            Signal::Loom(_) => Backend::Loom,
        };
        super::unsupported(
            &format!(
                "a condvar made under the {condvar} backend with a mutex made under the {mutex} backend"
            ),
            "make both inside the checked program",
        )
    }
}

/// Poison is kept with the data, so here a poisoned lock is as good as any.
fn unpoisoned<G>(result: std::sync::TryLockResult<G>) -> Option<G> {
    match result {
        Ok(guard) => Some(guard),
        Err(std::sync::TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(std::sync::TryLockError::WouldBlock) => None,
    }
}
