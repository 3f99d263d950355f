//! A program that is given an input, checked for inputs that proptest draws. One that fails is made as small as
//! possible, then its execution is.

use super::case_id::CaseId;
use super::regressions::Regressions;
use super::seed::{cases_or, runner, seeds};
use super::shrinking::{Budget, Shrinking, again};
use crate::checker::Unseen;
use crate::outcome::{Incomplete, Outcome, Verdict};
use crate::report::{Judged, Report};
use crate::schedule::Schedule;
use crate::{Checker, replay};
use proptest::strategy::{Strategy, ValueTree};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::ops::ControlFlow;
use std::panic::Location;
use std::sync::Arc;

/// How many inputs are tried, if nothing is said.
const CASES: u32 = 50;
/// How many executions with each are explored, if nothing is said.
const EXECUTIONS_MAX: u64 = 2_000;

type Program<I> = Arc<dyn Fn(I) + Send + Sync>;

impl Checker {
    /// Checks `program` with inputs that a proptest strategy draws, and panics if it panics or hangs with one of
    /// them: for use in a `#[test]`. The failing input is made smaller, as long as some execution fails with it;
    /// then the least execution is looked for. Both are shown.
    ///
    /// 50 inputs are tried, or as many as `PROPTEST_CASES` says, and up to 2,000 executions of each if no other
    /// [limit](Checker::executions_max) is set. Up to 500 smaller inputs are tried, for up to 10 s. One that failed is
    /// remembered in proptest's file of regressions beside the test, and tried first from then on.
    ///
    /// ```
    /// use conccheck::sync::{Arc, Mutex};
    /// use conccheck::{Checker, thread};
    ///
    /// Checker::new().for_all(1..4_u32, |buyers| {
    ///     let seats = Arc::new(Mutex::new(2_u32));
    ///     let buy = |_| {
    ///         let seats = Arc::clone(&seats);
    ///         thread::spawn(move || {
    ///             let mut seats = seats.lock().unwrap();
    ///             *seats = seats.saturating_sub(1);
    ///         })
    ///     };
    ///     let threads: Vec<_> = (0..buyers).map(buy).collect();
    ///     threads.into_iter().for_each(|thread| thread.join().unwrap());
    ///     assert_eq!(*seats.lock().unwrap(), 2_u32.saturating_sub(buyers));
    /// });
    /// ```
    ///
    /// # Panics
    /// With the input and the report, if an execution panics or hangs or the check could not be done; if not everything
    /// was seen and it [had to be](Checker::require_complete); when the
    /// environment asks for a replay that is not possible; and as [`Checker::explore`] does.
    #[track_caller]
    pub fn for_all<I: Clone + Debug + Send + Sync + 'static>(
        &self,
        inputs: impl Strategy<Value = I>,
        program: impl Fn(I) + Send + Sync + 'static,
    ) {
        let session = Session { checker: self.or_executions_max(EXECUTIONS_MAX), program: Arc::new(program) };
        if let Err(text) = session.check(&inputs, Location::caller()) {
            panic!("{}", text.trim_end());
        }
    }
}

struct Session<I> {
    checker: Checker,
    program: Program<I>,
}

impl<I: Clone + Debug + Send + Sync + 'static> Session<I> {
    fn check(
        &self,
        inputs: &impl Strategy<Value = I>,
        place: &'static Location<'static>,
    ) -> Result<(), String> {
        let name = replay::check_name(place);
        match replay::asked_for_case(&name) {
            Ok(Some((id, schedule))) => return self.check_again(inputs, &name, &id, &schedule),
            Ok(None) => {}
            Err(error) => return Err(format!("failed to read CONCCHECK_REPLAY: {error}")),
        }
        let mut regressions = Regressions::of(place);
        let known = regressions.as_ref().map_or(Vec::new(), Regressions::seeds);
        let (mut tried, mut cut, mut reasons) = (0, 0, BTreeSet::new());
        let (mut is_sampled, mut has_ended) = (false, false);
        for seed in known.into_iter().chain(seeds(None, cases_or(CASES))) {
            let Ok(drawn) = inputs.new_tree(&mut runner(seed)) else {
                return Err("no input could be drawn, since the strategy gives none".to_string());
            };
            let report = self.find(drawn.current());
            if matches!(report.verdict(), Verdict::Skip | Verdict::Flaky) {
                let why = report.failure(report.verdict(), Judged::by_kind, |_| String::new());
                return Err(format!("for the input {:?}: {why}", drawn.current()));
            }
            if let Some(schedule) = wrong(&report) {
                let (text, again) = self.failure(inputs, &name, seed, schedule);
                if let Some(regressions) = &mut regressions {
                    regressions.save(seed, &again);
                }
                return Err(text);
            }
            tried += 1;
            cut += u32::from(!report.is_complete());
            is_sampled = report.is_sampled();
            has_ended |= report.outcomes().next().is_some();
            reasons.extend(report.incomplete_because().iter().cloned());
        }
        let looked_at = format!("the executions with {cut} of {tried} inputs that were seen");
        let reasons: Vec<_> = reasons.into_iter().collect();
        let unseen = Unseen { place, looked_at, reasons: &reasons, is_sampled, has_ended };
        unseen.tell(self.checker.requires_complete())
    }

    /// The program with this input.
    fn with(&self, input: I) -> impl Fn() + Send + Sync + use<I> {
        let program = Arc::clone(&self.program);
        move || program(input.clone())
    }

    fn find(&self, input: I) -> Report<()> {
        self.checker.find(self.with(input), is_wrong)
    }

    /// The failure's text, and what is to be remembered of it. `hint` is how the drawn input fails.
    fn failure(
        &self,
        inputs: &impl Strategy<Value = I>,
        name: &str,
        seed: u64,
        mut hint: Option<Schedule>,
    ) -> (String, String) {
        let mut shrinking = Shrinking::new(Budget::default());
        let input = shrunk(inputs, seed, |input| {
            shrinking.attempt(|| {
                // What failed before is likely to fail again, and takes one execution.
                let followed =
                    hint.as_ref().and_then(|hint| self.checker.follow(hint, self.with(input.clone())));
                let found = followed.as_ref().and_then(wrong).or_else(|| wrong(&self.find(input.clone())));
                let fails = found.is_some();
                hint = found.flatten().or(hint.take());
                fails
            })
        });
        let (attempts, seconds) = (shrinking.attempts(), shrinking.elapsed().as_secs_f64());
        let id = CaseId {
            seed,
            path: shrinking.path,
            mark: CaseId::mark(&format!("{input:?}")),
            is_sequential: false,
        };
        let report = self.checker.explore(self.with(input.clone()));
        let again = |schedule: &Schedule| replay::case_command(name, &id, schedule);
        let found = report.failure(report.verdict(), Judged::by_kind, again);
        let text =
            format!("for the input {input:?}, shrunk in {attempts} attempts, {seconds:.1} s:\n{found}");
        let again = found.lines().find_map(|line| line.strip_prefix("replay: ")).unwrap_or_default();
        (text, format!("{input:?}, replay: {again}"))
    }

    /// Runs one execution with one input again.
    fn check_again(
        &self,
        inputs: &impl Strategy<Value = I>,
        name: &str,
        id: &CaseId,
        schedule: &Schedule,
    ) -> Result<(), String> {
        let mut again = again(&id.path);
        let input = shrunk(inputs, id.seed, |_| again());
        if id.mark != CaseId::mark(&format!("{input:?}")) {
            return Err(replay::changed(name, "its inputs are no longer those that the token was made from"));
        }
        let (outcome, witness) = self
            .checker
            .replay(schedule, self.with(input.clone()))
            .map_err(|diverged| replay::changed(name, &diverged.to_string()))?;
        match is_wrong(&outcome) {
            false => Ok(()),
            true => Err(format!(
                "for the input {input:?}:\n{}",
                crate::report::witness::render(&witness, &Default::default())
            )),
        }
    }
}

fn is_wrong(outcome: &Outcome<()>) -> bool {
    !matches!(outcome, Outcome::Returned(()))
}

/// The schedule of an outcome that is wrong, if there is one; of one that the backend can tell.
fn wrong(report: &Report<()>) -> Option<Option<Schedule>> {
    if matches!(report.incomplete(), Some(Incomplete::Flaky { .. })) {
        return None;
    }
    let outcome = report.outcomes().find(|outcome| is_wrong(outcome))?;
    Some(report.seen(outcome).and_then(|seen| seen.schedule.clone()))
}

/// The smallest input that `fails`, as proptest makes them smaller from the one that `seed` draws.
fn shrunk<I: Clone + Debug>(
    inputs: &impl Strategy<Value = I>,
    seed: u64,
    mut fails: impl FnMut(&I) -> ControlFlow<(), bool>,
) -> I {
    let mut tree = inputs.new_tree(&mut runner(seed)).expect("it was drawn before");
    let mut least = tree.current();
    let mut can_change = tree.simplify();
    while can_change {
        let candidate = tree.current();
        match fails(&candidate) {
            ControlFlow::Break(()) => break,
            ControlFlow::Continue(true) => {
                least = candidate;
                can_change = tree.simplify();
            }
            ControlFlow::Continue(false) => can_change = tree.complicate(),
        }
    }
    least
}
