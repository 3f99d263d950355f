//! Wakers of the program's own, such as those by which a combinator learns which of its futures are ready: what they do is
//! not for the checker to see. So it is an operation that somebody wakes one, and it is one that its task looks who was
//! woken: when it begins to be polled, and whenever it has polled something of ours.
//!
//! A future that several tasks share may wake all of them, and each of their polls may change it. Once that was seen, those
//! tasks have one such object together, and whoever looks may have changed it.

use super::core::is_of_loop;
use super::event_loop;
use super::story::Name;
use crate::backend::native::Fact;
use crate::backend::{self, Backend, Call, Woken, native};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Of an execution that has such wakers.
struct Tasks {
    /// Its number.
    execution: u64,
    /// Of each task; of all together, if they share. What polls outside of all loops has no name.
    woken: BTreeMap<Option<Name>, Arc<Woken>>,
}

std::thread_local! {
    /// All tasks of an execution are on one thread of the machine.
    static TASKS: RefCell<Tasks> = const { RefCell::new(Tasks { execution: 0, woken: BTreeMap::new() }) };
}

fn polled() -> Option<Name> {
    event_loop::current().map(|here| here.polled.get())
}

/// What is woken by the waker, if it is the program's own.
fn woken_by(waker: &Waker) -> Option<Arc<Woken>> {
    // Who has nothing to know its task by wakes none, as `Waker::noop`, of which there may be several.
    let is_nobodys = waker.data().is_null();
    if backend::current() != Backend::Native || is_nobodys || is_of_loop(waker) {
        return None;
    }
    let (execution, task) = (backend::number(), polled());
    TASKS.with_borrow_mut(|tasks| {
        if tasks.execution != execution {
            *tasks = Tasks { execution, woken: BTreeMap::new() };
        }
        let shared = match native::knows(Fact::WakersAreShared) {
            true => tasks.woken.values().next().cloned(),
            false => None,
        };
        let new = || shared.unwrap_or_else(|| Arc::new(Woken::of(task)));
        Some(Arc::clone(tasks.woken.entry(task).or_insert_with(new)))
    })
}

/// The running task looks who was woken, if there are wakers of which it would know.
#[track_caller]
pub(crate) fn look() {
    if backend::current() != Backend::Native {
        return;
    }
    let woken = TASKS.with_borrow(|tasks| match tasks.execution == backend::number() {
        true => tasks.woken.get(&polled()).map(Arc::clone),
        false => None,
    });
    if let Some(woken) = woken {
        let look = match native::knows(Fact::WakersAreShared) {
            true => Call::takes(&"look"),
            false => Call::looks(&"look"),
        };
        woken.wakers.call(look, Location::caller(), || ());
    }
}

/// Polls something of a library that calls wakers in the middle of its own code.
#[track_caller]
pub(crate) fn poll_library<T>(
    context: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    let waker = context.waker();
    let polled = if is_of_loop(waker) {
        poll(context)
    } else {
        poll(&mut Context::from_waker(&backend::putting_off(waker, woken_by(waker))))
    };
    look();
    polled
}

/// Who waits for something of ours.
pub(crate) struct Waiter {
    waker: Waker,
    woken: Option<Arc<Woken>>,
}

impl Waiter {
    pub(crate) fn new(waker: &Waker) -> Self {
        Waiter { waker: waker.clone(), woken: woken_by(waker) }
    }

    pub(super) fn will_wake(&self, waker: &Waker) -> bool {
        self.waker.will_wake(waker)
    }

    #[track_caller]
    pub(crate) fn wake(self) {
        backend::wake_by(self.woken.as_deref(), Location::caller(), || self.waker.wake_by_ref());
    }
}
