//! Every operation of the facade against every other: two threads with a step or two each, and `dpor` sees the outcomes
//! that a plain depth-first search sees, which leaves nothing out.
//!
//! Systematic, where the generated programs of `strategy` are random. That the classes of executions are the same is for
//! those.

#![allow(clippy::diverging_sub_expression, reason = "one of the steps panics")]

use conccheck::cell::UnsafeCell;
use conccheck::models::PROGRAMS;
use conccheck::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::*, fence};
use conccheck::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError};
use conccheck::sync::{
    Arc, Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock, RwLockWriteGuard, TryLockError,
};
use conccheck::thread::{self, JoinHandle, Thread};
use conccheck::{Checker, Incomplete, Outcome, Report, Strategy, hint, panic};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

/// What the two threads have in common, besides a channel in each direction.
struct Shared {
    number: AtomicUsize,
    flag: AtomicBool,
    pointer: AtomicPtr<u8>,
    mutex: Mutex<usize>,
    condvar: Condvar,
    rw_lock: RwLock<usize>,
    once: Once,
    once_lock: OnceLock<usize>,
    lazy_lock: LazyLock<usize>,
    barrier: Barrier,
    cell: UnsafeCell<usize>,
}

// SAFETY: races of the cell are what is looked for; under a checker one task runs at a time.
unsafe impl Sync for Shared {}

/// One of the two threads while it runs.
struct Task {
    shared: Arc<Shared>,
    sender: Option<SyncSender<usize>>,
    receiver: Option<Receiver<usize>>,
    /// The thread that was spawned before: the first thread to the second, and main to the first.
    before: Thread,
    /// The first thread's, for the second, which hands it to main.
    handle: Option<JoinHandle<Ended>>,
    /// What the steps saw.
    seen: Vec<usize>,
}

/// What a thread saw, and the handle that it handed on.
struct Ended(Vec<usize>, Option<JoinHandle<Ended>>);

type Act = fn(&mut Task);

/// Something that a thread does; steps of one family are done to the same object.
struct Step {
    family: &'static str,
    name: &'static str,
    act: Act,
}

const SECOND: Duration = Duration::from_secs(1);

conccheck::thread_local! {
    /// Does something to what is shared when its thread ends.
    static LAST_WORD: RefCell<Option<LastWord>> = const { RefCell::new(None) };
}

struct LastWord(Arc<Shared>, fn(&Shared));

impl Drop for LastWord {
    fn drop(&mut self) {
        (self.1)(&self.0);
    }
}

fn say_last(task: &Task, act: fn(&Shared)) {
    LAST_WORD.set(Some(LastWord(Arc::clone(&task.shared), act)));
}

impl Task {
    fn see(&mut self, seen: impl Into<usize>) {
        self.seen.push(seen.into());
    }

    /// What an attempt at a lock came to.
    fn tried<T>(&mut self, tried: Result<T, TryLockError<T>>) {
        let seen = match &tried {
            Ok(_) => 0,
            Err(TryLockError::WouldBlock) => 1,
            Err(TryLockError::Poisoned(_)) => 2_usize,
        };
        drop(tried);
        self.see(seen);
    }
}

/// Unwinds while `guard` is held.
fn panic_with<T>(guard: T) {
    let _ = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        let _guard = guard;
        panic::resume_unwind(Box::new("with a guard"));
    }));
}

macro_rules! steps {
    ($($family:ident { $($name:literal: |$task:ident| $act:expr;)+ })+) => {
        const STEPS: &[Step] = &[
            $($(Step { family: stringify!($family), name: $name, act: |$task| { let _ = $act; } },)+)+
        ];
    };
}

steps! {
    atomic {
        "load": |t| { let seen = t.shared.number.load(SeqCst); t.see(seen) };
        "store": |t| t.shared.number.store(1, SeqCst);
        "add": |t| { let seen = t.shared.number.fetch_add(2, SeqCst); t.see(seen) };
        "exchange": |t| { let seen = t.shared.number.compare_exchange(0, 1, SeqCst, SeqCst); t.see(seen.is_ok()) };
        "weak exchange": |t| {
            let seen = t.shared.number.compare_exchange_weak(0, 1, SeqCst, SeqCst);
            t.see(seen.is_ok())
        };
        "update": |t| { let seen = t.shared.number.fetch_update(SeqCst, SeqCst, |n| (n < 2).then_some(n + 1)); t.see(seen.is_ok()) };
        "fence": |_t| fence(SeqCst);
        "swap bool": |t| { let seen = t.shared.flag.swap(true, AcqRel); t.see(seen) };
        "load bool": |t| { let seen = t.shared.flag.load(Relaxed); t.see(seen) };
        "swap pointer": |t| {
            let seen = t.shared.pointer.swap(std::ptr::without_provenance_mut(1), SeqCst);
            t.see(seen.is_null())
        };
        "load pointer": |t| { let seen = t.shared.pointer.load(SeqCst).is_null(); t.see(seen) };
        "last word adds": |t| say_last(t, |shared| { shared.number.fetch_add(4, SeqCst); });
    }
    polling {
        "flag is set": |t| { t.shared.flag.store(true, Release); };
        "waits for the flag, yielding": |t| while !t.shared.flag.load(Acquire) { thread::yield_now() };
        "waits for the flag, sleeping": |t| while !t.shared.flag.load(Acquire) { thread::sleep(SECOND) };
        "waits for the flag, spinning": |t| while !t.shared.flag.load(Acquire) { hint::spin_loop() };
        "looks twice": |t| {
            for _ in 0..2 {
                let seen = t.shared.flag.load(Acquire);
                t.see(seen);
                thread::yield_now();
            }
        };
        "yields": |_t| thread::yield_now();
        "sleeps": |_t| thread::sleep(SECOND);
    }
    mutex {
        "lock": |t| { let seen = t.shared.mutex.lock().map(|mut n| { *n += 1; *n }).unwrap_or(9_usize); t.see(seen) };
        "try_lock": |t| { let shared = Arc::clone(&t.shared); t.tried(shared.mutex.try_lock()) };
        "panic in lock": |t| panic_with(t.shared.mutex.lock());
        "is_poisoned": |t| { let seen = t.shared.mutex.is_poisoned(); t.see(seen) };
        "clear_poison": |t| t.shared.mutex.clear_poison();
        "last word locks": |t| say_last(t, |shared| drop(shared.mutex.lock().map(|mut n| *n += 4)));
        "wait": |t| { let guard = t.shared.mutex.lock().map(|guard| t.shared.condvar.wait(guard).is_ok()); t.see(guard.unwrap_or(false)) };
        "wait_timeout": |t| {
            let over = t.shared.mutex.lock().map(|guard| {
                t.shared.condvar.wait_timeout(guard, SECOND).is_ok_and(|(_, result)| result.timed_out())
            });
            t.see(over.unwrap_or(false))
        };
        "wait_while": |t| {
            let is_ok = t.shared.mutex.lock().map(|guard| t.shared.condvar.wait_while(guard, |n| *n == 0).is_ok());
            t.see(is_ok.unwrap_or(false))
        };
        "notify_one": |t| t.shared.condvar.notify_one();
        "notify_all": |t| t.shared.condvar.notify_all();
        "last word notifies": |t| say_last(t, |shared| shared.condvar.notify_all());
    }
    rw_lock {
        "read": |t| { let seen = t.shared.rw_lock.read().map_or(9_usize, |n| *n); t.see(seen) };
        "write": |t| { let seen = t.shared.rw_lock.write().map(|mut n| { *n += 1; *n }).unwrap_or(9_usize); t.see(seen) };
        "try_read": |t| { let shared = Arc::clone(&t.shared); t.tried(shared.rw_lock.try_read()) };
        "try_write": |t| { let shared = Arc::clone(&t.shared); t.tried(shared.rw_lock.try_write()) };
        "downgrade": |t| {
            let seen = t.shared.rw_lock.write().map_or(9_usize, |mut n| { *n += 2; *RwLockWriteGuard::downgrade(n) });
            t.see(seen)
        };
        "panic in write": |t| panic_with(t.shared.rw_lock.write());
        "panic in read": |t| panic_with(t.shared.rw_lock.read());
        "is_poisoned": |t| { let seen = t.shared.rw_lock.is_poisoned(); t.see(seen) };
        "clear_poison": |t| t.shared.rw_lock.clear_poison();
    }
    once {
        "call_once": |t| { let shared = Arc::clone(&t.shared); shared.once.call_once(|| t.see(7_usize)) };
        "call_once that panics": |t| {
            let shared = Arc::clone(&t.shared);
            let call = || shared.once.call_once(|| panic::resume_unwind(Box::new("in once")));
            let seen = panic::catch_unwind(panic::AssertUnwindSafe(call)).is_ok();
            t.see(seen)
        };
        "call_once_force": |t| { let shared = Arc::clone(&t.shared); shared.once.call_once_force(|s| t.see(s.is_poisoned())) };
        "is_completed": |t| { let seen = t.shared.once.is_completed(); t.see(seen) };
        "wait": |t| t.shared.once.wait();
        "get": |t| { let seen = t.shared.once_lock.get().copied().unwrap_or(9_usize); t.see(seen) };
        "set": |t| { let seen = t.shared.once_lock.set(1).is_ok(); t.see(seen) };
        "get_or_init": |t| { let seen = *t.shared.once_lock.get_or_init(|| 2); t.see(seen) };
        "wait of OnceLock": |t| { let seen = *t.shared.once_lock.wait(); t.see(seen) };
        "force": |t| { let seen = *LazyLock::force(&t.shared.lazy_lock); t.see(seen) };
    }
    barrier {
        "wait": |t| { let seen = t.shared.barrier.wait().is_leader(); t.see(seen) };
    }
    channel {
        "send": |t| { let seen = t.sender.as_ref().is_some_and(|sender| sender.send(1).is_ok()); t.see(seen) };
        "try_send": |t| {
            let seen = t.sender.as_ref().map_or(4_usize, |sender| match sender.try_send(2) {
                Ok(()) => 0,
                Err(TrySendError::Full(_)) => 1,
                Err(TrySendError::Disconnected(_)) => 2,
            });
            t.see(seen)
        };
        "recv": |t| { let seen = t.receiver.as_ref().map_or(8_usize, |receiver| receiver.recv().unwrap_or(9)); t.see(seen) };
        "try_recv": |t| {
            let seen = t.receiver.as_ref().map_or(8_usize, |receiver| receiver.try_recv().unwrap_or_else(|error| match error {
                TryRecvError::Empty => 6,
                TryRecvError::Disconnected => 7,
            }));
            t.see(seen)
        };
        "recv_timeout": |t| {
            let seen = t.receiver.as_ref().map_or(8_usize, |receiver| receiver.recv_timeout(SECOND).unwrap_or_else(|error| match error {
                RecvTimeoutError::Timeout => 6,
                RecvTimeoutError::Disconnected => 7,
            }));
            t.see(seen)
        };
        "drop the sender": |t| t.sender = None;
        "drop the receiver": |t| t.receiver = None;
    }
    thread {
        "park": |_t| thread::park();
        "park_timeout": |_t| thread::park_timeout(SECOND);
        "unpark": |t| t.before.unpark();
        "is_finished": |t| { let seen = t.handle.as_ref().is_some_and(JoinHandle::is_finished); t.see(seen) };
        "join": |t| { let seen = t.handle.take().map_or(8_usize, |handle| handle.join().map_or(9_usize, |ended| ended.0.len())); t.see(seen) };
        "spawn": |t| {
            let shared = Arc::clone(&t.shared);
            drop(thread::spawn(move || shared.number.fetch_add(1, SeqCst)))
        };
        "scope": |t| {
            let shared = Arc::clone(&t.shared);
            let seen = thread::scope(|scope| {
                let thread = scope.spawn(|| shared.number.fetch_add(1, SeqCst));
                usize::from(thread.is_finished()) + 2 * thread.join().unwrap()
            });
            t.see(seen)
        };
        "panic": |_t| panic::resume_unwind(Box::new("a thread's own"));
    }
    cell {
        // SAFETY: under a checker one task runs at a time.
        "read": |t| { let seen = t.shared.cell.with(|n| unsafe { *n }); t.see(seen) };
        // SAFETY: as above.
        "write": |t| t.shared.cell.with_mut(|n| unsafe { *n += 1 });
        // SAFETY: as above.
        "write in the lock": |t| drop(t.shared.mutex.lock().map(|_guard| t.shared.cell.with_mut(|n| unsafe { *n += 1 })));
        "write while it holds a pointer": |t| { let shared = Arc::clone(&t.shared); let p = shared.cell.get_mut_ptr(); thread::yield_now(); drop(p) };
        "publish": |t| t.shared.number.store(1, Release);
        // SAFETY: as above.
        "read if published": |t| if t.shared.number.load(Acquire) > 0 { let seen = t.shared.cell.with(|n| unsafe { *n }); t.see(seen) };
    }
}

/// What the two threads do, and how many messages their channels hold.
#[derive(Clone)]
struct Program {
    threads: [Vec<usize>; 2],
    capacity: usize,
    /// More executions than this are too many for the plain search.
    executions_max: u64,
}

impl Program {
    fn text(&self) -> String {
        let one = |step: &usize| format!("{}: {}", STEPS[*step].family, STEPS[*step].name);
        let [first, second] =
            self.threads.each_ref().map(|steps| steps.iter().map(one).collect::<Vec<_>>().join(", "));
        format!("[{first}] beside [{second}], channels of {}", self.capacity)
    }

    /// What each thread saw, or that it panicked, and what is left.
    fn run(&self) -> Vec<Option<Vec<usize>>> {
        let shared = Arc::new(Shared {
            number: AtomicUsize::new(0),
            flag: AtomicBool::new(false),
            pointer: AtomicPtr::new(std::ptr::null_mut()),
            mutex: Mutex::new(0),
            condvar: Condvar::new(),
            rw_lock: RwLock::new(0),
            once: Once::new(),
            once_lock: OnceLock::new(),
            lazy_lock: LazyLock::new(|| 1),
            barrier: Barrier::new(2),
            cell: UnsafeCell::new(0),
        });
        let (sender, receiver) = mpsc::sync_channel(self.capacity);
        let (other_sender, other_receiver) = mpsc::sync_channel(self.capacity);
        let first = self.start(0, &shared, (sender, other_receiver), thread::current(), None);
        let before = first.thread().clone();
        let second = self.start(1, &shared, (other_sender, receiver), before, Some(first));
        let (second, first) = match second.join() {
            Ok(Ended(seen, first)) => (Some(seen), first),
            Err(_) => (None, None),
        };
        let first = first.and_then(|first| first.join().ok()).map(|ended| ended.0);
        vec![first, second, Some(vec![shared.number.load(SeqCst)])]
    }

    fn start(
        &self,
        which: usize,
        shared: &Arc<Shared>,
        (sender, receiver): (SyncSender<usize>, Receiver<usize>),
        before: Thread,
        handle: Option<JoinHandle<Ended>>,
    ) -> JoinHandle<Ended> {
        let (steps, shared) = (self.threads[which].clone(), Arc::clone(shared));
        let (sender, receiver) = (Some(sender), Some(receiver));
        thread::spawn(move || {
            let mut task = Task { shared, sender, receiver, before, handle, seen: Vec::new() };
            steps.into_iter().for_each(|step| (STEPS[step].act)(&mut task));
            Ended(task.seen, task.handle)
        })
    }

    fn explore(&self, strategy: Strategy) -> Report<Vec<Option<Vec<usize>>>> {
        let program = self.clone();
        checker(strategy).executions_max(self.executions_max).explore(move || program.run())
    }
}

/// More executions than this are too many for the plain search, where nothing else is said.
const EXECUTIONS_MAX: u64 = 500;

fn checker(strategy: Strategy) -> Checker {
    let checker = Checker::new().strategy(strategy).executions_max(EXECUTIONS_MAX).steps_max(1_000);
    checker.timeouts_max(1).weak_failures_max(1).spurious_wakeups_max(1)
}

/// The outcomes; of a data race only that it is one, since the order of its accesses is no order of operations.
fn outcomes<T: Ord + Debug>(report: &Report<T>) -> BTreeSet<String> {
    let text = |outcome: &Outcome<T>| match outcome {
        Outcome::DataRace { .. } => "data race".to_string(),
        other => other.to_string(),
    };
    report.outcomes().map(text).collect()
}

fn has_race(outcomes: &BTreeSet<String>) -> bool {
    outcomes.contains("data race")
}

/// Whether nothing was left out but what was said: as many timeouts as were asked for, and what comes after data races.
fn is_whole<T: Ord>(report: &Report<T>) -> bool {
    let is_asked_for =
        |why: &Incomplete| matches!(why, Incomplete::TimeoutsMax(_) | Incomplete::AfterDataRace);
    report.incomplete_because().iter().all(is_asked_for)
}

/// How the outcomes of `dpor` differ from those of the plain search; `None` if that does not come to its end.
fn difference<T: Ord + Debug>(name: &str, explore: impl Fn(Strategy) -> Report<T>) -> Option<Option<String>> {
    let dfs = explore(Strategy::Dfs);
    if !is_whole(&dfs) {
        return None;
    }
    let dpor = explore(Strategy::Dpor);
    let (expected, found) = (outcomes(&dfs), outcomes(&dpor));
    // What else comes of a program with a data race is another test's.
    let has_race = has_race(&expected) && has_race(&found);
    let missing: Vec<_> = expected.difference(&found).filter(|_| !has_race).collect();
    let wrong: Vec<_> = found.difference(&expected).collect();
    let is_same = missing.is_empty() && wrong.is_empty() && is_whole(&dpor);
    let text =
        || format!("{name}\n  missing {missing:?}\n  wrong {wrong:?}\n  {:?}", dpor.incomplete_because());
    Some((!is_same).then(text))
}

impl Program {
    fn difference(&self) -> Option<Option<String>> {
        difference(&self.text(), |strategy| self.explore(strategy))
    }
}

/// Expects that none of these programs differs, and says how many could be compared.
#[track_caller]
fn compare(what: &str, compared_programs: impl Iterator<Item = Option<Option<String>>>) {
    let (mut compared, mut too_many, mut differences) = (0, 0, Vec::new());
    for difference in compared_programs {
        match difference {
            None => too_many += 1,
            Some(None) => compared += 1,
            Some(Some(text)) => differences.push(text),
        }
    }
    tell!("{what}: {compared} programs are the same under dpor and dfs; {too_many} have too many executions");
    assert!(
        differences.is_empty(),
        "{} differ:\n{}",
        differences.len(),
        differences[..differences.len().min(40)].join("\n")
    );
    assert!(compared > 2 * too_many, "{what}: {too_many} of {}", compared + too_many);
}

/// The steps of this family.
fn family(name: &str) -> impl Iterator<Item = usize> + Clone {
    (0..STEPS.len()).filter(move |&step| STEPS[step].family == name)
}

fn capacities(steps: &[usize]) -> &'static [usize] {
    if steps.iter().any(|&step| STEPS[step].family == "channel") { &[0, 1] } else { &[1] }
}

/// The step of this name.
fn step(family: &str, name: &str) -> usize {
    STEPS.iter().position(|step| (step.family, step.name) == (family, name)).expect("there is such a step")
}

/// The smallest program that shows it: `dpor` ends the first execution at the race, before the store that the load races
/// with, and so never sees that the load can come after the store, where nothing races.
#[test]
#[ignore = "an execution ends at its data race, so dpor does not see what its tasks would have done after it"]
fn a_program_with_a_data_race_has_its_other_outcomes_too() {
    let threads = [
        vec![step("cell", "read if published"), step("cell", "read")],
        vec![step("cell", "write"), step("cell", "publish")],
    ];
    let program = Program { threads, capacity: 1, executions_max: EXECUTIONS_MAX };
    let of = |strategy| outcomes(&program.explore(strategy));
    assert!(has_race(&of(Strategy::Dpor)));
    assert_eq!(of(Strategy::Dpor), of(Strategy::Dfs));
}

#[test]
fn what_comes_after_a_data_race_is_not_called_seen() {
    let threads = [
        vec![step("cell", "read if published"), step("cell", "read")],
        vec![step("cell", "write"), step("cell", "publish")],
    ];
    let program = Program { threads, capacity: 1, executions_max: EXECUTIONS_MAX };
    assert_eq!(program.explore(Strategy::Dpor).incomplete(), Some(&Incomplete::AfterDataRace));
    assert!(program.explore(Strategy::Dfs).is_complete());
}

/// The broken twin: what no scheduler sees is no operation, so `dpor` takes its two orders for the same.
#[test]
fn a_search_that_leaves_something_out_is_noticed() {
    let explore = |strategy| {
        checker(strategy).explore(|| {
            let order = Arc::new(std::sync::Mutex::new(Vec::new()));
            let threads = [1, 2].map(|number| {
                let order = Arc::clone(&order);
                thread::spawn(move || {
                    AtomicUsize::new(0).store(number, SeqCst);
                    order.lock().unwrap().push(number);
                })
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            order.lock().unwrap().clone()
        })
    };
    assert!(difference("unseen", explore).flatten().is_some_and(|text| text.contains("missing")));
}

/// What this program returns depends on how many references there are, which no scheduler sees.
const COUNTS_REFERENCES: &str = "processes::worker_outlives_its_pool";

#[test]
fn the_programs_of_the_corpus_have_the_same_outcomes_under_dpor_and_dfs() {
    let programs = PROGRAMS.iter().filter(|program| program.name != COUNTS_REFERENCES);
    let smallest = programs.map(|program| match program.size() {
        Some(size) => program.sized(size.min).expect("the smallest size is one"),
        None => *program,
    });
    let of = |program: conccheck::models::Program| {
        let explore = |strategy| {
            program.check(&Checker::new().strategy(strategy).executions_max(EXECUTIONS_MAX)).report
        };
        difference(&program.to_string(), explore)
    };
    compare("corpus", smallest.map(of));
}

#[test]
fn each_step_beside_each_other_has_the_same_outcomes_under_dpor_and_dfs() {
    // The first thread is spawned first; which of two steps it does is tried both ways where more is asked for.
    let both_ways = cases() > 1;
    let others = move |one: usize| if both_ways { 0..STEPS.len() } else { one..STEPS.len() };
    let pairs = (0..STEPS.len()).flat_map(|one| others(one).map(move |other| [one, other]));
    let programs = pairs.flat_map(|pair| {
        let of_capacity = move |&capacity| Program {
            threads: pair.map(|step| vec![step]),
            capacity,
            executions_max: EXECUTIONS_MAX,
        };
        capacities(&pair).iter().map(of_capacity)
    });
    compare("steps in pairs", programs.map(|program| program.difference()));
}

/// How many times as many programs somebody asks for.
fn cases() -> usize {
    std::env::var("CONCCHECK_CASES").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// Two steps beside one, and two beside two, all of one family: each `stride`th, which has no factor in common with how
/// many there are; `CONCCHECK_CASES` times as many of them.
fn compare_family(name: &'static str, stride: usize, executions_max: u64) {
    let stride = (stride / cases()).max(1);
    let steps = family(name);
    let one_or_two = {
        let steps = steps.clone();
        let ones = steps.clone().map(|step| vec![step]);
        let twos = steps.clone().flat_map(move |one| steps.clone().map(move |other| vec![one, other]));
        ones.chain(twos).collect::<Vec<_>>()
    };
    let threads = one_or_two
        .clone()
        .into_iter()
        .flat_map(|first| one_or_two.clone().into_iter().map(move |second| [first.clone(), second]));
    let programs = threads.flat_map(|threads| {
        let of_capacity = |&capacity: &usize| Program { threads: threads.clone(), capacity, executions_max };
        capacities(&threads.concat()).iter().map(of_capacity).collect::<Vec<_>>()
    });
    compare(name, programs.step_by(stride).map(|program| program.difference()));
}

macro_rules! families {
    ($($(#[$attribute:meta])* $test:ident $family:literal by $stride:literal, $executions_max:expr;)+) => {
        $($(#[$attribute])* #[test]
        fn $test() {
            compare_family($family, $stride, $executions_max);
        })+
    };
}

families! {
    sequences_of_atomics_have_the_same_outcomes "atomic" by 59, EXECUTIONS_MAX;
    sequences_of_polling_steps_have_the_same_outcomes "polling" by 31, EXECUTIONS_MAX;
    sequences_of_mutexes_have_the_same_outcomes "mutex" by 127, 5_000;
    sequences_of_rw_locks_have_the_same_outcomes "rw_lock" by 31, 5_000;
    sequences_of_onces_have_the_same_outcomes "once" by 307, 30_000;
    sequences_of_barriers_have_the_same_outcomes "barrier" by 1, EXECUTIONS_MAX;
    sequences_of_channels_have_the_same_outcomes "channel" by 5, EXECUTIONS_MAX;
    sequences_of_threads_have_the_same_outcomes "thread" by 17, 5_000;
    sequences_of_cells_have_the_same_outcomes "cell" by 5, EXECUTIONS_MAX;
}
