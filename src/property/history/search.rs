//! The search for a sequential order of operations that gives the answers that were seen and that extends a
//! partial order.
//!
//! Wing and Gong, "Testing and verifying concurrent objects", JPDC 1993: the order grows by an operation
//! that nothing has to precede any more, as long as the specification gives its answer, and shrinks when
//! there is none. Lowe, "Testing for linearizability", CCPE 2017: what can follow depends only on which
//! operations were placed and on the state that they led to, so each such pair is entered once.
//!
//! Operations that never returned are placed in no order. At its end each of them has to block, as in
//! Burckhardt, Dern, Musuvathi and Tan, "Line-Up", PLDI 2010. There, each may have an order of its own; here
//! one order has to do for all, as it does for an object whose operations happen at one moment.

use super::Operation;
use super::bits::Bits;
use super::specification::{Specification, Step};
use std::cmp::Reverse;
use std::collections::HashSet;

/// What a specification's history consists of.
pub(super) type OperationOf<S> = Operation<<S as Specification>::Call, <S as Specification>::Answer>;

pub(super) type Order<'a, S> = Vec<&'a OperationOf<S>>;

/// What to look for, and how far the search has come.
pub(super) struct Search<'a, S: Specification> {
    specification: &'a S,
    /// Those that returned, in the order in which they did: the first to be tried is likely to be right.
    returned: Order<'a, S>,
    unreturned: Order<'a, S>,
    /// For each returned one those that have to come later, without what follows from others.
    successors: Vec<Vec<usize>>,
    /// For each returned one how many have to be placed before it.
    missing: Vec<usize>,
    /// Those of which none is missing, and that are not placed.
    ready: Bits,
    placed: Bits,
    /// One for each operation that is placed, and before them one for the initial state.
    frames: Vec<Frame<S::State>>,
    entered: HashSet<(Bits, S::State)>,
}

/// A state of the specification on the present order.
struct Frame<State> {
    /// Which operation led here.
    placed: Option<usize>,
    state: State,
    /// The candidates below this were tried.
    next: usize,
    /// Whether one of them gave the answer that was seen.
    fits: bool,
}

/// An order that works as far as it goes, and what does not fit after it.
pub(super) struct DeadEnd<'a, S: Specification> {
    pub(super) order: Order<'a, S>,
    pub(super) misfits: Vec<Misfit<'a, S>>,
}

/// An operation that could be next, or that has to block, and what the specification says instead.
pub(super) struct Misfit<'a, S: Specification> {
    pub(super) operation: &'a OperationOf<S>,
    pub(super) instead: Step<S::Answer>,
}

impl<'a, S: Specification> Search<'a, S> {
    /// Looks for an order of `operations` in which one comes before another if `precedes` says so.
    pub(super) fn new(
        specification: &'a S,
        operations: impl Iterator<Item = &'a OperationOf<S>>,
        precedes: impl Fn(&OperationOf<S>, &OperationOf<S>) -> bool,
    ) -> Self {
        let (mut returned, unreturned): (Vec<_>, Vec<_>) = operations.partition(|one| one.answer().is_some());
        returned.sort_by_key(|one| one.last());
        let later: Vec<Bits> =
            returned.iter().map(|one| returned.iter().map(|other| precedes(one, other)).collect()).collect();
        let successors: Vec<Vec<usize>> = later.iter().map(|bits| immediate(bits, &later)).collect();
        let mut missing = vec![0; returned.len()];
        successors.iter().flatten().for_each(|&one| missing[one] += 1);
        Search {
            specification,
            successors,
            ready: missing.iter().map(|&missing| missing == 0).collect(),
            missing,
            placed: Bits::new(returned.len()),
            frames: vec![Frame { placed: None, state: specification.initial(), next: 0, fits: false }],
            entered: HashSet::new(),
            returned,
            unreturned,
        }
    }

    /// The order, or else the longest that works; of several that are equally long one after which the
    /// fewest do not fit, and of these the first that was found.
    pub(super) fn run(&mut self) -> Result<Order<'a, S>, DeadEnd<'a, S>> {
        let mut longest = DeadEnd { order: Vec::new(), misfits: self.misfits() };
        loop {
            if let Some((candidate, state)) = self.advance() {
                self.place(candidate, state);
                continue;
            }
            let Some(frame) = self.frames.last() else { return Err(longest) };
            if !frame.fits && self.frames.len() > longest.order.len() {
                let end = DeadEnd { order: self.order(), misfits: self.misfits() };
                if end.order.len() == self.returned.len() && end.misfits.is_empty() {
                    return Ok(end.order);
                }
                longest = std::cmp::max_by_key(end, longest, DeadEnd::rank);
            }
            self.take_back();
        }
    }

    /// How many pairs of placed operations and a state were entered.
    #[cfg(test)]
    pub(super) fn entered(&self) -> usize {
        self.entered.len()
    }

    /// The next candidate that gives the answer that was seen and leads to where nobody was, and the state
    /// after it.
    fn advance(&mut self) -> Option<(usize, S::State)> {
        let frame = self.frames.last_mut()?;
        while let Some(candidate) = self.ready.next(frame.next) {
            frame.next = candidate + 1;
            let mut state = frame.state.clone();
            let operation = self.returned[candidate];
            if !is_seen(&self.specification.apply(&mut state, operation.call()), operation) {
                continue;
            }
            frame.fits = true;
            let mut placed = self.placed.clone();
            placed.insert(candidate);
            if self.entered.insert((placed, state.clone())) {
                return Some((candidate, state));
            }
        }
        None
    }

    fn place(&mut self, operation: usize, state: S::State) {
        self.placed.insert(operation);
        self.ready.remove(operation);
        for &later in &self.successors[operation] {
            self.missing[later] -= 1;
            if self.missing[later] == 0 {
                self.ready.insert(later);
            }
        }
        self.frames.push(Frame { placed: Some(operation), state, next: 0, fits: false });
    }

    fn take_back(&mut self) {
        let Some(operation) = self.frames.pop().and_then(|frame| frame.placed) else { return };
        for &later in &self.successors[operation] {
            self.missing[later] += 1;
            self.ready.remove(later);
        }
        self.ready.insert(operation);
        self.placed.remove(operation);
    }

    fn order(&self) -> Order<'a, S> {
        self.frames.iter().filter_map(|frame| frame.placed).map(|placed| self.returned[placed]).collect()
    }

    /// What does not fit in the present state: of those that could be next, or in the end of those that have
    /// to block.
    fn misfits(&self) -> Vec<Misfit<'a, S>> {
        let Some(frame) = self.frames.last() else { return Vec::new() };
        let is_whole = self.frames.len() > self.returned.len();
        let next = self.ready.iter().map(|candidate| self.returned[candidate]);
        let blocked = self.unreturned.iter().copied().filter(|_| is_whole);
        next.chain(blocked)
            .map(|operation| {
                let instead = self.specification.apply(&mut frame.state.clone(), operation.call());
                Misfit { operation, instead }
            })
            .filter(|misfit| !is_seen(&misfit.instead, misfit.operation))
            .collect()
    }
}

impl<S: Specification> DeadEnd<'_, S> {
    fn rank(&self) -> (usize, Reverse<usize>) {
        (self.order.len(), Reverse(self.misfits.len()))
    }
}

/// Whether a step is what became of an operation.
pub(super) fn is_seen<C, A: PartialEq>(step: &Step<A>, operation: &Operation<C, A>) -> bool {
    match step {
        Step::Answers(answer) => operation.answer() == Some(answer),
        Step::Blocks => operation.answer().is_none(),
    }
}

/// Of what has to come later, that of which it does not follow from another that has to come later.
fn immediate(later: &Bits, all: &[Bits]) -> Vec<usize> {
    let mut immediate = later.clone();
    later.iter().for_each(|one| immediate.remove_all(&all[one]));
    immediate.iter().collect()
}
