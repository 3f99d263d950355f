//! Which object of the running execution something of the facade is. That is found out when it is first used there,
//! so that it can be made by `const` code, and be a static, of which each execution has its own.

use super::{Backend, current, native, number, statics, with_execution};
use crate::engine::ObjectState;
use std::any::Any;
use std::panic::Location;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

/// What ties something of the facade to an object of the running execution. All zeros are one that is not tied yet.
pub(crate) struct Binding {
    /// [`UNBOUND`], [`REAL`], or the execution in the upper bits and the object in the lower. Never one of a
    /// static.
    bound: AtomicU64,
    made_at: Option<&'static Location<'static>>,
    /// What stands for it under a checker that is not ours.
    twin: AtomicPtr<Twin>,
}

/// Used by the tasks of its execution only, which are all on one OS thread.
type Twin = Box<dyn Any>;

const UNBOUND: u64 = 0;
/// It is used for real. No execution has that number.
const REAL: u64 = u64::MAX;
/// How many bits tell an object.
const OBJECT_BITS: u32 = 28;

impl Binding {
    #[track_caller]
    pub(crate) const fn new() -> Self {
        Binding {
            bound: AtomicU64::new(UNBOUND),
            made_at: Some(Location::caller()),
            twin: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    /// As [`Binding::new`], for who knows where the user made it.
    pub(crate) const fn made_at(place: &'static Location<'static>) -> Self {
        Binding {
            bound: AtomicU64::new(UNBOUND),
            made_at: Some(place),
            twin: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    /// Refuses what belongs to an execution, where it is used for real.
    #[track_caller]
    pub(crate) fn expect_real(&self, what: &str) {
        match self.bound.load(Ordering::Relaxed) {
            REAL => {}
            UNBOUND if self.bind(REAL) => {}
            // Another thread was first, or it is of an execution.
            _ if self.bound.load(Ordering::Relaxed) == REAL => {}
            _ => self.refuse(what),
        }
    }

    /// The native engine's object, which begins as `state`.
    #[track_caller]
    pub(crate) fn native(&self, what: &str, state: impl FnOnce() -> ObjectState) -> native::Object {
        let bound = self.bound.load(Ordering::Relaxed);
        if bound >> OBJECT_BITS == number() {
            return native::Object::numbered(bound & ((1 << OBJECT_BITS) - 1));
        }
        self.bind_native(what, state)
    }

    #[cold]
    #[track_caller]
    fn bind_native(&self, what: &str, state: impl FnOnce() -> ObjectState) -> native::Object {
        let make = || native::Object::made_at(state(), self.made_at.unwrap_or_else(Location::caller));
        if statics::is_static(self) {
            let address = std::ptr::from_ref(self).addr();
            if let Some(object) =
                with_execution(|execution| execution.statics(|statics| statics.object(address)))
            {
                return object;
            }
            let object = make();
            with_execution(|execution| execution.statics(|statics| statics.keep_object(address, object)));
            return object;
        }
        if self.bound.load(Ordering::Relaxed) != UNBOUND {
            self.refuse(what);
        }
        let object = make();
        let number_of_object = object.number();
        if number_of_object >> OBJECT_BITS != 0 {
            super::unsupported("more objects than can be told apart", "check a smaller size");
        }
        if !self.bind(number() << OBJECT_BITS | number_of_object) {
            self.refuse(what);
        }
        object
    }

    /// What stands for it under a checker that is not ours, made at its first use in an execution.
    #[cfg(any(feature = "shuttle", feature = "loom"))]
    #[track_caller]
    pub(crate) fn twin<T: Any>(&self, what: &str, make: impl FnOnce() -> T) -> &T {
        const IS_TWIN: &str = "what stands for an object is of one type";
        if self.bound.load(Ordering::Relaxed) >> OBJECT_BITS == number() {
            // SAFETY: it is there as long as this is, since it was put there when the execution's number was.
            let twin = unsafe { &*self.twin.load(Ordering::Acquire) };
            return twin.downcast_ref().expect(IS_TWIN);
        }
        if statics::is_static(self) {
            let address = std::ptr::from_ref(self).addr();
            if let Some(twin) = with_execution(|execution| execution.statics(|statics| statics.twin(address)))
            {
                return twin.downcast_ref().expect(IS_TWIN);
            }
            // As std never drops a static.
            let twin: &'static T = Box::leak(Box::new(make()));
            with_execution(|execution| execution.statics(|statics| statics.keep_twin(address, twin)));
            return twin;
        }
        if self.bound.load(Ordering::Relaxed) != UNBOUND {
            self.refuse(what);
        }
        let twin = Box::into_raw(Box::new(Box::new(make()) as Twin));
        let is_first =
            self.twin.compare_exchange(std::ptr::null_mut(), twin, Ordering::AcqRel, Ordering::Relaxed);
        if is_first.is_err() || !self.bind(number() << OBJECT_BITS) {
            self.refuse(what);
        }
        // SAFETY: it was just put there, to stay as long as this does.
        let twin = unsafe { &*twin };
        twin.downcast_ref().expect(IS_TWIN)
    }

    /// Whether it has an object in the running execution.
    pub(crate) fn is_bound(&self) -> bool {
        let address = std::ptr::from_ref(self).addr();
        self.bound.load(Ordering::Relaxed) >> OBJECT_BITS == number()
            || statics::is_static(self)
                && with_execution(|execution| execution.statics(|statics| statics.object(address))).is_some()
    }

    /// Whether it belongs elsewhere than to the running execution: to another, or to no check at all.
    pub(crate) fn is_foreign(&self) -> bool {
        let bound = self.bound.load(Ordering::Relaxed);
        bound != UNBOUND && bound >> OBJECT_BITS != number() && !statics::is_static(self)
    }

    /// Whether it is a static, which each execution has of its own.
    pub(crate) fn is_static(&self) -> bool {
        statics::is_static(self)
    }

    /// Refuses what some other execution has.
    #[track_caller]
    pub(crate) fn expect_unbound(&self, what: &str) {
        if !matches!(self.bound.load(Ordering::Relaxed), UNBOUND | REAL) {
            self.refuse(what);
        }
    }

    /// Ties it, if it is not tied.
    fn bind(&self, to: u64) -> bool {
        self.bound.compare_exchange(UNBOUND, to, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    #[cold]
    #[track_caller]
    fn refuse(&self, what: &str) -> ! {
        let made_at = self.made_at.map(|place| format!(" (made at {place})")).unwrap_or_default();
        let whose = match (self.bound.load(Ordering::Relaxed), current()) {
            (REAL, _) => "that was used outside of the checked program is used inside",
            (_, Backend::Real) => "of a checked program is used outside of it",
            _ => "that an earlier execution of the checked program used is used again",
        };
        let message =
            format!("{what} {whose}{made_at}; make it inside the checked program, or make it a static");
        match current() {
            Backend::Real => panic!("{message}"),
            _ => super::execution().give_up(message),
        }
    }
}

impl Drop for Binding {
    fn drop(&mut self) {
        let twin = *self.twin.get_mut();
        if !twin.is_null() {
            // SAFETY: it came from a box, and nobody else has it any more.
            drop(unsafe { Box::from_raw(twin) });
        }
    }
}
