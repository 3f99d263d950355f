//! A work-stealing deque, after Chase and Lev (2005), with the orderings of Lê, Pop, Cohen and Zappa Nardelli, "Correct and
//! efficient work-stealing for weak memory models" (PPoPP 2013): its owner pushes and pops at the bottom, others steal at the
//! top, and only for the last item have they to agree. Their exchange is `SeqCst` there, and the thief's load of the top
//! acquires; beside the fences, none of its clients here needs that. Who is the owner is settled by a lock, so that anybody
//! may be.

use super::{Client, ConcurrentObject, SeededFault, object};
use crate::models::spawned::{join, spawn};
use crate::property::Object;
use crate::sync::atomic::{
    AtomicU8, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
    fence,
};
use crate::sync::{Arc, Mutex};
use std::collections::VecDeque;

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "work_stealing",
    about: "a deque whose owner takes from one end while others steal from the other",
    check: || deque(None).run(),
    clients: &[
        Client::new("steals_what_was_pushed", steals_what_was_pushed),
        Client::new("takes_each_item_once", takes_each_item_once),
    ],
    faults: &[
        SeededFault::new(
            "takes_the_last_unasked",
            "the owner takes the last item without claiming it",
            || deque(Some(Fault::TakesTheLastUnasked)).run(),
        ),
        SeededFault::new(
            "steals_unasked",
            "a thief stores the top without looking whether it is the same still",
            || deque(Some(Fault::StealsUnasked)).run(),
        ),
        SeededFault::new(
            "looks_first",
            "the owner looks how far thieves are before it says what it takes",
            || deque(Some(Fault::LooksFirst)).run(),
        )
        .needs(2, 5, "two items are pushed, and both stolen while the owner takes the second"),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    TakesTheLastUnasked,
    StealsUnasked,
    LooksFirst,
}

fn deque(fault: Option<Fault>) -> Object<Deque, VecDeque<u8>> {
    object(move || Deque::new(fault), VecDeque::new)
        .operation_with("push", 1..4_u8, Deque::push, VecDeque::push_back)
        .operation("pop", Deque::pop, VecDeque::pop_back)
        .operation("steal", Deque::steal, VecDeque::pop_front)
}

struct Deque {
    /// The position that is stolen next.
    top: AtomicUsize,
    /// The position that is pushed next.
    bottom: AtomicUsize,
    /// A thief may read an item that was taken meanwhile; it fails to claim it then.
    items: [AtomicU8; CAPACITY],
    owner: Mutex<()>,
    fault: Option<Fault>,
}

/// More than a scenario has operations.
const CAPACITY: usize = 10;

impl Deque {
    fn new(fault: Option<Fault>) -> Self {
        // One, and not zero, so that the bottom can be moved below the top.
        let [top, bottom] = [1, 1].map(AtomicUsize::new);
        Deque { top, bottom, items: [0; CAPACITY].map(AtomicU8::new), owner: Mutex::default(), fault }
    }

    fn push(&self, value: u8) {
        let _owner = self.owner.lock().unwrap();
        let bottom = self.bottom.load(Relaxed);
        self.items[bottom % CAPACITY].store(value, Relaxed);
        // A fence, which counts for what `pop` stores at the bottom, too.
        fence(Release);
        self.bottom.store(bottom + 1, Relaxed);
    }

    fn pop(&self) -> Option<u8> {
        let _owner = self.owner.lock().unwrap();
        let bottom = self.bottom.load(Relaxed) - 1;
        let looked = (self.fault == Some(Fault::LooksFirst)).then(|| self.top.load(Relaxed));
        self.bottom.store(bottom, Relaxed);
        // Either a thief sees that this one is taken, or it is seen here how far the thief is.
        fence(SeqCst);
        let top = looked.unwrap_or_else(|| self.top.load(Relaxed));
        if top > bottom {
            self.bottom.store(bottom + 1, Relaxed);
            return None;
        }
        let item = self.items[bottom % CAPACITY].load(Relaxed);
        if top < bottom {
            return Some(item);
        }
        let is_mine = self.claim(top, Fault::TakesTheLastUnasked);
        self.bottom.store(bottom + 1, Relaxed);
        is_mine.then_some(item)
    }

    fn steal(&self) -> Option<u8> {
        loop {
            let top = self.top.load(Relaxed);
            fence(SeqCst);
            if top >= self.bottom.load(Acquire) {
                return None;
            }
            let item = self.items[top % CAPACITY].load(Relaxed);
            if self.claim(top, Fault::StealsUnasked) {
                return Some(item);
            }
        }
    }

    /// Takes the item at the top, if nobody has.
    fn claim(&self, top: usize, unasked: Fault) -> bool {
        if self.fault == Some(unasked) {
            self.top.store(top + 1, Relaxed);
            return true;
        }
        self.top.compare_exchange(top, top + 1, Relaxed, Relaxed).is_ok()
    }
}

/// Whoever steals sees what was pushed.
fn steals_what_was_pushed() {
    let deque = Arc::new(Deque::new(None));
    let pushing = spawn(&deque, |deque| deque.push(7));
    let stolen = deque.steal();
    assert!([None, Some(7)].contains(&stolen), "{stolen:?} was never pushed");
    join(pushing);
}

/// Of two items that are there, the owner takes one and a thief as many as it gets: none twice, and each as it was pushed.
fn takes_each_item_once() {
    let deque = Arc::new(Deque::new(None));
    [1, 2].into_iter().for_each(|value| deque.push(value));
    let stealing = spawn(&deque, |deque| [deque.steal(), deque.steal()]);
    let popped = deque.pop();
    let stolen = join(stealing);
    let mut taken: Vec<u8> = stolen.into_iter().chain([popped]).flatten().collect();
    taken.extend(std::iter::from_fn(|| deque.pop()));
    taken.sort_unstable();
    assert_eq!(taken, [1, 2], "{stolen:?} stolen, {popped:?} popped first");
}
