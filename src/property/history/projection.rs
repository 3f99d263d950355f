//! What the operations on two values alone already say about the order of all operations.
//!
//! Which of two overlapping enqueues was first is told only by the dequeues, perhaps a hundred operations
//! later, and until then a search has to keep both in mind; with ten such pairs, a thousand states. But an
//! order of all operations that works is one of those on two values as well, with the others left out. If the
//! latter can only be ordered in one way, so they are in the former, and the search need not try another. That
//! it suffices to look at two values at a time is known of queues: Henzinger, Sezgin and Vafeiadis,
//! "Aspect-oriented linearizability proofs", CONCUR 2013.

use super::Operation;
use super::search::{DeadEnd, OperationOf, Order, Search, is_seen};
use super::specification::Specification;
use std::collections::{BTreeMap, BTreeSet};

/// So many operations on two values are looked at; of more there would be too many orders.
const OPERATIONS_MAX: usize = 6;

/// Which operations come before which in every order that works.
#[derive(Default)]
pub(super) struct Forced(BTreeSet<[(usize, usize); 2]>);

impl Forced {
    /// What the values of these operations tell, two by two, if `precedes` has to be kept. Nothing if one of them
    /// is pending: it may have moved any value.
    ///
    /// # Errors
    ///
    /// If the operations on two values cannot be ordered at all.
    pub(super) fn new<'a, S: Specification>(
        specification: &'a S,
        operations: &[&'a OperationOf<S>],
        precedes: impl Fn(&OperationOf<S>, &OperationOf<S>) -> bool,
    ) -> Result<Self, DeadEnd<'a, S>> {
        if operations.iter().any(|one| one.is_pending()) {
            return Ok(Forced::default());
        }
        let mut values = BTreeMap::<u64, Order<S>>::new();
        for &one in operations {
            if let Some(value) = one.answer().and_then(|answer| specification.value(one.call(), answer)) {
                values.entry(value).or_default().push(one);
            }
        }
        let values: Vec<Order<S>> = values.into_values().collect();
        let mut forced = Forced::default();
        for (at, one) in values.iter().enumerate() {
            for other in &values[at + 1..] {
                let both: Order<S> = one.iter().chain(other).copied().collect();
                if both.len() > OPERATIONS_MAX {
                    continue;
                }
                let mut orders = Orders::new(specification, &both, &precedes);
                orders.extend(&specification.initial());
                if orders.count == 0 {
                    Search::new(specification, both.iter().copied(), &precedes).run()?;
                }
                forced.0.extend(orders.common());
            }
        }
        Ok(forced)
    }

    /// Whether the one comes before the other.
    pub(super) fn precedes<C, A>(&self, one: &Operation<C, A>, other: &Operation<C, A>) -> bool {
        self.0.contains(&[one.id(), other.id()])
    }
}

/// All orders of a few operations that work.
struct Orders<'a, S: Specification> {
    specification: &'a S,
    operations: &'a [&'a OperationOf<S>],
    /// For each operation those that have to come before it.
    before: Vec<Vec<usize>>,
    order: Vec<usize>,
    count: usize,
    /// Which come before which in some order.
    seen: BTreeSet<[usize; 2]>,
}

impl<'a, S: Specification> Orders<'a, S> {
    fn new(
        specification: &'a S,
        operations: &'a [&'a OperationOf<S>],
        precedes: impl Fn(&OperationOf<S>, &OperationOf<S>) -> bool,
    ) -> Self {
        let all = 0..operations.len();
        let before =
            |one| all.clone().filter(|&other| precedes(operations[other], operations[one])).collect();
        let before = all.clone().map(before).collect();
        Orders { specification, operations, before, order: Vec::new(), count: 0, seen: BTreeSet::new() }
    }

    /// Counts the orders that begin as this one and notes what comes before what in them.
    fn extend(&mut self, state: &S::State) {
        if self.order.len() == self.operations.len() {
            self.count += 1;
            let order = &self.order;
            self.seen.extend((0..order.len()).flat_map(|j| (0..j).map(move |i| [order[i], order[j]])));
        }
        for next in 0..self.operations.len() {
            let is_ready = self.before[next].iter().all(|before| self.order.contains(before));
            if !is_ready || self.order.contains(&next) {
                continue;
            }
            let (operation, mut state) = (self.operations[next], state.clone());
            if is_seen(&self.specification.apply(&mut state, operation.call()), operation) {
                self.order.push(next);
                self.extend(&state);
                self.order.pop();
            }
        }
    }

    /// What comes before what in all of them.
    fn common(&self) -> impl Iterator<Item = [(usize, usize); 2]> {
        let is_common = |&&[one, other]: &&[usize; 2]| !self.seen.contains(&[other, one]);
        self.seen.iter().filter(is_common).map(|pair| pair.map(|at| self.operations[at].id()))
    }
}
