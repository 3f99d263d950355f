//! How much of what was seen has to be kept: which operation must come before which in a sequential order
//! that explains a history.
//!
//! Each criterion is a partial order of the operations, and asks for a sequential order that extends it. So
//! one search serves them all.

use super::{History, Operation};
use std::fmt::{self, Display, Formatter};

/// What "behaves like a sequential object" means.
///
/// Whatever is linearizable is also sequentially consistent and quiescently consistent. Of the latter two,
/// neither implies the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Criterion {
    /// Each operation seems to happen at one moment between its call and its answer: what had returned
    /// before another was called comes before it (Herlihy and Wing, "Linearizability: a correctness condition
    /// for concurrent objects", TOPLAS 1990).
    #[default]
    Linearizable,
    /// The operations of each task seem to happen in the task's own order (Lamport, "How to make a
    /// multiprocessor computer that correctly executes multiprocess programs", 1979).
    SequentiallyConsistent,
    /// Operations that are separated by a moment at which the object is at rest, no operation being under way,
    /// seem to happen in that order (Aspnes, Herlihy and Shavit, "Counting networks", JACM 1994). An
    /// operation that never returns is under way for ever, and so is one that is [pending](super::Operation::is_pending): after
    /// it, nothing is separated any more.
    QuiescentlyConsistent,
}

impl Criterion {
    /// Whether the first of two operations of `history` has to come before the second.
    pub(super) fn precedence<C, A>(
        self,
        history: &History<C, A>,
    ) -> impl Fn(&Operation<C, A>, &Operation<C, A>) -> bool + use<C, A> {
        let quiescent = history.quiescent_points();
        let period = move |one: &Operation<C, A>| quiescent.partition_point(|&point| point <= one.first());
        move |one, other| match self {
            Criterion::Linearizable => one.precedes(other),
            Criterion::SequentiallyConsistent => one.task() == other.task() && one.precedes(other),
            Criterion::QuiescentlyConsistent => period(one) < period(other),
        }
    }
}

impl Display for Criterion {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.pad(match self {
            Criterion::Linearizable => "linearizable",
            Criterion::SequentiallyConsistent => "sequentially consistent",
            Criterion::QuiescentlyConsistent => "quiescently consistent",
        })
    }
}
