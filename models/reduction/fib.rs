//! Two threads that add each other's number to their own, and one that looks: no number gets beyond
//! Fibonacci's. From SV-COMP, where the one execution that reaches the bound is to be found.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Each adds `rounds` times. The bound is what can be reached.
pub fn fib(rounds: usize) -> String {
    bounded_by(rounds, fibonacci(2 * rounds + 2))
}

/// Broken: the bound is one less.
pub fn fib_bad(rounds: usize) -> String {
    bounded_by(rounds, fibonacci(2 * rounds + 2) - 1)
}

fn bounded_by(rounds: usize, most: usize) -> String {
    let numbers = Arc::new([AtomicUsize::new(1), AtomicUsize::new(1)]);
    let adders = spawn_each(&numbers, 2, move |numbers, own| {
        for _ in 0..rounds {
            let first = numbers[0].load(SeqCst);
            let second = numbers[1].load(SeqCst);
            numbers[own].store(first + second, SeqCst);
        }
    });
    let look = spawn(&numbers, |numbers| numbers[0].load(SeqCst).max(numbers[1].load(SeqCst)));
    join_all(adders);
    let greatest = join(look);
    if greatest <= most { "within the bound".to_string() } else { format!("{greatest} is beyond the bound") }
}

fn fibonacci(number: usize) -> usize {
    (0..number).fold((0, 1), |(this, next), _| (next, this + next)).0
}
