//! The search against brute force: every order of the operations that the criterion admits is played from
//! its beginning, with the criterion read off the events, and each choice of those that crashed.

use super::drawn::{Drawn, Event};
use super::objects::{Answer, Call, History, Object};
use crate::property::history::explain::by_values;
use crate::property::history::search::Search;
use crate::property::{Criterion, Operation, Specification, Step, explain};
use Criterion::{Linearizable, QuiescentlyConsistent, SequentiallyConsistent};
use fastrand::Rng;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::io::Write;

const CRITERIA: [Criterion; 3] = [Linearizable, SequentiallyConsistent, QuiescentlyConsistent];

/// An operation, with the positions of its call and of its answer among the events.
#[derive(Debug)]
struct Seen<'a> {
    task: usize,
    call: &'a Call,
    answer: Option<(&'a Answer, usize)>,
    called: usize,
    is_crashed: bool,
}

/// Plays all orders.
struct BruteForce<'a> {
    drawn: &'a Drawn,
    criterion: Criterion,
    /// In the order of [`History::operations`].
    operations: Vec<Seen<'a>>,
    /// How many operations of an order fit, at most, of those that returned.
    longest: usize,
    is_explained: bool,
}

impl<'a> BruteForce<'a> {
    fn new(drawn: &'a Drawn, criterion: Criterion) -> Self {
        let mut operations: Vec<Seen> = Vec::new();
        for (at, (task, event)) in drawn.events.iter().enumerate() {
            match event {
                Event::Call(call) => {
                    operations.push(Seen { task: *task, call, answer: None, called: at, is_crashed: false })
                }
                Event::Answer(answer) => {
                    let called = operations.iter_mut().rfind(|one| one.task == *task).unwrap();
                    called.answer = Some((answer, at));
                }
            }
        }
        for one in &mut operations {
            one.is_crashed = one.answer.is_none() && drawn.crashed.contains(&one.task);
        }
        operations.sort_by_key(|one| one.task);
        BruteForce { drawn, criterion, operations, longest: 0, is_explained: false }
    }

    fn run(mut self) -> Self {
        let is_in = |one: &Seen| one.answer.is_some() || one.is_crashed;
        let rest = (0..self.operations.len()).filter(|&at| is_in(&self.operations[at])).collect();
        self.extend(&mut Vec::new(), rest);
        self
    }

    fn extend(&mut self, order: &mut Vec<usize>, rest: Vec<usize>) {
        if self.returned(&rest) == 0 {
            self.play(order);
        }
        for &next in &rest {
            if rest.iter().any(|&other| self.precedes(other, next)) {
                continue;
            }
            order.push(next);
            self.extend(order, rest.iter().copied().filter(|&other| other != next).collect());
            order.pop();
        }
    }

    fn play(&mut self, order: &[usize]) {
        let fitting = self.fitting(order);
        self.longest = self.longest.max(self.returned(&order[..fitting]));
        self.is_explained |= fitting == order.len() && self.are_blocked(&self.state_after(order));
    }

    /// How many of them returned.
    fn returned(&self, operations: &[usize]) -> usize {
        operations.iter().filter(|&&at| self.operations[at].answer.is_some()).count()
    }

    fn fitting(&self, order: &[usize]) -> usize {
        let mut state = self.drawn.object.initial();
        let fits = |&&at: &&usize| {
            let step = self.drawn.object.apply(&mut state, self.operations[at].call);
            match self.operations[at].answer {
                Some((seen, _)) => step == Step::Answers(*seen),
                None => step != Step::Blocks,
            }
        };
        order.iter().take_while(fits).count()
    }

    fn state_after(&self, order: &[usize]) -> VecDeque<u8> {
        let mut state = self.drawn.object.initial();
        for &at in order {
            self.drawn.object.apply(&mut state, self.operations[at].call);
        }
        state
    }

    fn are_blocked(&self, state: &VecDeque<u8>) -> bool {
        let mut unreturned = self.operations.iter().filter(|one| one.answer.is_none() && !one.is_crashed);
        unreturned.all(|one| self.drawn.object.apply(&mut state.clone(), one.call) == Step::Blocks)
    }

    fn precedes(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.operations[one], &self.operations[other]);
        let Some((_, returned)) = one.answer else { return false };
        match self.criterion {
            Linearizable => returned < other.called,
            SequentiallyConsistent => one.task == other.task && one.called < other.called,
            QuiescentlyConsistent => (returned + 1..=other.called).any(|at| self.is_quiet(at)),
        }
    }

    fn is_quiet(&self, at: usize) -> bool {
        let calls = self.drawn.events[..at].iter().filter(|(_, event)| matches!(event, Event::Call(_)));
        2 * calls.count() == at
    }

    /// Compares with what [`explain`] says, to the letter.
    fn compare(&self) {
        let history = self.drawn.history();
        let index = |one: &_| history.operations().iter().position(|other| other == one).unwrap();
        let returned = self.operations.iter().filter(|one| one.answer.is_some()).count();
        let explained = explain(&self.drawn.object, &history, self.criterion);
        assert_eq!(explained.is_ok(), self.is_explained, "{}:\n{history}", self.criterion);
        let operations: Vec<_> = history.operations().iter().collect();
        let by_values = by_values(&self.drawn.object, &operations, self.criterion.precedence(&history));
        assert_eq!(by_values.is_ok(), self.is_explained, "{}, by values:\n{history}", self.criterion);
        let (order, misfit) = match &explained {
            Ok(explanation) => (explanation.order(), None),
            Err(unexplained) => (unexplained.order(), Some(unexplained)),
        };
        let order: Vec<usize> = order.iter().map(index).collect();
        assert_eq!(self.fitting(&order), order.len());
        for (at, &one) in order.iter().enumerate() {
            assert!(order[..at].iter().all(|&before| before != one && !self.precedes(one, before)));
        }
        let state = self.state_after(&order);
        match misfit {
            None => assert!(self.returned(&order) == returned && self.are_blocked(&state)),
            Some(misfit) => {
                let operation = misfit.operation();
                let instead = self.drawn.object.apply(&mut state.clone(), operation.call());
                assert_eq!(&instead, misfit.instead());
                assert_ne!(instead, operation.answer().map_or(Step::Blocks, |answer| Step::Answers(*answer)));
                assert!(!order.contains(&index(operation)));
                if !is_partitioned(self.drawn.object, self.criterion) {
                    assert_eq!(self.returned(&order), self.longest, "{}:\n{history}", self.criterion);
                }
            }
        }
    }
}

fn is_partitioned(object: Object, criterion: Criterion) -> bool {
    object == Object::Registers && criterion == Linearizable
}

fn drawn(count: usize) -> impl Iterator<Item = Drawn> {
    let mut rng = Rng::with_seed(1990);
    std::iter::repeat_with(move || Drawn::small(&mut rng)).take(count)
}

#[test]
fn agrees_with_brute_force_on_ten_thousand_histories() {
    let mut counts = [[0; 2]; CRITERIA.len()];
    let mut crashed = [[0; 2]; CRITERIA.len()];
    for drawn in drawn(10_000) {
        for (at, criterion) in CRITERIA.into_iter().enumerate() {
            let oracle = BruteForce::new(&drawn, criterion).run();
            oracle.compare();
            let has_crashed = oracle.operations.iter().any(|one| one.is_crashed);
            counts[at][usize::from(oracle.is_explained)] += 1;
            crashed[at][usize::from(oracle.is_explained)] += usize::from(has_crashed);
        }
    }
    for (at, criterion) in CRITERIA.into_iter().enumerate() {
        let ([not, explained], [not_crashed, crashed]) = (counts[at], crashed[at]);
        let all = format!("{criterion}: {explained} histories are, {not} are not");
        writeln!(std::io::stderr(), "{all}; with crashes {crashed}, {not_crashed}").unwrap();
        assert!(explained >= 2_000 && not >= 2_000 && crashed >= 500 && not_crashed >= 100);
    }
}

/// A search that is wrong.
type Broken = fn(&Object, &History, Criterion) -> bool;

/// Any order will do.
fn without_order(object: &Object, history: &History, _: Criterion) -> bool {
    Search::new(object, history.operations().iter(), |_, _| false).run().is_ok()
}

/// Real time is not kept, only each task's order.
fn without_real_time(object: &Object, history: &History, criterion: Criterion) -> bool {
    let criterion = if criterion == Linearizable { SequentiallyConsistent } else { criterion };
    explain(object, history, criterion).is_ok()
}

/// What never returned is forgotten.
fn without_unreturned(object: &Object, history: &History, criterion: Criterion) -> bool {
    let returned = history.operations().iter().filter(|one| one.answer().is_some() || one.is_pending());
    Search::new(object, returned, criterion.precedence(history)).run().is_ok()
}

/// What crashed never happened.
fn without_crashed(object: &Object, history: &History, criterion: Criterion) -> bool {
    let others = history.operations().iter().filter(|one| !one.is_pending());
    Search::new(object, others, criterion.precedence(history)).run().is_ok()
}

/// What crashed is blocked for ever.
fn blocked_when_crashed(object: &Object, history: &History, criterion: Criterion) -> bool {
    let mut blocked = History::new();
    for (epoch, is_answer) in (0..2 * history.operations().len()).map(|at| (at / 2, at % 2 == 1)) {
        for one in history.operations() {
            match one.answer() {
                Some(answer) if is_answer && one.last() == Some(epoch) => blocked.answer(one.task(), *answer),
                _ if !is_answer && one.first() == epoch => blocked.call(one.task(), one.call().clone()),
                _ => {}
            }
        }
    }
    blocked.block_all();
    explain(object, &blocked, criterion).is_ok()
}

/// What crashed happened, and before all that was called later.
fn at_once_when_crashed(object: &Object, history: &History, criterion: Criterion) -> bool {
    let precedes = criterion.precedence(history);
    let at_once = |one: &_, other: &_| precedes(one, other) || is_before(one, other);
    Search::new(object, history.operations().iter(), at_once).run().is_ok()
}

fn is_before(crashed: &Operation<Call, Answer>, other: &Operation<Call, Answer>) -> bool {
    crashed.is_pending() && crashed.first() < other.first()
}

/// Registers are searched one by one although the criterion is not local.
fn always_in_parts(object: &Object, history: &History, criterion: Criterion) -> bool {
    [Some(0), Some(1), None].iter().all(|key| {
        let part = history.operations().iter().filter(|one| object.partition(one.call()) == *key);
        Search::new(object, part, criterion.precedence(history)).run().is_ok()
    })
}

/// What was placed is remembered, but not the state that it led to.
fn without_states(object: &Object, history: &History, criterion: Criterion) -> bool {
    Search::new(&Forgetful(*object), history.operations().iter(), criterion.precedence(history)).run().is_ok()
}

/// Operations are told apart that do not leave each other alone.
fn with_entangled_values(object: &Object, history: &History, criterion: Criterion) -> bool {
    let operations: Vec<_> = history.operations().iter().collect();
    by_values(&Entangled(*object), &operations, criterion.precedence(history)).is_ok()
}

/// Has a value for each kind of call.
struct Entangled(Object);

impl Specification for Entangled {
    type State = VecDeque<u8>;
    type Call = Call;
    type Answer = Answer;

    fn initial(&self) -> VecDeque<u8> {
        self.0.initial()
    }

    fn apply(&self, state: &mut VecDeque<u8>, call: &Call) -> Step<Answer> {
        self.0.apply(state, call)
    }

    fn value(&self, call: &Call, _: &Answer) -> Option<u64> {
        [Call::Lock, Call::TryLock, Call::Unlock].iter().position(|other| other == call).map(|at| at as u64)
    }
}

/// All its states look the same.
struct Forgetful(Object);

#[derive(Clone)]
struct Alike(VecDeque<u8>);

impl PartialEq for Alike {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Alike {}

impl Hash for Alike {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Specification for Forgetful {
    type State = Alike;
    type Call = Call;
    type Answer = Answer;

    fn initial(&self) -> Alike {
        Alike(self.0.initial())
    }

    fn apply(&self, state: &mut Alike, call: &Call) -> Step<Answer> {
        self.0.apply(&mut state.0, call)
    }
}

#[test]
fn brute_force_catches_wrong_searches() {
    let broken: [(&str, Broken); 9] = [
        ("without order", without_order),
        ("without real time", without_real_time),
        ("without unreturned", without_unreturned),
        ("without crashed", without_crashed),
        ("blocked when crashed", blocked_when_crashed),
        ("at once when crashed", at_once_when_crashed),
        ("always in parts", always_in_parts),
        ("without states", without_states),
        ("with entangled values", with_entangled_values),
    ];
    let mut caught = [0; 9];
    for drawn in drawn(10_000) {
        for criterion in CRITERIA {
            let oracle = BruteForce::new(&drawn, criterion).run();
            for ((_, broken), caught) in broken.iter().zip(&mut caught) {
                let is_explained = broken(&drawn.object, &drawn.history(), criterion);
                *caught += usize::from(is_explained != oracle.is_explained);
            }
        }
    }
    for ((name, _), caught) in broken.iter().zip(caught) {
        writeln!(std::io::stderr(), "{name}: caught {caught} times").unwrap();
        assert!(caught > 0, "{name}");
    }
}
