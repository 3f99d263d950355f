//! What readers of an execution are told of its async tasks: who woke whom, who awaits whose end. Only the native engine
//! keeps it.

use super::event_loop;
use crate::backend::native::{self, LoopDeed, lints};
use crate::backend::{self, Backend};
use std::any::Any;
use std::panic::Location;

/// What a task is called in all loops.
pub(super) use crate::backend::native::LoopTask as Name;

type Place = &'static Location<'static>;

pub(super) fn begins(main: Name) {
    if is_told() {
        let (is_shared, others_are_ready) = (event_loop::is_shared, event_loop::others_are_ready);
        lints::listen(lints::Loops { is_shared, others_are_ready });
    }
    tell(|| LoopDeed::Begins(main));
}

pub(super) fn spawns(task: Name, place: Place) {
    tell(|| LoopDeed::Spawns(task, place));
}

/// What is told from here on is the task's, up to `pends` or `ends`.
pub(super) fn polls(task: Name) {
    tell(|| LoopDeed::Polls(task));
}

/// `is_forgotten` tells whether nobody has what would wake it.
pub(super) fn pends(awaited: &[(Name, Place)], is_forgotten: impl FnOnce() -> bool) {
    if is_told() {
        native::held::awaits();
    }
    tell(|| LoopDeed::Pends {
        is_forgotten: is_forgotten(),
        awaits: awaited.iter().map(|(task, _)| *task).collect(),
        place: awaited.last().map(|(_, place)| *place),
    });
}

pub(super) fn ends(is_aborted: bool) {
    tell(|| LoopDeed::Ends { is_aborted });
}

pub(super) fn wakes(task: Name) {
    tell(|| LoopDeed::Wakes(task));
}

pub(super) fn aborts(task: Name, place: Place) {
    tell(|| LoopDeed::Aborts(task, place));
}

/// A future that may be dropped where it waits does.
pub(super) fn suspends(future: u64, place: Option<Place>) {
    tell(|| LoopDeed::Suspends(future, place));
}

/// It is dropped there; and where it was said that it may be.
pub(super) fn drops(future: u64, what: impl FnOnce() -> String, place: Place) {
    tell(|| LoopDeed::Drops(future, what(), place));
}

/// The future that was polled last is dropped, since its time is up that was set there.
pub(crate) fn elapses(what: impl FnOnce() -> String, place: Place) {
    tell(|| LoopDeed::Elapses(what(), place));
}

/// A task is aborted with its set, which was made there.
pub(super) fn drops_with_set(task: Name, set: Place) {
    tell(|| LoopDeed::DropsWithSet(task, set));
}

/// How much the running thread has done so far.
pub(super) fn deeds() -> u32 {
    if is_told() { native::deeds_of_running() } else { 0 }
}

/// A task of a loop was polled, and that much was done meanwhile without an await, while others of the loop are ready.
pub(super) fn did(deeds: u32) {
    if is_told() {
        lints::did(deeds);
    }
}

/// A task's panic, which is caught.
pub(super) fn panics(payload: &(dyn Any + Send)) {
    if is_told() {
        native::tell_caught(&crate::panic::message(payload));
    }
}

fn tell(deed: impl FnOnce() -> LoopDeed) {
    if is_told() {
        native::tell_loop(deed);
    }
}

fn is_told() -> bool {
    backend::current() == Backend::Native
}
