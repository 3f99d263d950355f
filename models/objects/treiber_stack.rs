//! Treiber's stack (1986) whose nodes are used again: the top is exchanged for a new one, and again if another
//! was faster. A pointer counts its changes, so that a node that was popped and pushed meanwhile is noticed.

use super::{Client, ConcurrentObject, SeededFault, object};
use crate::models::spawned::{join, spawn};
use crate::models::structures::nodes::{AtomicPointer, NULL, Pointer};
use crate::property::Object;
use crate::sync::atomic::{
    AtomicU8, Ordering,
    Ordering::{Acquire, Relaxed, Release},
};
use crate::sync::{Arc, Mutex};

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "treiber_stack",
    about: "a stack without locks, whose nodes are used again",
    check: || stack(None).run(),
    clients: &[Client::new("hands_over", hands_over)],
    faults: &[
        SeededFault::new(
            "push_overwrites",
            "push stores the top without looking whether it is the same still",
            || stack(Some(Fault::PushOverwrites)).run(),
        ),
        SeededFault::new(
            "pop_overwrites",
            "pop stores the top without looking whether it is the same still",
            || stack(Some(Fault::PopOverwrites)).run(),
        ),
        SeededFault::new(
            "aba",
            "a pointer does not count its changes, so that a node used again is taken for itself",
            || stack(Some(Fault::Aba)).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    PushOverwrites,
    PopOverwrites,
    Aba,
}

fn stack(fault: Option<Fault>) -> Object<Stack, Vec<u8>> {
    object(move || Stack::new(fault), Vec::new)
        .operation_with("push", 0..3_u8, Stack::push, Vec::push)
        .operation("pop", Stack::pop, Vec::pop)
}

struct Stack {
    top: AtomicPointer,
    nodes: Vec<Node>,
    /// Which nodes are on nobody's stack.
    unused: Mutex<Vec<usize>>,
    fault: Option<Fault>,
}

struct Node {
    next: AtomicPointer,
    /// It may be read while it is written, by a task whose exchange fails then: the node is used again.
    value: AtomicU8,
}

/// More than a scenario has operations.
const NODES: usize = 10;

impl Stack {
    fn new(fault: Option<Fault>) -> Self {
        let node = |_| Node { next: AtomicPointer::to(NULL), value: AtomicU8::new(0) };
        Stack {
            top: AtomicPointer::to(NULL),
            nodes: (0..=NODES).map(node).collect(),
            unused: Mutex::new((NULL + 1..=NODES).collect()),
            fault,
        }
    }

    fn push(&self, value: u8) {
        let node = self.unused.lock().unwrap().pop().expect("there are as many nodes as operations");
        self.nodes[node].value.store(value, Relaxed);
        loop {
            let top = self.top.load_with(Relaxed);
            self.nodes[node].next.store_with(top, Relaxed);
            if self.exchange(top, node, Release, Fault::PushOverwrites) {
                return;
            }
        }
    }

    fn pop(&self) -> Option<u8> {
        loop {
            let top = self.top.load_with(Acquire);
            if top.node == NULL {
                return None;
            }
            let next = self.nodes[top.node].next.load_with(Relaxed);
            // Once it is popped, another may use the node.
            let value = self.nodes[top.node].value.load(Relaxed);
            // What others have released at the top stays released: an exchange does not end that.
            if self.exchange(top, next.node, Relaxed, Fault::PopOverwrites) {
                self.unused.lock().unwrap().push(top.node);
                return Some(value);
            }
        }
    }

    /// Makes `node` the top; whether `top` was the top until then.
    fn exchange(&self, top: Pointer, node: usize, success: Ordering, overwrites: Fault) -> bool {
        let new =
            if self.fault == Some(Fault::Aba) { Pointer { node, changes: 0 } } else { top.moved_to(node) };
        if self.fault == Some(overwrites) {
            self.top.store_with(new, success);
            return true;
        }
        self.top.exchange_with(top, new, success)
    }
}

/// What was pushed is popped, by whoever it is, and what lies below it afterwards.
fn hands_over() {
    let stack = Arc::new(Stack::new(None));
    stack.push(2);
    let pushing = spawn(&stack, |stack| stack.push(1));
    let popped = stack.pop();
    join(pushing);
    assert!([(Some(2), Some(1)), (Some(1), Some(2))].contains(&(popped, stack.pop())), "{popped:?} first");
}
