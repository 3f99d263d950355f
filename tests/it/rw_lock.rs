//! A reader-writer lock may keep readers out while a writer waits: std's do on most systems, and promise neither.

use conccheck::sync::{Arc, Mutex, RwLock};
use conccheck::{Checker, Outcome, Report, Strategy, Verdict, thread};

fn explore(program: fn()) -> Report<()> {
    Checker::new().explore(program)
}

fn hangs(report: &Report<()>) -> Vec<Vec<String>> {
    let blocked = |outcome: &Outcome<()>| match outcome {
        Outcome::Deadlocked { blocked } => Some(blocked.clone()),
        _ => None,
    };
    report.outcomes().filter_map(blocked).collect()
}

/// A task reads what it is reading.
fn reads_twice() {
    let lock = Arc::new(RwLock::new(0));
    let other = Arc::clone(&lock);
    let writer = thread::spawn(move || *other.write().unwrap() += 1);
    let first = lock.read().unwrap();
    drop(lock.read().unwrap());
    drop(first);
    writer.join().unwrap();
}

#[test]
fn a_second_read_may_wait_for_ever_behind_a_writer() {
    let report = explore(reads_twice);
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
    assert_eq!(hangs(&report), [["main", "T1"]]);
    assert!(report.is_complete(), "{report}");
}

#[test]
fn every_strategy_sees_it() {
    let seed = 1;
    let sampling = [Strategy::Random { seed }, Strategy::Pct { seed, depth: 3 }, Strategy::Pos { seed }];
    for strategy in sampling.into_iter().chain([Strategy::Dfs]) {
        let report = Checker::new().strategy(strategy).executions_max(200).explore(reads_twice);
        assert_eq!(hangs(&report), [["main", "T1"]], "{strategy:?}: {report}");
    }
}

#[test]
fn one_read_after_the_other_does_not() {
    let report = explore(|| {
        let lock = Arc::new(RwLock::new(0));
        let other = Arc::clone(&lock);
        let writer = thread::spawn(move || *other.write().unwrap() += 1);
        drop(lock.read().unwrap());
        drop(lock.read().unwrap());
        writer.join().unwrap();
    });
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
}

/// Who reads waits for another reader, whom a writer keeps out.
#[test]
fn a_reader_that_waits_for_a_reader_waits_for_the_writer_between() {
    let waits = |joins: bool| {
        move || {
            let lock = Arc::new(RwLock::new(0));
            let (other, another) = (Arc::clone(&lock), Arc::clone(&lock));
            let writer = thread::spawn(move || *other.write().unwrap() += 1);
            let first = lock.read().unwrap();
            let reader = thread::spawn(move || *another.read().unwrap());
            if joins {
                reader.join().unwrap();
                drop(first);
            } else {
                drop(first);
                reader.join().unwrap();
            }
            writer.join().unwrap();
        }
    };
    let report = Checker::new().explore(waits(true));
    assert_eq!(hangs(&report), [["main", "T1", "T2"]], "{report}");
    assert_eq!(Checker::new().explore(waits(false)).verdict(), Verdict::Pass);
}

/// The read lock is held while a mutex is wanted, and the mutex while the read lock is.
#[test]
fn two_orders_of_a_mutex_and_a_read_lock_hang_if_somebody_writes() {
    let orders = |writes: bool| {
        move || {
            let both = Arc::new((Mutex::new(()), RwLock::new(0)));
            let (other, another) = (Arc::clone(&both), Arc::clone(&both));
            let writer = thread::spawn(move || {
                if writes {
                    *other.1.write().unwrap() += 1;
                }
            });
            let second = thread::spawn(move || {
                let _mutex = another.0.lock().unwrap();
                drop(another.1.read().unwrap());
            });
            let reading = both.1.read().unwrap();
            drop(both.0.lock().unwrap());
            drop(reading);
            second.join().unwrap();
            writer.join().unwrap();
        }
    };
    let report = Checker::new().explore(orders(true));
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
    assert_eq!(Checker::new().explore(orders(false)).verdict(), Verdict::Pass);
}

/// What is kept out, and by whom, is said; and the token shows the same again.
#[test]
fn the_hang_is_shown_and_replays() {
    let check = std::panic::catch_unwind(|| Checker::new().check(reads_twice));
    let text = conccheck::panic::message(&*check.unwrap_err());
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("../../snapshots/diagnoses");
    settings.bind(|| insta::assert_snapshot!("read_twice", text));
}
