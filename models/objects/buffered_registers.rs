//! Two registers that are written through a buffer of each task's own, oldest first. Others see a write only
//! when it has left the buffer, so the registers are not linearizable; but a task empties its buffer before it
//! reads, which keeps them sequentially consistent.

use super::{Client, ConcurrentObject, SeededFault, object};
use crate::models::spawned::{join, spawn};
use crate::property::{Criterion, Object};
use crate::sync::atomic::{AtomicU8, Ordering::SeqCst};
use crate::sync::{Arc, Mutex};
use crate::thread::{self, ThreadId};

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "buffered_registers",
    about: "two registers written through buffers, which are sequentially consistent",
    check: || registers(None).run(),
    clients: &[Client::new("one_sees_the_other", one_sees_the_other)],
    faults: &[
        SeededFault::new(
            "reads_before_emptying",
            "a task reads while writes of its own are in its buffer, as x86 does",
            || registers(Some(Fault::ReadsBeforeEmptying)).run(),
        ),
        SeededFault::new("newest_first", "a buffer is emptied from the wrong end", || {
            registers(Some(Fault::NewestFirst)).run()
        }),
        SeededFault::new(
            "taken_for_linearizable",
            "nothing is broken, but it is checked as linearizable",
            || registers(None).criterion(Criterion::Linearizable).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    ReadsBeforeEmptying,
    NewestFirst,
}

fn registers(fault: Option<Fault>) -> Object<Registers, [u8; 2]> {
    object(move || Registers::new(fault), || [0, 0])
        .operation_with("write", (0..2_usize, 1..3_u8), Registers::write, |values, (at, new)| {
            values[at] = new
        })
        .operation_with("read", 0..2_usize, Registers::read, |values, at| values[at])
        .criterion(Criterion::SequentiallyConsistent)
        .scenarios(400)
}

struct Registers {
    values: [AtomicU8; 2],
    buffers: Mutex<Vec<(ThreadId, Writes)>>,
    fault: Option<Fault>,
}

/// Which register is to be written, and what; oldest first.
type Writes = Vec<(usize, u8)>;

impl Registers {
    fn new(fault: Option<Fault>) -> Self {
        Registers { values: [0, 0].map(AtomicU8::new), buffers: Mutex::default(), fault }
    }

    fn write(&self, (at, value): (usize, u8)) {
        self.with_buffer(|buffer| buffer.push((at, value)));
    }

    fn read(&self, at: usize) -> u8 {
        if self.fault == Some(Fault::ReadsBeforeEmptying) {
            let own = self.with_buffer(|buffer| buffer.iter().rev().find(|write| write.0 == at).copied());
            return own.map_or_else(|| self.values[at].load(SeqCst), |(_, value)| value);
        }
        self.empty_buffer();
        self.values[at].load(SeqCst)
    }

    fn empty_buffer(&self) {
        let mut writes = self.with_buffer(std::mem::take);
        if self.fault == Some(Fault::NewestFirst) {
            writes.reverse();
        }
        for (at, value) in writes {
            self.values[at].store(value, SeqCst);
        }
    }

    /// Uses the buffer of the running task.
    fn with_buffer<R>(&self, use_it: impl FnOnce(&mut Writes) -> R) -> R {
        let mut buffers = self.buffers.lock().unwrap();
        let task = thread::current().id();
        let at = buffers.iter().position(|(owner, _)| *owner == task).unwrap_or_else(|| {
            buffers.push((task, Writes::new()));
            buffers.len() - 1
        });
        use_it(&mut buffers[at].1)
    }
}

/// Of two tasks that each write one register and read the other, one sees what the other wrote.
fn one_sees_the_other() {
    let registers = Arc::new(Registers::new(None));
    let task = |registers: &Registers, own| {
        registers.write((own, 1));
        registers.read(1 - own)
    };
    let other = spawn(&registers, move |registers| task(registers, 1));
    let seen = (task(&registers, 0), join(other));
    assert_ne!(seen, (0, 0), "neither sees the other");
}
