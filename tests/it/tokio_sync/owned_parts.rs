//! Guards of parts of the data that keep the lock alive: they have all of the lock.

use super::{comes_to, hangs, on_loop, on_threads};
use crate::policy::values;
use conccheck::tokio::sync::{
    Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, OwnedRwLockMappedWriteGuard, OwnedRwLockReadGuard,
    OwnedRwLockWriteGuard, RwLock,
};
use conccheck::{Checker, task};
use std::collections::BTreeSet;
use std::sync::Arc;

type Pair = (u32, ());

async fn part(pair: &Arc<Mutex<Pair>>) -> OwnedMappedMutexGuard<Pair, u32> {
    OwnedMutexGuard::map(pair.clone().lock_owned().await, |pair| &mut pair.0)
}

/// Adds one to a part of a pair; `whole` tells whether the guard is kept meanwhile.
async fn add(pair: Arc<Mutex<Pair>>, whole: bool) {
    let mut first = part(&pair).await;
    let seen = *first;
    if !whole {
        drop(first);
        first = part(&pair).await;
    }
    *first = seen + 1;
}

fn total_of_mutex(whole: bool) -> u32 {
    on_threads(async move {
        let pair = Arc::new(Mutex::new((0, ())));
        let other = task::spawn(add(pair.clone(), whole));
        add(pair.clone(), whole).await;
        other.await.unwrap();
        pair.lock().await.0
    })
}

type Nest = (Pair, ());

async fn part_of_part(nest: &Arc<RwLock<Nest>>) -> OwnedRwLockMappedWriteGuard<Nest, u32> {
    let pair = OwnedRwLockWriteGuard::map(nest.clone().write_owned().await, |nest| &mut nest.0);
    OwnedRwLockMappedWriteGuard::map(pair, |pair| &mut pair.0)
}

/// The same, to a part of a part.
async fn add_within(nest: Arc<RwLock<Nest>>, whole: bool) {
    let mut number = part_of_part(&nest).await;
    let seen = *number;
    if !whole {
        drop(number);
        number = part_of_part(&nest).await;
    }
    *number = seen + 1;
}

fn total_of_rw_lock(whole: bool) -> u32 {
    on_threads(async move {
        let nest = Arc::new(RwLock::new(((0, ()), ())));
        let other = task::spawn(add_within(nest.clone(), whole));
        add_within(nest.clone(), whole).await;
        other.await.unwrap();
        nest.read().await.0.0
    })
}

#[test]
fn what_is_done_to_a_part_under_one_guard_is_whole() {
    comes_to([2], || total_of_mutex(true));
    comes_to([1, 2], || total_of_mutex(false));
    comes_to([2], || total_of_rw_lock(true));
    comes_to([1, 2], || total_of_rw_lock(false));
}

#[test]
fn who_has_a_part_and_wants_the_other_one_hangs() {
    let both = |keeps: bool| {
        on_loop(async move {
            let pair = Arc::new(Mutex::new((1, 2)));
            let first = OwnedMutexGuard::map(pair.clone().lock_owned().await, |pair| &mut pair.0);
            let seen = *first;
            let _first = keeps.then_some(first);
            let second = OwnedMutexGuard::map(pair.lock_owned().await, |pair| &mut pair.1);
            seen + *second
        })
    };
    assert_eq!(values(&Checker::new().explore(move || both(false))), BTreeSet::from([3]));
    assert!(Checker::new().explore(move || both(true)).outcomes().all(conccheck::Outcome::is_hang));
    // Those who read share, and keep who writes out.
    let returned = hangs(|| {
        on_loop(async {
            let pair = Arc::new(RwLock::new((1, 2)));
            let part = async |pair: &Arc<RwLock<(u32, u32)>>| {
                OwnedRwLockReadGuard::map(pair.clone().read_owned().await, |pair| &pair.0)
            };
            let (one, other) = (part(&pair).await, part(&pair).await);
            assert_eq!(*one + *other, 2);
            drop(one);
            *pair.write_owned().await = (0, 0);
            drop(other);
        })
    });
    assert!(returned.is_empty());
}

/// What is seen of a part after it was written; `keeps` tells whether it is shared without giving it back.
fn seen_after_write(keeps: bool) -> u32 {
    on_threads(async move {
        let pair = Arc::new(RwLock::new((0, ())));
        let renaming = task::spawn({
            let pair = pair.clone();
            async move { pair.write_owned().await.0 = 7 }
        });
        let mut own = pair.clone().write_owned().await;
        own.0 = 1;
        let seen = if keeps {
            *OwnedRwLockWriteGuard::downgrade_map(own, |pair| &pair.0)
        } else {
            drop(own);
            *OwnedRwLockReadGuard::map(pair.read_owned().await, |pair| &pair.0)
        };
        renaming.await.unwrap();
        seen
    })
}

#[test]
fn who_shares_what_it_has_written_sees_it() {
    comes_to([1], || seen_after_write(true));
    comes_to([1, 7], || seen_after_write(false));
}

#[test]
fn a_guard_outlives_all_else_that_had_the_lock() {
    comes_to([(1, 2)], || {
        on_threads(async {
            let (mutex, lock) = (Arc::new(Mutex::new((1, 0))), Arc::new(RwLock::new((0, 2))));
            let one = OwnedMutexGuard::map(mutex.clone().lock_owned().await, |pair| &mut pair.0);
            let other = OwnedRwLockReadGuard::map(lock.clone().read_owned().await, |pair| &pair.1);
            drop((mutex, lock));
            task::spawn(async move { (*one, *other) }).await.unwrap()
        })
    });
}

#[test]
fn who_finds_no_part_has_the_whole_still() {
    comes_to([(true, true)], || {
        on_loop(async {
            let (mutex, lock) = (Arc::new(Mutex::new([1])), Arc::new(RwLock::new([1])));
            let one = OwnedMutexGuard::try_map(mutex.clone().lock_owned().await, |list| list.get_mut(1));
            let other =
                OwnedRwLockWriteGuard::try_map(lock.clone().write_owned().await, |list| list.get_mut(1));
            let (one, other) = (one.unwrap_err(), other.unwrap_err());
            let are_taken = mutex.try_lock().is_err() && lock.try_read().is_err();
            drop((one, other));
            (are_taken, mutex.try_lock().is_ok() && lock.try_write().is_ok())
        })
    });
}
