//! What is seen of async tasks that stop others of their thread: they sleep or wait as threads do, or do very much without an
//! await. Locks that they hold over an await are `held`'s. What tasks there are is the loops' to know, which are asked.

use super::with;
use crate::backend::Lints;
use crate::engine::object::{CallKind, CalleeAction};
use crate::engine::{Action, Operation};
use std::cell::Cell;
use std::panic::Location;

type Place = &'static Location<'static>;

/// What loops know of the running thread.
#[derive(Clone, Copy)]
pub(crate) struct Loops {
    /// Whether it runs an async task, and others are kept waiting while it stops.
    pub(crate) is_shared: fn() -> bool,
    /// Whether other tasks of it are ready.
    pub(crate) others_are_ready: fn() -> bool,
}

thread_local! {
    /// As soon as the execution has a loop. All tasks of an execution are on one OS thread.
    static LOOPS: Cell<Option<Loops>> = const { Cell::new(None) };
    static SEEN: Cell<Lints> = const { Cell::new(Lints { held_over_await: None, sleeps: None, blocks: None, never_yields: None }) };
}

/// So many operations in one poll are very much: a tenth of what a whole execution may have.
const MUCH: u32 = 1_000;

/// The execution has a loop.
pub(crate) fn listen(loops: Loops) {
    LOOPS.set(Some(loops));
}

/// Whether it has.
pub(super) fn listens() -> bool {
    LOOPS.get().is_some()
}

/// Forgets the loops of an execution that is over.
pub(in crate::backend) fn forget() {
    // A thread that ends has none any more.
    let _ = LOOPS.try_with(|loops| loops.set(None));
}

pub(super) fn saw(seen: Lints) {
    SEEN.set(SEEN.get().or(seen));
}

/// What was seen since this was last asked.
pub(super) fn take() -> Lints {
    SEEN.take()
}

/// The running thread sleeps.
pub(crate) fn sleeps(place: Place) {
    if LOOPS.get().is_some_and(|loops| (loops.is_shared)()) {
        saw(Lints { sleeps: Some(place), ..Lints::default() });
    }
}

/// The running thread is about to wait for others, if `has_to`; `None` if that is no matter.
#[inline]
pub(super) fn begins_to_wait(has_to: impl FnOnce() -> bool) -> Option<Loops> {
    LOOPS.get().filter(|loops| (loops.is_shared)() && has_to())
}

/// It has waited.
#[inline]
pub(super) fn has_waited(loops: Option<Loops>, function: &'static str, place: Place) {
    if loops.is_some_and(|loops| (loops.others_are_ready)()) {
        let place = with(|engine| engine.place_of_compound()).unwrap_or(place);
        saw(Lints { blocks: Some((place, function)), ..Lints::default() });
    }
}

/// A task was polled and has done so many operations without an await, while others of its thread were ready.
pub(crate) fn did(operations: u32) {
    if operations < MUCH {
        return;
    }
    // Of what awaits tokio's primitives in a loop, tokio takes the thread after a while.
    let is_poll =
        |done: &&Operation| matches!(done.action, Action::Callee(CalleeAction { kind: CallKind::Poll, .. }));
    let place = with(|engine| {
        let mut deeds = engine.world.deeds().take(operations as usize).peekable();
        let last = deeds.peek().map(|last| last.place);
        last.filter(|_| !deeds.any(|deed| is_poll(&deed)))
    });
    if let Some(place) = place {
        saw(Lints { never_yields: Some(place), ..Lints::default() });
    }
}
