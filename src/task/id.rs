//! What tells tasks from each other.

use super::checked;
use crate::backend::{self, Backend};
use std::cmp::Ordering;
use std::fmt;

/// Tells a task from the others that there are: [`tokio::task::Id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Id(Number);

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Number {
    Real(tokio::task::Id),
    Checked(checked::Number),
}

/// The id of the task that is running.
///
/// # Panics
/// Outside of a task; what a runtime's `block_on` waits for is none.
#[track_caller]
pub fn id() -> Id {
    match try_id() {
        Some(id) => id,
        None => panic!("Can't get a task id when not inside a task"),
    }
}

/// The id of the task that is running, if one is.
pub fn try_id() -> Option<Id> {
    match backend::current() {
        Backend::Real => tokio::task::try_id().map(Id::from),
        _ => checked::current_number().map(Id::checked),
    }
}

impl Id {
    pub(super) fn checked(number: checked::Number) -> Self {
        Id(Number::Checked(number))
    }
}

/// Who is spawned later has the greater one.
impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Number::Checked(_), Number::Checked(_)) = (self.0, other.0) {
            checked::ids_are_ordered();
        }
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<tokio::task::Id> for Id {
    fn from(id: tokio::task::Id) -> Self {
        Id(Number::Real(id))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Real(id) => id.fmt(f),
            Number::Checked(number) => number.fmt(f),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Number::Real(id) => id.fmt(f),
            Number::Checked(number) => number.fmt(f),
        }
    }
}
