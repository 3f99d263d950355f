//! What counts as correct: how what a concurrent program does has to be related to a sequential one.
//!
//! A relation is stated by the user and named in every verdict:
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
//! relation. [`Checker::agrees`](crate::Checker::agrees) explores both sides and gives an [`Agreement`].

mod agreement;
mod order;
mod relation;
mod sequential;

pub use self::agreement::Agreement;
pub use self::order::order;
pub use self::relation::{
    AnyOrder, Basis, Elements, Exact, Refines, Relation, RelationError, SomeOrder, Value,
};
