//! The ABA problem: nodes 1 and 2 are on a stack. While one thread is about to pop 1, having read that 2
//! comes next, another pops both and pushes 1 again. The top is 1, as it was, but 2 is not next any more.
//! A count of changes in the pointer tells the two apart.

use super::nodes::{AtomicPointer, NULL, Pointer};
use crate::models::spawned::{join, spawn};
use crate::sync::Arc;

struct Stack {
    top: AtomicPointer,
    next: [AtomicPointer; 3],
    /// The pointer to a node that takes the place of another.
    replace: fn(Pointer, usize) -> Pointer,
}

impl Stack {
    fn pop(&self) -> Option<usize> {
        loop {
            let top = self.top.load();
            if top.node == NULL {
                return None;
            }
            let next = self.next[top.node].load();
            if self.top.exchange(top, (self.replace)(top, next.node)) {
                return Some(top.node);
            }
        }
    }

    fn push(&self, node: usize) {
        loop {
            let top = self.top.load();
            self.next[node].store(top);
            if self.top.exchange(top, (self.replace)(top, node)) {
                return;
            }
        }
    }
}

/// The pointer counts its changes.
pub fn counted_pointer() -> String {
    pop_against_reuse(Pointer::moved_to)
}

/// Broken: it does not, and node 2 is popped twice.
pub fn aba() -> String {
    pop_against_reuse(|_, node| Pointer { node, changes: 0 })
}

fn pop_against_reuse(replace: fn(Pointer, usize) -> Pointer) -> String {
    let next = [NULL, 2, NULL].map(AtomicPointer::to);
    let stack = Arc::new(Stack { top: AtomicPointer::to(1), next, replace });
    let popping = spawn(&stack, Stack::pop);
    let reusing = spawn(&stack, |stack| {
        let (first, second) = (stack.pop(), stack.pop());
        first.into_iter().for_each(|node| stack.push(node));
        second
    });
    let mut owned: Vec<usize> = [join(popping), join(reusing)].into_iter().flatten().collect();
    owned.extend(std::iter::from_fn(|| stack.pop()).take(2));
    owned.sort();
    if owned == [1, 2] { "each node has one owner".to_string() } else { format!("owned are {owned:?}") }
}
