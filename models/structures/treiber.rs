//! Treiber's stack (1986): the top is exchanged for a new one, and again if another was faster. The broken
//! one writes the top without looking whether it is still the one it read.

use super::nodes::{AtomicPointer, NULL, Pointer};
use crate::models::spawned::{join_all, spawn_each};
use crate::sync::Arc;

struct Stack {
    top: AtomicPointer,
    next: Vec<AtomicPointer>,
    /// How the top is exchanged; says whether it was.
    exchange: Exchange,
}

type Exchange = fn(&AtomicPointer, Pointer, Pointer) -> bool;

impl Stack {
    fn new(nodes: usize, exchange: Exchange) -> Self {
        let next = (0..=nodes).map(|_| AtomicPointer::to(NULL)).collect();
        Stack { top: AtomicPointer::to(NULL), next, exchange }
    }

    fn push(&self, node: usize) {
        loop {
            let top = self.top.load();
            self.next[node].store(top);
            if (self.exchange)(&self.top, top, top.moved_to(node)) {
                return;
            }
        }
    }

    fn pop(&self) -> Option<usize> {
        loop {
            let top = self.top.load();
            if top.node == NULL {
                return None;
            }
            let next = self.next[top.node].load();
            if (self.exchange)(&self.top, top, top.moved_to(next.node)) {
                return Some(top.node);
            }
        }
    }
}

/// `pushes` threads that push a node each, and one that pops.
pub fn treiber(pushes: usize) -> String {
    push_and_pop(pushes, 1, AtomicPointer::exchange)
}

/// One thread that pushes, and `pops` that pop.
pub fn treiber_pops(pops: usize) -> String {
    push_and_pop(1, pops, AtomicPointer::exchange)
}

/// Broken: what another pushed meanwhile is lost.
pub fn treiber_overwrites(pushes: usize) -> String {
    push_and_pop(pushes, 1, |top, _, new| {
        top.store(new);
        true
    })
}

fn push_and_pop(pushes: usize, pops: usize, exchange: Exchange) -> String {
    let stack = Arc::new(Stack::new(pushes, exchange));
    let pushing = spawn_each(&stack, pushes, |stack, number| stack.push(number + 1));
    let popping = spawn_each(&stack, pops, |stack, _| stack.pop());
    join_all(pushing);
    let mut popped: Vec<usize> = join_all(popping).into_iter().flatten().collect();
    popped.extend(std::iter::from_fn(|| stack.pop()).take(pushes));
    popped.sort();
    if popped.into_iter().eq(1..=pushes) { "each node popped once" } else { "nodes lost or popped twice" }
        .to_string()
}
