//! The relations: each says whether a value of the concurrent side is right, given those of the sequential
//! side, and if not why. Panics and hangs, and how both sides are run, are not theirs.

mod agreement;
#[cfg(feature = "tokio")]
mod cancel_safe;
mod order;
mod sequential;

pub use self::agreement::Agreement;
pub use self::order::order;
pub use crate::outcome::Value;

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;

/// How what a concurrent program returns has to be related to what a sequential one does.
///
/// ```
/// use conccheck::property::{Basis, Relation};
/// use conccheck::{Checker, Verdict};
///
/// /// Off by at most this much.
/// struct Within(u64);
///
/// impl Relation<u64> for Within {
///     fn name(&self) -> &'static str {
///         "about the same"
///     }
///
///     fn basis(&self) -> Basis {
///         Basis::OneOutcome
///     }
///
///     fn judge(&self, sequential: &[&u64], value: &u64) -> Result<(), String> {
///         match sequential.iter().all(|right| right.abs_diff(*value) <= self.0) {
///             true => Ok(()),
///             false => Err(format!("more than {} away from {}", self.0, sequential[0])),
///         }
///     }
/// }
///
/// let agreement = Checker::new().agrees(|| 100, || 97, Within(5));
/// assert_eq!(agreement.verdict(), Verdict::Pass);
/// assert_eq!(Checker::new().agrees(|| 100, || 90, Within(5)).verdict(), Verdict::Fail);
/// ```
pub trait Relation<T> {
    /// What every verdict calls it.
    fn name(&self) -> &'static str;

    /// What of the sequential side it compares with.
    fn basis(&self) -> Basis {
        Basis::Outcomes
    }

    /// Whether a value that the concurrent side returned is right. `sequential` are the values that the
    /// sequential side returned, least first; it may have none, if all that it does is to panic or hang.
    ///
    /// # Errors
    /// Why it is not, in a few words.
    fn judge(&self, sequential: &[&T], value: &T) -> Result<(), String>;
}

/// What of the sequential side a relation compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Its one outcome; that it has several is an error.
    OneOutcome,
    /// Its outcomes for every [`order`](order()) of its jobs.
    Orders,
    /// All its outcomes: it may be concurrent itself.
    Outcomes,
}

/// Equal to the one value of the sequential side: results in the order of submission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exact;

/// The elements of the one value of the sequential side, each as often, in any order: results as they come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnyOrder;

/// Equal to what the sequential side gives for some order of its jobs, for which it asks
/// [`order`](order()).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SomeOrder;

/// Equal to one of the outcomes of the other side, which may be a concurrent program too: a faster version
/// does nothing that the plain one does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refines;

/// Values that have elements, of which [`AnyOrder`] looks at how often each occurs.
#[diagnostic::on_unimplemented(
    message = "`AnyOrder` does not know the elements of `{Self}`",
    note = "it knows `Vec`, `VecDeque`, boxed slices and arrays of elements that are `Ord + Debug`; return one of \
            them, or implement `conccheck::property::Elements`"
)]
pub trait Elements {
    /// One of them.
    type Element: Ord + Debug;

    /// All of them, in any order.
    fn elements(&self) -> impl Iterator<Item = &Self::Element>;
}

/// Why two sides cannot be compared in the way that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelationError {
    /// The relation compares with one outcome.
    #[error(
        "the sequential side has {count} outcomes, and `{relation}` compares with one; take SomeOrder if its jobs \
         may come in any order, or Refines if each of its outcomes is right"
    )]
    SeveralOutcomes {
        /// The relation's name.
        relation: &'static str,
        /// How many there are.
        count: usize,
    },
    /// The sequential side does not ask for the order of its jobs.
    #[error(
        "`{0}` tries every order of the sequential side's jobs, and that side never asked for one; let it run \
         its jobs in the order that conccheck::property::order(jobs.len()) gives"
    )]
    NoOrder(&'static str),
    /// There are too many orders to try all.
    #[error(
        "the sequential side asked for the order of {jobs} jobs, which makes more than {orders_max} orders; \
         check fewer jobs, at most {jobs_max}"
    )]
    TooManyOrders {
        /// How many jobs it asked for last.
        jobs: usize,
        /// How many orders can be tried.
        orders_max: usize,
        /// Of how many jobs that is.
        jobs_max: usize,
    },
    /// No future could be dropped where it waits, so that nothing follows of those that are.
    #[error(
        "no future that is cancellable ever waited, so none was dropped there; put `task::cancellable` around what is to \
         be cancel-safe, or call it by `task::retried`, under native or shuttle, with `cancellations_max` at least 1"
    )]
    NothingCancellable,
    /// The sequential side does not ask in the same way every time.
    #[error(
        "the sequential side asked for an order of {before} jobs, and when it was run again with the same orders \
         before, of {now}; it must depend on nothing but the order"
    )]
    OrderChanged {
        /// How many there were.
        before: usize,
        /// How many there are.
        now: usize,
    },
}

impl<T: Value> Relation<T> for Exact {
    fn name(&self) -> &'static str {
        "exact"
    }

    fn basis(&self) -> Basis {
        Basis::OneOutcome
    }

    fn judge(&self, sequential: &[&T], value: &T) -> Result<(), String> {
        is_one_of(SEQUENTIALLY, sequential, value)
    }
}

impl<T: Elements> Relation<T> for AnyOrder {
    fn name(&self) -> &'static str {
        "any order"
    }

    fn basis(&self) -> Basis {
        Basis::OneOutcome
    }

    fn judge(&self, sequential: &[&T], value: &T) -> Result<(), String> {
        let [sequential] = sequential else {
            return Err(no_value(SEQUENTIALLY));
        };
        let (right, seen) = (occurrences(*sequential), occurrences(value));
        let times = |counts: &BTreeMap<_, usize>, element| counts.get(element).copied().unwrap_or(0);
        let differs =
            right.keys().chain(seen.keys()).find(|element| times(&right, *element) != times(&seen, *element));
        match differs {
            None => Ok(()),
            Some(element) => Err(format!(
                "sequentially {element:?} is there {}, here {}",
                often(times(&right, element)),
                often(times(&seen, element)),
            )),
        }
    }
}

impl<T: Value> Relation<T> for SomeOrder {
    fn name(&self) -> &'static str {
        "some order"
    }

    fn basis(&self) -> Basis {
        Basis::Orders
    }

    fn judge(&self, sequential: &[&T], value: &T) -> Result<(), String> {
        is_one_of(SEQUENTIALLY, sequential, value)
            .map_err(|why| format!("no order of the jobs gives it: {why}"))
    }
}

impl<T: Value> Relation<T> for Refines {
    fn name(&self) -> &'static str {
        "refines"
    }

    fn judge(&self, sequential: &[&T], value: &T) -> Result<(), String> {
        is_one_of(SEQUENTIALLY, sequential, value)
    }
}

impl<E: Ord + Debug> Elements for Vec<E> {
    type Element = E;

    fn elements(&self) -> impl Iterator<Item = &E> {
        self.iter()
    }
}

impl<E: Ord + Debug> Elements for VecDeque<E> {
    type Element = E;

    fn elements(&self) -> impl Iterator<Item = &E> {
        self.iter()
    }
}

impl<E: Ord + Debug> Elements for Box<[E]> {
    type Element = E;

    fn elements(&self) -> impl Iterator<Item = &E> {
        self.iter()
    }
}

impl<E: Ord + Debug, const N: usize> Elements for [E; N] {
    type Element = E;

    fn elements(&self) -> impl Iterator<Item = &E> {
        self.iter()
    }
}

const SEQUENTIALLY: &str = "sequentially";

fn no_value(there: &str) -> String {
    format!("{there} nothing is returned")
}

/// So many values are named where more are right.
const NAMED_MAX: usize = 4;

/// `there` is where they are right: "sequentially".
fn is_one_of<T: Ord + Debug>(there: &str, right: &[&T], value: &T) -> Result<(), String> {
    if right.contains(&value) {
        return Ok(());
    }
    if right.is_empty() {
        return Err(no_value(there));
    }
    let named: Vec<String> = right.iter().take(NAMED_MAX).map(|value| format!("{value:?}")).collect();
    let more = match right.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" or one of {more} more"),
    };
    Err(format!("{there} it is {}{more}", named.join(" or ")))
}

fn occurrences<T: Elements>(value: &T) -> BTreeMap<&T::Element, usize> {
    let mut counts = BTreeMap::new();
    value.elements().for_each(|element| *counts.entry(element).or_default() += 1);
    counts
}

/// "never", "once", "3 times".
fn often(times: usize) -> String {
    match times {
        0 => "never".to_string(),
        1 => "once".to_string(),
        times => format!("{times} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why<T>(relation: impl Relation<T>, sequential: &[&T], value: &T) -> String {
        relation.judge(sequential, value).unwrap_err()
    }

    #[test]
    fn any_order_counts_what_it_forgets_the_order_of() {
        assert_eq!(AnyOrder.judge(&[&vec![1, 2, 2]], &vec![2, 1, 2]), Ok(()));
        assert_eq!(
            why(AnyOrder, &[&vec![1, 2, 2]], &vec![1, 1, 2]),
            "sequentially 1 is there once, here 2 times"
        );
        assert_eq!(why(AnyOrder, &[&vec![1, 2]], &vec![1]), "sequentially 2 is there once, here never");
        assert_eq!(why(AnyOrder, &[&vec![1]], &vec![1, 2]), "sequentially 2 is there never, here once");
    }

    #[test]
    fn any_order_knows_the_usual_collections() {
        assert_eq!(AnyOrder.judge(&[&VecDeque::from([1, 2])], &VecDeque::from([2, 1])), Ok(()));
        assert_eq!(AnyOrder.judge(&[&Box::from([1, 2])], &Box::<[i32]>::from([2, 1])), Ok(()));
        assert_eq!(AnyOrder.judge(&[&[1, 2]], &[2, 1]), Ok(()));
    }

    #[test]
    fn what_would_be_right_is_named_as_far_as_there_is_room() {
        assert_eq!(why(Exact, &[&2], &1), "sequentially it is 2");
        assert_eq!(why(SomeOrder, &[&2, &3], &1), "no order of the jobs gives it: sequentially it is 2 or 3");
        assert_eq!(
            why(Refines, &[&2, &3, &4, &5, &6, &7], &1),
            "sequentially it is 2 or 3 or 4 or 5 or one of 2 more"
        );
        assert_eq!(why(Exact, &[], &1), "sequentially nothing is returned");
        assert_eq!(why(AnyOrder, &[], &vec![1]), "sequentially nothing is returned");
    }
}
