//! What counts as correct, stated by the user and named in every verdict.
//!
//! Of a program: a relation to a sequential one, for every outcome ([`Checker::agrees`](crate::Checker::agrees)).
//!
//! | relation | what every outcome of the concurrent side is | for |
//! |---|---|---|
//! | [`Exact`] | the one value of the sequential side | results in the order of submission |
//! | [`AnyOrder`] | that value's elements, as often, in any order | results as they come |
//! | [`SomeOrder`] | what the sequential side gives for some [`order`](order()) of its jobs | jobs that share something |
//! | [`Refines`] | an outcome of the other side, which may be concurrent itself | a faster version of a program |
//! | your own [`Relation`] | what it says | numbers that are close enough, say |
//!
//! A panic or a hang of the concurrent side is right only if the sequential side ends so too, whatever the
//! relation.
//!
//! Of an [`Object`] that tasks share: whatever is seen of it, a [`History`], is what a sequential object could have
//! done. There is an order of the operations in which the object's [`Specification`] gives the same answers
//! ([`explain`]); which orders are taken into account is the [`Criterion`]'s to say. Scenarios are drawn, explored,
//! judged, and made small.

#[cfg(feature = "property")]
mod case_id;
#[cfg(feature = "property")]
mod for_all;
mod history;
#[cfg(feature = "property")]
mod object;
#[cfg(feature = "property")]
mod regressions;
mod relation;
#[cfg(feature = "property")]
mod seed;
#[cfg(feature = "property")]
mod shrinking;

#[cfg(feature = "property")]
pub(crate) use self::case_id::CaseId;
#[cfg(feature = "property")]
pub use self::object::{Object, ObjectReport, Shrunk, Unchecked};
pub use self::{
    history::{Criterion, Explanation, History, Operation, Specification, Step, Unexplained, explain},
    relation::{
        Agreement, AnyOrder, Basis, Elements, Exact, Refines, Relation, RelationError, SomeOrder, Value,
        order,
    },
};
/// The version whose strategies draw arguments.
#[cfg(feature = "property")]
pub use proptest;
