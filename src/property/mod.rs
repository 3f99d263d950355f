//! What counts as correct.
//!
//! A concurrent object is correct if whatever was seen of it, a [`History`], is what a sequential object
//! could have done: there is an order of the operations in which the object's [`Specification`] gives the
//! same answers ([`explain`]). Which orders are taken into account is the [`Criterion`]'s to say. A history is a
//! value, wherever it comes from.
//!
//! An [`Object`] under check has its histories made: scenarios are drawn, explored, judged, and made small.

mod bits;
mod criterion;
mod explain;
mod history;
#[cfg(feature = "property")]
mod object;
mod search;
mod specification;
#[cfg(test)]
mod tests;

#[cfg(feature = "property")]
pub(crate) use self::object::ScenarioId;
#[cfg(feature = "property")]
pub use self::object::{Object, ObjectReport, Shrunk, Unchecked, Value};
pub use self::{
    criterion::Criterion,
    explain::{Explanation, Unexplained, explain},
    history::{History, Operation},
    specification::{Specification, Step},
};
/// The version whose strategies draw arguments.
#[cfg(feature = "property")]
pub use proptest;
