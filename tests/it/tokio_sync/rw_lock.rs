//! Readers together or one writer; who waits to write keeps later readers out.

use super::{comes_to, hangs, on_loop, on_threads};
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::task;
use conccheck::tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::panic::resume_unwind;
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

/// A task panics while it chooses a part of the data; whether another gets the lock meanwhile.
fn is_free_when_a_choice_panics(
    choose: impl Future<Output = ()> + Send + 'static,
    lock: &RwLock<u32>,
) -> bool {
    on_threads(async move {
        let choosing = task::spawn(choose);
        let is_free = lock.try_write().is_ok();
        assert!(choosing.await.is_err());
        is_free
    })
}

#[test]
fn who_panics_over_a_part_has_the_lock_until_then() {
    comes_to([false, true], || {
        let lock = Arc::new(RwLock::new(0));
        let other = lock.clone();
        let choose = async move {
            let _ = RwLockReadGuard::map(other.read().await, |_| -> &u32 { resume_unwind(Box::new(())) });
        };
        is_free_when_a_choice_panics(choose, &lock)
    });
    comes_to([false, true], || {
        let lock = Arc::new(RwLock::new(0));
        let other = lock.clone();
        let choose = async move {
            let number = other.read().await;
            let _ = RwLockReadGuard::try_map(number, |_| -> Option<&u32> { resume_unwind(Box::new(())) });
        };
        is_free_when_a_choice_panics(choose, &lock)
    });
    comes_to([false, true], || {
        let lock = Arc::new(RwLock::new(0));
        let other = lock.clone();
        let choose = async move {
            let _ =
                RwLockWriteGuard::map(other.write().await, |_| -> &mut u32 { resume_unwind(Box::new(())) });
        };
        is_free_when_a_choice_panics(choose, &lock)
    });
    comes_to([false, true], || {
        let lock = Arc::new(RwLock::new(0));
        let other = lock.clone();
        let choose = async move {
            let number = other.write().await;
            let _ =
                RwLockWriteGuard::try_map(number, |_| -> Option<&mut u32> { resume_unwind(Box::new(())) });
        };
        is_free_when_a_choice_panics(choose, &lock)
    });
    comes_to([false, true], || {
        let lock = Arc::new(RwLock::new(0));
        let other = lock.clone();
        let choose = async move {
            let _ = RwLockWriteGuard::downgrade_map(other.write().await, |_| -> &u32 {
                resume_unwind(Box::new(()))
            });
        };
        is_free_when_a_choice_panics(choose, &lock)
    });
}

#[test]
fn who_shares_a_part_chooses_it_alone() {
    comes_to([None, Some(0), Some(2)], || {
        on_threads(async {
            let lock = Arc::new(RwLock::new(0));
            let stage = Arc::new(AtomicU32::new(0));
            let (other, its_stage) = (lock.clone(), stage.clone());
            let sharing = task::spawn(async move {
                let number = other.write().await;
                let _ = RwLockWriteGuard::downgrade_map(number, |number| {
                    its_stage.store(1, SeqCst);
                    its_stage.store(2, SeqCst);
                    number
                });
            });
            let seen = lock.try_read().ok().map(|_shared| stage.load(SeqCst));
            sharing.await.unwrap();
            seen
        })
    });
}
