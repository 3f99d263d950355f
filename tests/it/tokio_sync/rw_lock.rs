//! Readers together or one writer; who waits to write keeps later readers out.

use super::{comes_to, hangs, on_loop, on_threads};
use conccheck::task;
use conccheck::tokio::sync::{RwLock, RwLockReadGuard};
use std::sync::Arc;

#[test]
fn a_writer_is_alone() {
    comes_to([(0, 0), (1, 1)], || {
        on_threads(async {
            let pair = Arc::new(RwLock::new((0, 0)));
            let other = pair.clone();
            let writing = task::spawn(async move {
                let mut pair = other.write().await;
                pair.0 += 1;
                pair.1 += 1;
            });
            let seen = *pair.read().await;
            writing.await.unwrap();
            seen
        })
    });
}

/// Reads twice; whether the first guard is kept for the second.
fn reads_twice(keeps: bool) -> u32 {
    on_threads(async move {
        let number = Arc::new(RwLock::new(0));
        let other = number.clone();
        let writing = task::spawn(async move { *other.write().await += 1 });
        let first = number.read().await;
        let seen = *first;
        let first = keeps.then_some(first);
        let seen = seen.max(*number.read().await);
        drop(first);
        writing.await.unwrap();
        seen
    })
}

#[test]
fn who_reads_again_while_a_writer_waits_hangs() {
    comes_to([0, 1], || reads_twice(false));
    // Before the writer came, or after it had gone.
    assert_eq!(hangs(|| reads_twice(true)), [0, 1]);
}

#[test]
fn a_writer_that_becomes_a_reader_lets_no_writer_in_between() {
    comes_to([1], || {
        on_threads(async {
            let number = Arc::new(RwLock::new(0));
            let mut writing = number.write().await;
            let other = number.clone();
            let other = task::spawn(async move { *other.write().await += 10 });
            *writing += 1;
            let reading = writing.downgrade();
            let seen = *reading;
            drop(reading);
            other.await.unwrap();
            seen
        })
    });
}

#[test]
fn tries_fail_while_it_is_taken() {
    comes_to([(true, false, "b")], || {
        on_loop(async {
            let pair = Arc::new(RwLock::new(("a", "b")));
            let part = RwLockReadGuard::map(pair.read().await, |pair| &pair.1);
            let tried = (pair.try_read().is_ok(), pair.try_write().is_ok(), *part);
            drop(part);
            let owned = pair.clone().write_owned().await;
            assert!(pair.clone().try_read_owned().is_err());
            drop(owned);
            tried
        })
    });
}
