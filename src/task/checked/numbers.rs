//! The numbers that tell tasks of an execution from each other, and runtimes; and what can be noticed of tokio's own
//! counter of tasks: in which order a runtime that ends drops them.
//!
//! tokio counts the tasks of all runtimes of the process, and keeps those of a runtime in as many lists as the lowest
//! bits of that tell apart. At its end it empties list after list, each from its oldest task on. How many tasks there were
//! before the program is not the program's to know, so it is drawn which list comes first; but once for an execution,
//! since there is one counter.

use super::core::TaskId;
use crate::backend::native::Fact;
use crate::backend::{self, Backend, Call, Callee, native};
use std::cell::Cell;
use std::panic::Location;

/// Tells tasks of an execution from each other.
pub(in crate::task) type Number = TaskId;

/// How many lists of tasks tokio's current-thread runtime has: four for each of its threads.
const LISTS: u64 = 4;

#[derive(Clone, Copy)]
struct Given {
    /// The execution's number.
    execution: u64,
    task: Number,
    runtime: u64,
    /// Which numbers of earlier tasks, up to whole rounds of the lists, are as good as any other: a bit each.
    earlier: u8,
}

impl Given {
    const NOTHING: Self = Given { execution: 0, task: 0, runtime: 0, earlier: (1 << LISTS) - 1 };
}

std::thread_local! {
    /// What was given out in an execution, all tasks of which are on one thread of the machine.
    static GIVEN: Cell<Given> = const { Cell::new(Given::NOTHING) };
}

/// Where numbers come from, where it matters which comes first.
static NUMBERS: Callee = Callee::new("the ids of tasks");

/// A number for a task that is about to be made.
#[track_caller]
pub(super) fn next() -> Number {
    take(1)
}

/// So many numbers are tokio's own, for its threads.
#[track_caller]
pub(super) fn skip(count: usize) {
    if count > 0 {
        take(count as u64);
    }
}

/// The last of so many numbers.
#[track_caller]
fn take(count: u64) -> Number {
    let is_event = backend::current() == Backend::Native && native::knows(Fact::IdsAreOrdered);
    if is_event && !backend::is_main_alone() {
        NUMBERS.call(Call::changes(&"next"), Location::caller(), || take_now(count))
    } else {
        take_now(count)
    }
}

/// Which of two numbers is greater matters from here on.
pub(in crate::task) fn ids_are_ordered() {
    if backend::current() == Backend::Native && !native::knows(Fact::IdsAreOrdered) {
        native::find_out(Fact::IdsAreOrdered);
    }
}

/// A number for a runtime that is about to be made.
pub(super) fn next_runtime() -> u64 {
    let mut given = given();
    given.runtime += 1;
    GIVEN.set(given);
    given.runtime
}

fn take_now(count: u64) -> Number {
    let mut given = given();
    given.task += count;
    GIVEN.set(given);
    given.task
}

fn given() -> Given {
    let execution = backend::number();
    let given = GIVEN.get();
    if given.execution == execution { given } else { Given { execution, ..Given::NOTHING } }
}

/// In which order a current-thread runtime drops these tasks, which are the oldest first. All orders are explored that
/// tokio may have.
#[track_caller]
pub(super) fn in_order_of_end(tasks: Vec<Number>) -> Vec<Number> {
    if tasks.len() < 2 {
        return tasks;
    }
    // Who spawns first has the lower number.
    if !backend::is_main_alone() {
        ids_are_ordered();
    }
    let mut given = given();
    // The orders that there may be, and what of the counter each comes from.
    let mut orders: Vec<(Vec<Number>, u8)> = Vec::new();
    for earlier in (0..LISTS).filter(|earlier| given.earlier & 1 << earlier != 0) {
        let order = order(&tasks, earlier);
        match orders.iter_mut().find(|(known, _)| *known == order) {
            Some((_, bits)) => *bits |= 1 << earlier,
            None => orders.push((order, 1 << earlier)),
        }
    }
    let count = u8::try_from(orders.len()).expect("there are as many orders as lists");
    let drawn = if count == 1 { 0 } else { backend::draw_first_dropped(count) };
    let (order, earlier) = orders.swap_remove(drawn as usize);
    given.earlier = earlier;
    GIVEN.set(given);
    order
}

/// As it is when so many tasks were counted before the program.
fn order(tasks: &[Number], earlier: u64) -> Vec<Number> {
    let mut order = tasks.to_vec();
    order.sort_by_key(|task| (task + earlier) % LISTS);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_dropped_list_by_list_and_within_one_as_they_came() {
        assert_eq!(order(&[1, 2, 3, 4, 5, 9], 0), [4, 1, 5, 9, 2, 3]);
        assert_eq!(order(&[1, 2, 3, 4, 5, 9], 3), [1, 5, 9, 2, 3, 4]);
    }
}
