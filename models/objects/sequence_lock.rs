//! A sequence lock: two values that belong together, and a number that is odd while they are written. A reader
//! writes nothing; it reads again if the number was odd or has changed meanwhile. The fences are those of Boehm, "Can
//! seqlocks get along with programming language memory models?" (MSPC 2012): without them a value may be seen before the
//! number that announces it, or the number be read again before the values are.

use super::{Client, ConcurrentObject, SeededFault, object};
use crate::models::spawned::{join, spawn};
use crate::property::Object;
use crate::sync::Arc;
use crate::sync::atomic::{
    AtomicU8, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
    fence,
};
use crate::thread;

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "sequence_lock",
    about: "two values that are read together, by readers that write nothing",
    check: || pair(None).run(),
    clients: &[
        Client::new("reads_both_or_neither", reads_both_or_neither),
        Client::new("writes_one_after_the_other", writes_one_after_the_other),
    ],
    faults: &[
        SeededFault::new("odd_is_ignored", "a reader begins although a writer is in the middle", || {
            pair(Some(Fault::OddIsIgnored)).run()
        }),
        SeededFault::new(
            "no_second_look",
            "a reader does not look whether the number has changed meanwhile",
            || pair(Some(Fault::NoSecondLook)).run(),
        ),
        SeededFault::new(
            "writers_overlap",
            "a writer makes the number odd without looking whether another did",
            || pair(Some(Fault::WritersOverlap)).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    OddIsIgnored,
    NoSecondLook,
    WritersOverlap,
}

fn pair(fault: Option<Fault>) -> Object<Pair, u8> {
    object(move || Pair::new(fault), || 0)
        .operation_with("write", 1..4_u8, Pair::write, |value, new| *value = new)
        .operation("read", Pair::read, |value| (*value, *value))
}

/// The same value twice.
struct Pair {
    number: AtomicUsize,
    values: [AtomicU8; 2],
    fault: Option<Fault>,
}

impl Pair {
    fn new(fault: Option<Fault>) -> Self {
        Pair { number: AtomicUsize::new(0), values: [0, 0].map(AtomicU8::new), fault }
    }

    fn write(&self, new: u8) {
        let number = self.begin_write();
        fence(Release);
        for value in &self.values {
            value.store(new, Relaxed);
        }
        self.number.store(number + 2, Release);
    }

    /// Makes the number odd, when no other writer has; gives it as it was.
    fn begin_write(&self) -> usize {
        loop {
            let number = self.number.load(Relaxed);
            if number % 2 == 1 {
                thread::yield_now();
                continue;
            }
            if self.fault == Some(Fault::WritersOverlap) {
                self.number.store(number + 1, Relaxed);
                return number;
            }
            if self.number.compare_exchange(number, number + 1, Acquire, Relaxed).is_ok() {
                return number;
            }
        }
    }

    fn read(&self) -> (u8, u8) {
        loop {
            let number = self.number.load(Acquire);
            if number % 2 == 1 && self.fault != Some(Fault::OddIsIgnored) {
                thread::yield_now();
                continue;
            }
            let [first, second] = self.values.each_ref().map(|value| value.load(Relaxed));
            fence(Acquire);
            if self.fault == Some(Fault::NoSecondLook) || self.number.load(Relaxed) == number {
                return (first, second);
            }
        }
    }
}

/// Whoever reads sees all of what was written at once, or nothing of it.
fn reads_both_or_neither() {
    let pair = Arc::new(Pair::new(None));
    let writing = spawn(&pair, |pair| pair.write(1));
    let read = pair.read();
    assert!([(0, 0), (1, 1)].contains(&read), "{read:?} was never written");
    join(writing);
}

/// Of two writers one comes before the other.
fn writes_one_after_the_other() {
    let pair = Arc::new(Pair::new(None));
    let writing = spawn(&pair, |pair| pair.write(1));
    pair.write(2);
    join(writing);
    let read = pair.read();
    assert!([(1, 1), (2, 2)].contains(&read), "{read:?} was never written");
}
