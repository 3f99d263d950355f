//! A value that readers share and writers replace, each value with a count of who holds it; whoever gives back
//! the last hold frees it. A reader finds out which value is the current one, and may come too late to hold
//! it: as with `Weak::upgrade`, a count of zero never rises again. The orderings are those of `Arc`.

use super::plain::Plain;
use super::{Client, ConcurrentObject, SeededFault, object};
use crate::models::spawned::{join, spawn};
use crate::property::Object;
use crate::sync::Arc;
use crate::sync::atomic::{
    AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
    fence,
};

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "arc_slot",
    about: "a value that is replaced, each with a reference count: the last to let go frees it",
    check: || slot(None).run(),
    clients: &[
        Client::new("loads_what_was_stored", loads_what_was_stored),
        Client::new("frees_what_was_read", frees_what_was_read),
        Client::new("stores_one_after_the_other", stores_one_after_the_other),
    ],
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
    value: Plain<u8>,
    is_freed: Plain<bool>,
}

/// More than a scenario has operations.
const VALUES: usize = 10;

impl Slot {
    fn new(fault: Option<Fault>) -> Self {
        let values: Vec<Counted> = (0..VALUES).map(|_| Counted::default()).collect();
        values[0].count.store(1, Relaxed);
        Slot { current: AtomicUsize::new(0), unused: AtomicUsize::new(1), values, fault }
    }

    fn store(&self, value: u8) {
        let new = self.unused.fetch_add(1, Relaxed);
        self.values[new].value.set(value);
        self.values[new].count.store(1, Relaxed);
        let old = self.current.swap(new, AcqRel);
        self.drop(&self.values[old]);
    }

    fn load(&self) -> u8 {
        loop {
            let current = &self.values[self.current.load(Acquire)];
            if self.upgrade(current) {
                let value = current.get();
                self.drop(current);
                return value;
            }
        }
    }

    /// Holds a value; not if it is held by nobody.
    fn upgrade(&self, counted: &Counted) -> bool {
        let mut count = counted.count.load(Relaxed);
        while count > 0 || self.fault == Some(Fault::Revives) {
            if self.fault == Some(Fault::UpgradesInTwoSteps) {
                counted.count.fetch_add(1, Relaxed);
                return true;
            }
            match counted.count.compare_exchange(count, count + 1, Relaxed, Relaxed) {
                Ok(_) => return true,
                Err(found) => count = found,
            }
        }
        false
    }

    /// Lets go of a value.
    fn drop(&self, counted: &Counted) {
        let count = counted.count.fetch_sub(1, Release) - 1;
        let count =
            if self.fault == Some(Fault::DropsInTwoSteps) { counted.count.load(Relaxed) } else { count };
        if count == 0 {
            // After all that the others did while they held it.
            fence(Acquire);
            counted.free();
        }
    }
}

impl Counted {
    fn get(&self) -> u8 {
        assert!(!self.is_freed.get(), "used after it was freed");
        self.value.get()
    }

    fn free(&self) {
        assert!(!self.is_freed.get(), "freed twice");
        self.is_freed.set(true);
    }
}

/// Whoever loads sees the value that was stored.
fn loads_what_was_stored() {
    let slot = Arc::new(Slot::new(None));
    let storing = spawn(&slot, |slot| slot.store(1));
    let loaded = slot.load();
    assert!(loaded <= 1, "{loaded} was never stored");
    join(storing);
    assert_eq!(slot.load(), 1);
}

/// A value is freed when nobody reads it any more.
fn frees_what_was_read() {
    let slot = Arc::new(Slot::new(None));
    let loading = spawn(&slot, Slot::load);
    slot.store(1);
    join(loading);
}

/// Whoever replaces a value that another task has stored sees it, and frees it.
fn stores_one_after_the_other() {
    let slot = Arc::new(Slot::new(None));
    let storing = spawn(&slot, |slot| slot.store(1));
    slot.store(2);
    join(storing);
    assert!([1, 2].contains(&slot.load()));
}
