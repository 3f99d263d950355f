//! What counts as correct.
//!
//! A concurrent object is correct if whatever was seen of it, a [`History`], is what a sequential object
//! could have done: there is an order of the operations in which the object's [`Specification`] gives the
//! same answers ([`explain`]). Which orders are taken into account is the [`Criterion`]'s to say.
//!
//! Knows neither checker nor model: a history is a value, wherever it comes from.

mod bits;
mod criterion;
mod explain;
mod history;
mod projection;
mod search;
mod specification;
#[cfg(test)]
mod tests;

pub use self::{
    criterion::Criterion,
    explain::{Explanation, Unexplained, explain},
    history::{History, Operation},
    specification::{Specification, Step},
};
