//! A value that readers share and writers replace, each value with a count of who holds it; whoever gives back
//! the last hold frees it. A reader finds out which value is the current one, and may come too late to hold
//! it: as with `Weak::upgrade`, a count of zero never rises again.

use super::{ConcurrentObject, SeededFault, object};
use crate::property::Object;
use crate::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering::SeqCst};

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "arc_slot",
    about: "a value that is replaced, each with a reference count: the last to let go frees it",
    check: || slot(None).run(),
    faults: &[
        SeededFault::new("revives", "upgrade adds to the count without looking whether it is zero", || {
            slot(Some(Fault::Revives)).run()
        }),
        SeededFault::new(
            "upgrades_in_two_steps",
            "upgrade looks whether the count is zero, and then adds to it",
            || slot(Some(Fault::UpgradesInTwoSteps)).run(),
        ),
        SeededFault::new(
            "drops_in_two_steps",
            "drop takes from the count, and then looks whether it is zero",
            || slot(Some(Fault::DropsInTwoSteps)).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Revives,
    UpgradesInTwoSteps,
    DropsInTwoSteps,
}

fn slot(fault: Option<Fault>) -> Object<Slot, u8> {
    object(move || Slot::new(fault), || 0)
        .operation_with("store", 1..4_u8, Slot::store, |value, new| *value = new)
        .operation("load", Slot::load, |value| *value)
}

struct Slot {
    /// The place of the value that is held by the slot itself.
    current: AtomicUsize,
    /// The first place that was never used.
    unused: AtomicUsize,
    values: Vec<Counted>,
    fault: Option<Fault>,
}

#[derive(Default)]
struct Counted {
    count: AtomicUsize,
    is_freed: AtomicBool,
    value: AtomicU8,
}

/// More than a scenario has operations.
const VALUES: usize = 10;

impl Slot {
    fn new(fault: Option<Fault>) -> Self {
        let values: Vec<Counted> = (0..VALUES).map(|_| Counted::default()).collect();
        values[0].count.store(1, SeqCst);
        Slot { current: AtomicUsize::new(0), unused: AtomicUsize::new(1), values, fault }
    }

    fn store(&self, value: u8) {
        let new = self.unused.fetch_add(1, SeqCst);
        self.values[new].value.store(value, SeqCst);
        self.values[new].count.store(1, SeqCst);
        let old = self.current.swap(new, SeqCst);
        self.drop(&self.values[old]);
    }

    fn load(&self) -> u8 {
        loop {
            let current = &self.values[self.current.load(SeqCst)];
            if self.upgrade(current) {
                let value = current.get();
                self.drop(current);
                return value;
            }
        }
    }

    /// Holds a value; not if it is held by nobody.
    fn upgrade(&self, counted: &Counted) -> bool {
        let mut count = counted.count.load(SeqCst);
        while count > 0 || self.fault == Some(Fault::Revives) {
            if self.fault == Some(Fault::UpgradesInTwoSteps) {
                counted.count.fetch_add(1, SeqCst);
                return true;
            }
            match counted.count.compare_exchange(count, count + 1, SeqCst, SeqCst) {
                Ok(_) => return true,
                Err(found) => count = found,
            }
        }
        false
    }

    /// Lets go of a value.
    fn drop(&self, counted: &Counted) {
        let count = counted.count.fetch_sub(1, SeqCst) - 1;
        let count =
            if self.fault == Some(Fault::DropsInTwoSteps) { counted.count.load(SeqCst) } else { count };
        if count == 0 {
            counted.free();
        }
    }
}

impl Counted {
    fn get(&self) -> u8 {
        assert!(!self.is_freed.load(SeqCst), "used after it was freed");
        self.value.load(SeqCst)
    }

    fn free(&self) {
        assert!(!self.is_freed.swap(true, SeqCst), "freed twice");
    }
}
