//! Data races under loom: which tasks, and where in the program.
//!
//! loom tells the tasks by their numbers, and places of ours instead of the program's. So a cell keeps who accessed it,
//! and where.

use super::{Stop, operation, operation_or};
use std::cell::RefCell;
use std::panic::Location;

/// loom's cell, and who accessed it.
pub(crate) struct Cell {
    cell: loom::cell::UnsafeCell<()>,
    /// In the order in which they came, of each task the last of each kind. The first is that the cell was made.
    accesses: RefCell<Vec<Access>>,
}

#[derive(Clone, Copy)]
struct Access {
    task: usize,
    is_write: bool,
    place: &'static Location<'static>,
}

impl Cell {
    /// A cell that the running task makes at this place, which whoever reads it has to come after.
    pub(crate) fn new(place: &'static Location<'static>) -> Self {
        let made = Access { task: running(), is_write: true, place };
        let cell = operation(|| loom::cell::UnsafeCell::new(()));
        Cell { cell, accesses: RefCell::new(vec![made]) }
    }

    /// Shows loom an access of the running task at this place.
    pub(crate) fn access(&self, is_write: bool, place: &'static Location<'static>) {
        let access = Access { task: running(), is_write, place };
        let call = || if is_write { self.cell.with_mut(|_| ()) } else { self.cell.with(|_| ()) };
        operation_or(call, |message| self.race(access, message));
        let mut accesses = self.accesses.borrow_mut();
        accesses.retain(|earlier| (earlier.task, earlier.is_write) != (access.task, is_write));
        accesses.push(access);
    }

    /// The race that loom means, if it means one: between this access and one before.
    fn race(&self, second: Access, message: &str) -> Option<Stop> {
        if !message.contains("Causality violation") {
            return None;
        }
        let accesses = self.accesses.borrow();
        let first = first(&accesses, second, message)?;
        let places = format!("{} and {}", first.place, second.place);
        Some(Stop::DataRace { tasks: [first.task, second.task], places })
    }
}

/// Which of these accesses races with `second`. If it is a write, it is the last, since each comes after those before it.
/// If it is a read, it is one of a task that loom names, if it names one.
fn first(accesses: &[Access], second: Access, message: &str) -> Option<Access> {
    let others = || accesses.iter().rev().filter(|access| access.task != second.task).copied();
    if !second.is_write || message.contains("Concurrent write") {
        return others().find(|access| access.is_write);
    }
    let named = tasks(message);
    let reads = || others().filter(|access| !access.is_write);
    reads().find(|access| named.contains(&access.task)).or_else(|| reads().next())
}

/// The number of the running task, in the order of spawning. loom gives it in no other way, and calls tasks by it.
fn running() -> usize {
    let id = operation(|| loom::thread::current().id());
    number(&format!("{id:?}"), "ThreadId(").expect("loom writes an id with its number")
}

/// The tasks that a message names.
fn tasks(message: &str) -> Vec<usize> {
    message.lines().filter_map(|line| number(line, "thread #")).collect()
}

/// The number in `text` after `before`.
fn number(text: &str, before: &str) -> Option<usize> {
    let (_, after) = text.split_once(before)?;
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn access(task: usize, is_write: bool) -> Access {
        Access { task, is_write, place: Location::caller() }
    }

    /// What loom says of a read, and a write after it.
    const READ_AND_WRITE: &str = "\nCausality violation: Concurrent read and write accesses to `UnsafeCell`.\n    \
        created: a.rs:1:1\n       read: thread #1 @ a.rs:2:2\n      write: thread #0 @ a.rs:3:3\n";

    #[test]
    fn of_several_reads_it_is_the_one_that_loom_names() {
        let accesses = [access(0, true), access(1, false), access(2, false)];
        assert_eq!(tasks(READ_AND_WRITE), [1, 0]);
        let first = |message| first(&accesses, access(0, true), message).map(|access| access.task);
        assert_eq!(first(READ_AND_WRITE), Some(1));
        assert_eq!(first(&READ_AND_WRITE.replace("#1", "#2")), Some(2));
    }

    #[test]
    fn of_several_writes_it_is_the_last() {
        let accesses = [access(0, true), access(1, true), access(2, true), access(1, false)];
        let writes = "Causality violation: Concurrent write accesses to `UnsafeCell`.";
        let first =
            |task, is_write| first(&accesses, access(task, is_write), writes).map(|access| access.task);
        assert_eq!([first(0, true), first(3, false)], [Some(2), Some(2)]);
    }
}
