//! The order in which a sequential side runs its jobs: a choice that it leaves to the check, which tries
//! them all.

use super::RelationError;
use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many orders are tried: those of eight jobs.
const ORDERS_MAX: usize = 40_320;
const JOBS_MAX: usize = 8;

thread_local! {
    /// The choices of the sequential side that this OS thread runs.
    static SCRIPT: RefCell<Option<Arc<Mutex<Script>>>> = const { RefCell::new(None) };
}

/// An order of the numbers below `n`, in which the sequential side of a check runs its jobs. With
/// [`SomeOrder`](super::SomeOrder) that side is run with every order, of up to eight jobs; elsewhere it is
/// always `0, 1, …`.
///
/// ```
/// use conccheck::property::{SomeOrder, order};
/// use conccheck::sync::{Arc, Mutex};
/// use conccheck::{Checker, thread};
///
/// const WORDS: [&str; 3] = ["a", "b", "c"];
///
/// let sequential = || order(3).into_iter().map(|job| WORDS[job]).collect::<String>();
/// let concurrent = || {
///     let text = Arc::new(Mutex::new(String::new()));
///     let append = |word| {
///         let text = Arc::clone(&text);
///         thread::spawn(move || text.lock().unwrap().push_str(word))
///     };
///     WORDS.map(append).into_iter().for_each(|thread| thread.join().unwrap());
///     let text = text.lock().unwrap();
///     text.clone()
/// };
/// Checker::new().agrees(sequential, concurrent, SomeOrder).assert();
/// ```
pub fn order(n: usize) -> Vec<usize> {
    let rank = SCRIPT.with_borrow(|script| script.as_ref().map_or(0, |script| lock(script).choose(n)));
    permutation(n, rank)
}

/// Every combination of the orders that a sequential side asks for, one after another.
#[derive(Default)]
pub(super) struct Orders(Arc<Mutex<Script>>);

/// What is asked for, and how it is answered: a stack, of which the last answer changes first.
#[derive(Default)]
struct Script {
    choices: Vec<Choice>,
    /// How many of them the running execution has asked for.
    position: usize,
    error: Option<RelationError>,
}

#[derive(Clone, Copy)]
struct Choice {
    jobs: usize,
    /// Which of their orders.
    rank: usize,
}

impl Orders {
    /// What makes [`order()`] follow the present combination, in the execution that calls it first of all.
    pub(super) fn follower(&self) -> impl Fn() + Send + Sync + 'static {
        let script = Arc::clone(&self.0);
        move || {
            lock(&script).position = 0;
            SCRIPT.set(Some(Arc::clone(&script)));
        }
    }

    /// Goes on to the next combination; whether there is one.
    pub(super) fn advance(&self) -> bool {
        let mut script = lock(&self.0);
        while let Some(choice) = script.choices.last_mut() {
            choice.rank += 1;
            if choice.rank < orders(choice.jobs) {
                return true;
            }
            script.choices.pop();
        }
        false
    }

    /// Why not all can be tried, if so.
    pub(super) fn error(&self) -> Option<RelationError> {
        lock(&self.0).error.clone()
    }

    /// Whether anybody has asked.
    pub(super) fn is_asked_for(&self) -> bool {
        !lock(&self.0).choices.is_empty()
    }
}

impl Script {
    /// Which order to give to who asks for one of so many jobs.
    fn choose(&mut self, jobs: usize) -> usize {
        let position = self.position;
        self.position += 1;
        match self.choices.get(position) {
            Some(choice) if choice.jobs == jobs => choice.rank,
            Some(choice) => {
                self.error.get_or_insert(RelationError::OrderChanged { before: choice.jobs, now: jobs });
                0
            }
            None if self.count().saturating_mul(orders(jobs)) > ORDERS_MAX => {
                let (orders_max, jobs_max) = (ORDERS_MAX, JOBS_MAX);
                self.error.get_or_insert(RelationError::TooManyOrders { jobs, orders_max, jobs_max });
                0
            }
            None => {
                self.choices.push(Choice { jobs, rank: 0 });
                0
            }
        }
    }

    /// How many combinations there are of what has been asked for.
    fn count(&self) -> usize {
        self.choices.iter().map(|choice| orders(choice.jobs)).product()
    }
}

/// How many orders there are of so many jobs.
fn orders(jobs: usize) -> usize {
    (1..=jobs).fold(1, usize::saturating_mul)
}

/// The order of this rank, in the lexicographic order of orders.
fn permutation(n: usize, mut rank: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..n).collect();
    let next = |jobs_after: usize| {
        let each = orders(jobs_after);
        let index = rank / each;
        rank %= each;
        left.remove(index)
    };
    (0..n).rev().map(next).collect()
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// What a sequential side is given, in each of its runs.
    fn all<T>(side: impl Fn() -> T) -> (Vec<T>, Orders) {
        let orders = Orders::default();
        let mut given = Vec::new();
        loop {
            orders.follower()();
            given.push(side());
            if orders.error().is_some() || !orders.advance() {
                SCRIPT.set(None);
                return (given, orders);
            }
        }
    }

    #[test]
    fn outside_of_a_check_it_is_the_order_of_the_numbers() {
        assert_eq!(order(4), [0, 1, 2, 3]);
        assert!(order(0).is_empty());
        assert_eq!(order(100).len(), 100);
    }

    #[test]
    fn every_order_comes_once() {
        for (n, count) in [(0, 1), (1, 1), (2, 2), (3, 6), (5, 120)] {
            let (given, _) = all(|| order(n));
            assert_eq!(given.len(), count);
            assert!(given.is_sorted(), "{given:?}");
            assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), count);
        }
    }

    #[test]
    fn every_combination_comes_once() {
        let (given, _) = all(|| (order(3), order(2)));
        assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), 12);
        assert_eq!(given.len(), 12);
        // How much is asked for later may depend on what was given before.
        let (given, _) = all(|| {
            let first = order(3)[0];
            (first, order(first + 1))
        });
        assert_eq!(given.len(), 2 * (1 + 2 + 6));
    }

    #[test]
    fn more_than_the_orders_of_eight_jobs_are_refused() {
        for side in [|| vec![order(9)], || vec![order(100)], || vec![order(8), order(2)]] {
            let (_, orders) = all(side);
            assert!(matches!(orders.error(), Some(RelationError::TooManyOrders { .. })));
        }
    }

    #[test]
    fn a_side_that_does_not_ask_in_the_same_way_is_refused() {
        let runs = std::cell::Cell::new(2);
        let (_, orders) = all(|| order(runs.replace(runs.get() + 1)));
        assert_eq!(orders.error(), Some(RelationError::OrderChanged { before: 2, now: 3 }));
    }
}
