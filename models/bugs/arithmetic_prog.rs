//! A producer and a consumer that wait for each other's turn, and a sum that comes to the same in every
//! execution: a wrong expectation of it is a fault that any search finds at once.

use crate::models::spawned::{join, spawn};
use crate::sync::{Arc, Condvar, Mutex};

#[derive(Default)]
struct Shared {
    number: Mutex<usize>,
    filled: Condvar,
    emptied: Condvar,
}

/// The sum of what is consumed in `rounds` is what it has to be.
pub fn arithmetic_prog(rounds: usize) -> String {
    sum(rounds, |sum, right| sum == right)
}

/// Broken: expects any sum but the right one.
pub fn arithmetic_prog_bad(rounds: usize) -> String {
    sum(rounds, |sum, right| sum != right)
}

fn sum(rounds: usize, expected: fn(usize, usize) -> bool) -> String {
    let shared = Arc::new(Shared::default());
    let producer = spawn(&shared, move |shared| {
        for _ in 0..rounds {
            let mut number = shared.number.lock().unwrap();
            while *number > 0 {
                number = shared.emptied.wait(number).unwrap();
            }
            *number += 1;
            drop(number);
            shared.filled.notify_one();
        }
    });
    let consumer = spawn(&shared, move |shared| {
        let mut total = 0;
        for round in 0..rounds {
            let mut number = shared.number.lock().unwrap();
            while *number == 0 {
                number = shared.filled.wait(number).unwrap();
            }
            total += round;
            *number -= 1;
            drop(number);
            shared.emptied.notify_one();
        }
        total + rounds
    });
    join(producer);
    let total = join(consumer);
    assert!(expected(total, rounds * (rounds + 1) / 2), "the sum is {total}");
    "the sum is as expected".to_string()
}
