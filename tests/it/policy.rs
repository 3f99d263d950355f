//! What differs between the backends, and what does not: a test for each row of the policy that the
//! documentation states. What native explores within bounds of its own is in `native.rs`.

use conccheck::cell::UnsafeCell;
use conccheck::sync::atomic::{AtomicUsize, Ordering, fence};
use conccheck::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock, mpsc};
use conccheck::{Backend, Checker, Incomplete, Outcome, Report, Strategy, Verdict, panic, task, thread};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use Ordering::{Acquire, Relaxed, Release, SeqCst};

const CHECKERS: [Backend; 3] = [Backend::Native, Backend::Shuttle, Backend::Loom];

fn explore<T: Ord + Debug + Send + 'static>(
    backend: Backend,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> Report<T> {
    let checker = Checker::new().backend(backend);
    match backend {
        Backend::Loom => checker.preemptions_max(3).time_max(Duration::from_secs(20)),
        _ => checker,
    }
    .explore(program)
}

/// The values that executions returned. Every execution has to return.
#[track_caller]
pub(crate) fn values<T: Ord + Clone + Debug>(report: &Report<T>) -> BTreeSet<T> {
    let returned = |outcome: &Outcome<T>| match outcome {
        Outcome::Returned(value) => value.clone(),
        _ => panic!("{} does not always return: {report}", report.backend()),
    };
    let values: BTreeSet<T> = report.outcomes().map(returned).collect();
    assert!(!values.is_empty(), "{}: {report}", report.backend());
    values
}

/// Every checker sees exactly `expected`, and a real run nothing else.
#[track_caller]
fn same_everywhere<T: Ord + Clone + Debug + Send + 'static>(
    program: impl Fn() -> T + Clone + Send + Sync + 'static,
    expected: impl IntoIterator<Item = T>,
) {
    let expected: BTreeSet<T> = expected.into_iter().collect();
    for backend in CHECKERS {
        assert_eq!(values(&explore(backend, program.clone())), expected, "{backend}");
    }
    let real = values(&explore(Backend::Real, program));
    assert!(real.is_subset(&expected), "for real: {real:?}, not only {expected:?}");
}

fn hangs<T: Ord>(report: &Report<T>) -> bool {
    report.verdict() == Verdict::Hang
}

#[track_caller]
fn assert_refused<T: Ord + Debug>(report: &Report<T>, reasons: &[&str]) {
    assert_eq!(report.verdict(), Verdict::Skip, "{report}");
    let Some(Incomplete::Unsupported(reason)) = report.incomplete() else { panic!("{report}") };
    for expected in reasons {
        assert!(reason.contains(expected), "{reason}");
    }
}

/// Two threads, each of which writes one cell and then reads the other's.
fn store_buffering(order: (Ordering, Ordering), fenced: bool) -> (usize, usize) {
    let cells = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let run = move |cells: &[AtomicUsize; 2], mine: usize| {
        cells[mine].store(1, order.0);
        if fenced {
            fence(SeqCst);
        }
        cells[1 - mine].load(order.1)
    };
    let other = thread::spawn({
        let cells = cells.clone();
        move || run(&cells, 1)
    });
    let seen = run(&cells, 0);
    (seen, other.join().unwrap())
}

/// What a reader sees of a message: whether it was announced, and what it says.
fn message_passing(order: (Ordering, Ordering)) -> (usize, usize) {
    let cells = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let writer = thread::spawn({
        let cells = cells.clone();
        move || {
            cells[0].store(1, Relaxed);
            cells[1].store(1, order.0);
        }
    });
    let announced = cells[1].load(order.1);
    let message = cells[0].load(Relaxed);
    writer.join().unwrap();
    (announced, message)
}

#[test]
fn native_and_loom_reorder_relaxed_accesses_and_shuttle_does_not() {
    let relaxed = || store_buffering((Relaxed, Relaxed), false);
    let interleaved = BTreeSet::from([(0, 1), (1, 0), (1, 1)]);
    assert_eq!(values(&explore(Backend::Shuttle, relaxed)), interleaved);
    let mut reordered = interleaved.clone();
    reordered.insert((0, 0));
    for backend in [Backend::Native, Backend::Loom] {
        assert_eq!(values(&explore(backend, relaxed)), reordered, "{backend}");
    }
    assert!(values(&explore(Backend::Real, relaxed)).is_subset(&reordered));

    let unannounced = || message_passing((Relaxed, Relaxed));
    for backend in [Backend::Native, Backend::Loom] {
        assert!(values(&explore(backend, unannounced)).contains(&(1, 0)), "{backend}");
    }
    assert!(!values(&explore(Backend::Shuttle, unannounced)).contains(&(1, 0)));
}

#[test]
fn release_and_acquire_pass_messages_everywhere() {
    same_everywhere(|| message_passing((Release, Acquire)), [(0, 0), (0, 1), (1, 1)]);
}

/// A sequentially consistent fence is one under loom; a sequentially consistent access is not.
#[test]
fn loom_takes_sequentially_consistent_accesses_for_acquire_and_release() {
    let interleaved = [(0, 1), (1, 0), (1, 1)];
    same_everywhere(|| store_buffering((Relaxed, Relaxed), true), interleaved);
    let accesses = || store_buffering((SeqCst, SeqCst), false);
    for backend in [Backend::Native, Backend::Shuttle] {
        assert_eq!(values(&explore(backend, accesses)), BTreeSet::from(interleaved), "{backend}");
    }
    assert!(values(&explore(Backend::Real, accesses)).is_subset(&BTreeSet::from(interleaved)));
    assert!(values(&explore(Backend::Loom, accesses)).contains(&(0, 0)));
}

#[test]
fn no_checker_delays_loads() {
    let load_buffering = || {
        let cells = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let run = |cells: &[AtomicUsize; 2], mine: usize| {
            let seen = cells[1 - mine].load(Relaxed);
            cells[mine].store(1, Relaxed);
            seen
        };
        let other = thread::spawn({
            let cells = cells.clone();
            move || run(&cells, 1)
        });
        (run(&cells, 0), other.join().unwrap())
    };
    for backend in CHECKERS {
        assert_eq!(values(&explore(backend, load_buffering)), BTreeSet::from([(0, 0), (0, 1), (1, 0)]));
    }
}

#[test]
fn a_report_says_whether_everything_was_seen() {
    let program = || store_buffering((Release, Acquire), false);
    let shuttle = || Checker::new().backend(Backend::Shuttle);
    let complete = [
        Checker::new().backend(Backend::Native),
        Checker::new().backend(Backend::Loom),
        shuttle().strategy(Strategy::Dfs),
    ];
    for checker in complete {
        let report = checker.explore(program);
        assert!(report.is_complete() && report.verdict() == Verdict::Pass, "{report}");
    }
    let pct = Strategy::Pct { seed: 1, depth: 2 };
    let sampled = [shuttle(), shuttle().strategy(pct), Checker::new().backend(Backend::Real)];
    for checker in sampled {
        let report = checker.executions_max(50).explore(program);
        assert_eq!(report.incomplete(), Some(&Incomplete::ExecutionsMax(50)));
        assert_eq!((report.executions(), report.verdict()), (50, Verdict::Bounded));
    }
    for backend in [Backend::Native, Backend::Loom] {
        let bounded = Checker::new().backend(backend).preemptions_max(1).explore(program);
        assert_eq!(bounded.incomplete(), Some(&Incomplete::PreemptionsMax(1)), "{backend}");
    }
}

/// Whether the first or the second of two waiters wakes at one `notify_one`.
fn who_wakes() -> usize {
    #[derive(Default)]
    struct Hall {
        waiting: usize,
        tokens: usize,
        woken: Vec<usize>,
    }
    let hall = Arc::new((Mutex::new(Hall::default()), Condvar::new(), Condvar::new()));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let hall = hall.clone();
            thread::spawn(move || {
                let mut state = hall.0.lock().unwrap();
                let number = state.waiting;
                state.waiting += 1;
                hall.1.notify_one();
                while state.tokens == 0 {
                    state = hall.2.wait(state).unwrap();
                }
                state.woken.push(number);
                hall.2.notify_one();
            })
        })
        .collect();
    let mut state = hall.1.wait_while(hall.0.lock().unwrap(), |state| state.waiting < 2).unwrap();
    state.tokens = 1;
    hall.2.notify_one();
    drop(state);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    hall.0.lock().unwrap().woken[0]
}

#[test]
fn loom_wakes_the_oldest_waiter_and_the_others_either() {
    for backend in [Backend::Native, Backend::Shuttle] {
        assert_eq!(values(&explore(backend, who_wakes)), BTreeSet::from([0, 1]), "{backend}");
    }
    assert_eq!(values(&explore(Backend::Loom, who_wakes)), BTreeSet::from([0]));
    assert!(values(&explore(Backend::Real, who_wakes)).is_subset(&BTreeSet::from([0, 1])));
}

#[test]
fn timeouts_never_fire_under_shuttle_and_loom() {
    const TIMEOUT: Duration = Duration::from_millis(5);
    let condvar = || {
        let (mutex, condvar) = (Mutex::new(()), Condvar::new());
        condvar.wait_timeout_while(mutex.lock().unwrap(), TIMEOUT, |()| true).unwrap().1.timed_out()
    };
    let channel = || {
        let (_sender, receiver) = mpsc::channel::<()>();
        receiver.recv_timeout(TIMEOUT) == Err(mpsc::RecvTimeoutError::Timeout)
    };
    let programs: [fn() -> bool; 2] = [condvar, channel];
    for program in programs {
        assert!(program());
        for backend in [Backend::Shuttle, Backend::Loom] {
            let report = explore(backend, program);
            assert!(hangs(&report), "{backend}: {report}");
        }
    }
    let park = || thread::park_timeout(TIMEOUT);
    park();
    assert!(hangs(&explore(Backend::Loom, park)));
    // Sleeping ends everywhere, in no time under a checker.
    same_everywhere(|| thread::sleep(Duration::from_millis(1)), [()]);
}

#[test]
fn nothing_fails_or_wakes_for_no_reason_but_park_under_shuttle() {
    let weak = || AtomicUsize::new(0).compare_exchange_weak(0, 1, SeqCst, SeqCst);
    for backend in CHECKERS {
        assert_eq!(values(&explore(backend, weak)), BTreeSet::from([Ok(0)]));
    }
    let unnotified = || drop(Condvar::new().wait(Mutex::new(()).lock().unwrap()));
    for backend in CHECKERS {
        let report = explore(backend, unnotified);
        assert!(report.outcomes().all(|outcome| matches!(outcome, Outcome::Deadlocked { .. })), "{report}");
    }
    let not_unparked = || thread::spawn(thread::park).join().is_ok();
    assert_eq!(values(&explore(Backend::Shuttle, not_unparked)), BTreeSet::from([true]));
    for backend in [Backend::Native, Backend::Loom] {
        assert!(hangs(&explore(backend, not_unparked)), "{backend}");
    }
}

#[test]
fn a_loop_that_yields_and_that_nobody_ends_is_a_livelock() {
    let program = || {
        let never = AtomicUsize::new(0);
        while never.load(SeqCst) == 0 {
            thread::yield_now();
        }
    };
    let report = explore(Backend::Native, program);
    let livelock = Outcome::Livelocked { polling: vec!["main".to_string()] };
    assert_eq!(report.outcomes().collect::<Vec<_>>(), [&livelock]);
    // The others count steps only, which proves nothing.
    for backend in CHECKERS.into_iter().filter(|&backend| backend != Backend::Native) {
        let report = Checker::new().backend(backend).steps_max(100).executions_max(3).explore(program);
        assert_eq!((report.verdict(), report.outcomes().count()), (Verdict::Bounded, 0), "{backend}");
    }
}

#[test]
fn native_and_loom_find_data_races_and_shuttle_does_not_look() {
    struct Shared(UnsafeCell<u32>);
    // SAFETY: it is not so, which the checks find out; nothing else runs at the same time under a checker.
    unsafe impl Sync for Shared {}
    let program = || {
        let shared = Arc::new(Shared(UnsafeCell::new(0)));
        let other = Arc::clone(&shared);
        // SAFETY: under a checker one task runs at a time.
        let writes = thread::spawn(move || other.0.with_mut(|value| unsafe { *value += 1 }));
        // SAFETY: as above.
        shared.0.with_mut(|value| unsafe { *value += 1 });
        writes.join().unwrap();
    };
    let is_race = |outcome: &Outcome<()>| matches!(outcome, Outcome::DataRace { .. });
    assert!(explore(Backend::Native, program).outcomes().all(is_race));
    let loom = explore(Backend::Loom, program);
    assert!(loom.outcomes().all(is_race), "{loom}");
    // It cannot go on after one.
    assert_eq!(loom.incomplete(), Some(&Incomplete::FirstDataRace));
    assert_eq!(values(&explore(Backend::Shuttle, program)), BTreeSet::from([()]));
}

#[test]
fn a_thread_that_parks_goes_on_when_it_is_unparked() {
    same_everywhere(
        || {
            let parked = thread::spawn(thread::park);
            parked.thread().unpark();
            parked.join().is_ok()
        },
        [true],
    );
}

/// What the next one finds after a panic with the lock held.
fn poison() -> [bool; 4] {
    let locks = Arc::new((Mutex::new(0), RwLock::new(0)));
    let panicking = thread::spawn({
        let locks = locks.clone();
        move || {
            let _guards = (locks.0.lock(), locks.1.write());
            panic::resume_unwind(Box::new("with locks"));
        }
    });
    let panicked = panicking.join().is_err();
    let poisoned = [locks.0.lock().is_err(), locks.1.read().is_err()];
    locks.0.clear_poison();
    [panicked, poisoned[0], poisoned[1], locks.0.lock().is_ok()]
}

#[test]
fn a_panic_poisons_the_locks_that_it_held() {
    assert_eq!(poison(), [true; 4]);
    for backend in [Backend::Native, Backend::Shuttle] {
        assert_eq!(values(&explore(backend, poison)), BTreeSet::from([[true; 4]]), "{backend}");
    }
    assert_refused(&explore(Backend::Loom, poison), &["the loom backend cannot", "panicked", "shuttle"]);
}

/// Somebody may wait already when the holder panics.
#[test]
fn loom_refuses_a_lock_that_is_poisoned_while_another_waits() {
    let program = || {
        let lock = Arc::new(Mutex::new(0));
        let panicking = thread::spawn({
            let lock = lock.clone();
            move || {
                let _guard = lock.lock();
                thread::yield_now();
                panic::resume_unwind(Box::new("with the lock"));
            }
        });
        let poisoned = lock.lock().is_err();
        let _ = panicking.join();
        poisoned
    };
    for backend in [Backend::Native, Backend::Shuttle] {
        assert_eq!(values(&explore(backend, program)), BTreeSet::from([false, true]), "{backend}");
    }
    assert_refused(&explore(Backend::Loom, program), &["the loom backend cannot", "panicked", "shuttle"]);
}

#[test]
fn joining_gives_a_panic_and_one_that_nobody_joins_is_the_outcome() {
    let joined = || {
        let thread = thread::spawn(|| panic::resume_unwind(Box::new("broken")));
        thread.join().map_err(|payload: Box<dyn std::any::Any + Send>| panic::message(&*payload))
    };
    same_everywhere(joined, [Err::<(), _>("broken".to_string())]);
    let unjoined = || drop(thread::spawn(|| panic::resume_unwind(Box::new("broken"))));
    for backend in CHECKERS {
        let report = explore(backend, unjoined);
        let panicked = Outcome::Panicked("T1: broken".to_string());
        assert_eq!(report.outcomes().collect::<Vec<_>>(), [&panicked], "{backend}");
        assert_eq!(report.verdict(), Verdict::Fail);
    }
    let main = || panic::resume_unwind(Box::new("broken"));
    for backend in Backend::ALL {
        let report = explore::<()>(backend, main);
        assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Panicked("broken".to_string())]);
    }
}

#[test]
fn loom_has_five_tasks_and_the_others_dozens() {
    let program = |count: usize| {
        move || {
            let threads: Vec<_> = (0..count).map(|number| thread::spawn(move || number)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        }
    };
    for backend in Backend::ALL {
        assert_eq!(values(&explore(backend, program(4))), BTreeSet::from([6]), "{backend}");
    }
    assert_refused(&explore(Backend::Loom, program(5)), &["loom", "more than 5 tasks", "main included"]);
    for backend in [Backend::Real, Backend::Native, Backend::Shuttle] {
        assert_eq!(values(&explore(backend, program(48))), BTreeSet::from([48 * 47 / 2]), "{backend}");
    }
}

/// Two async tasks that add to a cell, reading and writing apart.
async fn racy_tasks(spawn: fn(Arc<AtomicUsize>) -> task::JoinHandle<()>) -> usize {
    let total = Arc::new(AtomicUsize::new(0));
    let tasks = [spawn(total.clone()), spawn(total.clone())];
    for task in tasks {
        task.await.unwrap();
    }
    total.load(SeqCst)
}

async fn add(total: Arc<AtomicUsize>) {
    let seen = total.load(SeqCst);
    total.store(seen + 1, SeqCst);
}

#[test]
fn async_tasks_of_one_thread_switch_only_where_they_await() {
    same_everywhere(|| task::block_on(racy_tasks(|total| task::spawn_local(add(total)))), [2]);
    let several = || task::Runtime::multi_thread(2).block_on(racy_tasks(|total| task::spawn(add(total))));
    same_everywhere(several, [1, 2]);
    let awaiting = || {
        task::block_on(racy_tasks(|total| {
            task::spawn_local(async move {
                let seen = total.load(SeqCst);
                task::yield_now().await;
                total.store(seen + 1, SeqCst);
            })
        }))
    };
    same_everywhere(awaiting, [1]);
}

static HITS: LazyLock<AtomicUsize> = LazyLock::new(|| AtomicUsize::new(0));

#[test]
fn statics_live_on_for_real_and_begin_anew_in_each_execution() {
    let program = || {
        let other = thread::spawn(|| HITS.fetch_add(1, SeqCst));
        let mine = HITS.fetch_add(1, SeqCst);
        mine + other.join().unwrap()
    };
    for backend in CHECKERS {
        assert_eq!(values(&explore(backend, program)), BTreeSet::from([1]), "{backend}");
    }
    let real = Checker::new().backend(Backend::Real).executions_max(3).explore(program);
    assert_eq!(values(&real), BTreeSet::from([1, 5, 9]));
}

#[test]
fn what_was_used_outside_of_a_check_is_refused_inside() {
    /// Uses something that was used before.
    type Use = Box<dyn Fn() -> bool + Send + Sync>;
    type Make = fn() -> Use;
    fn used_twice<T: Send + Sync + 'static>(made: T, used: fn(&T) -> bool) -> Use {
        used(&made);
        Box::new(move || used(&made))
    }
    // Each is made for one check: what a check gives up, it leaves locked.
    let objects: [(&str, Make); 11] = [
        ("a mutex", || used_twice(Mutex::new(0), |mutex| mutex.lock().is_ok())),
        ("a reader-writer lock", || used_twice(RwLock::new(0), |lock| lock.read().is_ok())),
        ("an atomic", || used_twice(AtomicUsize::new(0), |atomic| atomic.load(SeqCst) == 0)),
        ("a condvar", || used_twice(Condvar::new(), |condvar| [condvar.notify_all()].len() == 1)),
        ("a barrier", || used_twice(Barrier::new(1), |barrier| barrier.wait().is_leader())),
        ("a once", || used_twice(Once::new(), |once| [once.call_once(|| ())].len() == 1)),
        ("a once", || used_twice(OnceLock::from(1), |cell| cell.get().is_some())),
        ("a once", || used_twice(OnceLock::from(1), |cell| cell.set(2).is_ok())),
        ("a channel", || used_twice(mpsc::channel().0, |sender| sender.send(()).is_ok())),
        ("a channel", || {
            let (_sender, receiver) = mpsc::channel::<()>();
            used_twice(std::sync::Mutex::new(receiver), |receiver| {
                receiver.lock().unwrap().try_recv().is_ok()
            })
        }),
        ("a thread's handle", || {
            let handle = Some(thread::spawn(|| ()));
            let handle = std::sync::Mutex::new(handle);
            Box::new(move || handle.lock().unwrap().take().unwrap().join().is_ok())
        }),
    ];
    for (what, make) in objects {
        for backend in CHECKERS {
            let report = explore(backend, make());
            assert_refused(&report, &[what, "make it inside the checked program"]);
        }
    }
}

#[test]
fn a_check_inside_a_checked_program_is_refused() {
    for backend in CHECKERS {
        let report = explore(backend, || conccheck::check(|| ()));
        let refused = Outcome::Panicked("a check cannot run inside a checked program".to_string());
        assert_eq!(report.outcomes().collect::<Vec<_>>(), [&refused], "{backend}");
    }
}
