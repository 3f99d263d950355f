//! A cell that is filled once, by whoever comes first; who comes meanwhile waits for it. If filling it fails,
//! the next may try.

use super::plain::Plain;
use super::{Client, ConcurrentObject, SeededFault, object};
use crate::models::spawned::{join, spawn};
use crate::property::Object;
use crate::sync::Arc;
use crate::sync::atomic::{
    AtomicU8,
    Ordering::{Acquire, Relaxed, Release},
};
use crate::thread;
use proptest::option;

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "once_cell",
    about: "a cell that is filled once, by whoever comes first",
    check: || cell(None).run(),
    clients: &[Client::new("all_get_the_same", all_get_the_same)],
    faults: &[
        SeededFault::new("filled_twice", "filling it is begun in two steps, so that two may begin", || {
            cell(Some(Fault::FilledTwice)).run()
        }),
        SeededFault::new("full_before_value", "the cell counts as full before the value is in it", || {
            cell(Some(Fault::FullBeforeValue)).run()
        }),
        SeededFault::new(
            "failure_is_forgotten",
            "a failure leaves the cell as being filled, by nobody",
            || cell(Some(Fault::FailureIsForgotten)).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    FilledTwice,
    FullBeforeValue,
    FailureIsForgotten,
}

fn cell(fault: Option<Fault>) -> Object<Cell, Option<u8>> {
    let specified_fill = |content: &mut Option<u8>, filling: Option<u8>| {
        *content = content.or(filling);
        *content
    };
    object(move || Cell::new(fault), || None)
        .operation_with("fill", option::of(1..4_u8), Cell::fill, specified_fill)
        .operation("get", Cell::get, |content| *content)
}

struct Cell {
    state: AtomicU8,
    value: Plain<u8>,
    fault: Option<Fault>,
}

const EMPTY: u8 = 0;
const FILLING: u8 = 1;
const FULL: u8 = 2;

impl Cell {
    fn new(fault: Option<Fault>) -> Self {
        Cell { state: AtomicU8::new(EMPTY), value: Plain::new(0), fault }
    }

    /// What is in it.
    fn get(&self) -> Option<u8> {
        (self.state.load(Acquire) == FULL).then(|| self.value.get())
    }

    /// What is in it, or what `filling` gives, which is in it from then on. `None` is a failure.
    fn fill(&self, filling: Option<u8>) -> Option<u8> {
        loop {
            if let Some(value) = self.get() {
                return Some(value);
            }
            if self.begin() {
                self.end(filling);
                return filling;
            }
            thread::yield_now();
        }
    }

    /// Whether it is this task that fills it.
    fn begin(&self) -> bool {
        if self.fault == Some(Fault::FilledTwice) {
            let is_empty = self.state.load(Relaxed) == EMPTY;
            if is_empty {
                self.state.store(FILLING, Relaxed);
            }
            return is_empty;
        }
        self.state.compare_exchange(EMPTY, FILLING, Relaxed, Relaxed).is_ok()
    }

    fn end(&self, filling: Option<u8>) {
        match filling {
            Some(value) => {
                if self.fault == Some(Fault::FullBeforeValue) {
                    self.state.store(FULL, Release);
                }
                self.value.set(value);
                self.state.store(FULL, Release);
            }
            None if self.fault == Some(Fault::FailureIsForgotten) => {}
            None => self.state.store(EMPTY, Relaxed),
        }
    }
}

/// Whoever gets a value gets the one that it was filled with.
fn all_get_the_same() {
    let cell = Arc::new(Cell::new(None));
    let filling = spawn(&cell, |cell| cell.fill(Some(1)));
    let got = cell.get();
    assert!([None, Some(1)].contains(&got), "{got:?} was never filled in");
    assert_eq!(join(filling), Some(1));
    assert_eq!(cell.fill(Some(2)), Some(1));
}
