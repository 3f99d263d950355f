//! A bounded queue for many producers and consumers, after Vyukov: a ring of slots, each with a stamp that says
//! whose turn it is. A position that is claimed may not be written or read yet; as in crossbeam's `ArrayQueue`,
//! only the other end tells whether the ring is full or empty, since the slot alone does not.

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
use std::collections::VecDeque;

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "ring",
    about: "a bounded queue for many producers and consumers, without locks",
    check: || ring(None).run(),
    clients: &[Client::new("hands_over", hands_over), Client::new("slot_is_used_again", slot_is_used_again)],
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
    value: Plain<u8>,
}

impl Ring {
    fn new(slots: usize, fault: Option<Fault>) -> Self {
        let slot = |at| Slot { stamp: AtomicUsize::new(at), value: Plain::new(0) };
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
            let tail = self.tail.load(Relaxed);
            let slot = &self.slots[tail % self.slots.len()];
            // Whoever popped here before has read the value.
            if slot.stamp.load(Acquire) == tail {
                if self.claim(tail) {
                    if self.fault == Some(Fault::StampBeforeValue) {
                        slot.stamp.store(tail + 1, Release);
                    }
                    slot.value.set(value);
                    slot.stamp.store(tail + 1, Release);
                    return true;
                }
            } else if self.head.load(Relaxed) + self.slots.len() == tail {
                return false;
            } else {
                thread::yield_now();
            }
        }
    }

    fn pop(&self) -> Option<u8> {
        loop {
            let head = self.head.load(Relaxed);
            let slot = &self.slots[head % self.slots.len()];
            if slot.stamp.load(Acquire) == head + 1 {
                if self.head.compare_exchange(head, head + 1, Relaxed, Relaxed).is_ok() {
                    let value = slot.value.get();
                    slot.stamp.store(head + self.slots.len(), Release);
                    return Some(value);
                }
            } else if self.fault == Some(Fault::EmptyBySlot) || self.tail.load(Relaxed) == head {
                return None;
            } else {
                thread::yield_now();
            }
        }
    }

    fn claim(&self, tail: usize) -> bool {
        if self.fault == Some(Fault::ClaimOverwrites) {
            self.tail.store(tail + 1, Relaxed);
            return true;
        }
        self.tail.compare_exchange(tail, tail + 1, Relaxed, Relaxed).is_ok()
    }
}

/// What was pushed is popped.
fn hands_over() {
    let ring = Arc::new(Ring::new(2, None));
    let pushing = spawn(&ring, |ring| ring.push(1));
    let popped = ring.pop();
    assert!([None, Some(1)].contains(&popped), "{popped:?} was never pushed");
    join(pushing);
}

/// A slot is written again only when it was read.
fn slot_is_used_again() {
    let ring = Arc::new(Ring::new(2, None));
    assert!([1, 2].into_iter().all(|value| ring.push(value)));
    let popping = spawn(&ring, Ring::pop);
    ring.push(3);
    assert_eq!(join(popping), Some(1));
}
