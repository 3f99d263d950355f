//! Michael and Scott's queue (1996): a list from a node that was dequeued last to the newest. The tail may
//! lag one node behind, and whoever finds it so moves it on. The broken one links its node without
//! looking whether another has linked one there.

use super::nodes::{AtomicPointer, NULL, Pointer};
use crate::models::spawned::{join_all, spawn_each};
use crate::sync::Arc;

/// The node that is there before the first.
const FIRST: usize = 1;

struct Queue {
    head: AtomicPointer,
    tail: AtomicPointer,
    next: Vec<AtomicPointer>,
    /// How a new node is linked to the last; says whether it was.
    link: Link,
}

type Link = fn(&AtomicPointer, Pointer, Pointer) -> bool;

impl Queue {
    fn new(nodes: usize, link: Link) -> Self {
        let next = (0..=FIRST + nodes).map(|_| AtomicPointer::to(NULL)).collect();
        Queue { head: AtomicPointer::to(FIRST), tail: AtomicPointer::to(FIRST), next, link }
    }

    fn enqueue(&self, node: usize) {
        let tail = loop {
            let tail = self.tail.load();
            let next = self.next[tail.node].load();
            if self.tail.load() != tail {
                continue;
            }
            if next.node == NULL && (self.link)(&self.next[tail.node], next, next.moved_to(node)) {
                break tail;
            }
            let next = self.next[tail.node].load();
            self.tail.exchange(tail, tail.moved_to(next.node));
        };
        self.tail.exchange(tail, tail.moved_to(node));
    }

    fn dequeue(&self) -> Option<usize> {
        loop {
            let head = self.head.load();
            let tail = self.tail.load();
            let next = self.next[head.node].load();
            if self.head.load() != head {
                continue;
            }
            if next.node == NULL {
                return None;
            }
            if head.node == tail.node {
                self.tail.exchange(tail, tail.moved_to(next.node));
            } else if self.head.exchange(head, head.moved_to(next.node)) {
                return Some(next.node);
            }
        }
    }
}

/// `enqueues` threads that enqueue a node each, and one that dequeues.
pub fn msqueue(enqueues: usize) -> String {
    enqueue_and_dequeue(enqueues, 1, AtomicPointer::exchange)
}

/// `enqueues` threads that enqueue, and none that dequeues before they have ended.
pub fn msqueue_enqueues(enqueues: usize) -> String {
    enqueue_and_dequeue(enqueues, 0, AtomicPointer::exchange)
}

/// Broken: the node of another that was linked meanwhile is lost.
pub fn msqueue_overwrites(enqueues: usize) -> String {
    enqueue_and_dequeue(enqueues, 1, |next, _, new| {
        next.store(new);
        true
    })
}

fn enqueue_and_dequeue(enqueues: usize, dequeues: usize, link: Link) -> String {
    let queue = Arc::new(Queue::new(enqueues, link));
    let enqueuing = spawn_each(&queue, enqueues, |queue, number| queue.enqueue(FIRST + 1 + number));
    let dequeuing = spawn_each(&queue, dequeues, |queue, _| queue.dequeue());
    join_all(enqueuing);
    let mut dequeued: Vec<usize> = join_all(dequeuing).into_iter().flatten().collect();
    dequeued.extend(std::iter::from_fn(|| queue.dequeue()).take(enqueues));
    dequeued.sort();
    let all = FIRST + 1..=FIRST + enqueues;
    if dequeued.into_iter().eq(all) { "each node dequeued once" } else { "nodes lost" }.to_string()
}
