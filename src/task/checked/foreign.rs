//! Wakers of the program's own, such as those by which a combinator learns which of its futures are ready: what they do is
//! not for the checker to see. So it is an operation that somebody wakes one, and it is one that its task looks who was
//! woken: when it begins to be polled, and whenever one of its futures was polled.

use super::core::is_of_loop;
use super::event_loop;
use super::story::Name;
use crate::backend::{self, Backend, Call, Callee};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// What is woken of a task whose futures were polled with wakers of the program's own.
pub(crate) type Woken = Arc<Callee>;

const LOOK: Call = Call::looks(&"look");

#[derive(Default)]
struct Tasks {
    /// The execution whose they are.
    execution: u64,
    /// Who polls outside of all loops has no name.
    woken: BTreeMap<Option<Name>, Woken>,
}

std::thread_local! {
    /// All tasks of an execution are on one thread of the machine.
    static TASKS: RefCell<Tasks> = const { RefCell::new(Tasks { execution: 0, woken: BTreeMap::new() }) };
}

/// What is woken by the waker, if it is the program's own and the task that is polled hears of it.
fn woken_by(waker: &Waker) -> Option<Woken> {
    if backend::current() != Backend::Native || is_of_loop(waker) {
        return None;
    }
    let task = event_loop::current().map(|here| here.polled.get());
    TASKS.with_borrow_mut(|tasks| {
        let execution = backend::number();
        if tasks.execution != execution {
            *tasks = Tasks { execution, ..Tasks::default() };
        }
        Some(tasks.woken.entry(task).or_insert_with(|| Arc::new(Callee::new("wakers"))).clone())
    })
}

/// The task begins to be polled.
pub(super) fn begin_poll(task: Name) {
    let woken = TASKS.with_borrow(|tasks| {
        let is_now = !tasks.woken.is_empty() && tasks.execution == backend::number();
        is_now.then(|| tasks.woken.get(&Some(task)).cloned()).flatten()
    });
    look(woken.as_ref());
}

#[track_caller]
fn look(woken: Option<&Woken>) {
    if let Some(woken) = woken {
        woken.call(LOOK, Location::caller(), || ());
    }
}

/// Polls something of a library that calls wakers in the middle of its own code.
#[track_caller]
pub(crate) fn poll_library<T>(
    context: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    if is_of_loop(context.waker()) {
        return poll(context);
    }
    let woken = woken_by(context.waker());
    let polled = poll(&mut Context::from_waker(&backend::putting_off(context.waker(), woken.clone())));
    look(woken.as_ref());
    polled
}

/// Who waits for something of ours.
pub(super) struct Waiter {
    waker: Waker,
    woken: Option<Woken>,
}

impl Waiter {
    #[track_caller]
    pub(super) fn new(waker: &Waker) -> Self {
        Waiter { waker: waker.clone(), woken: woken_by(waker) }
    }

    pub(super) fn will_wake(&self, waker: &Waker) -> bool {
        self.waker.will_wake(waker)
    }

    #[track_caller]
    pub(super) fn wake(self) {
        backend::announce_wake(self.woken.as_deref(), Location::caller());
        self.waker.wake();
    }
}

/// Who has the waker has polled something of ours with it.
#[track_caller]
pub(super) fn has_polled(waker: &Waker) {
    look(woken_by(waker).as_ref());
}
