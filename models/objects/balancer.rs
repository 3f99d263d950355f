//! The smallest counting network (Aspnes, Herlihy and Shavit 1994): a balancer sends whoever comes to two
//! counters in turns, of which one gives the even numbers and the other the odd ones. Whenever nobody is under
//! way the numbers given are the first ones; but a number may be given after a greater one was.

use super::{ConcurrentObject, SeededFault, object};
use crate::property::{Criterion, Object};
use crate::sync::atomic::{AtomicUsize, Ordering::Relaxed};

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "balancer",
    about: "a counter of two halves, which is quiescently consistent",
    check: || counter(None).run(),
    clients: &[],
    faults: &[
        SeededFault::new(
            "same_side",
            "the balancer is read and written in two steps, and sends two the same way",
            || counter(Some(Fault::SameSide)).run(),
        ),
        SeededFault::new(
            "same_number",
            "a half is read and written in two steps, and gives a number twice",
            || counter(Some(Fault::SameNumber)).run(),
        ),
        SeededFault::new(
            "taken_for_linearizable",
            "nothing is broken, but it is checked as linearizable",
            || counter(None).criterion(Criterion::Linearizable).run(),
        ),
        SeededFault::new(
            "taken_for_sequentially_consistent",
            "nothing is broken, but it is checked as sequentially consistent",
            || counter(None).criterion(Criterion::SequentiallyConsistent).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    SameSide,
    SameNumber,
}

fn counter(fault: Option<Fault>) -> Object<Counter, usize> {
    let specified_next = |next: &mut usize| {
        *next += 1;
        *next - 1
    };
    object(move || Counter::new(fault), || 0)
        .operation("next", Counter::next, specified_next)
        .criterion(Criterion::QuiescentlyConsistent)
}

struct Counter {
    /// How many have come.
    balancer: AtomicUsize,
    /// The next number of each.
    halves: [AtomicUsize; 2],
    fault: Option<Fault>,
}

impl Counter {
    fn new(fault: Option<Fault>) -> Self {
        Counter { balancer: AtomicUsize::new(0), halves: [0, 1].map(AtomicUsize::new), fault }
    }

    fn next(&self) -> usize {
        let side = self.add(&self.balancer, 1, Fault::SameSide) % 2;
        self.add(&self.halves[side], 2, Fault::SameNumber)
    }

    /// Gives what it was.
    fn add(&self, number: &AtomicUsize, more: usize, in_two_steps: Fault) -> usize {
        if self.fault == Some(in_two_steps) {
            let was = number.load(Relaxed);
            number.store(was + more, Relaxed);
            return was;
        }
        number.fetch_add(more, Relaxed)
    }
}
