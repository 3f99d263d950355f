//! A scenario put to an object: how it is run, and what is wrong with what was seen of it.

use super::answer::Answer;
use super::record::{Numbered, Record, Seen};
use super::scenario::Scenario;
use crate::backend::quietly;
use crate::outcome::Outcome;
use crate::panic::{self, AssertUnwindSafe, catch_unwind};
use crate::property::Criterion;
use crate::property::{Specification, Step};
use crate::property::{Unexplained, explain};
use crate::thread;
use std::hash::Hash;
use std::sync::Arc;

/// Makes an object, or what its specification remembers.
pub(crate) type Make<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// Whose places are none of the user's.
pub(crate) const FILE: &str = file!();

/// A scenario put to an object.
pub(crate) struct Trial<O, M> {
    pub(crate) scenario: Arc<Scenario<O, M>>,
    pub(crate) object: Make<O>,
    pub(crate) model: Make<M>,
    pub(crate) criterion: Criterion,
}

impl<O, M> Clone for Trial<O, M> {
    fn clone(&self) -> Self {
        let Trial { scenario, object, model, criterion } = self;
        Trial {
            scenario: Arc::clone(scenario),
            object: Arc::clone(object),
            model: Arc::clone(model),
            criterion: *criterion,
        }
    }
}

impl<O: Send + Sync + 'static, M: 'static> Trial<O, M> {
    /// Runs it, as the program that a checker explores.
    pub(crate) fn run(&self) -> Seen {
        let record = Record::begin(self.criterion != Criterion::SequentiallyConsistent);
        let object = Arc::new((self.object)());
        let Scenario { prefix, tasks, suffix } = &*self.scenario;
        self.perform(&record, &object, 0, 0..prefix.len());
        let mut end = prefix.len();
        let spawn = |(task, calls): (usize, &Vec<_>)| {
            let calls = end..end + calls.len();
            end = calls.end;
            let (trial, record, object) = (self.clone(), Arc::clone(&record), Arc::clone(&object));
            thread::spawn(move || trial.perform(&record, &object, task + 1, calls))
        };
        let tasks: Vec<_> = tasks.iter().enumerate().map(spawn).collect();
        for task in tasks {
            if let Err(payload) = task.join() {
                crate::panic::resume_unwind(payload);
            }
        }
        self.perform(&record, &object, 0, end..end + suffix.len());
        drop(object);
        record.history()
    }

    /// Performs the scenario's calls with these numbers, one after another.
    fn perform(&self, record: &Record, object: &O, task: usize, numbers: std::ops::Range<usize>) {
        let calls = self.scenario.calls().enumerate().skip(numbers.start).take(numbers.len());
        for (number, call) in calls {
            let numbered = Numbered { number, text: Arc::clone(call.text()) };
            record.operation(task, numbered, || call.act(object));
        }
    }
}

impl<O, M: Clone + Eq + Hash> Trial<O, M> {
    /// What is wrong with an outcome, if anything is.
    pub(crate) fn fault(&self, outcome: &Outcome<Seen>) -> Option<Fault> {
        match outcome {
            Outcome::Returned(history) => {
                let explained = || explain(self, history, self.criterion).map_err(Box::new);
                match quietly(|| catch_unwind(AssertUnwindSafe(explained))) {
                    Ok(Ok(_)) => None,
                    Ok(Err(unexplained)) => {
                        Some(Fault::Unexplained { history: history.clone(), unexplained })
                    }
                    Err(payload) => Some(Fault::NotJudged(panic::message(&*payload))),
                }
            }
            _ => Some(Fault::Ended { outcome: outcome.to_string(), is_hang: outcome.is_hang() }),
        }
    }
}

impl<O, M: Clone + Eq + Hash> Specification for Trial<O, M> {
    type State = M;
    type Call = Numbered;
    type Answer = Answer;

    fn initial(&self) -> M {
        (self.model)()
    }

    fn apply(&self, state: &mut M, call: &Numbered) -> Step<Answer> {
        let call = self.scenario.calls().nth(call.number).expect("a history has its scenario's calls");
        call.specify(state)
    }
}

/// What is wrong with an outcome.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// No order of the operations gives these answers.
    Unexplained { history: Seen, unexplained: Box<Unexplained<Numbered, Answer>> },
    /// The specification fails where no operation is performed: when it is made, or when answers are compared; or it
    /// does not repeat itself.
    NotJudged(String),
    /// Something that no operation can answer: a data race, an endless loop, a panic or a wait outside of the
    /// operations.
    Ended { outcome: String, is_hang: bool },
}

impl Fault {
    /// Where the specification panics and the object does not: the call, what the object answered, and the panic's
    /// message.
    pub(crate) fn panic_of_specification(&self) -> Option<(String, String, String)> {
        let Fault::Unexplained { unexplained, .. } = self else { return None };
        match (unexplained.operation().answer(), unexplained.instead()) {
            (Some(answer @ Answer::Returned(_)), Step::Answers(Answer::Panicked(message))) => {
                let call = unexplained.operation().call().text.to_string();
                Some((call, format!("{answer:?}"), message.clone()))
            }
            _ => None,
        }
    }
}
