//! Values that are made once.

use super::{comes_to, hangs, on_loop, on_threads};
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::task;
use conccheck::tokio::sync::{OnceCell, SetOnce};
use std::sync::Arc;

#[test]
fn one_makes_the_value_and_the_others_wait() {
    comes_to([(1, 1)], || {
        on_threads(async {
            let (cell, made) = (Arc::new(OnceCell::new()), Arc::new(AtomicU32::new(0)));
            let get = || {
                let (cell, made) = (cell.clone(), made.clone());
                async move {
                    let make = || async {
                        task::yield_now().await;
                        made.fetch_add(1, SeqCst) + 1
                    };
                    *cell.get_or_init(make).await
                }
            };
            let other = task::spawn(get());
            let value = get().await;
            assert_eq!(other.await.unwrap(), value);
            (value, made.load(SeqCst))
        })
    });
}

#[test]
fn who_looks_first_and_sets_then_can_be_too_late() {
    comes_to([false, true], || {
        on_threads(async {
            let cell = Arc::new(OnceCell::new());
            let set = |cell: Arc<OnceCell<u32>>| async move { cell.initialized() || cell.set(1).is_ok() };
            let other = task::spawn(set(cell.clone()));
            let is_right = set(cell).await;
            is_right & other.await.unwrap()
        })
    });
}

#[test]
fn after_an_attempt_that_fails_or_is_aborted_the_next_has_a_try() {
    comes_to([1, 2], || {
        on_threads(async {
            let cell = Arc::new(OnceCell::new());
            let other = cell.clone();
            let first = task::spawn(async move {
                let make = || async {
                    task::yield_now().await;
                    1
                };
                other.get_or_init(make).await;
            });
            first.abort();
            let failed: Result<&u32, ()> = cell.get_or_try_init(|| async { Err(()) }).await;
            let value = *cell.get_or_init(|| async { 2 }).await;
            assert!(failed.is_err() || failed == Ok(&value));
            value
        })
    });
}

#[test]
fn one_sets_and_all_hear_of_it() {
    comes_to([(7, true)], || {
        on_threads(async {
            let value = Arc::new(SetOnce::new());
            let other = value.clone();
            let setting = task::spawn(async move { other.set(7).is_ok() });
            let seen = *value.wait().await;
            assert!(value.set(8).is_err());
            (seen, setting.await.unwrap())
        })
    });
    hangs(|| {
        on_loop(async {
            let value = SetOnce::<u32>::new();
            *value.wait().await
        })
    });
}
