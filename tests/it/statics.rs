//! Statics, and what else lives longer than an execution: `new` is `const`, each execution has its own, and what cannot
//! be shared is refused.

use conccheck::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock};
use conccheck::{Backend, Checker, Outcome, Report, Verdict, thread};
use std::fmt::Debug;

const CHECKERS: [Backend; 3] = [Backend::Native, Backend::Shuttle, Backend::Loom];

fn values<T: Ord + Clone + Debug>(report: &Report<T>) -> Vec<T> {
    crate::policy::values(report).into_iter().collect()
}

/// What each checker finds that two threads come to.
fn assert_finds<T: Ord + Clone + Debug + Send + 'static>(program: fn() -> T, expected: &[T]) {
    for backend in CHECKERS {
        let report = Checker::new().backend(backend).executions_max(2_000).explore(program);
        assert_eq!(values(&report), expected, "{backend}: {report}");
    }
}

#[test]
fn each_execution_begins_with_what_const_code_made() {
    static TOTAL: Mutex<usize> = Mutex::new(3);
    static SEEN: AtomicUsize = AtomicUsize::new(4);
    static TABLE: RwLock<[u8; 3]> = RwLock::new([1, 2, 3]);
    fn program() -> (usize, usize, u8) {
        let other = thread::spawn(|| {
            *TOTAL.lock().unwrap() += 1;
            SEEN.fetch_add(1, SeqCst);
            TABLE.write().unwrap()[0] += 1;
        });
        *TOTAL.lock().unwrap() += 1;
        SEEN.fetch_add(1, SeqCst);
        TABLE.write().unwrap()[0] += 1;
        other.join().unwrap();
        (*TOTAL.lock().unwrap(), SEEN.load(SeqCst), TABLE.read().unwrap()[0])
    }
    // A real run changes them for good, and no execution notices.
    assert_eq!(program(), (5, 6, 3));
    assert_eq!(program(), (7, 8, 5));
    assert_finds(program, &[(5, 6, 3)]);
    assert_eq!(program(), (9, 10, 7));
}

#[test]
fn a_static_may_own_what_executions_allocate() {
    static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());
    fn program() -> Vec<String> {
        let other = thread::spawn(|| LOG.lock().unwrap().push("other".to_string()));
        LOG.lock().unwrap().push("main".to_string());
        other.join().unwrap();
        LOG.lock().unwrap().clone()
    }
    let (main, other) = ("main".to_string(), "other".to_string());
    assert_finds(program, &[vec![main.clone(), other.clone()], vec![other, main]]);
}

#[test]
fn what_is_made_once_is_made_once_in_each_execution() {
    static BEGUN: Once = Once::new();
    static FIRST: OnceLock<String> = OnceLock::new();
    static COUNT: LazyLock<AtomicUsize> = LazyLock::new(|| AtomicUsize::new(10));
    fn program() -> (String, usize, bool) {
        let other = thread::spawn(|| {
            BEGUN.call_once(|| {
                COUNT.fetch_add(1, SeqCst);
            });
            FIRST.get_or_init(|| "other".to_string()).len()
        });
        BEGUN.call_once(|| {
            COUNT.fetch_add(1, SeqCst);
        });
        let first = FIRST.get_or_init(|| "main".to_string()).clone();
        other.join().unwrap();
        (first, COUNT.load(SeqCst), BEGUN.is_completed())
    }
    assert_finds(program, &[("main".to_string(), 11, true), ("other".to_string(), 11, true)]);
}

#[test]
fn statics_wait_and_meet() {
    static OPEN: Mutex<bool> = Mutex::new(false);
    static OPENED: Condvar = Condvar::new();
    static MEETING: Barrier = Barrier::new(2);
    fn program() -> usize {
        let other = thread::spawn(|| {
            let open = OPENED.wait_while(OPEN.lock().unwrap(), |open| !*open).unwrap();
            drop(open);
            usize::from(MEETING.wait().is_leader())
        });
        *OPEN.lock().unwrap() = true;
        OPENED.notify_one();
        let leads = usize::from(MEETING.wait().is_leader());
        leads + other.join().unwrap()
    }
    assert_finds(program, &[1]);
}

#[test]
fn one_static_is_checked_by_many_threads_at_once() {
    static TOTAL: Mutex<u32> = Mutex::new(0);
    let check = || {
        std::thread::spawn(|| {
            Checker::new().explore(|| {
                let other = thread::spawn(|| *TOTAL.lock().unwrap() += 1);
                *TOTAL.lock().unwrap() += 1;
                other.join().unwrap();
                *TOTAL.lock().unwrap()
            })
        })
    };
    let checks = [check(), check(), check()];
    for check in checks {
        let report = check.join().unwrap();
        assert_eq!(values(&report), [2], "{report}");
        assert!(report.is_complete());
    }
}

#[test]
fn a_static_that_was_filled_while_the_program_ran_is_refused() {
    static INNER: std::sync::OnceLock<Mutex<Vec<u8>>> = std::sync::OnceLock::new();
    INNER.get_or_init(|| Mutex::new(vec![1, 2, 3]));
    let report = Checker::new().explore(|| INNER.get().unwrap().lock().unwrap().push(4));
    assert_eq!(report.verdict(), Verdict::Skip);
    let text = report.to_string();
    assert!(text.contains("a static that was filled while the program ran"), "{text}");
}

#[test]
fn what_is_made_outside_is_refused_in_a_second_execution() {
    let outside = Arc::new(AtomicUsize::new(0));
    let report = Checker::new().explore(move || {
        let other = Arc::clone(&outside);
        let thread = thread::spawn(move || other.fetch_add(1, SeqCst));
        outside.fetch_add(1, SeqCst);
        thread.join().unwrap()
    });
    assert_eq!(report.verdict(), Verdict::Skip);
    let text = report.to_string();
    let expected =
        "an atomic that an earlier execution of the checked program used is used again (made at tests";
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("make it inside the checked program"), "{text}");
}

#[test]
fn what_was_used_for_real_is_refused_inside() {
    let used = Arc::new(Mutex::new(0));
    *used.lock().unwrap() += 1;
    let report = Checker::new().explore(move || *used.lock().unwrap());
    assert_eq!(report.verdict(), Verdict::Skip);
    let text = report.to_string();
    assert!(text.contains("a mutex that was used outside of the checked program is used inside"), "{text}");
}

/// As queues do that allocate whole blocks.
#[test]
fn zeroed_memory_is_as_good_as_new() {
    struct Block {
        ready: [AtomicBool; 2],
        next: AtomicPtr<Block>,
    }
    fn program() -> (bool, bool) {
        // SAFETY: to `false` and null there is nothing but zeros.
        let block: Arc<Block> = Arc::new(unsafe { std::mem::zeroed() });
        let other = Arc::clone(&block);
        let thread = thread::spawn(move || other.ready[1].store(true, SeqCst));
        let seen = block.ready[1].load(SeqCst);
        thread.join().unwrap();
        (seen, block.next.load(SeqCst).is_null() && !block.ready[0].load(SeqCst))
    }
    assert!(program().1);
    assert_finds(program, &[(false, true), (true, true)]);
}

#[test]
fn poison_is_seen_or_not_yet() {
    fn program() -> (bool, bool) {
        let data = Arc::new(Mutex::new(0));
        let other = Arc::clone(&data);
        let thread = thread::spawn(move || {
            let _data = other.lock().unwrap();
            panic!("while it is held");
        });
        let early = data.is_poisoned();
        assert!(thread.join().is_err());
        let late = data.is_poisoned();
        data.clear_poison();
        assert!(data.lock().is_ok());
        (early, late)
    }
    let report = Checker::new().explore(program);
    assert_eq!(values(&report), [(false, true), (true, true)], "{report}");
    assert!(report.is_complete(), "{report}");
}

/// Whether a thread panics is known per thread, and all tasks of native are on one.
#[test]
fn who_unwinds_poisons_what_it_holds_and_nothing_else() {
    struct Slow(Arc<AtomicUsize>);
    impl Drop for Slow {
        fn drop(&mut self) {
            self.0.fetch_add(1, SeqCst);
        }
    }
    let report = Checker::new().explore(|| {
        let (data, count) = (Arc::new((Mutex::new(0), RwLock::new(0))), Arc::new(AtomicUsize::new(0)));
        let other = Arc::clone(&count);
        let panics = thread::spawn(move || {
            let _slow = Slow(other);
            panic!("and unwinds through a destructor that others come between");
        });
        let other = Arc::clone(&data);
        let counts = thread::spawn(move || {
            *other.0.lock().unwrap() += 1;
            *other.1.write().unwrap() += 1;
        });
        count.fetch_add(1, SeqCst);
        assert!(panics.join().is_err());
        counts.join().unwrap();
        (data.0.is_poisoned(), data.1.is_poisoned(), data.0.lock().map_or(9, |data| *data))
    });
    assert_eq!(values(&report), [(false, false, 1)], "{report}");
}

#[test]
fn a_lazy_value_whose_making_panicked_stays_poisoned() {
    static BROKEN: LazyLock<u32> = LazyLock::new(|| panic!("the first time"));
    fn program() -> Vec<String> {
        let force = || {
            let forced = conccheck::panic::catch_unwind(|| *BROKEN);
            conccheck::panic::message(&*forced.unwrap_err())
        };
        vec![force(), force()]
    }
    let expected =
        vec!["the first time".to_string(), "LazyLock instance has previously been poisoned".to_string()];
    let report = Checker::new().explore(program);
    assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(expected)]);
}

#[test]
fn a_writer_that_downgrades_lets_readers_in_and_no_writer() {
    let report = Checker::new().explore(|| {
        let lock = Arc::new(RwLock::new(0));
        let other = Arc::clone(&lock);
        let writer = thread::spawn(move || *other.write().unwrap() += 10);
        let mut mine = lock.write().unwrap();
        let before = *mine;
        *mine += 1;
        let mine = conccheck::sync::RwLockWriteGuard::downgrade(mine);
        let other = Arc::clone(&lock);
        let reader = thread::spawn(move || other.try_read().is_ok());
        let can_read = reader.join().unwrap();
        let after = *mine;
        drop(mine);
        writer.join().unwrap();
        (after - before, can_read)
    });
    assert_eq!(values(&report), [(1, true)], "{report}");
    assert!(report.is_complete());
}

#[test]
fn a_loop_that_changes_what_is_under_a_lock_is_no_loop_that_waits() {
    let report = Checker::new().explore(|| {
        let count = Arc::new(Mutex::new(0));
        let other = Arc::clone(&count);
        let thread = thread::spawn(move || {
            for _ in 0..500 {
                *other.lock().unwrap() += 1;
                thread::yield_now();
            }
        });
        thread.join().unwrap();
        *count.lock().unwrap()
    });
    assert_eq!(values(&report), [500], "{report}");
    assert_eq!(report.verdict(), Verdict::Pass);
}
