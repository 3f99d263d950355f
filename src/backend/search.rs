//! What every explorer keeps: which outcomes it saw, how much of its budget is left, and why it
//! stopped. Budgets are enforced here, between executions, because loom looks at its own only every
//! 20,000 of them.

use super::any_value::AnyValue;
use super::{Lints, Running};
use crate::outcome::{Incomplete, Outcome, Seen};
use crate::schedule::{Bounds, Fact, Facts, Memory, Substitution};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How much may be explored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    pub(crate) executions_max: u64,
    pub(crate) steps_max: usize,
    pub(crate) time_max: Option<Duration>,
    pub(crate) preemptions_max: Option<usize>,
    pub(crate) bounds: Bounds,
    /// Whether that on timeouts is one on timers of async tasks as well.
    pub(crate) timers_are_bounded: bool,
    pub(crate) memory: Memory,
    /// Orderings in the place of those that the program declares, under native.
    pub(crate) substitution: Option<Arc<Substitution>>,
    /// Whether to keep what the tasks do, for a witness.
    pub(crate) logs: bool,
    /// Whether samples are drawn beside dpor.
    pub(crate) samples: bool,
    /// Whether what is left at the end of an execution is a failure.
    pub(crate) finds_leaks: bool,
    /// How many OS threads explore.
    pub(crate) workers: usize,
}

/// What another thread can see of a running exploration, and its way to stop it.
#[derive(Debug, Default)]
pub struct Progress {
    executions: AtomicU64,
    executions_max: AtomicU64,
    depth: AtomicUsize,
    /// In millionths; 0 while nothing is known.
    explored: AtomicU32,
    stop: AtomicBool,
}

const WHOLE: f64 = 1e6;

impl Progress {
    /// Executions that have ended so far.
    pub fn executions(&self) -> u64 {
        self.executions.load(Ordering::Relaxed)
    }

    /// After how many executions the exploration stops, if it does not end before.
    pub fn executions_max(&self) -> u64 {
        self.executions_max.load(Ordering::Relaxed)
    }

    /// Steps of the last execution; 0 under a backend that does not tell.
    pub fn depth(&self) -> usize {
        self.depth.load(Ordering::Relaxed)
    }

    /// An estimate of how much of all there is has been explored, from 0 to 1. None of a sample, and none
    /// under a backend that does not tell.
    pub fn explored(&self) -> Option<f64> {
        let explored = self.explored.load(Ordering::Relaxed);
        (explored > 0).then(|| f64::from(explored) / WHOLE)
    }

    fn begin(&self, executions_max: u64) {
        self.executions.store(0, Ordering::Relaxed);
        self.executions_max.store(executions_max, Ordering::Relaxed);
        self.depth.store(0, Ordering::Relaxed);
        self.explored.store(0, Ordering::Relaxed);
    }

    /// Ends the exploration after the execution that is running; its report says so.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

pub(crate) struct Search {
    pub(crate) limits: Limits,
    /// Ends the exploration with the first outcome that it accepts.
    pub(crate) wanted: Option<Wanted>,
    /// But not before it has had so many steps, if it has as many.
    pub(crate) patience: u64,
    has_found: bool,
    pub(crate) outcomes: BTreeMap<Outcome<AnyValue>, Seen>,
    pub(crate) executions: u64,
    /// Executions that were begun and given up.
    pub(crate) redundant: u64,
    /// Steps of all executions; of the native engine only.
    pub(crate) events: u64,
    /// With so many it has had enough.
    events_max: u64,
    /// What was seen beside it, in executions that were drawn.
    samples: BTreeMap<Outcome<AnyValue>, Seen>,
    /// How many of them there were.
    pub(crate) sampled: u64,
    /// Why it ended before its end.
    pub(crate) incomplete: Option<Incomplete>,
    /// What it left out on its way.
    cuts: BTreeSet<Incomplete>,
    /// Whether a hang had a timed wait in it.
    pub(crate) hang_has_timed_wait: bool,
    /// Whether a load or store was `SeqCst` that the backend took for less.
    pub(crate) has_seq_cst: bool,
    /// What was seen that is not wrong yet.
    pub(crate) lints: Lints,
    /// Whether a future of some execution could have been dropped where it waits.
    pub(crate) has_cancellable: bool,
    /// A load that could have read what came of it, and the store: the backend does not look into that.
    pub(crate) buffering: Option<[&'static Location<'static>; 2]>,
    /// What is known of the program.
    pub(crate) facts: Facts,
    /// Something that was found out about it, so that all has to be explored anew.
    pub(crate) learned: Option<Fact>,
    begun: Instant,
    progress: Arc<Progress>,
    together: Arc<Together>,
}

/// What an execution came to.
pub(crate) struct Came {
    pub(crate) outcome: Outcome<AnyValue>,
    /// If it panicked, where in the program; if two accesses raced, where they are, unless a schedule tells.
    place: Option<String>,
}

impl Came {
    /// To this, unless it has a panic that nobody noticed.
    fn to(execution: &Running, outcome: impl FnOnce() -> Outcome<AnyValue>) -> Self {
        match execution.unnoticed_panic() {
            Some(panic) => Came { outcome: Outcome::Panicked(panic.message), place: panic.place },
            None => outcome().into(),
        }
    }

    /// All its tasks have ended that it is not over without; `value` is what its main task returned.
    pub(crate) fn to_its_end(execution: &Running, value: Option<AnyValue>) -> Self {
        // What goes on in the background has what it has.
        let leaked = || if execution.unfinished().is_empty() { execution.leaked() } else { Vec::new() };
        Came::to(execution, || match leaked() {
            what if what.is_empty() => {
                Outcome::Returned(value.expect("a main task that ended has returned or panicked"))
            }
            what => Outcome::Leaked { what },
        })
    }

    /// No task can go on though some have not ended.
    pub(crate) fn to_a_deadlock(execution: &Running) -> Self {
        let value = execution.take_value_if_blocked();
        let deadlocked = || Outcome::Deadlocked { blocked: execution.unfinished() };
        Came::to(execution, || value.map_or_else(deadlocked, Outcome::Returned))
    }

    /// Two tasks accessed a cell at once, at these places, and the checker has no more to show of it.
    #[cfg(feature = "loom")]
    pub(crate) fn to_a_data_race(tasks: [String; 2], places: String) -> Self {
        Came { outcome: Outcome::DataRace { tasks }, place: Some(places) }
    }

    /// Every task that has not ended waits, some of them in loops, for what nobody will do.
    pub(crate) fn to_a_livelock(execution: &Running) -> Self {
        let value = execution.take_value_if_blocked();
        let livelocked = || Outcome::Livelocked { polling: execution.unfinished() };
        Came::to(execution, || value.map_or_else(livelocked, Outcome::Returned))
    }
}

impl From<Outcome<AnyValue>> for Came {
    fn from(outcome: Outcome<AnyValue>) -> Self {
        Came { outcome, place: None }
    }
}

/// Whether an outcome is what is looked for.
pub(crate) type Wanted = Arc<dyn Fn(&Outcome<AnyValue>) -> bool + Send + Sync>;

/// What the workers of one exploration have in common.
#[derive(Debug, Default)]
struct Together {
    /// Executions that were begun and not found to be redundant.
    begun: AtomicU64,
    stopped: AtomicBool,
}

impl Search {
    /// Why not everything was seen, if so: what ended it before what it left out.
    pub(crate) fn incomplete(&self) -> impl Iterator<Item = &Incomplete> {
        self.incomplete.iter().chain(&self.cuts)
    }

    /// One that has found nothing yet.
    fn empty(limits: Limits, progress: Arc<Progress>) -> Self {
        let mut facts = Facts::default();
        if limits.timers_are_bounded {
            facts.learn(Fact::TimersAreBounded);
        }
        Search {
            limits,
            wanted: None,
            patience: 0,
            has_found: false,
            outcomes: BTreeMap::new(),
            executions: 0,
            redundant: 0,
            events: 0,
            events_max: u64::MAX,
            samples: BTreeMap::new(),
            sampled: 0,
            incomplete: None,
            cuts: BTreeSet::new(),
            hang_has_timed_wait: false,
            has_seq_cst: false,
            lints: Lints::default(),
            has_cancellable: false,
            buffering: None,
            facts,
            learned: None,
            begun: Instant::now(),
            progress,
            together: Arc::default(),
        }
    }

    /// The part of one worker.
    pub(crate) fn worker(&self) -> Self {
        let (begun, together, wanted) = (self.begun, Arc::clone(&self.together), self.wanted.clone());
        let empty = Search::empty(self.limits.clone(), Arc::clone(&self.progress));
        let (patience, facts, events_max) = (self.patience, self.facts.clone(), self.events_max);
        Search { begun, together, wanted, patience, facts, events_max, ..empty }
    }

    /// The same exploration from its beginning.
    pub(crate) fn fresh(&self) -> Self {
        self.progress.executions.store(0, Ordering::Relaxed);
        Search { together: Arc::default(), ..self.worker() }
    }

    /// The same exploration from its beginning, if something was found out that it has to know.
    pub(crate) fn anew(&self) -> Option<Self> {
        let fact = self.learned?;
        let mut anew = self.fresh();
        anew.facts.learn(fact);
        Some(anew)
    }

    /// An exploration that knows this of its program from the beginning.
    pub(crate) fn knowing(mut self, facts: &Facts) -> Self {
        self.facts = facts.clone();
        self
    }
}

impl Search {
    pub(crate) fn new(limits: Limits, progress: Arc<Progress>) -> Self {
        progress.begin(limits.executions_max);
        Search::empty(limits, progress)
    }

    /// Whether another execution may begin; if not, says why.
    pub(crate) fn may_begin(&mut self) -> bool {
        let limits = &self.limits;
        let has_enough = self.events >= self.events_max;
        let reached = if self.progress.stop.load(Ordering::Relaxed) {
            Some(Incomplete::Interrupted)
        } else if has_enough || self.together.begun.load(Ordering::Relaxed) >= limits.executions_max {
            Some(Incomplete::ExecutionsMax(limits.executions_max))
        } else {
            limits.time_max.filter(|time_max| self.begun.elapsed() >= *time_max).map(Incomplete::TimeMax)
        };
        if let Some(reached) = reached {
            self.incomplete.get_or_insert(reached);
        }
        if self.has_found && self.events >= self.patience {
            self.give_up(Incomplete::Found);
        }
        if self.incomplete.is_some()
            || self.learned.is_some()
            || self.together.stopped.load(Ordering::Relaxed)
        {
            return false;
        }
        if self.together.begun.fetch_add(1, Ordering::Relaxed) < self.limits.executions_max {
            return true;
        }
        // Another worker has just begun the last one.
        self.together.begun.fetch_sub(1, Ordering::Relaxed);
        self.incomplete = Some(Incomplete::ExecutionsMax(self.limits.executions_max));
        false
    }

    /// Counts an execution that was begun and given up.
    pub(crate) fn record_redundant(&mut self) {
        self.redundant += 1;
        self.together.begun.fetch_sub(1, Ordering::Relaxed);
    }

    /// Has all explored anew, knowing this.
    pub(crate) fn learn(&mut self, fact: Fact) {
        self.learned = Some(fact);
        self.together.stopped.store(true, Ordering::Relaxed);
    }

    /// What another worker found, of the same exploration.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.executions += other.executions;
        self.redundant += other.redundant;
        self.events += other.events;
        self.hang_has_timed_wait |= other.hang_has_timed_wait;
        self.has_seq_cst |= other.has_seq_cst;
        self.lints = self.lints.or(other.lints);
        self.has_cancellable |= other.has_cancellable;
        self.buffering = self.buffering.or(other.buffering);
        self.learned = self.learned.or(other.learned);
        self.incomplete = self.incomplete.or(other.incomplete);
        self.cuts.extend(other.cuts);
        self.sampled += other.sampled;
        merge(&mut self.outcomes, other.outcomes);
        merge(&mut self.samples, other.samples);
        self
    }

    /// So many executions beside this exploration, within what is left of its time and begun with fewer than so many steps;
    /// `None` if it is to end.
    pub(crate) fn part(&mut self, executions_max: u64, events_max: u64) -> Option<Self> {
        let is_to_end =
            self.has_found || self.incomplete.is_some() || self.progress.stop.load(Ordering::Relaxed);
        let time_max = self.time_left();
        if is_to_end || time_max.is_some_and(|left| left.is_zero()) {
            return None;
        }
        let limits = Limits { executions_max, time_max, samples: false, ..self.limits.clone() };
        let part = Search::empty(limits, Arc::default()).knowing(&self.facts);
        Some(Search { wanted: self.wanted.clone(), events_max, ..part })
    }

    /// Keeps what was seen in a [part](Search::part).
    pub(crate) fn add_samples(&mut self, part: Self) {
        let before = self.progress.executions() + self.sampled;
        self.sampled += part.executions;
        self.has_found |= part.has_found;
        if let Some(why @ Incomplete::Unsupported(_)) = part.incomplete {
            self.give_up(why);
        }
        let numbered = |(outcome, seen): (_, Seen)| (outcome, Seen { first: before + seen.first, ..seen });
        merge(&mut self.samples, part.outcomes.into_iter().map(numbered));
    }

    /// Counts what was seen in samples with the rest: of an exploration that has not seen everything.
    pub(crate) fn with_samples(mut self) -> Self {
        let samples = std::mem::take(&mut self.samples);
        if self.incomplete().next().is_some() {
            merge(&mut self.outcomes, samples);
        } else {
            self.sampled = 0;
        }
        self
    }

    /// Whether an execution of this cost is the least so far that came to this.
    pub(crate) fn is_least(&self, outcome: &Outcome<AnyValue>, cost: (usize, usize)) -> bool {
        self.outcomes.get(outcome).is_none_or(|seen| cost < seen.cost)
    }

    /// Counts an execution that came to this.
    pub(crate) fn record(&mut self, Came { outcome, place }: Came) -> &mut Seen {
        let first = self.progress.executions.fetch_add(1, Ordering::Relaxed);
        self.executions += 1;
        let cost = (usize::MAX, usize::MAX);
        let unseen = Seen { executions: 0, first, place, schedule: None, cost };
        let entry = self.outcomes.entry(outcome);
        if matches!(&entry, Entry::Vacant(new) if self.wanted.as_ref().is_some_and(|wanted| wanted(new.key())))
        {
            self.has_found = true;
            if self.patience == 0 {
                self.incomplete.get_or_insert(Incomplete::Found);
                self.together.stopped.store(true, Ordering::Relaxed);
            }
        }
        let seen = entry.or_insert(unseen);
        seen.executions += 1;
        seen
    }

    /// Counts an execution that went on for too long, and from which nothing follows.
    pub(crate) fn record_endless(&mut self) {
        self.progress.executions.fetch_add(1, Ordering::Relaxed);
        self.executions += 1;
        self.cut(Incomplete::StepsMax(self.limits.steps_max));
    }

    /// Whether some execution was left that had not ended.
    pub(crate) fn has_endless(&self) -> bool {
        self.cuts.contains(&Incomplete::StepsMax(self.limits.steps_max))
    }

    /// Counts the steps of an execution.
    pub(crate) fn count_events(&mut self, events: usize) {
        self.events += events as u64;
        self.progress.depth.store(events, Ordering::Relaxed);
    }

    /// Lets others see how much of all there is has been explored, from 0 to 1.
    pub(crate) fn estimate(&self, explored: f64) {
        self.progress.explored.store((explored * WHOLE) as u32, Ordering::Relaxed);
    }

    /// Ends the exploration for this reason, unless it has ended for another.
    pub(crate) fn give_up(&mut self, why: Incomplete) {
        self.incomplete.get_or_insert(why);
        self.together.stopped.store(true, Ordering::Relaxed);
    }

    /// Notes that nothing follows from what was seen.
    pub(crate) fn repudiate(&mut self, why: Incomplete) {
        self.incomplete = Some(why);
    }

    /// Notes that the exploration leaves something out.
    pub(crate) fn cut(&mut self, why: Incomplete) {
        self.cuts.insert(why);
    }

    pub(crate) fn time_left(&self) -> Option<Duration> {
        self.limits.time_max.map(|time_max| time_max.saturating_sub(self.begun.elapsed()))
    }
}

/// Adds what was seen elsewhere.
fn merge(
    seen: &mut BTreeMap<Outcome<AnyValue>, Seen>,
    others: impl IntoIterator<Item = (Outcome<AnyValue>, Seen)>,
) {
    for (outcome, other) in others {
        match seen.entry(outcome) {
            Entry::Vacant(entry) => {
                entry.insert(other);
            }
            Entry::Occupied(mut entry) => entry.get_mut().merge(other),
        }
    }
}
