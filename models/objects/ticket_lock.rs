//! A ticket lock: whoever comes takes the next number and waits until it is called; whoever leaves calls the
//! number after their own. The lock keeps a total, which is read and written in two steps.

use super::{ConcurrentObject, SeededFault, object};
use crate::property::Object;
use crate::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};
use crate::thread;

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "ticket_lock",
    about: "a lock that is given in the order of coming",
    check: || total(None).run(),
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
    total: AtomicU8,
    fault: Option<Fault>,
}

impl Total {
    fn new(fault: Option<Fault>) -> Self {
        Total { next: AtomicUsize::new(0), called: AtomicUsize::new(0), total: AtomicU8::new(0), fault }
    }

    fn add(&self, more: u8) -> u8 {
        let ticket = self.lock();
        let total = self.total.load(SeqCst) + more;
        self.total.store(total, SeqCst);
        self.unlock(ticket);
        total
    }

    fn lock(&self) -> usize {
        let ticket = self.take_ticket();
        while self.called.load(SeqCst) != ticket {
            thread::yield_now();
            if self.fault == Some(Fault::WaitsOnce) {
                break;
            }
        }
        ticket
    }

    fn take_ticket(&self) -> usize {
        if self.fault == Some(Fault::SameTicket) {
            let ticket = self.next.load(SeqCst);
            self.next.store(ticket + 1, SeqCst);
            return ticket;
        }
        self.next.fetch_add(1, SeqCst)
    }

    fn unlock(&self, ticket: usize) {
        let following =
            if self.fault == Some(Fault::CallsTheNewest) { self.next.load(SeqCst) } else { ticket + 1 };
        self.called.store(following, SeqCst);
    }
}
