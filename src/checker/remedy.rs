//! The least strengthening of a program's orderings that makes a failure go away. Each that is tried is a whole search.
//!
//! A stronger ordering allows nothing more. So if the failure is still there with `SeqCst` at every place, there is no
//! remedy; and if it is not, weakening one place after the other as long as it stays away leads to strengthenings of which
//! none can be left out. Before that each is tried alone, since one that suffices is less than several.

use super::Checker;
use super::orderings::Instead;
use crate::backend::any_value::{AnyValue, Body};
use crate::outcome::{Incomplete, Outcome};
use crate::report::witness::is_of_program;
use crate::report::{Change, Remedy};
use crate::schedule::{Site, Substitution};
use crate::witness::{Place, Witness};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How many executions all that is tried may have.
const EXECUTIONS_MAX: u64 = 100_000;
/// How many each may have. One that is cut after so many counts as one that helps, and it is said that it was cut.
const EXECUTIONS_OF_EACH: u64 = 5_000;
/// For machines on which those take too long: then nothing is said.
const TIME_MAX: Duration = Duration::from_secs(10);

/// A failure that is to go away.
pub(super) struct Failure<'a> {
    /// How it comes about.
    pub(super) witness: &'a Witness,
    /// Outcomes that are known to be wrong, as text.
    pub(super) wrong: BTreeSet<String>,
    pub(super) is_right: &'a dyn Fn(&Outcome<AnyValue>) -> bool,
}

impl Checker {
    /// Looks for what makes the failure go away.
    pub(super) fn mend(&self, program: &Body, failure: Failure<'_>) -> Option<Remedy> {
        let Failure { witness, wrong, is_right } = failure;
        let explore = |checker: &Checker| {
            let wrong = wrong.clone();
            let is_wrong = move |outcome: &Outcome<AnyValue>| wrong.contains(&outcome.to_string());
            let report = checker.search(Some(Arc::new(is_wrong)), 0, Arc::clone(program));
            Explored {
                executions: report.executions() + report.sampled(),
                is_right: report.outcomes().all(is_right),
                incomplete: report.incomplete_because().to_vec(),
            }
        };
        let (begun, left) = (Instant::now(), EXECUTIONS_MAX);
        let functions = BTreeMap::new();
        Attempts { checker: self, explore: &explore, witness, begun, left, functions }.remedy()
    }
}

/// What came of a program with other orderings.
struct Explored {
    executions: u64,
    is_right: bool,
    incomplete: Vec<Incomplete>,
}

/// What is tried, one after the other, whatever the program returns. `None` stands for a budget that is used up.
struct Attempts<'a> {
    checker: &'a Checker,
    explore: &'a dyn Fn(&Checker) -> Explored,
    witness: &'a Witness,
    begun: Instant,
    /// Executions that there may be.
    left: u64,
    /// Which function has which ordering.
    functions: BTreeMap<Site, &'static str>,
}

/// Orderings with which no failure was seen.
struct Found {
    instead: Instead,
    executions: u64,
    is_complete: bool,
}

impl Attempts<'_> {
    fn remedy(mut self) -> Option<Remedy> {
        let strongest = self.strongest()?;
        let found = match self.alone(&strongest)? {
            Some(found) => found,
            None => self.together(strongest)?,
        };
        let Found { instead, executions, is_complete } = found;
        let change = |(site, to): (Site, Ordering)| Change::new(site, to, self.functions[&site]);
        Some(Remedy { changes: instead.into_iter().map(change).collect(), is_complete, executions })
    }

    /// `SeqCst` at every place that executions come to; `None` also if that does not help.
    fn strongest(&mut self) -> Option<Found> {
        let mut instead = Instead::new();
        loop {
            if let Some(found) = self.attempt(instead.clone())? {
                return (!instead.is_empty()).then_some(found);
            }
            let is_weaker =
                |site: &&Site| site.declared != Ordering::SeqCst && is_of_program(site.place.file());
            let all: Instead =
                self.functions.keys().filter(is_weaker).map(|&site| (site, Ordering::SeqCst)).collect();
            if all == instead {
                return None;
            }
            instead = all;
        }
    }

    /// One alone: weak ones first, and of these those nearest to what was overlooked.
    fn alone(&mut self, strongest: &Found) -> Option<Option<Found>> {
        let stronger = |&site: &Site| site.kind.stronger(site.declared).map(move |to| (site, to));
        let mut changes: Vec<(Site, Ordering)> = strongest.instead.keys().flat_map(stronger).collect();
        changes.sort_by_key(|&(site, to)| (to == Ordering::SeqCst, self.distance(site)));
        for change in changes {
            let found = self.attempt([change].into())?;
            if found.is_some() {
                return Some(found);
            }
        }
        Some(None)
    }

    /// As few and as weak ones as can be reached from the strongest, those farthest from what was overlooked weakened first.
    fn together(&mut self, strongest: Found) -> Option<Found> {
        let mut sites: Vec<Site> = strongest.instead.keys().copied().collect();
        sites.sort_by_key(|&site| Reverse(self.distance(site)));
        let mut best = strongest;
        for site in sites {
            let mut without = best.instead.clone();
            without.remove(&site);
            let weaker = site.kind.stronger(site.declared).filter(|&to| to != Ordering::SeqCst);
            let with = |to| without.iter().map(|(&site, &to)| (site, to)).chain([(site, to)]).collect();
            let candidates: Vec<Instead> = [without.clone()].into_iter().chain(weaker.map(with)).collect();
            for instead in candidates {
                if let Some(found) = self.attempt(instead)? {
                    best = found;
                    break;
                }
            }
        }
        Some(best)
    }

    /// Explores the program with these orderings; `Some(None)` if it still goes wrong.
    fn attempt(&mut self, instead: Instead) -> Option<Option<Found>> {
        let time_left = TIME_MAX.saturating_sub(self.begun.elapsed());
        if self.left < EXECUTIONS_OF_EACH || time_left.is_zero() {
            return None;
        }
        let substitution = Substitution::new(instead.clone());
        let checker = self.checker.with(Arc::clone(&substitution));
        let checker = checker.executions_max(EXECUTIONS_OF_EACH).time_max(time_left).progress(Arc::default());
        let Explored { executions, is_right, incomplete } = (self.explore)(&checker);
        self.left = self.left.saturating_sub(executions);
        self.functions.extend(substitution.seen());
        let gives_up = |why: &Incomplete| {
            matches!(why, Incomplete::TimeMax(_) | Incomplete::Unsupported(_) | Incomplete::Flaky { .. })
        };
        if !is_right {
            return Some(None);
        }
        if incomplete.iter().any(gives_up) {
            return None;
        }
        Some(Some(Found { instead, executions, is_complete: incomplete.is_empty() }))
    }

    /// How many steps there are between what was overlooked and where that ordering is used.
    fn distance(&self, site: Site) -> usize {
        let overlooked = self.witness.steps.iter().rev().find_map(|step| step.overlooks);
        let from = overlooked.or(self.witness.race.map(|[first, _]| first)).unwrap_or(0);
        let place = Place::of(site.place);
        let steps = self.witness.steps.iter().enumerate().filter(|(_, step)| step.place == Some(place));
        steps.map(|(at, _)| at.abs_diff(from)).min().unwrap_or(usize::MAX)
    }
}
