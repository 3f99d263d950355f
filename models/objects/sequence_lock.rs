//! A sequence lock: two values that belong together, and a number that is odd while they are written. A reader
//! writes nothing; it reads again if the number was odd or has changed meanwhile.

use super::{ConcurrentObject, SeededFault, object};
use crate::property::Object;
use crate::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};
use crate::thread;

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "sequence_lock",
    about: "two values that are read together, by readers that write nothing",
    check: || pair(None).run(),
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
        for value in &self.values {
            value.store(new, SeqCst);
        }
        self.number.store(number + 2, SeqCst);
    }

    /// Makes the number odd, when no other writer has; gives it as it was.
    fn begin_write(&self) -> usize {
        loop {
            let number = self.number.load(SeqCst);
            if number % 2 == 1 {
                thread::yield_now();
                continue;
            }
            if self.fault == Some(Fault::WritersOverlap) {
                self.number.store(number + 1, SeqCst);
                return number;
            }
            if self.number.compare_exchange(number, number + 1, SeqCst, SeqCst).is_ok() {
                return number;
            }
        }
    }

    fn read(&self) -> (u8, u8) {
        loop {
            let number = self.number.load(SeqCst);
            if number % 2 == 1 && self.fault != Some(Fault::OddIsIgnored) {
                thread::yield_now();
                continue;
            }
            let [first, second] = self.values.each_ref().map(|value| value.load(SeqCst));
            if self.fault == Some(Fault::NoSecondLook) || self.number.load(SeqCst) == number {
                return (first, second);
            }
        }
    }
}
