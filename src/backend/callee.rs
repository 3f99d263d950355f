//! Something of a library whose own code runs under every backend: each call is announced, and then done at one go.
//! Knows nothing of what is called.
//!
//! The library wakes tasks, sometimes while it holds a lock of its own. A wake-up is an operation, before which others
//! may run, and these may want that lock. So who wakes asks here first, and the wake-ups of a call come when it is over.

use super::{Backend, Binding, abandoned, current, native};
use crate::engine::ObjectState;
use crate::engine::object::CallKind;
use std::cell::RefCell;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Poll, Wake, Waker};

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
            self.note(call, is_told, if polled.is_pending() { Some("pending") } else { None });
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
    fn is_here(&self) -> bool {
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

thread_local! {
    /// The calls that tasks of the execution are in the middle of, each with the wake-ups that it owes. All tasks are
    /// on one OS thread.
    static CALLS: RefCell<Vec<Running>> = const { RefCell::new(Vec::new()) };
}

struct Running {
    /// Who is in its middle; where that is not known, nobody in particular.
    task: usize,
    owed: Vec<Owed>,
    /// Whether these come in an order that the library draws by lot.
    is_drawn: bool,
}

/// A wake-up, and whose.
struct Owed {
    whom: Whom,
    wake: Box<dyn FnOnce()>,
}

/// Who is woken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Whom {
    /// A task of an event loop, by their numbers.
    Task { event_loop: u64, task: u64 },
    /// Somebody with a waker of the user's own, by when that was given to the library.
    User(u64),
}

impl Whom {
    /// Whether it can be noticed who of the two is woken first. Of tasks that share no thread each may be late.
    fn is_beside(self, other: Whom) -> bool {
        match (self, other) {
            (Whom::Task { event_loop: one, .. }, Whom::Task { event_loop: other, .. }) => one == other,
            (Whom::User(_), Whom::User(_)) => true,
            _ => false,
        }
    }
}

fn task() -> usize {
    if current() == Backend::Native { native::current_index() } else { 0 }
}

/// Does what is not to be interrupted by what it wakes.
fn at_one_go<R>(call: impl FnOnce() -> R) -> R {
    if current() == Backend::Real {
        return call();
    }
    let _wakes = Wakes::put_off();
    call()
}

/// The running task is in the middle of a call up to [`end_call`], of which there is one for each of these.
pub(crate) fn begin_call() {
    if current() != Backend::Real {
        std::mem::forget(Wakes::put_off());
    }
}

/// Ends what [`begin_call`] began.
pub(crate) fn end_call() {
    if current() != Backend::Real {
        drop(Wakes { task: task() });
    }
}

/// While this is there, the task's wake-ups are put off; then they come.
struct Wakes {
    task: usize,
}

impl Wakes {
    fn put_off() -> Self {
        let task = task();
        CALLS.with_borrow_mut(|calls| calls.push(Running { task, owed: Vec::new(), is_drawn: false }));
        Wakes { task }
    }
}

impl Drop for Wakes {
    fn drop(&mut self) {
        let call = CALLS.with_borrow_mut(|calls| {
            let at = calls.iter().rposition(|call| call.task == self.task)?;
            Some(calls.remove(at))
        });
        let Some(Running { mut owed, is_drawn, .. }) = call else { return };
        if is_drawn {
            owed.sort_by_key(|owed| owed.whom);
        }
        while !owed.is_empty() {
            let next = if is_drawn { draw_next(&owed) } else { 0 };
            (owed.remove(next).wake)();
        }
    }
}

/// Which of these is the next to be woken, of those beside the first one: each is explored.
fn draw_next(owed: &[Owed]) -> usize {
    let first = owed[0].whom;
    let beside = owed.iter().filter(|owed| owed.whom.is_beside(first)).count();
    let count = u8::try_from(beside).unwrap_or(u8::MAX);
    if count < 2 || current() != Backend::Native || super::is_unwinding() {
        return 0;
    }
    native::draw_whom(count, Location::caller()) as usize
}

/// Whether the running task is in the middle of a call, so that what it wakes has to wait: then `wake` is kept.
pub(crate) fn puts_off(whom: Whom, wake: impl FnOnce() + 'static) -> bool {
    if current() == Backend::Real {
        return false;
    }
    let task = task();
    CALLS.with_borrow_mut(|calls| {
        let Some(call) = calls.iter_mut().rfind(|call| call.task == task) else { return false };
        call.owed.push(Owed { whom, wake: Box::new(wake) });
        true
    })
}

/// Whom the running call wakes, it wakes in an order that the library draws by lot. It is drawn here instead, so that it can
/// be repeated and each is explored.
pub(crate) fn draw_order() {
    if current() == Backend::Real {
        return;
    }
    let task = task();
    CALLS.with_borrow_mut(|calls| {
        if let Some(call) = calls.iter_mut().rfind(|call| call.task == task) {
            call.is_drawn = true;
        }
    });
}

/// A waker of the user's own, for a library that calls it in the middle of its own code: what it does comes when that is over.
pub(crate) fn putting_off(waker: &Waker) -> Waker {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    Arc::new(PuttingOff { waker: waker.clone(), number }).into()
}

struct PuttingOff {
    waker: Waker,
    /// The later it was given to the library, the higher.
    number: u64,
}

impl Wake for PuttingOff {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let waker = self.waker.clone();
        if !puts_off(Whom::User(self.number), move || waker.wake()) {
            self.waker.wake_by_ref();
        }
    }
}

/// Forgets what an execution that was left in its middle owes.
pub(super) fn forget() {
    // A thread that ends has none any more.
    let _ = CALLS.try_with(|calls| {
        if !calls.borrow().is_empty() {
            std::mem::forget(calls.take());
        }
    });
}
