//! What the sequential side of a check can do: all its outcomes, as the native engine sees them.

use super::order::Orders;
use super::{Basis, RelationError, Value};
use crate::outcome::{Incomplete, Outcome};
use crate::{Checker, Report};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

/// What the sequential side was seen to do.
#[derive(Clone, Debug)]
pub(super) struct Sequential<T> {
    pub(super) outcomes: BTreeSet<Outcome<T>>,
    /// Why it may do more, if so.
    pub(super) incomplete: Vec<Incomplete>,
    /// Why it cannot be compared with, if so.
    pub(super) error: Option<RelationError>,
}

impl<T: Value> Sequential<T> {
    /// Explores `side` as `relation`, the name of one with this basis, needs it. `checker` is that of the other
    /// side.
    pub(super) fn explore(
        checker: &Checker,
        side: impl Fn() -> T + Send + Sync + 'static,
        relation: &'static str,
        basis: Basis,
    ) -> Self {
        let checker = checker.for_sequential_side();
        if basis == Basis::Orders {
            return Sequential::in_every_order(&checker, side, relation);
        }
        let report = checker.explore(side);
        let count = report.outcomes.len();
        let error = (basis == Basis::OneOutcome && count > 1)
            .then_some(RelationError::SeveralOutcomes { relation, count });
        Sequential { error, ..Sequential::from(report) }
    }

    fn in_every_order(
        checker: &Checker,
        side: impl Fn() -> T + Send + Sync + 'static,
        relation: &'static str,
    ) -> Self {
        let (begun, limits) = (Instant::now(), checker.limits());
        let (orders, side) = (Orders::default(), Arc::new(side));
        let mut all = Sequential { outcomes: BTreeSet::new(), incomplete: Vec::new(), error: None };
        let mut executions = 0;
        loop {
            let mut checker = checker.clone().executions_max((limits.executions_max - executions).max(1));
            if let Some(time_max) = limits.time_max {
                let left = time_max.saturating_sub(begun.elapsed());
                if left.is_zero() {
                    all.incomplete = vec![Incomplete::TimeMax(time_max)];
                    return all;
                }
                checker = checker.time_max(left);
            }
            let (follow, side) = (orders.follower(), Arc::clone(&side));
            let report = checker.explore(move || {
                follow();
                side()
            });
            executions += report.executions;
            let (incomplete, is_asked_for) = (report.incomplete.clone(), orders.is_asked_for());
            all.outcomes.extend(report.outcomes.into_iter().map(|(outcome, _)| outcome));
            all.incomplete = incomplete;
            all.error = orders.error().or((!is_asked_for).then_some(RelationError::NoOrder(relation)));
            if !all.incomplete.is_empty() || all.error.is_some() || !orders.advance() {
                return all;
            }
            if executions >= limits.executions_max {
                all.incomplete = vec![Incomplete::ExecutionsMax(limits.executions_max)];
                return all;
            }
        }
    }
}

impl<T: Ord> From<Report<T>> for Sequential<T> {
    fn from(report: Report<T>) -> Self {
        Sequential {
            outcomes: report.outcomes.into_iter().map(|(outcome, _)| outcome).collect(),
            incomplete: report.incomplete,
            error: None,
        }
    }
}
