//! One check of an object: scenario after scenario, until one fails; that one is made smaller and shown.

use super::Object;
use super::draw::Drawn;
use super::record::Seen;
use super::report::{Failure, ObjectReport, Shrunk, Unchecked};
use super::trial::{Fault, Trial};
use crate::checker::Checker;
use crate::outcome::{Incomplete, Outcome, Verdict};
use crate::property::case_id::CaseId;
use crate::property::regressions::Regressions;
use crate::property::shrinking::{Shrinking, again};
use crate::replay;
use crate::report::{Remedy, Report};
use crate::schedule::{Memory, Schedule};
use crate::witness::Witness;
use std::collections::BTreeSet;
use std::hash::Hash;
use std::panic::Location;
use std::time::Instant;

pub(crate) struct Session<'a, O, M> {
    object: &'a Object<O, M>,
    begun: Instant,
    executions: u64,
    /// Why some scenario was not explored completely.
    reasons: BTreeSet<Incomplete>,
}

/// What a look at one scenario came to.
enum Examined {
    Right { is_complete: bool },
    Wrong(Found),
    Unchecked(Unchecked),
}

/// A scenario's first outcome that is wrong.
struct Found {
    fault: Fault,
    /// Whether the calls fail even one after another, without any tasks.
    is_sequential: bool,
    schedule: Option<Schedule>,
}

impl<'a, O, M> Session<'a, O, M>
where
    O: Send + Sync + 'static,
    M: Clone + Eq + Hash + 'static,
{
    pub(crate) fn new(object: &'a Object<O, M>) -> Self {
        Session { object, begun: Instant::now(), executions: 0, reasons: BTreeSet::new() }
    }

    /// Checks the object, `known` scenarios first.
    pub(crate) fn run(mut self, known: &[u64]) -> ObjectReport {
        let (mut scenarios, mut incomplete) = (0, 0);
        let mut found = Ok(None);
        for seed in known.iter().copied().chain(self.object.seeds()) {
            scenarios += 1;
            let drawn = match Drawn::draw(&self.object.calls, &self.object.shape, seed) {
                Ok(drawn) => drawn,
                Err(reason) => {
                    found = Err(Unchecked::NothingDrawn(reason.to_string()));
                    break;
                }
            };
            match self.examine(&self.object.trial(drawn.scenario()), None) {
                Examined::Right { is_complete } => incomplete += u32::from(!is_complete),
                Examined::Wrong(wrong) => {
                    found = Ok(Some(self.failure(seed, drawn, wrong)));
                    break;
                }
                Examined::Unchecked(why) => {
                    found = Err(why);
                    break;
                }
            }
        }
        self.report(scenarios, incomplete, found)
    }

    fn report(
        &self,
        scenarios: u32,
        incomplete: u32,
        found: Result<Option<Failure>, Unchecked>,
    ) -> ObjectReport {
        ObjectReport {
            criterion: self.object.criterion,
            scenarios,
            incomplete,
            executions: self.executions,
            reasons: self.reasons.iter().cloned().collect(),
            elapsed: self.begun.elapsed(),
            found,
        }
    }

    /// Checks the object for a test at `place`; the text of a failure.
    pub(crate) fn check(self, place: &'static Location<'static>) -> Result<(), String> {
        let name = replay::check_name(place);
        match replay::asked_for_case(&name) {
            Ok(Some((id, schedule))) => return self.check_again(&name, &id, &schedule),
            Ok(None) => {}
            Err(error) => return Err(format!("failed to read CONCCHECK_REPLAY: {error}")),
        }
        let mut regressions = Regressions::of(place);
        let known = regressions.as_ref().map_or(Vec::new(), Regressions::seeds);
        let requires_complete = self.object.checker.requires_complete();
        let is_sampled = self.object.checker.is_sampling();
        let report = self.run(&known);
        if matches!(report.verdict(), Verdict::Pass | Verdict::Bounded) {
            println!("{report}");
            return report.unseen(place, is_sampled).tell(requires_complete);
        }
        let again = report.replay_command(&name);
        if let (Some(regressions), Ok(Some(failure))) = (&mut regressions, &report.found) {
            let about = again
                .as_ref()
                .map_or(failure.scenario.clone(), |again| format!("{}, replay: {again}", failure.scenario));
            regressions.save(failure.id.seed, &about);
        }
        Err(report.text(again))
    }

    /// Runs one execution of one scenario again.
    fn check_again(mut self, name: &str, id: &CaseId, schedule: &Schedule) -> Result<(), String> {
        let changed = |why: &str| {
            format!(
                "CONCCHECK_REPLAY cannot be replayed: {why}; run {name} without it to check the object anew"
            )
        };
        let mut drawn = Drawn::draw(&self.object.calls, &self.object.shape, id.seed)
            .map_err(|_| changed("no scenario can be drawn"))?;
        let mut again = again(&id.path);
        let _ = drawn.shrink(|_| again());
        let trial = self.object.trial(drawn.scenario());
        if id.mark != CaseId::mark(&trial.scenario.to_string()) {
            return Err(changed("the operations are no longer those that the token was made from"));
        }
        let trial = if id.is_sequential { self.sequential(&trial) } else { trial };
        let again = trial.clone();
        let (outcome, witness) = self
            .object
            .checker
            .replay(schedule, move || again.run())
            .map_err(|diverged| changed(&diverged.to_string()))?;
        match trial.fault(&outcome) {
            None => Ok(()),
            Some(fault) => {
                let failure = Failure {
                    id: id.clone(),
                    scenario: trial.scenario.to_string(),
                    table: trial.scenario.table(),
                    size: (trial.scenario.tasks.len(), trial.scenario.len()),
                    fault,
                    is_sequential: id.is_sequential,
                    witness: Some(presentable(witness)),
                    remedy: None,
                    shrunk: None,
                };
                self.executions = 1;
                Err(self.report(1, 0, Ok(Some(failure))).text(None))
            }
        }
    }

    fn sequential(&self, trial: &Trial<O, M>) -> Trial<O, M> {
        self.object.trial(trial.scenario.sequential())
    }

    /// Looks at a scenario: without tasks first, then as `hint` says, then in all its interleavings.
    fn examine(&mut self, trial: &Trial<O, M>, hint: Option<&Schedule>) -> Examined {
        let sequential = self.sequential(trial);
        match self.explore(&sequential) {
            Examined::Right { .. } => {}
            Examined::Wrong(found) => {
                return match found.fault.panic_of_specification() {
                    Some((call, answer, message)) => Examined::Unchecked(Unchecked::SpecificationPanics {
                        scenario: sequential.scenario.to_string(),
                        call,
                        answer,
                        message,
                    }),
                    None => Examined::Wrong(Found { is_sequential: true, ..found }),
                };
            }
            unchecked @ Examined::Unchecked(_) => return unchecked,
        }
        if let Some(found) = hint.and_then(|hint| self.follow(trial, hint)) {
            return Examined::Wrong(found);
        }
        self.explore(trial)
    }

    fn explore(&mut self, trial: &Trial<O, M>) -> Examined {
        let (run, judge) = (trial.clone(), trial.clone());
        let report =
            self.object.checker.find(move || run.run(), move |outcome| judge.fault(outcome).is_some());
        self.executions += report.executions();
        match report.incomplete() {
            Some(Incomplete::Flaky { step, expected, found }) => {
                return Examined::Unchecked(Unchecked::NotDeterministic {
                    scenario: trial.scenario.to_string(),
                    difference: format!("at step {step}: first {expected}, then {found}"),
                });
            }
            Some(Incomplete::Unsupported(why)) => {
                let (scenario, why) = (trial.scenario.to_string(), why.clone());
                return Examined::Unchecked(Unchecked::Unsupported { scenario, why });
            }
            Some(Incomplete::Interrupted) if report.executions() == 0 => {
                return Examined::Unchecked(Unchecked::Interrupted);
            }
            _ => {}
        }
        let wrong = report.outcomes().find_map(|outcome| Some((trial.fault(outcome)?, outcome)));
        match wrong {
            None => {
                self.reasons.extend(report.incomplete_because().iter().cloned());
                Examined::Right { is_complete: report.is_complete() }
            }
            Some((Fault::NotJudged(message), _)) => {
                let scenario = trial.scenario.to_string();
                Examined::Unchecked(Unchecked::SpecificationFails { scenario, message })
            }
            Some((fault, outcome)) => {
                let schedule = report.seen(outcome).and_then(|seen| seen.schedule.clone());
                Examined::Wrong(Found { fault, is_sequential: false, schedule })
            }
        }
    }

    /// One execution, which goes as far as possible as `hint` says.
    fn follow(&mut self, trial: &Trial<O, M>, hint: &Schedule) -> Option<Found> {
        let run = trial.clone();
        let report = self.object.checker.follow(hint, move || run.run())?;
        self.executions += report.executions();
        report.outcomes().find_map(|outcome| {
            let schedule = report.seen(outcome)?.schedule.clone();
            let fault = trial.fault(outcome).filter(|fault| !matches!(fault, Fault::NotJudged(_)))?;
            Some(Found { fault, is_sequential: false, schedule })
        })
    }

    /// The failing scenario, made smaller, with its least execution.
    fn failure(&mut self, seed: u64, mut drawn: Drawn<O, M>, found: Found) -> Failure {
        let mut shrinking = Shrinking::new(self.object.shrinking);
        let (size, mut best) = (drawn.scenario().len(), found);
        let ended = drawn.shrink(|scenario| {
            shrinking.attempt(|| match self.examine(&self.object.trial(scenario), best.schedule.as_ref()) {
                Examined::Wrong(found) => {
                    best = found;
                    true
                }
                Examined::Right { .. } | Examined::Unchecked(_) => false,
            })
        });
        let scenario = drawn.scenario();
        let shrunk = Shrunk {
            from: size,
            to: scenario.len(),
            attempts: shrinking.attempts(),
            is_least: ended.is_continue(),
            elapsed: shrinking.elapsed(),
        };
        let trial = self.object.trial(scenario);
        let trial = if best.is_sequential { self.sequential(&trial) } else { trial };
        let mark = CaseId::mark(&drawn.scenario().to_string());
        let id = CaseId { seed, path: shrinking.path, mark, is_sequential: best.is_sequential };
        let (fault, witness, remedy) = self.least(&trial, best.fault);
        Failure {
            id,
            scenario: trial.scenario.to_string(),
            table: trial.scenario.table(),
            size: (trial.scenario.tasks.len(), trial.scenario.len()),
            fault,
            is_sequential: best.is_sequential,
            witness: witness.map(presentable),
            remedy,
            shrunk: Some(shrunk),
        }
    }

    /// The scenario's simplest wrong execution: one without old values, if there is such a one, then with the fewest
    /// preemptions, then with the fewest steps; and what would keep the scenario from going wrong.
    fn least(&mut self, trial: &Trial<O, M>, known: Fault) -> (Fault, Option<Witness>, Option<Remedy>) {
        let is_wrong = |outcome: &Outcome<Seen>| trial.fault(outcome).is_some();
        let plain = self.object.checker.clone().memory(Memory::SequentiallyConsistent);
        let mut report = self.report_of(&plain, trial);
        if !report.outcomes().any(is_wrong) {
            report = self.report_of(&self.object.checker.clone(), trial);
        }
        match report.least_witness(is_wrong) {
            Some((outcome, witness)) => {
                let remedy = report.remedy_of(&witness, |outcome| !is_wrong(outcome));
                (trial.fault(outcome).unwrap_or(known), Some(witness), remedy)
            }
            None => (known, None, None),
        }
    }

    fn report_of(&mut self, checker: &Checker, trial: &Trial<O, M>) -> Report<Seen> {
        let run = trial.clone();
        let report = checker.explore(move || run.run());
        self.executions += report.executions();
        report
    }
}

/// Without the places of our own code: the calls are the user's, and have none.
fn presentable(mut witness: Witness) -> Witness {
    let is_ours = |file: &str| file == super::trial::FILE || file == super::record::FILE;
    for step in &mut witness.steps {
        step.place = step.place.filter(|place| !is_ours(place.file));
    }
    for wait in &mut witness.waits {
        wait.place = wait.place.filter(|place| !is_ours(place.file));
    }
    for task in &mut witness.tasks {
        task.spawned_at = task.spawned_at.filter(|place| !is_ours(place.file));
    }
    witness
}
