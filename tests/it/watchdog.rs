//! A task that blocks in what conccheck does not see ends the check, with its place and the likely cause.

use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::{Checker, Incomplete, Verdict, thread};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// Two threads that lock and store, in opposite orders, with a lock that is std's.
fn foreign_lock() {
    let shared = Arc::new((Mutex::new(0), AtomicUsize::new(0)));
    let other = Arc::clone(&shared);
    let thread = thread::spawn(move || {
        let mut total = other.0.lock().unwrap();
        other.1.store(1, SeqCst);
        *total += 1;
    });
    shared.1.store(2, SeqCst);
    *shared.0.lock().unwrap() += 1;
    thread.join().unwrap();
}

/// A receiver that waits for a sender which can never run.
fn foreign_channel() {
    let (sender, receiver) = mpsc::channel();
    let stored = AtomicUsize::new(0);
    thread::spawn(move || {
        thread::yield_now();
        AtomicUsize::new(0).store(1, SeqCst);
        let _ = sender.send(());
    });
    stored.store(1, SeqCst);
    let _ = receiver.recv();
}

#[test]
fn what_blocks_the_whole_check_is_told_with_its_place_and_the_likely_cause() {
    for program in [foreign_lock, foreign_channel] {
        for workers in [1, 2] {
            let checker = Checker::new().time_max(Duration::from_secs(1)).workers(workers);
            let report = checker.explore(program);
            assert_eq!(report.verdict(), Verdict::Skip, "{report}");
            let Some(Incomplete::Unsupported(why)) = report.incomplete() else { panic!("{report}") };
            assert!(why.starts_with("main has done nothing for 1s, since "), "{why}");
            assert!(why.contains("since what it did at tests/it/watchdog.rs:"), "{why}");
            assert!(why.contains("conccheck::sync where std::sync is imported"), "{why}");
        }
    }
}
