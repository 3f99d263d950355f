//! How it is said what async tasks do that is not wrong yet, but stops others, or may.

use crate::backend::Lints;
use std::panic::Location;

/// A line for each. `tell` says where.
pub(super) fn notes(lints: &Lints, tell: fn(&Location) -> String) -> Vec<String> {
    let held = lints.held_over_await.map(|place| {
        let place = tell(place);
        format!(
            "note: the lock taken at {place} is held over an await: who wants it on the same thread waits for ever, on \
             another it keeps a worker from its tasks; give it back before, or take conccheck::tokio::sync::Mutex"
        )
    });
    let sleeps = lints.sleeps.map(|place| {
        let place = tell(place);
        format!(
            "note: thread::sleep at {place} is called in an async task and stops its thread, so that no other task goes on \
             there; await tokio::time::sleep, or sleep within spawn_blocking"
        )
    });
    let blocks = lints.blocks.map(|(place, function)| {
        let place = tell(place);
        format!(
            "note: {function} at {place} waits in an async task and stops its thread, while other tasks that were ready had \
             to wait too; await instead, or wait within spawn_blocking"
        )
    });
    let never_yields = lints.never_yields.map(|place| {
        let place = tell(place);
        format!(
            "note: an async task that is at {place} does a thousand steps and more without an await, while other tasks of its \
             thread are ready; await task::yield_now in the loop, or do it within spawn_blocking"
        )
    });
    [held, sleeps, blocks, never_yields].into_iter().flatten().collect()
}

/// Without what depends on which of equal executions was seen.
pub(super) fn for_review(lints: Lints) -> Lints {
    Lints { blocks: None, ..lints }
}
