//! Michael and Scott's queue (1996): a list from the node that was dequeued last to the newest. The tail may lag
//! one node behind, and whoever finds it so moves it on. No node is used again.

use super::{ConcurrentObject, SeededFault, object};
use crate::models::structures::nodes::{AtomicPointer, NULL, Pointer};
use crate::property::Object;
use crate::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};
use std::collections::VecDeque;

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "ms_queue",
    about: "a queue without locks, whose tail may lag behind",
    check: || queue(None).run(),
    faults: &[
        SeededFault::new(
            "link_overwrites",
            "a node is linked without looking whether another was linked there",
            || queue(Some(Fault::LinkOverwrites)).run(),
        ),
        SeededFault::new(
            "tail_before_link",
            "the tail is moved before the node is linked: the list has a gap",
            || queue(Some(Fault::TailBeforeLink)).run(),
        ),
        SeededFault::new(
            "head_overwrites",
            "dequeue stores the head without looking whether it is the same still",
            || queue(Some(Fault::HeadOverwrites)).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    LinkOverwrites,
    TailBeforeLink,
    HeadOverwrites,
}

fn queue(fault: Option<Fault>) -> Object<Queue, VecDeque<u8>> {
    object(move || Queue::new(fault), VecDeque::new)
        .operation_with("enqueue", 0..3_u8, Queue::enqueue, VecDeque::push_back)
        .operation("dequeue", Queue::dequeue, VecDeque::pop_front)
}

struct Queue {
    head: AtomicPointer,
    tail: AtomicPointer,
    nodes: Vec<Node>,
    /// The first node that was never used.
    unused: AtomicUsize,
    fault: Option<Fault>,
}

struct Node {
    next: AtomicPointer,
    value: AtomicU8,
}

/// The node that is there before the first.
const FIRST: usize = NULL + 1;

/// More than a scenario has operations.
const NODES: usize = 12;

impl Queue {
    fn new(fault: Option<Fault>) -> Self {
        let node = |_| Node { next: AtomicPointer::to(NULL), value: AtomicU8::new(0) };
        Queue {
            head: AtomicPointer::to(FIRST),
            tail: AtomicPointer::to(FIRST),
            nodes: (0..NODES).map(node).collect(),
            unused: AtomicUsize::new(FIRST + 1),
            fault,
        }
    }

    fn enqueue(&self, value: u8) {
        let node = self.unused.fetch_add(1, SeqCst);
        self.nodes[node].value.store(value, SeqCst);
        loop {
            let tail = self.tail.load();
            let next = self.nodes[tail.node].next.load();
            if next.node != NULL {
                self.tail.exchange(tail, tail.moved_to(next.node));
            } else if self.append(tail, next, node) {
                return;
            }
        }
    }

    /// Puts `node` behind the tail, where `next` was nothing; not if another was put there meanwhile.
    fn append(&self, tail: Pointer, next: Pointer, node: usize) -> bool {
        let link = &self.nodes[tail.node].next;
        match self.fault {
            Some(Fault::TailBeforeLink) => {
                let is_mine = self.tail.exchange(tail, tail.moved_to(node));
                if is_mine {
                    link.store(next.moved_to(node));
                }
                return is_mine;
            }
            Some(Fault::LinkOverwrites) => link.store(next.moved_to(node)),
            _ if !link.exchange(next, next.moved_to(node)) => return false,
            _ => {}
        }
        self.tail.exchange(tail, tail.moved_to(node));
        true
    }

    fn dequeue(&self) -> Option<u8> {
        loop {
            let head = self.head.load();
            let tail = self.tail.load();
            let next = self.nodes[head.node].next.load();
            if next.node == NULL {
                return None;
            }
            if head.node == tail.node {
                self.tail.exchange(tail, tail.moved_to(next.node));
                continue;
            }
            let value = self.nodes[next.node].value.load(SeqCst);
            if self.fault == Some(Fault::HeadOverwrites) {
                self.head.store(head.moved_to(next.node));
                return Some(value);
            }
            if self.head.exchange(head, head.moved_to(next.node)) {
                return Some(value);
            }
        }
    }
}
