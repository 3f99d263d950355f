//! What counts as correct.

mod bits;
mod criterion;
mod explain;
mod history;
mod search;
mod specification;

#[cfg(feature = "property")]
mod answer;
#[cfg(feature = "property")]
mod call;
#[cfg(feature = "property")]
mod draw;
#[cfg(feature = "property")]
mod object;
#[cfg(feature = "property")]
mod record;
#[cfg(feature = "property")]
mod regressions;
#[cfg(feature = "property")]
mod report;
#[cfg(feature = "property")]
mod scenario;
#[cfg(feature = "property")]
mod scenario_id;
#[cfg(feature = "property")]
mod session;
#[cfg(feature = "property")]
mod trial;

#[cfg(feature = "property")]
pub use self::{
    answer::Value,
    object::Object,
    report::{ObjectReport, Shrunk, Unchecked},
};
pub use self::{
    criterion::Criterion,
    explain::{Explanation, Unexplained, explain},
    history::{History, Operation},
    specification::{Specification, Step},
};
/// The version whose strategies draw arguments.
#[cfg(feature = "property")]
pub use proptest;
#[cfg(feature = "property")]
pub(crate) use scenario_id::ScenarioId;
