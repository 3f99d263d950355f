//! Semaphore: never more inside than it has permits; to close it and to give up loses none.

use super::{fails, holds, is_ready};
use conccheck::sync::Arc;
use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::task::block_on;
use conccheck::thread;
use conccheck::tokio::sync::Semaphore;

/// As many as there are permits work at the same time; with one thread more than permits.
fn work(permits: usize) {
    let shared = Arc::new((Semaphore::new(permits), AtomicUsize::new(0)));
    let act = |shared: &(Semaphore, AtomicUsize)| {
        let permit = block_on(shared.0.acquire()).unwrap();
        assert!(shared.1.fetch_add(1, SeqCst) < 2);
        assert!(shared.1.fetch_sub(1, SeqCst) <= 2);
        drop(permit);
    };
    let threads = [(); 2].map(|()| {
        let shared = shared.clone();
        thread::spawn(move || act(&shared))
    });
    act(&shared);
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn no_more_are_inside_than_there_are_permits() {
    assert_eq!(holds(|| work(2)), 942);
    fails(|| work(3));
}

#[test]
fn a_permit_is_given_back() {
    let executions = holds(|| {
        let permits = Arc::new(Semaphore::new(1));
        let other = permits.clone();
        let takes = thread::spawn(move || drop(block_on(other.acquire()).unwrap()));
        drop(block_on(permits.acquire()).unwrap());
        takes.join().unwrap();
    });
    assert_eq!(executions, 4);
}

#[test]
fn who_waits_sees_the_close() {
    let executions = holds(|| {
        let permits = Arc::new(Semaphore::new(1));
        let threads = [(); 2].map(|()| {
            let permits = permits.clone();
            thread::spawn(move || {
                for _ in 0..2 {
                    let Ok(permit) = block_on(permits.acquire()) else { return };
                    drop(permit);
                }
            })
        });
        permits.close();
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(executions, 286);
}

#[test]
fn whoever_was_in_closes() {
    let executions = holds(|| {
        let permits = Arc::new(Semaphore::new(1));
        let threads = [(); 3].map(|()| {
            let permits = permits.clone();
            thread::spawn(move || {
                let Ok(permit) = block_on(permits.acquire()) else { return };
                drop(permit);
                permits.close();
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(executions, 726);
}

/// tokio has three who give up, which are 90,090 executions here.
#[test]
fn who_gives_up_takes_none_along() {
    let executions = holds(|| {
        let permits = Arc::new(Semaphore::new(0));
        let [one, two] = [(); 2].map(|()| {
            let permits = permits.clone();
            thread::spawn(move || {
                let (mut first, mut second) = (Box::pin(permits.acquire()), Box::pin(permits.acquire()));
                is_ready(&mut first);
                drop(first);
                is_ready(&mut second);
            })
        });
        one.join().unwrap();
        permits.add_permits(10);
        two.join().unwrap();
        assert_eq!(permits.available_permits(), 10);
    });
    assert_eq!(executions, 126);
}

#[test]
fn many_are_taken_at_once() {
    let executions = holds(|| {
        let (permits, inside) = (Arc::new(Semaphore::new(10)), Arc::new(AtomicUsize::new(0)));
        let threads = [(); 2].map(|()| {
            let (permits, inside) = (permits.clone(), inside.clone());
            thread::spawn(move || {
                for count in [4, 10, 8] {
                    let taken = block_on(permits.acquire_many(count)).unwrap();
                    let count = usize::try_from(count).unwrap();
                    inside.fetch_add(count, SeqCst);
                    assert!(inside.load(SeqCst) <= 10);
                    inside.fetch_sub(count, SeqCst);
                    drop(taken);
                }
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(permits.available_permits(), 10);
    });
    assert_eq!(executions, 4_480);
}

#[test]
fn permits_come_while_somebody_asks() {
    let executions = holds(|| {
        let permits = Arc::new(Semaphore::new(10));
        permits.try_acquire_many(8).unwrap().forget();
        let other = permits.clone();
        let asks = thread::spawn(move || block_on(other.acquire_many(4)).unwrap().forget());
        permits.add_permits(8);
        asks.join().unwrap();
        permits.add_permits(4);
        assert_eq!(permits.available_permits(), 10);
    });
    assert_eq!(executions, 2);
}

#[test]
fn permits_come_and_go_in_any_order() {
    let executions = holds(|| {
        let permits = Arc::new(Semaphore::new(5));
        let (more, one, fewer) = (permits.clone(), permits.clone(), permits.clone());
        let threads = [
            thread::spawn(move || more.add_permits(3)),
            thread::spawn(move || one.try_acquire().unwrap().forget()),
            thread::spawn(move || assert_eq!(fewer.forget_permits(2), 2)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(permits.available_permits(), 5);
    });
    assert_eq!(executions, 12);
}
