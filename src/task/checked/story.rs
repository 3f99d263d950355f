//! What readers of an execution are told of its async tasks: who woke whom, who awaits whose end. Only the native engine
//! keeps it.

use crate::backend::native::{self, LoopDeed};
use crate::backend::{self, Backend};
use std::any::Any;
use std::panic::Location;

/// What a task is called in all loops.
pub(super) use crate::backend::native::LoopTask as Name;

type Place = &'static Location<'static>;

pub(super) fn begins(main: Name) {
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
