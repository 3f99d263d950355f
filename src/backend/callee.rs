//! Something of a library whose own code runs under every backend: each call is announced, and then done at one go.
//! Knows nothing of what is called. Whom a call wakes, and when, is `wakes`'s.

use super::wakes::at_one_go;
use super::{Backend, Binding, abandoned, current, native};
use crate::engine::ObjectState;
use crate::engine::object::CallKind;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

type Place = &'static Location<'static>;

/// A kind of call, and what is known of it beforehand.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    /// What it is called.
    name: &'static &'static str,
    nature: Nature,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Nature {
    /// It changes the callee for good.
    Changes,
    /// It can fail, and else changes the callee for good.
    Tries,
    /// It is undone later, or undoes what was done, as locks are taken and given back; or it can fail.
    Takes,
    /// It leaves the callee as it was.
    Looks,
    /// It undoes what was done, and else passes on what others have done to the callee since.
    PassesOn,
    /// There is one more who has a part in the callee, or one less.
    Counts,
}

impl Call {
    /// One that changes the callee for good.
    pub(crate) const fn changes(name: &'static &'static str) -> Self {
        Call { name, nature: Nature::Changes }
    }

    /// One that can fail or be pending, and else changes the callee for good.
    pub(crate) const fn tries(name: &'static &'static str) -> Self {
        Call { name, nature: Nature::Tries }
    }

    /// One that takes what is given back later, or gives it back: a loop that does no more than that brings nobody on.
    pub(crate) const fn takes(name: &'static &'static str) -> Self {
        Call { name, nature: Nature::Takes }
    }

    /// One that undoes what was done, unless the callee has been changed since: then it passes that on.
    pub(crate) const fn passes_on(name: &'static &'static str) -> Self {
        Call { name, nature: Nature::PassesOn }
    }

    /// One that leaves the callee as it was.
    pub(crate) const fn looks(name: &'static &'static str) -> Self {
        Call { name, nature: Nature::Looks }
    }

    /// One after which there is one more who has a part in the callee, or one less. That is seen by who counts them, in
    /// a call that is not a look.
    pub(crate) const fn counts(name: &'static &'static str) -> Self {
        Call { name, nature: Nature::Counts }
    }

    fn kind(self) -> CallKind {
        match self.nature {
            Nature::Changes => CallKind::Change,
            Nature::Tries | Nature::Takes | Nature::PassesOn => CallKind::Attempt,
            Nature::Looks => CallKind::Look,
            Nature::Counts => CallKind::Count,
        }
    }
}

/// What came of a poll that was ready.
pub(crate) struct Told {
    /// Whether it has changed the callee for good.
    pub(crate) is_change: bool,
    /// What readers are told.
    pub(crate) text: String,
}

/// What readers are told of a poll that was not ready.
pub(super) const PENDING: &str = "pending";

/// What stands for something of a library to the checkers.
pub(crate) struct Callee {
    binding: Binding,
    /// To the user.
    what: &'static str,
    /// How often it was changed for good, in all executions.
    changes: AtomicU64,
}

impl Callee {
    #[track_caller]
    pub(crate) const fn new(what: &'static str) -> Self {
        Callee { binding: Binding::new(), what, changes: AtomicU64::new(0) }
    }

    /// As [`Callee::new`], for who knows where the user made it.
    pub(crate) const fn made_at(what: &'static str, place: Place) -> Self {
        Callee { binding: Binding::made_at(place), what, changes: AtomicU64::new(0) }
    }

    /// How often it was changed for good, inside checks.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    /// What it is to the user.
    pub(crate) fn what(&self) -> &'static str {
        self.what
    }

    /// Announces a call, and does it.
    pub(crate) fn call<R>(&self, call: Call, place: Place, act: impl FnOnce() -> R) -> R {
        self.enter(call.kind(), call.name, place);
        at_one_go(act)
    }

    /// Announces a call that can fail, and does it.
    pub(crate) fn try_call<T, E>(
        &self,
        call: Call,
        place: Place,
        act: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let is_told = self.enter(call.kind(), call.name, place);
        at_one_go(|| {
            let result = act();
            self.note(call, is_told, if result.is_err() { Some("fails") } else { None });
            result
        })
    }

    /// Announces a poll, and does it.
    pub(crate) fn poll<T>(&self, call: Call, place: Place, poll: impl FnOnce() -> Poll<T>) -> Poll<T> {
        let is_told = self.enter(CallKind::Poll, call.name, place);
        at_one_go(|| {
            let polled = poll();
            self.note(call, is_told, if polled.is_pending() { Some(PENDING) } else { None });
            polled
        })
    }

    /// As [`Callee::poll`], of one that says what came of it.
    pub(crate) fn poll_told<T>(
        &self,
        call: Call,
        place: Place,
        poll: impl FnOnce() -> Poll<T>,
        told: impl FnOnce(&T) -> Told,
    ) -> Poll<T> {
        let is_told = self.enter(CallKind::Poll, call.name, place);
        at_one_go(|| {
            let polled = poll();
            let text = match &polled {
                Poll::Pending => PENDING.to_string(),
                Poll::Ready(output) => {
                    let Told { is_change, text } = told(output);
                    if is_change && current() != Backend::Real {
                        self.was_changed();
                    }
                    text
                }
            };
            if is_told {
                native::note(call.name, String::new(), text);
            }
            polled
        })
    }

    /// Announces that something of it comes to its end, in a destructor, and does that. What outlives its execution,
    /// or is let go of where nobody runs any more, goes without notice.
    pub(crate) fn end<R>(&self, call: Call, place: Place, end: impl FnOnce() -> R) -> R {
        if self.is_here() {
            self.enter(call.kind(), call.name, place);
        }
        at_one_go(end)
    }

    /// As [`Callee::end`], of what had waited since the callee was changed so often.
    pub(crate) fn end_wait<R>(&self, call: Call, place: Place, since: u64, end: impl FnOnce() -> R) -> R {
        self.end(call, place, || {
            let ended = end();
            if call.nature == Nature::PassesOn && self.changes() != since && self.is_here() {
                self.was_changed();
            }
            ended
        })
    }

    fn was_changed(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
        if current() == Backend::Native {
            self.native().was_changed();
        }
    }

    /// What came of the call that was just done.
    fn note(&self, call: Call, is_told: bool, failure: Option<&str>) {
        match failure {
            Some(failure) if is_told => native::note(call.name, String::new(), failure.to_string()),
            None if call.nature == Nature::Tries && current() != Backend::Real => self.was_changed(),
            _ => {}
        }
    }

    /// Announces a call without doing it: the caller does, at once.
    pub(crate) fn announce(&self, call: Call, place: Place) {
        self.enter(call.kind(), call.name, place);
    }

    /// Announces a call. Whether readers want to know what comes of it.
    fn enter(&self, kind: CallKind, name: &'static &'static str, place: Place) -> bool {
        let is_told = self.announced(kind, name, place);
        if kind == CallKind::Change && current() != Backend::Real {
            self.changes.fetch_add(1, Ordering::Relaxed);
        }
        is_told
    }

    fn announced(&self, kind: CallKind, name: &'static &'static str, place: Place) -> bool {
        match current() {
            Backend::Real => {
                self.binding.expect_real(self.what);
                false
            }
            Backend::Native => self.native().enter(kind, name, place),
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => {
                let calls = self.binding.twin(self.what, || shuttle::sync::atomic::AtomicUsize::new(0));
                calls.fetch_add(usize::from(kind != CallKind::Look), std::sync::atomic::Ordering::SeqCst);
                false
            }
            #[cfg(feature = "loom")]
            Backend::Loom => {
                let new = |_| loom::sync::atomic::AtomicUsize::new(0);
                let calls = self.binding.twin(self.what, || super::loom::made_first(0, new));
                let more = usize::from(kind != CallKind::Look);
                super::loom::operation(|| calls.fetch_add(more, std::sync::atomic::Ordering::AcqRel));
                false
            }
            #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
            _ => super::not_compiled_in(),
        }
    }

    /// Whether somebody of the running execution, if there is one, can notice a call.
    pub(crate) fn is_here(&self) -> bool {
        match current() {
            Backend::Real => false,
            Backend::Native => !self.binding.is_foreign() && !abandoned(),
            // One flag of std's tells for all tasks whether one unwinds.
            _ => !self.binding.is_foreign() && !abandoned() && !std::thread::panicking(),
        }
    }

    fn native(&self) -> native::Object {
        self.binding.native(self.what, || ObjectState::callee(self.what))
    }
}
