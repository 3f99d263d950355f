//! A concurrent object under check: what a user says of it, namely how to make it, its operations, its
//! specification, and how thoroughly to look. How that is done is the files' below.

mod answer;
mod call;
mod draw;
mod record;
mod report;
mod scenario;
mod session;
mod trial;

pub use self::report::{ObjectReport, Shrunk, Unchecked};

use self::call::Call;
use self::draw::Shape;
use self::scenario::Scenario;
use self::session::Session;
use self::trial::{Make, Trial};
use super::seed::{cases_or, seeds};
use super::shrinking::Budget;
use super::{Criterion, Value};
use crate::Checker;
use proptest::strategy::{BoxedStrategy, Just, Strategy};
use std::fmt::Debug;
use std::hash::Hash;
use std::ops::RangeInclusive;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// A concurrent object `O` and its sequential specification: what it remembers, an `M`, and what each operation
/// does to that and answers.
///
/// Scenarios are drawn: some operations one after another, then two or three tasks with a few operations each,
/// then some operations again. Each scenario's interleavings are explored, and what was seen has to be what the
/// specification could have done in some order of the operations ([`Criterion`]). The first scenario that is not
/// so is made as small as possible and shown.
///
/// ```
/// use conccheck::property::Object;
/// use conccheck::sync::Mutex;
/// use std::collections::VecDeque;
///
/// struct Queue(Mutex<VecDeque<u8>>);
///
/// impl Queue {
///     fn push(&self, value: u8) {
///         self.0.lock().unwrap().push_back(value);
///     }
///
///     fn pop(&self) -> Option<u8> {
///         self.0.lock().unwrap().pop_front()
///     }
/// }
///
/// Object::new(|| Queue(Mutex::default()), VecDeque::new)
///     .operation_with("push", 0..3u8, Queue::push, VecDeque::push_back)
///     .operation("pop", Queue::pop, VecDeque::pop_front)
///     .scenarios(10)
///     .check();
/// ```
///
/// An operation that panics answers with that, whatever the message: the specification has to panic there too. An
/// operation that can wait is a [`blocking`](Object::blocking) one.
///
/// An operation returns something that has an order, by which histories are told apart:
///
/// ```compile_fail
/// # use conccheck::property::Object;
/// Object::new(|| (), || ()).operation("now", |_| 0.5_f32, |_| 0.5_f32); // `f32` cannot be compared …
/// ```
#[must_use = "nothing is checked before `check` or `run`"]
pub struct Object<O, M> {
    object: Make<O>,
    model: Make<M>,
    calls: Vec<BoxedStrategy<Call<O, M>>>,
    criterion: Criterion,
    shape: Shape,
    scenarios: u32,
    seed: Option<u64>,
    checker: Checker,
    shrinking: Budget,
}

/// How many executions of a scenario are explored, if nothing is said.
const EXECUTIONS_MAX: u64 = 2_000;

impl<O, M> Object<O, M>
where
    O: Send + Sync + 'static,
    M: Clone + Eq + Hash + 'static,
{
    /// An object that `object` makes, and what `model` makes as its specification's first state. Both are called
    /// again and again, and have to make the same each time. The model is copied and compared: a `Vec` or a
    /// `BTreeMap`, say, but no `HashMap`, which has no hash.
    pub fn new(
        object: impl Fn() -> O + Send + Sync + 'static,
        model: impl Fn() -> M + Send + Sync + 'static,
    ) -> Self {
        Object {
            object: Arc::new(object),
            model: Arc::new(model),
            calls: Vec::new(),
            criterion: Criterion::Linearizable,
            shape: Shape { tasks: 2..=3, calls: 1..=3, calls_max: 5, prefix_max: 2, suffix_max: 2 },
            scenarios: cases_or(SCENARIOS),
            seed: None,
            checker: Checker::new().or_executions_max(EXECUTIONS_MAX),
            shrinking: Budget::default(),
        }
    }

    /// An operation without arguments: what it does to the object, and what to the specification.
    pub fn operation<R: Value + Sync>(
        self,
        name: &str,
        act: impl Fn(&O) -> R + Send + Sync + 'static,
        specify: impl Fn(&mut M) -> R + Send + Sync + 'static,
    ) -> Self {
        self.blocking(name, act, move |model| Some(specify(model)))
    }

    /// An operation with arguments, which a proptest strategy draws. Several are a tuple.
    pub fn operation_with<A, R: Value + Sync>(
        self,
        name: &str,
        arguments: impl Strategy<Value = A> + 'static,
        act: impl Fn(&O, A) -> R + Send + Sync + 'static,
        specify: impl Fn(&mut M, A) -> R + Send + Sync + 'static,
    ) -> Self
    where
        A: Clone + Debug + Send + Sync + 'static,
    {
        self.blocking_with(name, arguments, act, move |model, arguments| Some(specify(model, arguments)))
    }

    /// An operation that waits in states in which its specification says `None`. A task that waits there for
    /// ever is right; one that waits where the specification does not, or goes on where it waits, is wrong.
    ///
    /// A loop counts as waiting if it calls [`yield_now`](crate::thread::yield_now) and otherwise only reads, or tries
    /// exchanges that fail. One that writes each time, as with `swap(true)`, seems to get on, and ends as endless.
    pub fn blocking<R: Value + Sync>(
        mut self,
        name: &str,
        act: impl Fn(&O) -> R + Send + Sync + 'static,
        specify: impl Fn(&mut M) -> Option<R> + Send + Sync + 'static,
    ) -> Self {
        self.calls.push(Just(Call::new(format!("{name}()"), act, specify)).boxed());
        self
    }

    /// As [`Object::blocking`], with arguments.
    pub fn blocking_with<A, R: Value + Sync>(
        mut self,
        name: &str,
        arguments: impl Strategy<Value = A> + 'static,
        act: impl Fn(&O, A) -> R + Send + Sync + 'static,
        specify: impl Fn(&mut M, A) -> Option<R> + Send + Sync + 'static,
    ) -> Self
    where
        A: Clone + Debug + Send + Sync + 'static,
    {
        let (name, act, specify) = (name.to_string(), Arc::new(act), Arc::new(specify));
        let call = move |arguments: A| {
            let text = call::text(&name, &arguments);
            let (act, specify) = (Arc::clone(&act), Arc::clone(&specify));
            let specified = arguments.clone();
            Call::new(
                text,
                move |object: &O| act(object, arguments.clone()),
                move |model: &mut M| specify(model, specified.clone()),
            )
        };
        self.calls.push(arguments.prop_map(call).boxed());
        self
    }

    /// What "behaves like its specification" means; linearizability, if nothing is said.
    pub fn criterion(self, criterion: Criterion) -> Self {
        Object { criterion, ..self }
    }

    /// How many tasks a scenario has; 2 to 3, if nothing is said.
    pub fn tasks(mut self, tasks: RangeInclusive<usize>) -> Self {
        self.shape.tasks = tasks;
        self
    }

    /// How many operations each task performs; 1 to 3, if nothing is said.
    pub fn operations_per_task(mut self, operations: RangeInclusive<usize>) -> Self {
        self.shape.calls = operations;
        self
    }

    /// How many operations all tasks of a scenario have together; at most 5, if nothing is said. Each more
    /// makes about ten times as many interleavings.
    pub fn operations_max(mut self, operations: usize) -> Self {
        self.shape.calls_max = operations;
        self
    }

    /// At most so many operations come before the tasks begin; 2, if nothing is said.
    pub fn prefix_max(mut self, operations: usize) -> Self {
        self.shape.prefix_max = operations;
        self
    }

    /// At most so many operations come when the tasks have ended; 2, if nothing is said.
    pub fn suffix_max(mut self, operations: usize) -> Self {
        self.shape.suffix_max = operations;
        self
    }

    /// How many scenarios are tried. If nothing is said, 100, or as many as `PROPTEST_CASES` says.
    pub fn scenarios(self, scenarios: u32) -> Self {
        Object { scenarios, ..self }
    }

    /// Fixes which scenarios are drawn; if nothing is said, others each time.
    pub fn seed(self, seed: u64) -> Self {
        Object { seed: Some(seed), ..self }
    }

    /// Who explores a scenario, and how far. If nothing is said: the native engine, up to 2,000 executions of each.
    ///
    /// One that does not say how many executions there may be explores as many as that, too.
    ///
    /// In [`Memory::Rust`](crate::Memory::Rust) an operation precedes another only if it happens before, by what its task and
    /// the object order: that somebody reads an old value, whom nothing has told of a newer one, is no fault.
    pub fn checker(self, checker: Checker) -> Self {
        Object { checker: checker.or_executions_max(EXECUTIONS_MAX), ..self }
    }

    /// Tries at most so many smaller scenarios once one has failed; 500, if nothing is said.
    pub fn shrink_attempts_max(mut self, attempts_max: u32) -> Self {
        self.shrinking.attempts_max = attempts_max;
        self
    }

    /// Begins no smaller scenario after this long; 10 s, if nothing is said.
    pub fn shrink_time_max(mut self, time_max: Duration) -> Self {
        self.shrinking.time_max = time_max;
        self
    }

    /// Checks it and returns what was found.
    ///
    /// # Panics
    /// When there is nothing to draw from: no operation, or a range that is empty; and as [`Checker::explore`]
    /// does.
    #[track_caller]
    pub fn run(&self) -> ObjectReport {
        self.expect_operations();
        Session::new(self).run(&[])
    }

    /// Checks it and panics if it is wrong: for use in a `#[test]`. Where nothing wrong was found it says on stdout how much
    /// was looked at; that not every scenario was explored completely (BOUNDED) is said in a line on stderr, and no failure unless
    /// everything [had to be seen](Checker::require_complete).
    ///
    /// A scenario that fails is remembered in proptest's file of regressions beside the test and tried first
    /// from then on. (`PROPTEST_DISABLE_FAILURE_PERSISTENCE=1` leaves the file alone.)
    ///
    /// # Panics
    /// With the report, if it is wrong or could not be checked, and as [`Object::run`] does.
    ///
    /// # Replay
    /// The panic ends with a command, `CONCCHECK_REPLAY=cc1-… cargo test NAME`, which runs only the execution
    /// that is shown, of the same scenario.
    #[track_caller]
    pub fn check(&self) {
        self.expect_operations();
        if let Err(text) = Session::new(self).check(Location::caller()) {
            panic!("{}", text.trim_end());
        }
    }

    #[track_caller]
    fn expect_operations(&self) {
        assert!(
            !self.calls.is_empty(),
            "the object has no operations: add some with `operation` or `operation_with`"
        );
        for (range, what) in [(&self.shape.tasks, "tasks"), (&self.shape.calls, "operations of a task")] {
            assert!(!range.is_empty() && *range.end() > 0, "there must be some {what}, not {range:?}");
        }
        if let Err(error) = self.checker.validate() {
            panic!("{error}");
        }
        assert!(self.shape.calls_max > 0, "the number of operations of all tasks must be at least one");
        assert!(self.scenarios > 0, "the number of scenarios must be at least one");
    }

    pub(super) fn trial(&self, scenario: Scenario<O, M>) -> Trial<O, M> {
        Trial {
            scenario: Arc::new(scenario),
            object: Arc::clone(&self.object),
            model: Arc::clone(&self.model),
            criterion: self.criterion,
        }
    }

    /// What fixes each scenario.
    pub(super) fn seeds(&self) -> Vec<u64> {
        seeds(self.seed, self.scenarios)
    }
}

/// How many scenarios are tried, if nothing is said.
const SCENARIOS: u32 = 100;
