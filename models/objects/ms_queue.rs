//! Michael and Scott's queue (1996): a list from the node that was dequeued last to the newest. The tail may lag
//! one node behind, and whoever finds it so moves it on. No node is used again.

use super::plain::Plain;
use super::{Client, ConcurrentObject, SeededFault, object};
use crate::models::spawned::{join, spawn};
use crate::models::structures::nodes::{AtomicPointer, NULL, Pointer};
use crate::property::Object;
use crate::sync::Arc;
use crate::sync::atomic::{
    AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};
use std::collections::VecDeque;

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "ms_queue",
    about: "a queue without locks, whose tail may lag behind",
    check: || queue(None).run(),
    clients: &[Client::new("hands_over", hands_over), Client::new("links", links)],
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
    value: Plain<u8>,
}

/// The node that is there before the first.
const FIRST: usize = NULL + 1;

/// More than a scenario has operations.
const NODES: usize = 12;

impl Queue {
    fn new(fault: Option<Fault>) -> Self {
        let node = |_| Node { next: AtomicPointer::to(NULL), value: Plain::new(0) };
        Queue {
            head: AtomicPointer::to(FIRST),
            tail: AtomicPointer::to(FIRST),
            nodes: (0..NODES).map(node).collect(),
            unused: AtomicUsize::new(FIRST + 1),
            fault,
        }
    }

    fn enqueue(&self, value: u8) {
        let node = self.unused.fetch_add(1, Relaxed);
        self.nodes[node].value.set(value);
        loop {
            let tail = self.tail.load_with(Acquire);
            let next = self.nodes[tail.node].next.load_with(Acquire);
            if next.node != NULL {
                self.tail.exchange_with(tail, tail.moved_to(next.node), Release);
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
                let is_mine = self.tail.exchange_with(tail, tail.moved_to(node), Release);
                if is_mine {
                    link.store_with(next.moved_to(node), Release);
                }
                return is_mine;
            }
            Some(Fault::LinkOverwrites) => link.store_with(next.moved_to(node), Release),
            _ if !link.exchange_with(next, next.moved_to(node), Release) => return false,
            _ => {}
        }
        self.tail.exchange_with(tail, tail.moved_to(node), Release);
        true
    }

    fn dequeue(&self) -> Option<u8> {
        loop {
            let head = self.head.load_with(Relaxed);
            let tail = self.tail.load_with(Relaxed);
            let next = self.nodes[head.node].next.load_with(Acquire);
            if next.node == NULL {
                return None;
            }
            if head.node == tail.node {
                self.tail.exchange_with(tail, tail.moved_to(next.node), Release);
                continue;
            }
            let value = self.nodes[next.node].value.get();
            if self.fault == Some(Fault::HeadOverwrites) {
                self.head.store_with(head.moved_to(next.node), Relaxed);
                return Some(value);
            }
            if self.head.exchange_with(head, head.moved_to(next.node), Relaxed) {
                return Some(value);
            }
        }
    }
}

/// Who has enqueued something finds the queue not empty, whoever has enqueued what before it, or moved the tail on.
fn links() {
    let queue = Arc::new(Queue::new(None));
    let others = [1, 2].map(|value| spawn(&queue, move |queue| queue.enqueue(value)));
    queue.enqueue(3);
    assert!(queue.dequeue().is_some());
    others.into_iter().for_each(join);
}

/// What was enqueued is dequeued.
fn hands_over() {
    let queue = Arc::new(Queue::new(None));
    let enqueuing = spawn(&queue, |queue| queue.enqueue(1));
    let dequeued = queue.dequeue();
    join(enqueuing);
    assert_eq!(dequeued.or_else(|| queue.dequeue()), Some(1));
}
