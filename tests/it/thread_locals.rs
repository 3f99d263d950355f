//! Thread-locals belong to one task of one execution, and end with it.

use crate::policy::values;
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex, mpsc};
use conccheck::thread::AccessError;
use conccheck::{Backend, Checker, Outcome, Report, Strategy, Verdict, task, thread};
use std::cell::{Cell, RefCell};
use std::fmt::Debug;

const CHECKERS: [Backend; 3] = [Backend::Native, Backend::Shuttle, Backend::Loom];

conccheck::thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
    /// Made by code that runs.
    static NAMES: RefCell<Vec<&'static str>> = RefCell::new(vec!["first"]);
}

fn explore<T: Ord + Debug + Send + 'static>(
    backend: Backend,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> Report<T> {
    Checker::new().backend(backend).executions_max(200).explore(program)
}

/// As every checker sees it, and a real run.
#[track_caller]
fn always<T: Ord + Clone + Debug + Send + 'static>(
    program: impl Fn() -> T + Clone + Send + Sync + 'static,
    expected: T,
) {
    for backend in CHECKERS {
        assert_eq!(values(&explore(backend, program.clone())), [expected.clone()].into(), "{backend}");
    }
    assert_eq!(std::thread::spawn(program).join().unwrap(), expected, "for real");
}

#[test]
fn each_task_of_each_execution_begins_with_a_fresh_one() {
    let visit = || {
        COUNT.set(COUNT.get() + 1);
        NAMES.with_borrow_mut(|names| names.push("second"));
        (COUNT.get(), NAMES.with_borrow(Vec::len))
    };
    always(
        move || {
            let others = [thread::spawn(visit), thread::spawn(visit)];
            (visit(), others.map(|other| other.join().unwrap()))
        },
        ((1, 2), [(1, 2), (1, 2)]),
    );
}

#[test]
fn one_that_tasks_share_would_be_found() {
    // The broken twin: an atomic where a thread-local was meant.
    let report = explore(Backend::Native, || {
        let count = Arc::new(AtomicU32::new(0));
        let visit = move |count: &AtomicU32| count.fetch_add(1, SeqCst) + 1;
        let shared = count.clone();
        let other = thread::spawn(move || visit(&shared));
        (visit(&count), other.join().unwrap())
    });
    assert_eq!(report.verdict_against(&(1, 1)), Verdict::Fail);
}

#[test]
fn a_thread_is_told_by_the_address_of_its_own() {
    let address = || COUNT.with(|count| std::ptr::from_ref(count).addr());
    always(
        move || {
            let (sender, addresses) = mpsc::channel();
            let (end, ended) = mpsc::channel::<()>();
            let other = thread::spawn(move || {
                sender.send(address()).unwrap();
                ended.recv().unwrap();
            });
            let differs = addresses.recv().unwrap() != address();
            end.send(()).unwrap();
            other.join().unwrap();
            differs
        },
        true,
    );
}

#[test]
fn async_tasks_have_those_of_their_thread() {
    let count_up = async || {
        COUNT.set(COUNT.get() + 1);
        task::yield_now().await;
        COUNT.get()
    };
    let of_one_thread = move || {
        task::block_on(async {
            let (one, other) = (task::spawn_local(count_up()), task::spawn_local(count_up()));
            (one.await.unwrap(), other.await.unwrap())
        })
    };
    always(of_one_thread, (2, 2));
}

#[test]
fn all_ways_to_use_one_are_those_of_std() {
    let program = || {
        // The value is made of what it is set to first.
        NAMES.set(vec!["set"]);
        let set = NAMES.with(|names| names.borrow().len());
        let replaced = NAMES.replace(vec!["a", "b"]).len();
        let taken = NAMES.take().len();
        COUNT.set(5);
        let count = (COUNT.replace(6), COUNT.take(), COUNT.get(), COUNT.try_with(Cell::get));
        (set, replaced, taken, count.3.is_ok_and(|seen| (count.0, count.1, count.2, seen) == (5, 6, 0, 0)))
    };
    always(program, (1, 1, 2, true));
}

/// Notes its name when it is dropped.
struct Noted(&'static str, Arc<Mutex<Vec<&'static str>>>);

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

conccheck::thread_local! {
    static FIRST: RefCell<Option<Noted>> = const { RefCell::new(None) };
    static SECOND: RefCell<Option<Noted>> = const { RefCell::new(None) };
}

#[test]
fn destructors_run_in_the_task_at_its_end_the_last_made_first() {
    let program = || {
        let log = Arc::default();
        let noted = Arc::clone(&log);
        thread::spawn(move || {
            FIRST.set(Some(Noted("first", Arc::clone(&noted))));
            SECOND.set(Some(Noted("second", Arc::clone(&noted))));
            noted.lock().unwrap().push("body");
        })
        .join()
        .unwrap();
        std::mem::take(&mut *log.lock().unwrap())
    };
    always(program, vec!["body", "second", "first"]);
}

#[test]
fn mains_own_are_dropped_inside_the_execution() {
    struct Raises;
    impl Drop for Raises {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    conccheck::thread_local!(static RAISES: RefCell<Option<Raises>> = const { RefCell::new(None) });
    for backend in CHECKERS {
        let report = explore(backend, || RAISES.set(Some(Raises)));
        let panics =
            |outcome: &Outcome<()>| matches!(outcome, Outcome::Panicked(message) if message == "dropped");
        assert!(report.outcomes().all(panics) && report.outcomes().count() == 1, "{backend}: {report}");
    }
}

/// Counts the tasks that have not ended.
struct Alive(Arc<AtomicU32>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

conccheck::thread_local!(static ALIVE: RefCell<Option<Alive>> = const { RefCell::new(None) });

#[test]
fn what_destructors_do_is_explored() {
    for strategy in [Strategy::Dpor, Strategy::Dfs] {
        let report = Checker::new().strategy(strategy).explore(|| {
            let alive = Arc::new(AtomicU32::new(1));
            let counted = alive.clone();
            let other = thread::spawn(move || ALIVE.set(Some(Alive(counted))));
            let seen = alive.load(SeqCst);
            other.join().unwrap();
            (seen, alive.load(SeqCst))
        });
        assert_eq!(values(&report), [(0, 0), (1, 0)].into(), "{report}");
        assert!(report.is_complete());
    }
}

/// Looks at its own and at another thread-local when it is dropped.
struct Looks(Arc<Mutex<Vec<(bool, bool)>>>);

impl Drop for Looks {
    fn drop(&mut self) {
        let own =
            LOOKS.try_with(|_| ()).is_err_and(|error: AccessError| error.to_string() == "already destroyed");
        let other = COUNT.try_with(Cell::get).is_ok();
        self.0.lock().unwrap().push((own, other));
    }
}

conccheck::thread_local!(static LOOKS: RefCell<Option<Looks>> = const { RefCell::new(None) });

#[test]
fn one_that_is_being_dropped_cannot_be_used_and_one_without_a_destructor_can() {
    let program = || {
        let log = Arc::default();
        let looks = Looks(Arc::clone(&log));
        thread::spawn(move || LOOKS.set(Some(looks))).join().unwrap();
        std::mem::take(&mut *log.lock().unwrap())
    };
    always(program, vec![(true, true)]);
}

#[test]
fn what_a_deadlock_leaves_behind_does_not_reach_the_next_execution() {
    let report = explore(Backend::Native, || {
        COUNT.set(COUNT.get() + 1);
        let lock = Arc::new(Mutex::new(COUNT.get()));
        let held = lock.clone();
        let other = thread::spawn(move || held.try_lock().map(std::mem::forget).is_ok());
        assert_eq!(*lock.lock().unwrap(), 1);
        other.join().unwrap()
    });
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
    assert!(!report.outcomes().any(|outcome| matches!(outcome, Outcome::Panicked(_))), "{report}");
}

#[test]
fn a_constant_may_leave_a_lifetime_out_as_in_std() {
    conccheck::thread_local! {
        static NAME: Cell<Option<&str>> = const { Cell::new(None) };
    }
    Checker::new().check(|| {
        NAME.set(Some("main"));
        assert_eq!(thread::spawn(|| NAME.get()).join().unwrap(), None);
        assert_eq!(NAME.get(), Some("main"));
    });
}
