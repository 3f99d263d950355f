//! What a search has to know of its program from the beginning. Where an execution finds one of these out, the
//! search begins anew and knows it.

use std::collections::BTreeSet;
use std::panic::Location;

/// Something that changes what has to be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// Somebody asks whether a task has ended: ends of tasks are events.
    EndsAreAsked,
    /// There is plain memory, whose accesses must not race: what orders them is kept.
    CellsAreUsed,
    /// Somebody clears the poison of a lock, which needs no lock: then to take a lock is also to look at its poison.
    PoisonIsCleared,
    /// Some atomic is accessed by less than `SeqCst`, and what that allows is explored: what each access reads, or where it
    /// is written, is chosen.
    OrderingsAreWeak,
    /// Some execution does not end, since a task goes round a loop that has an effect, and pauses: after some rounds it has to
    /// let others go on.
    LoopsGoOn,
    /// Somebody asks which of two tasks has the greater id: to give one out is an event.
    IdsAreOrdered,
    /// It was said how many waits may end because their time is up, and timers of async tasks are among them: they are up
    /// otherwise only where nobody can do anything.
    TimersAreBounded,
    /// A waker of the program's own, given out by one task, wakes another: whichever is woken, all may know.
    WakersAreShared,
    /// Of what an `Arc` made at this place has, it matters who is the last owner, or how many there are: its owners'
    /// coming and going are events.
    ArcIsWatched(Mark),
    /// Nothing shows that a loop which yields or reads in vain at this place does so for ever, or until what it has
    /// read changes: how often it goes round is bounded.
    LoopIsBlind(Mark),
}

/// A place in the source, the same in every run of the same code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark(pub(crate) u32);

impl Mark {
    pub(crate) fn of(place: &Location<'_>) -> Self {
        let position = [place.line().to_le_bytes(), place.column().to_le_bytes()].concat();
        let bytes = place.file().bytes().chain(position);
        Mark(fnv1a(bytes))
    }
}

/// The 32-bit Fowler–Noll–Vo hash, variant 1a (1991): small, and the same everywhere.
pub(crate) fn fnv1a(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// All that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Facts(BTreeSet<Fact>);

impl Facts {
    pub(crate) fn has(&self, fact: Fact) -> bool {
        self.0.contains(&fact)
    }

    /// Whether there is any loop that may be cut for want of knowing when it ends.
    pub(crate) fn has_blind_loops(&self) -> bool {
        matches!(self.0.last(), Some(Fact::LoopIsBlind(_)))
    }

    /// Whether it is news.
    pub(crate) fn learn(&mut self, fact: Fact) -> bool {
        self.0.insert(fact)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Fact> {
        self.0.iter().copied()
    }
}

impl FromIterator<Fact> for Facts {
    fn from_iter<I: IntoIterator<Item = Fact>>(facts: I) -> Self {
        Facts(facts.into_iter().collect())
    }
}
