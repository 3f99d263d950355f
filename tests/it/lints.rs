//! What is told of async programs that are not wrong yet: it changes no verdict.

use crate::tokio_sync::{on_loop, on_threads};
use conccheck::sync::{Arc, Barrier, Mutex, RwLock};
use conccheck::{Checker, Report, Verdict, task};

fn explore(program: fn()) -> Report<()> {
    let report = Checker::new().explore(program);
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
    assert!(report.is_complete(), "{report}");
    report
}

#[test]
fn a_lock_that_is_held_over_an_await_is_told_with_its_place() {
    let one_line = line!() + 5;
    let report = explore(|| {
        on_threads(async {
            let total = Arc::new(Mutex::new(0));
            let other = Arc::clone(&total);
            let mut guard = total.lock().unwrap();
            task::yield_now().await;
            *guard += 1;
            drop(guard);
            assert_eq!(*other.lock().unwrap(), 1);
        });
    });
    let note = report.note().expect("it is held");
    assert!(note.starts_with(&format!("note: the lock taken at {}:{one_line}:", file!())), "{note}");
    assert!(note.contains("is held over an await"), "{note}");
    // Without the line where it would be recorded.
    let (text, for_review) = (report.to_string(), "note: the lock taken at lints.rs is held over an await");
    assert!(text.contains(for_review), "{text}");

    let reads = explore(|| {
        on_loop(async {
            let total = RwLock::new(0);
            let seen = total.read().unwrap();
            task::yield_now().await;
            assert_eq!(*seen, 0);
        });
    });
    assert!(reads.note().is_some_and(|note| note.contains("is held over an await")));
}

#[test]
fn what_is_given_back_before_is_no_matter() {
    let report = explore(|| {
        on_threads(async {
            let total = Arc::new(Mutex::new(0));
            let adds = |total: Arc<Mutex<u32>>| async move {
                *total.lock().unwrap() += 1;
                task::yield_now().await;
                let guard = total.lock().unwrap();
                drop(guard);
                task::yield_now().await;
            };
            let other = task::spawn(adds(Arc::clone(&total)));
            adds(Arc::clone(&total)).await;
            other.await.unwrap();
        });
    });
    assert_eq!(report.note(), None);
    assert!(!report.to_string().contains("note"), "{report}");
}

#[test]
fn a_lock_of_tokios_is_made_for_that() {
    let report = explore(|| {
        on_threads(async {
            let total = conccheck::tokio::sync::Mutex::new(0);
            let guard = total.lock().await;
            task::yield_now().await;
            drop(guard);
        });
    });
    assert_eq!(report.note(), None);
}

/// A thread of the program that has a lock while a task of another awaits.
#[test]
fn what_another_thread_holds_meanwhile_is_no_matter() {
    let report = explore(|| {
        let total = Arc::new(Mutex::new(0));
        let other = Arc::clone(&total);
        let thread = conccheck::thread::spawn(move || *other.lock().unwrap() += 1);
        on_loop(task::yield_now());
        thread.join().unwrap();
    });
    assert_eq!(report.note(), None);
}

#[test]
fn who_reads_at_the_same_time_gives_back_what_is_its_own() {
    let report = explore(|| {
        on_threads(async {
            let shared = Arc::new((RwLock::new(0), Barrier::new(2)));
            let reads = |shared: Arc<(RwLock<u32>, Barrier)>| async move {
                let guard = shared.0.read().unwrap();
                shared.1.wait();
                drop(guard);
                task::yield_now().await;
            };
            let other = task::spawn(reads(Arc::clone(&shared)));
            reads(shared).await;
            other.await.unwrap();
        });
    });
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.note(), None);
}

#[test]
fn what_was_held_in_one_check_is_not_told_of_the_next() {
    let holds = || {
        on_loop(async {
            let lock = Mutex::new(());
            let _guard = lock.lock().unwrap();
            task::yield_now().await;
        });
    };
    assert!(explore(holds).note().is_some());
    assert_eq!(explore(|| on_loop(task::yield_now())).note(), None);
}
