//! One task at a time, across awaits.

use super::{comes_to, hangs, on_loop, on_threads};
use conccheck::tokio::sync::{MappedMutexGuard, Mutex, MutexGuard, OwnedMutexGuard};
use conccheck::{task, thread};
use std::panic::resume_unwind;
use std::sync::Arc;

/// Two tasks add one each; `whole` tells whether the lock is kept meanwhile.
fn total(whole: bool) -> u32 {
    on_threads(async move {
        let total = Arc::new(Mutex::new(0));
        let add = |total: Arc<Mutex<u32>>| async move {
            if whole {
                *total.lock().await += 1;
            } else {
                let seen = *total.lock().await;
                *total.lock().await = seen + 1;
            }
        };
        let other = task::spawn(add(total.clone()));
        add(total.clone()).await;
        other.await.unwrap();
        *total.lock().await
    })
}

#[test]
fn what_is_done_under_one_lock_is_whole() {
    comes_to([2], || total(true));
    comes_to([1, 2], || total(false));
}

#[test]
fn two_locks_taken_crosswise_hang() {
    let returned = hangs(|| {
        on_threads(async {
            let (one, other) = (Arc::new(Mutex::new(())), Arc::new(Mutex::new(())));
            let (first, second) = (other.clone(), one.clone());
            let crosswise = task::spawn(async move {
                let _first = first.lock().await;
                let _second = second.lock().await;
            });
            let first = one.lock().await;
            let second = other.lock().await;
            drop((first, second));
            crosswise.await.unwrap();
        })
    });
    assert_eq!(returned, [()]);
}

#[test]
fn a_guard_may_be_kept_over_an_await() {
    comes_to([1], || {
        on_loop(async {
            let total = Arc::new(Mutex::new(0));
            let other = total.clone();
            let mut held: OwnedMutexGuard<u32> = total.clone().lock_owned().await;
            let other = task::spawn_local(async move { *other.lock().await });
            task::yield_now().await;
            assert!(total.try_lock().is_err());
            *held += 1;
            drop(held);
            other.await.unwrap()
        })
    });
}

#[test]
fn a_part_of_the_data_is_locked_with_the_rest() {
    comes_to([(1, 2)], || {
        on_loop(async {
            let pair = Mutex::new((0, 2));
            let mut first = MutexGuard::map(pair.lock().await, |pair| &mut pair.0);
            *first += 1;
            assert!(pair.try_lock().is_err());
            drop(first);
            pair.into_inner()
        })
    });
}

#[test]
fn a_task_that_is_aborted_while_it_waits_is_no_owner() {
    comes_to([0, 1], || {
        on_threads(async {
            let total = Arc::new(Mutex::new(0));
            let held = total.lock().await;
            let other = total.clone();
            let waiter = task::spawn(async move { *other.lock().await += 1 });
            waiter.abort();
            drop(held);
            let _ = waiter.await;
            *total.lock().await
        })
    });
}

#[test]
fn a_loop_that_waits_for_a_change_under_the_lock_sees_it() {
    comes_to([()], || {
        on_threads(async {
            let is_set = Arc::new(Mutex::new(false));
            let other = is_set.clone();
            let setting = task::spawn(async move { *other.lock().await = true });
            while !*is_set.lock().await {
                task::yield_now().await;
            }
            setting.await.unwrap();
        })
    });
}

#[test]
fn a_loop_that_waits_for_what_nobody_changes_is_found() {
    hangs(|| {
        on_threads(async {
            let is_set = Arc::new(Mutex::new(false));
            let other = is_set.clone();
            let looking = task::spawn(async move { *other.lock().await });
            while !*is_set.lock().await {
                task::yield_now().await;
            }
            looking.await.unwrap();
        })
    });
}

#[test]
fn threads_can_wait_too() {
    comes_to([2], || {
        let total = Arc::new(Mutex::new(0));
        let other = total.clone();
        let adding = thread::spawn(move || *other.blocking_lock() += 1);
        *total.blocking_lock() += 1;
        adding.join().unwrap();
        *total.blocking_lock()
    });
}

/// A task panics while it chooses a part of the data; whether another gets the lock meanwhile.
fn is_free_when_a_choice_panics(choose: fn(MutexGuard<'_, [u32; 2]>)) -> bool {
    on_threads(async move {
        let pair = Arc::new(Mutex::new([1, 2]));
        let other = pair.clone();
        let choosing = task::spawn(async move { choose(other.lock().await) });
        let is_free = pair.try_lock().is_ok();
        assert!(choosing.await.is_err());
        is_free
    })
}

#[test]
fn who_panics_over_a_part_has_the_lock_until_then() {
    comes_to([false, true], || {
        is_free_when_a_choice_panics(|pair| {
            let _ = MutexGuard::map(pair, |_| -> &mut u32 { resume_unwind(Box::new(())) });
        })
    });
    comes_to([false, true], || {
        is_free_when_a_choice_panics(|pair| {
            let _ = MutexGuard::try_map(pair, |_| -> Option<&mut u32> { resume_unwind(Box::new(())) });
        })
    });
    comes_to([false, true], || {
        is_free_when_a_choice_panics(|pair| {
            let pair = MutexGuard::map(pair, |pair| pair);
            let _ = MappedMutexGuard::map(pair, |_| -> &mut u32 { resume_unwind(Box::new(())) });
        })
    });
    comes_to([false, true], || {
        is_free_when_a_choice_panics(|pair| {
            let pair = MutexGuard::map(pair, |pair| pair);
            let _ = MappedMutexGuard::try_map(pair, |_| -> Option<&mut u32> { resume_unwind(Box::new(())) });
        })
    });
}
