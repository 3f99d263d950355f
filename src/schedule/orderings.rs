//! The orderings that a program declares, and others in their place: by these a search finds out whether one is too weak, or
//! stronger than it needs to be. A schedule does not have them, nor does its token: only what was found with them is told.

use std::cmp;
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

/// An ordering that a program declares for an access of an atomic, or for a fence. An exchange declares two: of its
/// [`Update`](Kind::Update) and of the [`Load`](Kind::Load) that it is if it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) place: &'static Location<'static>,
    pub(crate) kind: Kind,
    pub(crate) declared: Ordering,
}

/// What an ordering is for, which says what it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Load,
    Store,
    Update,
    /// If it is `Relaxed`, there is none.
    Fence,
}

impl Kind {
    /// The orderings that it can have, none before a weaker one.
    fn orderings(self) -> &'static [Ordering] {
        use Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
        match self {
            Kind::Load => &[Relaxed, Acquire, SeqCst],
            Kind::Store => &[Relaxed, Release, SeqCst],
            Kind::Update | Kind::Fence => &[Relaxed, Acquire, Release, AcqRel, SeqCst],
        }
    }

    /// Those that are stronger than this one, none before a weaker one.
    pub(crate) fn stronger(self, than: Ordering) -> impl Iterator<Item = Ordering> {
        self.orderings().iter().copied().filter(move |&ordering| is_weaker(than, ordering))
    }

    /// Those that are weaker than this one, with none between: two, if it is `AcqRel`.
    pub(crate) fn one_step_weaker(self, than: Ordering) -> impl Iterator<Item = Ordering> {
        let weaker = move |&&ordering: &&Ordering| is_weaker(ordering, than);
        let is_next = move |&ordering: &Ordering| {
            !self.orderings().iter().filter(weaker).any(|&other| is_weaker(ordering, other))
        };
        self.orderings().iter().filter(weaker).copied().filter(is_next)
    }
}

/// What an ordering asks for, as bits: to acquire, to release, to be in the one order of all `SeqCst` accesses.
fn strength(ordering: Ordering) -> u8 {
    match ordering {
        Ordering::Relaxed => 0b000,
        Ordering::Acquire => 0b001,
        Ordering::Release => 0b010,
        Ordering::AcqRel => 0b011,
        _ => 0b111,
    }
}

/// Whether one asks for less than the other, and for nothing else.
fn is_weaker(one: Ordering, other: Ordering) -> bool {
    one != other && strength(one) & strength(other) == strength(one)
}

impl Ord for Site {
    fn cmp(&self, other: &Self) -> cmp::Ordering {
        let key = |site: &Site| (site.place, site.kind, strength(site.declared));
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Site {
    fn partial_cmp(&self, other: &Self) -> Option<cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Orderings that take the place of declared ones, wherever they are used; and which are declared, as far as
/// executions came there.
#[derive(Debug, Default)]
pub(crate) struct Substitution {
    instead: BTreeMap<Site, Ordering>,
    /// With the name of the function that has it.
    seen: Mutex<BTreeMap<Site, &'static str>>,
}

impl Substitution {
    pub(crate) fn new(instead: BTreeMap<Site, Ordering>) -> Arc<Self> {
        Arc::new(Substitution { instead, seen: Mutex::default() })
    }

    /// The ordering that counts there.
    pub(crate) fn ordering(&self, site: Site, function: &'static str) -> Ordering {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).entry(site).or_insert(function);
        self.instead.get(&site).copied().unwrap_or(site.declared)
    }

    /// What executions have come to.
    pub(crate) fn seen(&self) -> BTreeMap<Site, &'static str> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};

    #[test]
    fn a_step_weaker_leaves_nothing_between() {
        let steps = |kind: Kind, than| kind.one_step_weaker(than).collect::<Vec<_>>();
        assert_eq!(steps(Kind::Load, SeqCst), [Acquire]);
        assert_eq!(steps(Kind::Load, Acquire), [Relaxed]);
        assert_eq!(steps(Kind::Store, SeqCst), [Release]);
        assert_eq!(steps(Kind::Update, SeqCst), [AcqRel]);
        assert_eq!(steps(Kind::Fence, AcqRel), [Acquire, Release]);
        assert_eq!(steps(Kind::Fence, Release), [Relaxed]);
        assert_eq!(steps(Kind::Update, Relaxed), []);
    }

    #[test]
    fn what_is_stronger_comes_after_what_is_weaker() {
        let stronger = |kind: Kind, than| kind.stronger(than).collect::<Vec<_>>();
        assert_eq!(stronger(Kind::Load, Relaxed), [Acquire, SeqCst]);
        assert_eq!(stronger(Kind::Store, Release), [SeqCst]);
        assert_eq!(stronger(Kind::Update, Acquire), [AcqRel, SeqCst]);
        assert_eq!(stronger(Kind::Fence, SeqCst), []);
    }
}
