//! What is told of programs of async tasks that are not wrong yet: where something was seen that stops other tasks, or may.
//! Whether it was is the native engine's to see, and how it is said the report's.

use std::panic::Location;

type Place = &'static Location<'static>;

/// The first place of each kind, in the order of the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lints {
    /// Where a lock of std's was taken that a task held over an await.
    pub(crate) held_over_await: Option<Place>,
    /// Where a task slept as threads do.
    pub(crate) sleeps: Option<Place>,
    /// Where a task waited as threads do while others of its thread were ready, and in which function.
    pub(crate) blocks: Option<(Place, &'static str)>,
    /// Where a task had done very much without an await while others of its thread were ready.
    pub(crate) never_yields: Option<Place>,
}

impl Lints {
    /// What was seen in either of two.
    pub(crate) fn or(self, other: Self) -> Self {
        Lints {
            held_over_await: first(self.held_over_await, other.held_over_await),
            sleeps: first(self.sleeps, other.sleeps),
            blocks: first(self.blocks, other.blocks),
            never_yields: first(self.never_yields, other.never_yields),
        }
    }
}

fn first<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}
