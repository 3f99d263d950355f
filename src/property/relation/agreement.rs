//! Whether every outcome of a concurrent program is right, given a sequential one and a relation between the
//! two: the check, and its result as a value, as text and as a panic.

use super::sequential::Sequential;
use super::{Refines, Relation, RelationError, Value};
use crate::checker::Unseen;
use crate::outcome::{Incomplete, Outcome, Verdict};
use crate::report::{Judged, Report, outcomes};
use crate::witness::Witness;
use crate::{Backend, Checker, replay};
use std::fmt::{self, Debug};
use std::panic::Location;

/// What [`Checker::agrees`] found.
///
/// As text it says what the relation makes of each outcome: `=` right, `!` wrong, `?` different, though more may be
/// right than was seen, `P` a panic, `H` a hang, `R` a data race. Nothing in it varies from run to run, so it is
/// a good snapshot as it stands. Of what is not right it shows the least execution, which it looks for then.
#[derive(Clone, Debug)]
pub struct Agreement<T> {
    relation: &'static str,
    words: Words,
    sequential: Sequential<T>,
    report: Report<T>,
    /// Why each of the report's outcomes is not right, if it is not.
    reasons: Vec<Option<String>>,
    /// What a replay calls the check.
    name: String,
    /// Whether the environment asked for one execution only.
    is_replay: bool,
    requires_complete: bool,
}

/// What the other side is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    /// "sequential".
    side: &'static str,
    /// "sequentially".
    pub(super) there: &'static str,
    /// Whether a hang or a panic is right, if it is that side's, too.
    is_model: bool,
}

const SEQUENTIAL: Words = Words { side: "sequential", there: "sequentially", is_model: true };
/// The same program, in which no future is dropped where it waits.
pub(super) const UNCANCELLED: Words =
    Words { side: "uncancelled", there: "without a cancellation", is_model: false };

impl Checker {
    /// Explores two programs and says whether every outcome of the concurrent one, hangs and panics included, is
    /// as `relation` asks, given the outcomes of the sequential one.
    ///
    /// The settings are for the concurrent side. The sequential side is always explored in full under
    /// [`Backend::Native`], with the same limits on executions, steps and time; but how many real runs there are to
    /// be limits only those.
    ///
    /// With [`Backend::Real`], [`Refines`] and twice the same program, it says whether what this machine does is
    /// within what native says is possible. If not, one of the two is wrong: conccheck, or the program uses something
    /// that conccheck does not see.
    ///
    /// ```
    /// use conccheck::property::{AnyOrder, Exact};
    /// use conccheck::sync::mpsc;
    /// use conccheck::{Checker, Verdict, thread};
    ///
    /// let sequential = || (1..=2).map(|n| n * n).collect::<Vec<_>>();
    /// let as_they_come = || {
    ///     let (sender, squares) = mpsc::channel();
    ///     for n in 1..=2 {
    ///         let sender = sender.clone();
    ///         thread::spawn(move || sender.send(n * n).unwrap());
    ///     }
    ///     drop(sender);
    ///     squares.iter().collect()
    /// };
    /// let agreement = Checker::new().agrees(sequential, as_they_come, AnyOrder);
    /// assert_eq!(agreement.verdict(), Verdict::Pass);
    /// let agreement = Checker::new().agrees(sequential, as_they_come, Exact);
    /// assert_eq!(agreement.verdict(), Verdict::Fail);
    /// assert!(agreement.to_string().contains("! [4, 1]\n      sequentially it is [1, 4]"));
    /// ```
    ///
    /// # Panics
    /// As [`Checker::explore`] does; and when the environment asks for a replay (see [`Agreement::assert`]) that is
    /// not possible.
    #[track_caller]
    pub fn agrees<T: Value>(
        &self,
        sequential: impl Fn() -> T + Send + Sync + 'static,
        concurrent: impl Fn() -> T + Send + Sync + 'static,
        relation: impl Relation<T>,
    ) -> Agreement<T> {
        let name = replay::check_name(Location::caller());
        let (report, is_replay) = self.explore_or_replay(&name, concurrent);
        self.compare(sequential, report, relation, SEQUENTIAL).named(name, is_replay)
    }

    /// What is asked for of the concurrent side: one execution, if the environment does; and whether it does.
    #[track_caller]
    pub(super) fn explore_or_replay<T: Value>(
        &self,
        name: &str,
        concurrent: impl Fn() -> T + Send + Sync + 'static,
    ) -> (Report<T>, bool) {
        match replay::asked_for(name) {
            Ok(None) => (self.explore(concurrent), false),
            Ok(Some(schedule)) => (self.explore_again(&schedule, concurrent), true),
            Err(error) => panic!("failed to read CONCCHECK_REPLAY: {error}"),
        }
    }

    /// Compares what `program` was seen to do, in real runs say, with what native says that it can do.
    pub(crate) fn is_possible<T: Value>(
        &self,
        report: Report<T>,
        program: impl Fn() -> T + Send + Sync + 'static,
    ) -> Agreement<T> {
        self.compare(program, report, Refines, SEQUENTIAL)
    }

    pub(super) fn compare<T: Value>(
        &self,
        sequential: impl Fn() -> T + Send + Sync + 'static,
        report: Report<T>,
        relation: impl Relation<T>,
        words: Words,
    ) -> Agreement<T> {
        let sequential = Sequential::explore(self, sequential, relation.name(), relation.basis());
        let reasons = judge_all(&sequential, &report, &relation, words);
        let (name, is_replay, requires_complete) = (String::new(), false, self.requires_complete());
        Agreement {
            relation: relation.name(),
            words,
            sequential,
            report,
            reasons,
            name,
            is_replay,
            requires_complete,
        }
    }
}

impl<T: Ord> Agreement<T> {
    /// What follows, if the relation is what counts as correct.
    ///
    /// [`Verdict::Pass`] and [`Verdict::Fail`] are proofs: where the sequential side was not seen in full, a
    /// difference may be one that it has too, and the verdict is [`Verdict::Bounded`]. [`Verdict::Skip`]: the two
    /// cannot be compared; [`Agreement::error`] may say why.
    pub fn verdict(&self) -> Verdict {
        let incomplete = [&self.sequential.incomplete, &self.report.incomplete];
        let is = |kind: fn(&Incomplete) -> bool| incomplete.into_iter().flatten().any(kind);
        let worst = self.report.outcomes().zip(&self.reasons).map(|(outcome, why)| match why {
            None => Verdict::Pass,
            Some(_) if outcome.is_hang() => Verdict::Hang,
            Some(_) => Verdict::Fail,
        });
        if self.sequential.error.is_some() || self.sequential.outcomes.is_empty() {
            return Verdict::Skip;
        }
        if is(|why| matches!(why, Incomplete::Flaky { .. })) {
            return Verdict::Flaky;
        }
        match worst.max().unwrap_or(Verdict::Skip) {
            Verdict::Pass if is(|why| matches!(why, Incomplete::Unsupported(_))) => Verdict::Skip,
            Verdict::Pass if is(|_| true) => Verdict::Bounded,
            Verdict::Fail | Verdict::Hang if self.is_doubtful() => Verdict::Bounded,
            verdict => verdict,
        }
    }

    /// The relation's name.
    pub fn relation(&self) -> &'static str {
        self.relation
    }

    /// Why the relation does not fit the sequential side, if so.
    pub fn error(&self) -> Option<&RelationError> {
        self.sequential.error.as_ref()
    }

    /// What the sequential side was seen to do, least first.
    pub fn sequential(&self) -> impl Iterator<Item = &Outcome<T>> {
        self.sequential.outcomes.iter()
    }

    /// What the concurrent side was seen to do.
    pub fn report(&self) -> &Report<T> {
        &self.report
    }

    /// The outcomes of the concurrent side that are not right, each with the reason.
    pub fn wrong(&self) -> impl Iterator<Item = (&Outcome<T>, &str)> {
        self.report
            .outcomes()
            .zip(&self.reasons)
            .filter_map(|(outcome, why)| Some((outcome, why.as_deref()?)))
    }

    /// Why an outcome that differs is not proven to be wrong, if so: the sequential side may do more than was
    /// seen.
    pub fn doubt(&self) -> Option<String> {
        if !self.sequential.incomplete.is_empty() {
            let explored = outcomes::explored(false, &self.sequential.incomplete);
            let side = self.words.side;
            return Some(format!("what the {side} side can do was not seen in full, but {explored}"));
        }
        let races = self.sequential().any(|outcome| matches!(outcome, Outcome::DataRace { .. }));
        let is_undefined = races && self.report.backend() == Backend::Real;
        is_undefined
            .then(|| "the sequential side has a data race, after which a real run may do anything".into())
    }
}

impl<T: Ord> Agreement<T> {
    /// Whether it is not proven that an outcome that is not right is wrong.
    fn is_in_doubt(&self, outcome: &Outcome<T>) -> bool {
        self.doubt().is_some() && (self.words.is_model || matches!(outcome, Outcome::Returned(_)))
    }

    /// Whether that is so of all.
    fn is_doubtful(&self) -> bool {
        self.wrong().all(|(outcome, _)| self.is_in_doubt(outcome))
    }

    /// Cannot be compared after all.
    pub(super) fn refuse(&mut self, error: RelationError) {
        self.sequential.error.get_or_insert(error);
    }

    /// With its name for a replay, and whether it is one.
    pub(super) fn named(self, name: String, is_replay: bool) -> Self {
        Agreement { name, is_replay, ..self }
    }
}

impl<T: Ord + Debug> Agreement<T> {
    /// The least execution of the concurrent side with this outcome, as [`Report::witness`] finds it.
    pub fn witness(&self, outcome: &Outcome<T>) -> Option<Witness> {
        self.report.witness(outcome)
    }

    /// Panics with all that was found unless every outcome is right: for use in a `#[test]`.
    ///
    /// # Panics
    /// If an outcome differs, also if that is not proven to be wrong; if the two cannot be compared; if the
    /// check could not be done; if not everything was seen and it [had to be](Checker::require_complete).
    ///
    /// # Replay
    /// Under [`Backend::Native`] the panic ends with a command, `CONCCHECK_REPLAY=cc1-… cargo test NAME`. With it
    /// [`Checker::agrees`] runs only that execution of the concurrent side.
    #[track_caller]
    pub fn assert(&self) {
        let is_right =
            self.wrong().next().is_none() && matches!(self.verdict(), Verdict::Pass | Verdict::Bounded);
        match (is_right, self.is_replay) {
            (true, false) => {
                if let Err(text) = self.tell_unseen(Location::caller()) {
                    panic!("{text}");
                }
            }
            (true, true) => println!("{self}"),
            (false, _) => panic!("{}", self.failure()),
        }
    }

    /// Says what was not seen, of either side.
    fn tell_unseen(&self, place: &Location) -> Result<(), String> {
        let sequential = Unseen {
            looked_at: format!("those of the {} side that were seen", self.words.side),
            reasons: &self.sequential.incomplete,
            is_sampled: false,
            has_ended: true,
            place,
        };
        sequential.tell(self.requires_complete)?;
        self.report.unseen(place).tell(self.requires_complete)
    }

    /// Everything, also what varies.
    fn failure(&self) -> String {
        if let Some(error) = &self.sequential.error {
            return format!("the relation {} does not fit: {error}", self.relation);
        }
        let verdict = format!("{} ({})", self.verdict(), self.relation);
        let again = |schedule: &_| replay::command(&self.name, schedule);
        let judge = |outcome: &Outcome<T>| self.judged(outcome);
        let text = self.report.failure(&verdict, judge, again);
        let doubt = self.doubt().map_or(String::new(), |doubt| format!("{DOUBTFUL}; {doubt}\n"));
        format!("{doubt}{text}")
    }

    fn judged(&self, outcome: &Outcome<T>) -> Judged {
        if self.report.seen(outcome).is_none() {
            return Judged { mark: '?', why: None };
        }
        let why = &self.reasons[self.report.outcomes().take_while(|other| *other < outcome).count()];
        let mark = match (why, outcome) {
            (None, _) => '=',
            (Some(_), outcome) if self.is_in_doubt(outcome) => '?',
            (Some(_), Outcome::Returned(_)) => '!',
            (Some(_), other) => other.mark(),
        };
        Judged { mark, why: why.clone() }
    }
}

const DOUBTFUL: &str = "a difference is no proof of a fault here";

impl<T: Ord + Debug> fmt::Display for Agreement<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "verdict     {} ({})", self.verdict(), self.relation)?;
        if let Some(error) = &self.sequential.error {
            return write!(f, "            {error}");
        }
        let sequential = outcomes::explored(false, &self.sequential.incomplete);
        writeln!(f, "{:<12}{sequential}", self.words.side)?;
        let text = outcomes::text(&self.report, |outcome| self.judged(outcome), ToString::to_string);
        f.write_str(&text)?;
        match self.doubt() {
            Some(doubt) if self.wrong().next().is_some() => write!(f, "\n\n? {DOUBTFUL}: {doubt}"),
            _ => Ok(()),
        }
    }
}

/// Why each of the outcomes of `report` is not right, if it is not. All are, if the two cannot be compared.
fn judge_all<T: Value>(
    sequential: &Sequential<T>,
    report: &Report<T>,
    relation: &impl Relation<T>,
    words: Words,
) -> Vec<Option<String>> {
    if sequential.error.is_some() {
        return vec![None; report.outcomes.len()];
    }
    let returned = sequential.outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Returned(value) => Some(value),
        _ => None,
    });
    let returned: Vec<&T> = returned.collect();
    let judge = |outcome: &Outcome<T>| match outcome {
        Outcome::Returned(value) => relation.judge(&returned, value),
        other if !words.is_model && sequential.outcomes.contains(other) => {
            Err(format!("{} there is this {}, too", words.there, kind(other)))
        }
        Outcome::Unfinished { .. } if sequential.outcomes.iter().any(Outcome::is_hang) => Ok(()),
        other if sequential.outcomes.contains(other) => Ok(()),
        other => Err(format!("{} there is no such {}", words.there, kind(other))),
    };
    report.outcomes().map(|outcome| judge(outcome).err()).collect()
}

/// What it is, in a sentence.
fn kind<T>(outcome: &Outcome<T>) -> &'static str {
    match outcome {
        Outcome::Returned(_) => "value",
        Outcome::Panicked(_) => "panic",
        Outcome::DataRace { .. } => "data race",
        Outcome::Leaked { .. } => "leak",
        Outcome::Deadlocked { .. } | Outcome::Livelocked { .. } | Outcome::Unfinished { .. } => "hang",
    }
}
