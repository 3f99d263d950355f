//! The search against brute force: every order of the operations that the criterion admits is played from
//! its beginning, with the criterion read off the events.

use super::drawn::{Drawn, Event};
use super::objects::{Answer, Call, History, Object};
use crate::property::history::explain::by_values;
use crate::property::history::search::Search;
use crate::property::{Criterion, Specification, Step, explain};
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
}

/// Plays all orders.
struct BruteForce<'a> {
    drawn: &'a Drawn,
    criterion: Criterion,
    /// In the order of [`History::operations`].
    operations: Vec<Seen<'a>>,
    /// How many operations of an order fit, at most.
    longest: usize,
    is_explained: bool,
}

impl<'a> BruteForce<'a> {
    fn new(drawn: &'a Drawn, criterion: Criterion) -> Self {
        let mut operations: Vec<Seen> = Vec::new();
        for (at, (task, event)) in drawn.events.iter().enumerate() {
            match event {
                Event::Call(call) => operations.push(Seen { task: *task, call, answer: None, called: at }),
                Event::Answer(answer) => {
                    let called = operations.iter_mut().rfind(|one| one.task == *task).unwrap();
                    called.answer = Some((answer, at));
                }
            }
        }
        operations.sort_by_key(|one| one.task);
        BruteForce { drawn, criterion, operations, longest: 0, is_explained: false }
    }

    fn run(mut self) -> Self {
        let returned = (0..self.operations.len()).filter(|&at| self.operations[at].answer.is_some());
        let returned: Vec<usize> = returned.collect();
        self.extend(&mut Vec::new(), returned);
        self
    }

    fn extend(&mut self, order: &mut Vec<usize>, rest: Vec<usize>) {
        if rest.is_empty() {
            return self.play(order);
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
        self.longest = self.longest.max(fitting);
        self.is_explained |= fitting == order.len() && self.are_blocked(&self.state_after(order));
    }

    fn fitting(&self, order: &[usize]) -> usize {
        let mut state = self.drawn.object.initial();
        let fits = |&&at: &&usize| {
            let answer = self.drawn.object.apply(&mut state, self.operations[at].call);
            self.operations[at].answer.is_some_and(|(seen, _)| answer == Step::Answers(*seen))
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
        let mut unreturned = self.operations.iter().filter(|one| one.answer.is_none());
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
            None => assert!(order.len() == returned && self.are_blocked(&state)),
            Some(misfit) => {
                let operation = misfit.operation();
                let instead = self.drawn.object.apply(&mut state.clone(), operation.call());
                assert_eq!(&instead, misfit.instead());
                assert_ne!(instead, operation.answer().map_or(Step::Blocks, |answer| Step::Answers(*answer)));
                assert!(!order.contains(&index(operation)));
                if !is_partitioned(self.drawn.object, self.criterion) {
                    assert_eq!(order.len(), self.longest, "{}:\n{history}", self.criterion);
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
    for drawn in drawn(10_000) {
        for (criterion, counts) in CRITERIA.into_iter().zip(&mut counts) {
            let oracle = BruteForce::new(&drawn, criterion).run();
            oracle.compare();
            counts[usize::from(oracle.is_explained)] += 1;
        }
    }
    for (criterion, [not, explained]) in CRITERIA.into_iter().zip(counts) {
        writeln!(std::io::stderr(), "{criterion}: {explained} histories are, {not} are not").unwrap();
        assert!(explained >= 2_000 && not >= 2_000);
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
    let returned = history.operations().iter().filter(|one| one.answer().is_some());
    Search::new(object, returned, criterion.precedence(history)).run().is_ok()
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
    let broken: [(&str, Broken); 6] = [
        ("without order", without_order),
        ("without real time", without_real_time),
        ("without unreturned", without_unreturned),
        ("always in parts", always_in_parts),
        ("without states", without_states),
        ("with entangled values", with_entangled_values),
    ];
    let mut caught = [0; 6];
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
