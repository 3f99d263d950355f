//! A bounded queue for many producers and consumers, after Vyukov: a ring of slots, each with a stamp that says
//! whose turn it is. A position that is claimed may not be written or read yet; as in crossbeam's `ArrayQueue`,
//! only the other end tells whether the ring is full or empty, since the slot alone does not.

use super::{ConcurrentObject, SeededFault, object};
use crate::property::Object;
use crate::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};
use crate::thread;
use std::collections::VecDeque;

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "ring",
    about: "a bounded queue for many producers and consumers, without locks",
    check: || ring(None).run(),
    faults: &[
        SeededFault::new("stamp_before_value", "a slot is stamped as written before it is", || {
            ring(Some(Fault::StampBeforeValue)).run()
        }),
        SeededFault::new(
            "claim_overwrites",
            "a producer stores the tail without looking whether it is the same still",
            || ring(Some(Fault::ClaimOverwrites)).run(),
        ),
        SeededFault::new(
            "empty_by_slot",
            "the ring counts as empty if its first slot is not written yet",
            || ring(Some(Fault::EmptyBySlot)).run(),
        ),
        SeededFault::new(
            "one_slot",
            "the ring has one slot, whose stamp is the same for full and for empty",
            || ring(Some(Fault::OneSlot)).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    StampBeforeValue,
    ClaimOverwrites,
    EmptyBySlot,
    OneSlot,
}

fn ring(fault: Option<Fault>) -> Object<Ring, VecDeque<u8>> {
    let slots = if fault == Some(Fault::OneSlot) { 1 } else { 2 };
    let specified_push = move |queue: &mut VecDeque<u8>, value| {
        let is_pushed = queue.len() < slots;
        queue.extend(is_pushed.then_some(value));
        is_pushed
    };
    object(move || Ring::new(slots, fault), VecDeque::new)
        .operation_with("push", 1..4_u8, Ring::push, specified_push)
        .operation("pop", Ring::pop, VecDeque::pop_front)
}

struct Ring {
    /// The position that is popped next.
    head: AtomicUsize,
    /// The position that is pushed next.
    tail: AtomicUsize,
    slots: Vec<Slot>,
    fault: Option<Fault>,
}

struct Slot {
    /// The position that may be pushed here; one more, once it was and may be popped.
    stamp: AtomicUsize,
    value: AtomicU8,
}

impl Ring {
    fn new(slots: usize, fault: Option<Fault>) -> Self {
        let slot = |at| Slot { stamp: AtomicUsize::new(at), value: AtomicU8::new(0) };
        Ring {
            head: AtomicUsize::new(0),
            tail: AtomicUsize::new(0),
            slots: (0..slots).map(slot).collect(),
            fault,
        }
    }

    /// Whether there was room.
    fn push(&self, value: u8) -> bool {
        loop {
            let tail = self.tail.load(SeqCst);
            let slot = &self.slots[tail % self.slots.len()];
            if slot.stamp.load(SeqCst) == tail {
                if self.claim(tail) {
                    if self.fault == Some(Fault::StampBeforeValue) {
                        slot.stamp.store(tail + 1, SeqCst);
                    }
                    slot.value.store(value, SeqCst);
                    slot.stamp.store(tail + 1, SeqCst);
                    return true;
                }
            } else if self.head.load(SeqCst) + self.slots.len() == tail {
                return false;
            } else {
                thread::yield_now();
            }
        }
    }

    fn pop(&self) -> Option<u8> {
        loop {
            let head = self.head.load(SeqCst);
            let slot = &self.slots[head % self.slots.len()];
            if slot.stamp.load(SeqCst) == head + 1 {
                if self.head.compare_exchange(head, head + 1, SeqCst, SeqCst).is_ok() {
                    let value = slot.value.load(SeqCst);
                    slot.stamp.store(head + self.slots.len(), SeqCst);
                    return Some(value);
                }
            } else if self.fault == Some(Fault::EmptyBySlot) || self.tail.load(SeqCst) == head {
                return None;
            } else {
                thread::yield_now();
            }
        }
    }

    fn claim(&self, tail: usize) -> bool {
        if self.fault == Some(Fault::ClaimOverwrites) {
            self.tail.store(tail + 1, SeqCst);
            return true;
        }
        self.tail.compare_exchange(tail, tail + 1, SeqCst, SeqCst).is_ok()
    }
}
