//! A ticket lock: whoever comes takes the next number and waits until it is called; whoever leaves calls the
//! number after their own. The lock keeps a total, which is read and written in two steps.

use super::plain::Plain;
use super::{Client, ConcurrentObject, SeededFault, object};
use crate::models::spawned::{join, spawn};
use crate::property::Object;
use crate::sync::Arc;
use crate::sync::atomic::{
    AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};
use crate::thread;

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "ticket_lock",
    about: "a lock that is given in the order of coming",
    check: || total(None).run(),
    clients: &[Client::new("adds_one_after_the_other", adds_one_after_the_other)],
    faults: &[
        SeededFault::new(
            "same_ticket",
            "a ticket is taken in two steps, so that two may take the same",
            || total(Some(Fault::SameTicket)).run(),
        ),
        SeededFault::new(
            "waits_once",
            "whoever waits looks once more, not until the number is called",
            || total(Some(Fault::WaitsOnce)).run(),
        ),
        SeededFault::new(
            "calls_the_newest",
            "whoever leaves calls the newest number, so that those before are skipped",
            || total(Some(Fault::CallsTheNewest)).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    SameTicket,
    WaitsOnce,
    CallsTheNewest,
}

fn total(fault: Option<Fault>) -> Object<Total, u8> {
    let specified_add = |total: &mut u8, more| {
        *total += more;
        *total
    };
    object(move || Total::new(fault), || 0).operation_with("add", 1..4_u8, Total::add, specified_add)
}

/// A sum that a ticket lock protects.
struct Total {
    /// The next ticket.
    next: AtomicUsize,
    /// The number that is called.
    called: AtomicUsize,
    total: Plain<u8>,
    fault: Option<Fault>,
}

impl Total {
    fn new(fault: Option<Fault>) -> Self {
        Total { next: AtomicUsize::new(0), called: AtomicUsize::new(0), total: Plain::new(0), fault }
    }

    fn add(&self, more: u8) -> u8 {
        let ticket = self.lock();
        let total = self.total.get() + more;
        self.total.set(total);
        self.unlock(ticket);
        total
    }

    fn lock(&self) -> usize {
        let ticket = self.take_ticket();
        while self.called.load(Acquire) != ticket {
            thread::yield_now();
            if self.fault == Some(Fault::WaitsOnce) {
                break;
            }
        }
        ticket
    }

    fn take_ticket(&self) -> usize {
        if self.fault == Some(Fault::SameTicket) {
            let ticket = self.next.load(Relaxed);
            self.next.store(ticket + 1, Relaxed);
            return ticket;
        }
        self.next.fetch_add(1, Relaxed)
    }

    fn unlock(&self, ticket: usize) {
        let following =
            if self.fault == Some(Fault::CallsTheNewest) { self.next.load(Relaxed) } else { ticket + 1 };
        self.called.store(following, Release);
    }
}

/// Whoever has the lock sees what the others did under it.
fn adds_one_after_the_other() {
    let total = Arc::new(Total::new(None));
    let adding = spawn(&total, |total| total.add(1));
    total.add(2);
    join(adding);
    assert_eq!(total.add(0), 3);
}
