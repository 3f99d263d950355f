//! A bounded stack that one thread fills and another empties, both under its lock.

use crate::models::spawned::{join, spawn};
use crate::sync::{Arc, Mutex};

#[derive(Default)]
struct Stack {
    items: Vec<usize>,
    was_filled: bool,
}

/// Takes when there is something.
pub fn stack(items: usize) -> String {
    fill_and_empty(items, |stack| !stack.items.is_empty())
}

/// Broken: takes when there has been something. An attempt on an empty stack fails, and the next may not.
pub fn stack_bad(items: usize) -> String {
    fill_and_empty(items, |stack| stack.was_filled)
}

fn fill_and_empty(items: usize, can_take: fn(&Stack) -> bool) -> String {
    let stack = Arc::new(Mutex::new(Stack::default()));
    let fill = spawn(&stack, move |stack| {
        for item in 0..items {
            let mut stack = stack.lock().unwrap();
            stack.items.push(item);
            stack.was_filled = true;
        }
    });
    let empty = spawn(&stack, move |stack| {
        let mut failed = 0;
        for _ in 0..items {
            let mut stack = stack.lock().unwrap();
            if can_take(&stack) && stack.items.pop().is_none() {
                failed += 1;
            }
        }
        failed
    });
    join(fill);
    let failed = join(empty);
    assert!(failed == 0, "nothing to take");
    "took what was there".to_string()
}
