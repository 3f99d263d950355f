//! Which locks of std's the threads hold, and whether one is held where an async task awaits: then whoever wants it on the
//! same thread waits for ever, and on another one keeps a worker from its tasks.

use super::{Task, lints, with};
use crate::backend::Lints;
use std::cell::RefCell;
use std::panic::Location;

type Place = &'static Location<'static>;

thread_local! {
    /// Who has what, and since where. All tasks of an execution are on one OS thread.
    static HELD: RefCell<Vec<(Task, u64, Place)>> = const { RefCell::new(Vec::new()) };
}

fn running() -> Task {
    with(|engine| engine.running())
}

/// The running thread has taken a lock. What it took before there was a loop is not known.
#[inline]
pub(super) fn took(lock: u64, place: Place) {
    if lints::listens() {
        keep(lock, place);
    }
}

fn keep(lock: u64, place: Place) {
    HELD.with_borrow_mut(|held| held.push((running(), lock, place)));
}

/// It gives it back; others may read at the same time, and keep theirs.
#[inline]
pub(super) fn gives(lock: u64) {
    if lints::listens() {
        give(lock);
    }
}

fn give(lock: u64) {
    // A thread that ends has none any more, nor an engine.
    let _ = HELD.try_with(|held| {
        let mut held = held.borrow_mut();
        if held.is_empty() {
            return;
        }
        let thread = running();
        if let Some(at) = held.iter().rposition(|&(holder, other, _)| (holder, other) == (thread, lock)) {
            held.swap_remove(at);
        }
    });
}

/// An async task of the running thread awaits something.
pub(crate) fn awaits() {
    HELD.with_borrow(|held| {
        if held.is_empty() {
            return;
        }
        let thread = running();
        let own = held.iter().filter(|(other, ..)| *other == thread).map(|&(_, _, place)| place);
        lints::saw(Lints { held_over_await: own.min(), ..Lints::default() });
    });
}

/// Forgets what an execution that was left in its middle holds.
pub(in crate::backend) fn forget() {
    let _ = HELD.try_with(|held| held.borrow_mut().clear());
}
