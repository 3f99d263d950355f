//! A task that computes for long, and another that only has to answer. On one thread the second waits until
//! the first awaits something.

use crate::task::{self, yield_now};
use std::cell::Cell;
use std::rc::Rc;

/// Pieces of work.
const PIECES: usize = 3;

/// Yields after each piece.
pub fn yields_while_computing() -> String {
    answer_beside_work(async || yield_now().await)
}

/// Broken: never awaits.
pub fn blocked_by_cpu_work() -> String {
    answer_beside_work(async || ())
}

fn answer_beside_work(pause: impl AsyncFn() + 'static) -> String {
    task::block_on(async move {
        let done = Rc::new(Cell::new(0));
        let work = task::spawn_local({
            let done = Rc::clone(&done);
            async move {
                for _ in 0..PIECES {
                    done.set(done.get() + 1);
                    pause().await;
                }
            }
        });
        let answer = task::spawn_local(async move { done.get() });
        work.await.unwrap();
        let done_before = answer.await.unwrap();
        if done_before < PIECES { "answered beside the work" } else { "answered after the work" }.to_string()
    })
}
