//! What a check found, as values: outcomes, a verdict, and how much was looked at. `Display` is the
//! text that a person reads and a snapshot keeps: it holds nothing that varies from run to run.

#[cfg(feature = "cli")]
pub mod check;
#[cfg(feature = "cli")]
pub mod corpus;
mod lints;
mod orderings;
pub(crate) mod outcomes;
mod remedy;
#[cfg(feature = "cli")]
pub mod replay;
#[cfg(feature = "cli")]
pub mod run;
#[allow(dead_code, unused_imports, reason = "no checker makes witnesses yet")]
pub(crate) mod witness;

#[cfg(feature = "cli")]
pub(crate) use self::orderings::json as orderings_json;
pub use self::orderings::{Change, Need, OrderingRow, Orderings};
pub use self::remedy::Remedy;

use self::witness::Options;
use crate::Backend;
use crate::backend::Lints;
use crate::backend::any_value::AnyValue;
use crate::checker::Unseen;
use crate::outcome::{Incomplete, Outcome, Seen, Value, Verdict};
use crate::schedule::{Memory, Schedule};
use crate::strategy::Strategy;
use crate::witness::Witness;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug};
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// What every JSON document calls its form.
pub const SCHEMA: &str = "conccheck/1";

/// What can be found out of an outcome afterwards.
pub(crate) struct Explainer<T> {
    explain: Arc<Explain>,
    mend: Option<Arc<Mend>>,
    show: Show<T>,
}

/// Shows an outcome as one of the program's.
type Show<T> = fn(&Outcome<AnyValue>, &mut dyn FnMut(&Outcome<T>));

/// Which outcomes are meant.
type Meant<'a> = &'a dyn Fn(&Outcome<AnyValue>) -> bool;

/// Shows how an outcome comes about, given a schedule that leads to it.
type Explain = dyn Fn(Meant, &Schedule) -> Option<Witness> + Send + Sync;

/// Looks for what makes a failure go away, given its least execution, the texts of all outcomes that are known to be wrong,
/// and which are right.
type Mend = dyn Fn(&Witness, BTreeSet<String>, Meant) -> Option<Remedy> + Send + Sync;

impl Explainer<AnyValue> {
    pub(crate) fn new(explain: impl Fn(Meant, &Schedule) -> Option<Witness> + Send + Sync + 'static) -> Self {
        Explainer { explain: Arc::new(explain), mend: None, show: |outcome, look| look(outcome) }
    }

    pub(crate) fn mending(
        self,
        mend: impl Fn(&Witness, BTreeSet<String>, Meant) -> Option<Remedy> + Send + Sync + 'static,
    ) -> Self {
        Explainer { mend: Some(Arc::new(mend)), ..self }
    }

    fn into_known<T: Value>(self) -> Explainer<T> {
        Explainer { explain: self.explain, mend: self.mend, show: |outcome, look| outcome.as_known(look) }
    }
}

impl<T> Explainer<T> {
    /// Whether it shows such an outcome.
    fn shows(&self, outcome: &Outcome<AnyValue>, is_such: &dyn Fn(&Outcome<T>) -> bool) -> bool {
        let mut is = false;
        (self.show)(outcome, &mut |outcome| is = is_such(outcome));
        is
    }
}

impl<T> Clone for Explainer<T> {
    fn clone(&self) -> Self {
        Explainer { explain: Arc::clone(&self.explain), mend: self.mend.clone(), show: self.show }
    }
}

impl<T> fmt::Debug for Explainer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explainer").finish_non_exhaustive()
    }
}

/// What an exploration found.
#[derive(Clone, Debug)]
pub struct Report<T> {
    pub(crate) explainer: Option<Explainer<T>>,
    pub(crate) backend: Backend,
    pub(crate) strategy: Option<Strategy>,
    pub(crate) memory: Memory,
    /// Each once, least first.
    pub(crate) outcomes: Vec<(Outcome<T>, Seen)>,
    pub(crate) executions: u64,
    pub(crate) redundant: u64,
    pub(crate) events: u64,
    pub(crate) sampled: u64,
    pub(crate) incomplete: Vec<Incomplete>,
    pub(crate) elapsed: Duration,
    pub(crate) hang_has_timed_wait: bool,
    pub(crate) has_seq_cst: bool,
    pub(crate) lints: Lints,
    pub(crate) has_cancellable: bool,
    pub(crate) buffering: Option<[&'static Location<'static>; 2]>,
}

impl Report<AnyValue> {
    /// As one of a program that returns such values.
    pub(crate) fn into_known<T: Value>(self) -> Report<T> {
        let outcomes =
            self.outcomes.into_iter().map(|(outcome, seen)| (outcome.into_known(), seen)).collect();
        Report {
            outcomes,
            explainer: self.explainer.map(Explainer::into_known),
            backend: self.backend,
            strategy: self.strategy,
            memory: self.memory,
            executions: self.executions,
            redundant: self.redundant,
            events: self.events,
            sampled: self.sampled,
            incomplete: self.incomplete,
            elapsed: self.elapsed,
            hang_has_timed_wait: self.hang_has_timed_wait,
            has_seq_cst: self.has_seq_cst,
            lints: self.lints,
            has_cancellable: self.has_cancellable,
            buffering: self.buffering,
        }
    }
}

impl<T: Ord> Report<T> {
    /// The backend that explored.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Who chose the schedules, where the backend leaves a choice.
    pub fn strategy(&self) -> Option<Strategy> {
        self.strategy
    }

    /// What accesses of atomics could see of each other, under [`Backend::Native`].
    pub fn memory(&self) -> Memory {
        self.memory
    }

    /// Whether the memory model is not the one that native takes by itself.
    fn has_other_memory(&self) -> bool {
        self.backend == Backend::Native && self.memory != Memory::default()
    }

    /// The outcomes that were seen, least first.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome<T>> {
        self.outcomes.iter().map(|(outcome, _)| outcome)
    }

    /// How often an outcome was seen.
    pub fn seen(&self, outcome: &Outcome<T>) -> Option<&Seen> {
        self.outcomes.iter().find(|(known, _)| known.cmp(outcome).is_eq()).map(|(_, seen)| seen)
    }

    /// What the reader should know of the backend: of a hang or an outcome that is wrong, and of what was not explored
    /// though the program's orderings allow it; a line for each.
    ///
    /// Native explores no load buffering: loads that read what is stored only afterwards. Where that could have happened, it
    /// says so; it cannot know whether what a load reads decides what is stored, which rules it out.
    ///
    /// What async tasks do that stops others of their thread is told with its place, by native, also where nothing is wrong
    /// by that yet: a guard of a std lock that is kept over an await; `thread::sleep`; a wait of std's (`recv`, `join`,
    /// `park`, a condvar's) that some execution saw begin while other tasks of the thread were ready; a thousand operations and
    /// more in one go while others are. What runs within `spawn_blocking` and `block_in_place` may do so.
    ///
    /// loom takes `SeqCst` loads and stores for `Acquire` and `Release`, and so may see what no machine does. Of fences it
    /// knows better.
    ///
    /// ```
    /// use conccheck::sync::atomic::{AtomicBool, Ordering::SeqCst};
    /// use conccheck::{Backend, Checker};
    ///
    /// let checker = |backend| Checker::new().backend(backend);
    /// let program = || AtomicBool::new(true).load(SeqCst);
    /// assert!(checker(Backend::Loom).explore(program).note().is_some_and(|note| note.contains("fence(SeqCst)")));
    /// assert_eq!(checker(Backend::Native).explore(program).note(), None);
    /// ```
    pub fn note(&self) -> Option<String> {
        self.note_with(&self.lints, |place| place.to_string())
    }

    /// The same for review: without lines, which change with whatever comes before them.
    pub(crate) fn note_for_review(&self) -> Option<String> {
        let file = |place: &Location| place.file().rsplit(['/', '\\']).next().unwrap_or_default().to_string();
        self.note_with(&lints::for_review(self.lints), file)
    }

    /// Whether the note is due also where nothing is wrong.
    fn has_lints(&self) -> bool {
        self.buffering.is_some() || lints::for_review(self.lints) != Lints::default()
    }

    fn note_with(&self, lints: &Lints, tell: fn(&Location) -> String) -> Option<String> {
        let backend = self.backend;
        let timed = self.hang_has_timed_wait.then(|| {
            format!("note: a task that hangs waits with a timeout, which never passes under {backend}")
        });
        let seq_cst = self.has_seq_cst.then(|| {
            "note: loom takes SeqCst loads and stores for AcqRel, so it may show what cannot happen; order them with \
             fence(SeqCst), which loom knows, or check under native"
                .to_string()
        });
        let buffering = self.buffering.map(|places| {
            let [load, store] = places.map(tell);
            format!(
                "note: load buffering was not explored: a machine may let the load at {load} read what is stored at \
                 {store}, though that store comes after the load"
            )
        });
        let mut notes: Vec<String> = [timed, seq_cst, buffering].into_iter().flatten().collect();
        notes.extend(lints::notes(lints, tell));
        (!notes.is_empty()).then(|| notes.join("\n"))
    }

    /// How many executions were run to their end, failures and hangs included.
    pub fn executions(&self) -> u64 {
        self.executions
    }

    /// How many executions were begun and given up because they were like one that was seen:
    /// none, under [`Backend::Native`]'s `dpor`; not told by other backends.
    pub fn redundant(&self) -> u64 {
        self.redundant
    }

    /// How many steps all executions had together, the redundant ones included: not told by other backends
    /// than [`Backend::Native`].
    pub fn events(&self) -> u64 {
        self.events
    }

    /// How many executions were drawn at random beside those of dpor, where nobody chose a
    /// [strategy](crate::Checker::strategy) and dpor did not come to its end.
    pub fn sampled(&self) -> u64 {
        self.sampled
    }

    /// "1000 executions and 300 samples": what was looked at.
    fn looked_at(&self) -> String {
        match self.sampled {
            0 => executions(self.executions),
            sampled => format!("{} and {sampled} samples", executions(self.executions)),
        }
    }

    /// Whether every execution that the backend knows was seen.
    pub fn is_complete(&self) -> bool {
        self.incomplete.is_empty()
    }

    /// Whether it looked here and there: at random, or at what a real run happens to do.
    pub(crate) fn is_sampled(&self) -> bool {
        self.backend == Backend::Real || self.strategy.is_some_and(|strategy| strategy.seed().is_some())
    }

    /// Why not everything was seen, if so: what ended the exploration, or what it left out. There may be
    /// [more reasons](Report::incomplete_because).
    pub fn incomplete(&self) -> Option<&Incomplete> {
        self.incomplete.first()
    }

    /// All reasons why not everything was seen: first what ended the exploration, then what it left out.
    ///
    /// ```
    /// use conccheck::{Checker, Incomplete, thread};
    /// use std::time::Duration;
    ///
    /// let report = Checker::new().executions_max(2).explore(|| {
    ///     let waits = || thread::spawn(|| thread::park_timeout(Duration::from_secs(1)));
    ///     [waits(), waits()].map(|thread| thread.thread().unpark());
    /// });
    /// assert_eq!(report.incomplete_because()[0], Incomplete::ExecutionsMax(2));
    /// ```
    pub fn incomplete_because(&self) -> &[Incomplete] {
        &self.incomplete
    }

    /// What a test at `place` has to say of it, if nothing is wrong.
    pub(crate) fn unseen<'a>(&'a self, place: &'a Location<'a>) -> Unseen<'a> {
        Unseen {
            place,
            looked_at: self.looked_at(),
            reasons: &self.incomplete,
            is_sampled: self.is_sampled(),
            has_ended: !self.outcomes.is_empty(),
        }
    }

    /// Whether it had to be given up, so that nothing follows.
    fn could_not_be_done(&self) -> Option<&Incomplete> {
        let is_reason =
            |why: &&Incomplete| matches!(why, Incomplete::Flaky { .. } | Incomplete::Unsupported(_));
        self.incomplete.iter().find(is_reason)
    }

    /// What varies from run to run, or with the budget, and is therefore no part of the text: for the `info` of a
    /// snapshot, which insta shows in a review and does not compare.
    ///
    /// ```
    /// let report = conccheck::Checker::new().explore(|| 1);
    /// insta::with_settings!({ info => &report.info() }, {
    ///     insta::assert_snapshot!(report, @r"
    ///     explored    complete
    ///
    ///     outcomes    1
    ///         1
    ///
    ///     hangs       none
    ///     panics      none
    ///     races       none
    ///     ");
    /// });
    /// assert_eq!(report.info()["executions"], "1");
    /// ```
    pub fn info(&self) -> BTreeMap<&'static str, String> {
        let mut info = BTreeMap::from([
            ("backend", self.backend.to_string()),
            ("executions", self.executions.to_string()),
        ]);
        if let Some(strategy) = self.strategy {
            info.insert("strategy", strategy.name().to_string());
            info.extend(strategy.seed().map(|seed| ("seed", seed.to_string())));
        }
        if self.has_other_memory() {
            info.insert("memory", self.memory.to_string());
        }
        info
    }

    /// How long it took.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// What follows when every returned value is right: only panics and hangs are wrong.
    pub fn verdict(&self) -> Verdict {
        self.verdict_if(|_| true)
    }

    /// What follows when `expected` is the only right value: what a sequential run returned, say.
    pub fn verdict_against(&self, expected: &T) -> Verdict {
        self.verdict_if(|value| value == expected)
    }

    /// What follows when the values that `right` accepts are right.
    pub fn verdict_if(&self, right: impl Fn(&T) -> bool) -> Verdict {
        let worst = self.outcomes().map(|outcome| match outcome {
            Outcome::Returned(value) if right(value) => Verdict::Pass,
            hang if hang.is_hang() => Verdict::Hang,
            _ => Verdict::Fail,
        });
        match (worst.max(), self.could_not_be_done()) {
            (_, Some(Incomplete::Flaky { .. })) => Verdict::Flaky,
            (None | Some(Verdict::Pass), Some(_)) => Verdict::Skip,
            // Only executions that were cut off.
            (None, None) if self.executions > 0 => Verdict::Bounded,
            (Some(Verdict::Pass), None) if !self.is_complete() => Verdict::Bounded,
            (worst, _) => worst.unwrap_or(Verdict::Skip),
        }
    }
}

impl<T: Ord + Debug> Report<T> {
    /// The least execution with this outcome: fewest preemptions, then fewest steps. Under
    /// [`Backend::Native`] only. It is looked for now, in a few thousand executions; where they do not
    /// suffice, it is the least that was found.
    pub fn witness(&self, outcome: &Outcome<T>) -> Option<Witness> {
        let explainer = self.explainer.as_ref()?;
        let is_meant =
            |other: &Outcome<AnyValue>| explainer.shows(other, &|other| other.cmp(outcome).is_eq());
        let witness = (explainer.explain)(&is_meant, self.seen(outcome)?.schedule.as_ref()?)?;
        Some(Witness { outcome: outcome.to_string(), ..witness })
    }

    /// Everything that a failing test should say, also what varies: counts, places, the seed. `judge` tells
    /// what each outcome is worth, also one that was not seen; `again` how to replay a schedule.
    pub(crate) fn failure(
        &self,
        verdict: impl fmt::Display,
        judge: impl Fn(&Outcome<T>) -> Judged,
        again: impl Fn(&Schedule) -> String,
    ) -> String {
        let backend = self.backend;
        if let (Verdict::Skip | Verdict::Flaky, Some(reason)) = (self.verdict(), self.incomplete.first()) {
            return format!("this program could not be checked: {reason}");
        }
        let memory = if self.has_other_memory() { ", sequential consistency" } else { "" };
        let chooser = match self.strategy {
            None => String::new(),
            Some(strategy) => match strategy.seed() {
                Some(seed) => format!(" ({}, seed {seed}{memory})", strategy.name()),
                None => format!(" ({}{memory})", strategy.name()),
            },
        };
        let mut text = format!("{verdict} under {backend}{chooser}, {}\n", self.looked_at());
        for (outcome, seen) in &self.outcomes {
            let Judged { mark, why } = judge(outcome);
            let why = why.map_or(String::new(), |why| format!("      {why}\n"));
            text += &format!("  {mark} {outcome}\n{why}      in {}", executions(seen.executions));
            text += &format!(", first in number {}", seen.first + 1);
            text += &seen.place.as_ref().map_or("\n".to_string(), |place| format!(", at {place}\n"));
        }
        text += &match self.is_complete() {
            true => "  all executions were seen".to_string(),
            false => format!("  {}", Incomplete::list(&self.incomplete)),
        };
        text.extend(self.note().iter().flat_map(|note| note.lines()).map(|note| format!("\n  {note}")));
        if let Some((_, witness)) = self.least_witness(|outcome| judge(outcome).mark != '=') {
            let remedy = self.remedy_of(&witness, |outcome| judge(outcome).mark == '=');
            let remedy = remedy.map(|remedy| remedy.to_string());
            let options = Options { remedy, replay: Some(again(&witness.schedule)), ..Options::default() };
            text += &format!("\n\n{}", witness::render(&witness, &options));
        }
        text
    }

    /// Of the outcomes that are `wanted`, the one that comes about in the least complicated way: with the
    /// fewest preemptions, then in the fewest steps.
    pub(crate) fn least_witness(
        &self,
        wanted: impl Fn(&Outcome<T>) -> bool,
    ) -> Option<(&Outcome<T>, Witness)> {
        let wanted: Vec<_> = self.outcomes.iter().filter(|(outcome, _)| wanted(outcome)).collect();
        // Numbers are sorted, so that this is compiled once and not for each type of outcomes.
        let mut by_cost: Vec<_> = wanted.iter().map(|(_, seen)| seen.cost).zip(0..).collect();
        by_cost.sort();
        let witnesses =
            by_cost.into_iter().take(EXPLAINED_MAX).map(|(_, number): (_, usize)| &wanted[number].0);
        witnesses
            .filter_map(|outcome| Some((outcome, self.witness(outcome)?)))
            .min_by_key(|(_, witness)| (witness.preemptions, witness.schedule.len()))
    }
}

/// Of how many outcomes the least execution is looked for, to find the least of all.
const EXPLAINED_MAX: usize = 5;

/// "1 execution", "2 executions".
pub(crate) fn executions(count: u64) -> String {
    format!("{count} execution{}", if count == 1 { "" } else { "s" })
}

/// What an outcome is worth.
pub(crate) struct Judged {
    /// `=` right, `!` wrong, `?` in doubt, `P` a panic, `H` a hang, `R` a data race, a space where nobody knows.
    pub(crate) mark: char,
    /// Why it is not right.
    pub(crate) why: Option<String>,
}

impl Judged {
    /// When every returned value is right.
    pub(crate) fn by_kind<T>(outcome: &Outcome<T>) -> Self {
        let mark = if matches!(outcome, Outcome::Returned(_)) { '=' } else { outcome.mark() };
        Judged { mark, why: None }
    }
}

impl<T: Ord + Debug> fmt::Display for Report<T> {
    /// The outcomes, sorted, with the least execution of each panic and hang, for which this looks. Nothing in
    /// it varies from run to run.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let judge = |outcome: &Outcome<T>| Judged { mark: outcome.mark(), why: None };
        f.write_str(&outcomes::text(self, judge, ToString::to_string))
    }
}
