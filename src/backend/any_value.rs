//! What a program returns, whatever its type is, so that what explores is compiled once and not for each program.

use crate::outcome::{Outcome, Value};
use std::any::Any;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// What is explored.
pub(crate) type Body = Arc<dyn Fn() -> AnyValue + Send + Sync>;

/// A value that a program returned. To be compared with those of the same program only.
pub(crate) struct AnyValue(Box<dyn Returned>);

/// An outcome in which a value of some type is. In an outcome, so that it can be shown to who knows the type without
/// being moved.
trait Returned: Any + Send {
    fn is_same(&self, other: &AnyValue) -> bool;
    fn compare(&self, other: &AnyValue) -> Ordering;
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl<T: Value> Returned for Outcome<T> {
    fn is_same(&self, other: &AnyValue) -> bool {
        self == other.outcome()
    }

    fn compare(&self, other: &AnyValue) -> Ordering {
        self.cmp(other.outcome())
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As a value is shown.
        fmt::Display::fmt(self, f)
    }
}

const OTHER_TYPE: &str = "values of one program have one type";

impl AnyValue {
    pub(crate) fn new<T: Value>(value: T) -> Self {
        AnyValue(Box::new(Outcome::Returned(value)))
    }

    fn outcome<T: Value>(&self) -> &Outcome<T> {
        let value: &dyn Any = &*self.0;
        value.downcast_ref().expect(OTHER_TYPE)
    }

    fn into_outcome<T: Value>(self) -> Outcome<T> {
        let value: Box<dyn Any> = self.0;
        *value.downcast().expect(OTHER_TYPE)
    }
}

impl PartialEq for AnyValue {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(other)
    }
}

impl Eq for AnyValue {}

impl PartialOrd for AnyValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for AnyValue {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.compare(other)
    }
}

impl fmt::Debug for AnyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f)
    }
}

/// A program, whatever it returns.
pub(crate) fn body<T: Value>(program: impl Fn() -> T + Send + Sync + 'static) -> Body {
    Arc::new(move || AnyValue::new(program()))
}

impl Outcome<AnyValue> {
    /// The outcome of a program that returns such values.
    pub(crate) fn into_known<T: Value>(self) -> Outcome<T> {
        match self {
            Outcome::Returned(value) => value.into_outcome(),
            other => other.without_value(),
        }
    }

    /// Shows it to `look` as the outcome of a program that returns such values.
    pub(crate) fn as_known<T: Value, R>(&self, look: impl FnOnce(&Outcome<T>) -> R) -> R {
        match self {
            Outcome::Returned(value) => look(value.outcome()),
            other => look(&other.without_value()),
        }
    }

    fn without_value<T>(&self) -> Outcome<T> {
        match self {
            Outcome::Returned(_) => unreachable!("its value is asked for"),
            Outcome::Panicked(message) => Outcome::Panicked(message.clone()),
            Outcome::Deadlocked { blocked } => Outcome::Deadlocked { blocked: blocked.clone() },
            Outcome::Livelocked { polling } => Outcome::Livelocked { polling: polling.clone() },
            Outcome::DataRace { tasks } => Outcome::DataRace { tasks: tasks.clone() },
            Outcome::Leaked { what } => Outcome::Leaked { what: what.clone() },
            Outcome::Unfinished { after } => Outcome::Unfinished { after: *after },
        }
    }
}
