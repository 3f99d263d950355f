//! The search for a sequential order of operations that gives the answers that were seen and that extends a
//! partial order.
//!
//! Wing and Gong, "Testing and verifying concurrent objects", JPDC 1993: the order grows by an operation
//! that nothing has to precede any more, as long as the specification gives its answer, and shrinks when
//! there is none. Lowe, "Testing for linearizability", CCPE 2017: what can follow depends only on which
//! operations were placed and on the state that they led to, so each such pair is entered once.
//!
//! Operations that never return are placed in no order. At its end each of them has to block, as in
//! Burckhardt, Dern, Musuvathi and Tan, "Line-Up", PLDI 2010. There, each may have an order of its own; here
//! one order has to do for all, as it does for an object whose operations happen at one moment.
//!
//! Pending operations are placed or left out. They are tried last, and only where they change the state:
//! nothing has to come after them, so elsewhere they may as well not have happened.

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
    /// Those that returned, in the order in which they did: the first to be tried is likely to be right. After
    /// them those that are pending.
    candidates: Order<'a, S>,
    /// How many of the candidates returned.
    returned: usize,
    unreturned: Order<'a, S>,
    /// For each candidate those that have to come later, without what follows from others.
    successors: Vec<Vec<usize>>,
    /// For each candidate how many have to be placed before it.
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
    /// How many of those placed so far returned.
    returned: usize,
    state: State,
    /// The candidates below this were tried.
    next: usize,
    /// Whether one of those that returned gave the answer that was seen.
    fits: bool,
}

impl<State> Frame<State> {
    fn new(placed: Option<usize>, returned: usize, state: State) -> Self {
        Frame { placed, returned, state, next: 0, fits: false }
    }
}

/// An order that works as far as it goes, and what does not fit after it.
pub(super) struct DeadEnd<'a, S: Specification> {
    pub(super) order: Order<'a, S>,
    pub(super) misfits: Vec<Misfit<'a, S>>,
    /// How many of the operations that were to be ordered are pending.
    pub(super) pending: usize,
}

/// An operation that could be next, or that has to block, and what the specification says instead.
pub(super) struct Misfit<'a, S: Specification> {
    pub(super) operation: &'a OperationOf<S>,
    pub(super) instead: Step<S::Answer>,
}

/// In the order of their ends, pending ones last. Numbers are sorted, so that this is compiled once and not for each type.
fn by_end<C, A>(operations: Vec<&Operation<C, A>>) -> Vec<&Operation<C, A>> {
    let keys = operations.iter().map(|one| (one.is_pending(), one.last()));
    let mut keys: Vec<((bool, Option<usize>), usize)> = keys.zip(0..).collect();
    keys.sort();
    keys.into_iter().map(|(_, number)| operations[number]).collect()
}

impl<'a, S: Specification> Search<'a, S> {
    /// Looks for an order of `operations` in which one comes before another if `precedes` says so.
    pub(super) fn new(
        specification: &'a S,
        operations: impl Iterator<Item = &'a OperationOf<S>>,
        precedes: impl Fn(&OperationOf<S>, &OperationOf<S>) -> bool,
    ) -> Self {
        let (candidates, unreturned): (Vec<_>, Vec<_>) =
            operations.partition(|one| one.answer().is_some() || one.is_pending());
        let candidates = by_end(candidates);
        let later: Vec<Bits> = candidates
            .iter()
            .map(|one| candidates.iter().map(|other| precedes(one, other)).collect())
            .collect();
        let successors: Vec<Vec<usize>> = later.iter().map(|bits| immediate(bits, &later)).collect();
        let mut missing = vec![0; candidates.len()];
        successors.iter().flatten().for_each(|&one| missing[one] += 1);
        Search {
            specification,
            successors,
            ready: missing.iter().map(|&missing| missing == 0).collect(),
            missing,
            placed: Bits::new(candidates.len()),
            frames: vec![Frame::new(None, 0, specification.initial())],
            entered: HashSet::new(),
            returned: candidates.iter().filter(|one| !one.is_pending()).count(),
            candidates,
            unreturned,
        }
    }

    /// The order, or else the longest that works; of several that are equally long one after which the
    /// fewest do not fit, of these one with the fewest that are pending, and of these the first that was found.
    pub(super) fn run(&mut self) -> Result<Order<'a, S>, DeadEnd<'a, S>> {
        let mut longest = self.end();
        let mut is_new = true;
        while let Some(frame) = self.frames.last() {
            if is_new && frame.returned == self.returned && self.misfits().is_empty() {
                return Ok(self.order());
            }
            let next = self.advance();
            is_new = next.is_some();
            match next {
                Some((candidate, state)) => self.place(candidate, state),
                None => {
                    if self.is_dead_end_after(longest.returned()) {
                        longest = std::cmp::max_by_key(self.end(), longest, DeadEnd::rank);
                    }
                    self.take_back();
                }
            }
        }
        Err(longest)
    }

    /// Whether none of those that returned can follow the present order, in which there are so many of them.
    fn is_dead_end_after(&self, returned: usize) -> bool {
        self.frames.last().is_some_and(|frame| !frame.fits && frame.returned >= returned)
    }

    fn end(&self) -> DeadEnd<'a, S> {
        let pending = self.candidates.len() - self.returned;
        DeadEnd { order: self.order(), misfits: self.misfits(), pending }
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
            let operation = self.candidates[candidate];
            let step = self.specification.apply(&mut state, operation.call());
            if operation.is_pending() {
                if step == Step::Blocks || state == frame.state {
                    continue;
                }
            } else if is_seen(&step, operation) {
                frame.fits = true;
            } else {
                continue;
            }
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
        let before = self.frames.last().map_or(0, |frame| frame.returned);
        let returned = before + usize::from(operation < self.returned);
        self.frames.push(Frame::new(Some(operation), returned, state));
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
        self.frames.iter().filter_map(|frame| frame.placed).map(|placed| self.candidates[placed]).collect()
    }

    /// What does not fit in the present state: of those that could be next, or in the end of those that have
    /// to block.
    fn misfits(&self) -> Vec<Misfit<'a, S>> {
        let Some(frame) = self.frames.last() else { return Vec::new() };
        let is_whole = frame.returned == self.returned;
        let returned = self.ready.iter().filter(|&candidate| candidate < self.returned);
        let next = returned.map(|candidate| self.candidates[candidate]);
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
    fn rank(&self) -> (usize, Reverse<usize>, Reverse<usize>) {
        let pending = self.order.len() - self.returned();
        (self.returned(), Reverse(self.misfits.len()), Reverse(pending))
    }

    /// How many operations of the order returned.
    fn returned(&self) -> usize {
        self.order.iter().filter(|one| !one.is_pending()).count()
    }
}

/// Whether a step is what became of an operation that is not pending.
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
