//! What an operation answered: values of any type, compared and shown as one type.

use crate::property::Value;
use std::any::Any;
use std::cmp::Ordering;
use std::fmt::{self, Debug};
use std::sync::Arc;

/// What came of an operation.
#[derive(Clone)]
pub(crate) enum Answer {
    Returned(Arc<dyn AnyValue>),
    /// With which message is not compared: a specification need not know it.
    Panicked(String),
}

impl Answer {
    pub(crate) fn returned(value: impl Value + Sync) -> Self {
        Answer::Returned(Arc::new(value))
    }
}

/// A value whose type is known to itself only.
pub(crate) trait AnyValue: Debug + Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn compare(&self, other: &dyn AnyValue) -> Ordering;
}

impl<T: Value + Sync> AnyValue for T {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn compare(&self, other: &dyn AnyValue) -> Ordering {
        match other.as_any().downcast_ref::<T>() {
            Some(other) => self.cmp(other),
            // Answers of different operations, which are never the same.
            None => self.as_any().type_id().cmp(&other.as_any().type_id()),
        }
    }
}

impl Ord for Answer {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Answer::Returned(one), Answer::Returned(other)) => one.compare(&**other),
            (Answer::Panicked(_), Answer::Panicked(_)) => Ordering::Equal,
            (Answer::Returned(_), Answer::Panicked(_)) => Ordering::Less,
            (Answer::Panicked(_), Answer::Returned(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Answer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Answer {}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Returned(value) => value.fmt(f),
            Answer::Panicked(message) => write!(f, "a panic: {:?}", beginning(message)),
        }
    }
}

/// A message's first line, or as much of it as a table has room for.
fn beginning(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let shown: String = line.chars().take(SHOWN_MAX).collect();
    if shown.len() < message.trim_end().len() { shown + "…" } else { shown }
}

/// How many characters of a panic's message are shown among the answers.
const SHOWN_MAX: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_compared_as_the_values_that_they_are() {
        assert_eq!(Answer::returned(Some(1)), Answer::returned(Some(1)));
        assert!(Answer::returned(9) < Answer::returned(10), "by value, not as text");
        assert_ne!(Answer::returned(1_u8), Answer::returned(1_u16));
        assert_ne!(Answer::returned("empty"), Answer::Panicked("empty".to_string()));
        assert_eq!(Answer::Panicked("one".to_string()), Answer::Panicked("other".to_string()));
    }

    #[test]
    fn an_answer_is_shown_as_its_value() {
        assert_eq!(format!("{:?}", Answer::returned(Some(1))), "Some(1)");
        assert_eq!(format!("{:?}", Answer::Panicked("full".to_string())), "a panic: \"full\"");
    }
}
