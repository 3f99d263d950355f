//! Who is the last owner of what an `Arc` has, and how many there are: seen where it matters, and free where not.

use conccheck::cell::UnsafeCell;
use conccheck::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex, Weak, mpsc};
use conccheck::{Checker, Outcome, Report, Strategy, Verdict, thread};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// What dpor finds, which is all that dfs does.
fn explore<T: Ord + Clone + Debug + Send + 'static>(
    program: impl Fn() -> T + Clone + Send + Sync + 'static,
) -> Report<T> {
    let report = Checker::new().explore(program.clone());
    let dfs = Checker::new().strategy(Strategy::Dfs).explore(program);
    let outcomes = |report: &Report<T>| report.outcomes().cloned().collect::<BTreeSet<_>>();
    assert_eq!(outcomes(&report), outcomes(&dfs), "dpor and dfs");
    assert!(report.is_complete() && dfs.is_complete(), "{report}");
    report
}

fn returned<T: Ord + Clone + Debug>(report: &Report<T>) -> Vec<T> {
    report
        .outcomes()
        .map(|outcome| match outcome {
            Outcome::Returned(value) => value.clone(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn of_two_owners_that_unwrap_either_may_fail_and_both() {
    let report = explore(|| {
        let (value, got) = (Arc::new(7), Arc::new(AtomicU32::new(0)));
        let take = |value: Arc<i32>, got: Arc<AtomicU32>| {
            move || {
                if Arc::try_unwrap(value).is_ok() {
                    got.fetch_add(1, SeqCst);
                }
            }
        };
        let other = thread::spawn(take(Arc::clone(&value), Arc::clone(&got)));
        take(value, Arc::clone(&got))();
        other.join().unwrap();
        got.load(SeqCst)
    });
    assert_eq!(returned(&report), [0, 1]);
}

#[test]
fn of_two_owners_that_give_it_up_one_gets_the_value() {
    let report = explore(|| {
        let value = Arc::new(7);
        let other = Arc::clone(&value);
        let thread = thread::spawn(move || Arc::into_inner(other).is_some());
        let mine = Arc::into_inner(value).is_some();
        (mine, thread.join().unwrap())
    });
    assert_eq!(returned(&report), [(false, true), (true, false)]);
}

#[test]
fn a_weak_is_upgraded_or_too_late() {
    let report = explore(|| {
        let value = Arc::new(7);
        let weak = Arc::downgrade(&value);
        let owner = thread::spawn(move || drop(value));
        let alive = weak.upgrade().is_some();
        owner.join().unwrap();
        (alive, weak.upgrade().is_some())
    });
    assert_eq!(returned(&report), [(false, false), (true, false)]);
}

/// The destructor tells who was the last.
#[test]
fn the_last_owner_runs_the_destructor_whoever_it_is() {
    struct Guard(Arc<Mutex<Vec<thread::ThreadId>>>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.lock().unwrap().push(thread::current().id());
        }
    }
    let report = explore(|| {
        let log = Arc::new(Mutex::new(vec![]));
        let guard = Arc::new(Guard(Arc::clone(&log)));
        let others = [Arc::clone(&guard), Arc::clone(&guard)];
        let threads = others.map(|other| thread::spawn(move || drop(other)));
        drop(guard);
        let ids = threads.map(|thread| (thread.thread().id(), thread.join().unwrap()).0);
        let last = log.lock().unwrap()[0];
        ids.iter().position(|id| *id == last)
    });
    assert_eq!(returned(&report), [None, Some(0), Some(1)]);
}

#[test]
fn a_count_is_what_it_is_at_that_time() {
    let report = explore(|| {
        let value = Arc::new(());
        let other = Arc::clone(&value);
        let thread = thread::spawn(move || {
            let another = Arc::clone(&other);
            drop(other);
            drop(another);
        });
        let count = Arc::strong_count(&value);
        thread.join().unwrap();
        (count, Arc::strong_count(&value))
    });
    assert_eq!(returned(&report), [(1, 1), (2, 1), (3, 1)]);
}

#[test]
fn what_is_changed_alone_is_cloned_when_it_is_shared() {
    let report = explore(|| {
        let mut value = Arc::new(1);
        let other = Arc::clone(&value);
        let thread = thread::spawn(move || *other);
        let alone = Arc::get_mut(&mut value).is_some();
        *Arc::make_mut(&mut value) += 1;
        (alone, *value, thread.join().unwrap())
    });
    assert_eq!(returned(&report), [(false, 2, 1), (true, 2, 1)]);
}

/// A channel that is closed by its last owner.
#[test]
fn the_last_owner_of_a_sender_ends_the_channel() {
    let report = explore(|| {
        let (sender, receiver) = mpsc::channel();
        let sender = Arc::new(Mutex::new(sender));
        let other = Arc::clone(&sender);
        let thread = thread::spawn(move || other.lock().unwrap().send(1).unwrap());
        drop(sender);
        let received: Vec<i32> = receiver.iter().collect();
        thread.join().unwrap();
        received
    });
    assert_eq!(returned(&report), [[1]]);
}

#[test]
fn what_is_only_shared_costs_no_execution() {
    let report = explore(|| {
        let shared = Arc::new((AtomicUsize::new(0), vec![1, 2, 3], String::from("text")));
        let threads = [0, 1, 2].map(|at| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.1[at])
        });
        drop(shared);
        threads.map(|thread| thread.join().unwrap()).iter().sum::<i32>()
    });
    assert_eq!(returned(&report), [6]);
    assert_eq!(report.executions(), 1, "{report}");
}

/// Main looks when it is the only one left.
#[test]
fn an_owner_that_was_always_alone_may_look_for_nothing() {
    let report = explore(|| {
        let mut mine = Arc::new(1);
        let thread = thread::spawn(|| Arc::into_inner(Arc::new(2)).unwrap());
        *Arc::get_mut(&mut mine).unwrap() += thread.join().unwrap();
        Arc::try_unwrap(mine).unwrap()
    });
    assert_eq!(returned(&report), [3]);
    assert_eq!(report.executions(), 1, "{report}");
}

/// What the last owner does with the data comes after all that the others did.
#[test]
fn the_last_owner_has_seen_what_the_others_did() {
    struct Data(UnsafeCell<u32>);
    // SAFETY: whoever changes it is alone with it, which is what is checked.
    unsafe impl Sync for Data {}
    impl Drop for Data {
        fn drop(&mut self) {
            // SAFETY: as above.
            self.0.with_mut(|data| unsafe { *data += 1 });
        }
    }
    let report = explore(|| {
        let data = Arc::new(Data(UnsafeCell::new(0)));
        let other = Arc::clone(&data);
        // SAFETY: as above.
        let thread = thread::spawn(move || other.0.with(|data| unsafe { *data }));
        // SAFETY: as above.
        let mine = data.0.with(|data| unsafe { *data });
        drop(data);
        mine + thread.join().unwrap()
    });
    assert_eq!(returned(&report), [0]);
    assert_eq!(report.verdict(), Verdict::Pass);
}

#[test]
fn a_cycle_knows_itself() {
    struct Node(Weak<Node>);
    let report = explore(|| {
        let node = Arc::new_cyclic(|weak| Node(weak.clone()));
        let same = node.0.upgrade().is_some_and(|same| Arc::ptr_eq(&same, &node));
        (same, Arc::weak_count(&node), Arc::strong_count(&node))
    });
    assert_eq!(returned(&report), [(true, 1, 1)]);
}

#[test]
fn it_is_made_from_what_stds_is_made_from() {
    let text: Arc<str> = Arc::from("text");
    let list: Arc<[u8]> = [1, 2].into_iter().collect();
    let shown: Arc<dyn Debug> = Arc::from_std(std::sync::Arc::new(3));
    assert_eq!(format!("{text} {list:?} {shown:?}"), "text [1, 2] 3");
    assert_eq!(std::sync::Arc::strong_count(&Arc::into_std(list)), 1);
}

/// Each of two tasks makes a pointer an owner again, and wants the value.
fn through_pointers(counts: fn(*const u32)) -> (bool, bool) {
    let value = Arc::new(7);
    let pointer = Arc::into_raw(value);
    counts(pointer);
    let address = pointer.expose_provenance();
    let take = move || {
        // SAFETY: there are two owners, and each is taken once.
        let value = unsafe { Arc::from_raw(std::ptr::with_exposed_provenance::<u32>(address)) };
        Arc::into_inner(value).is_some()
    };
    let thread = thread::spawn(take);
    let mine = take();
    (mine, thread.join().unwrap())
}

#[test]
fn an_owner_that_was_a_pointer_is_an_owner() {
    // SAFETY: the pointer is an owner.
    let report = explore(|| through_pointers(|pointer| unsafe { Arc::increment_strong_count(pointer) }));
    assert_eq!(returned(&report), [(false, true), (true, false)]);
    let known = explore(|| {
        let value = Arc::new(7);
        let known = Arc::downgrade(&value).into_raw();
        let thread = thread::spawn(move || drop(value));
        // SAFETY: it is taken once.
        let is_there = unsafe { Weak::from_raw(known) }.upgrade().is_some();
        thread.join().unwrap();
        is_there
    });
    assert_eq!(returned(&known), [false, true]);
}

/// However the pointers came about, each value has one count.
#[test]
fn owners_that_come_and_go_as_pointers_are_counted_once() {
    let report = Checker::new().find_leaks().explore(|| {
        let shared = std::sync::Arc::new(1);
        let (one, other) = (Arc::from_std(std::sync::Arc::clone(&shared)), Arc::from_std(shared));
        let pointers = [Arc::into_raw(one), Arc::into_raw(other)];
        // SAFETY: each pointer becomes what it was.
        pointers.into_iter().for_each(|pointer| drop(unsafe { Arc::from_raw(pointer) }));

        let value = Arc::new(2);
        let pointer = Arc::as_ptr(&value);
        // SAFETY: there is an owner all the time, and the one that is added goes.
        unsafe {
            Arc::increment_strong_count(pointer);
            drop(Arc::from_raw(pointer));
        }
        Arc::strong_count(&value)
    });
    assert_eq!(returned(&report), [1]);
}

#[test]
fn what_a_pointer_owns_for_ever_is_leaked() {
    let report = Checker::new().find_leaks().explore(|| _ = Arc::into_raw(Arc::new(7)));
    assert!(matches!(report.outcomes().next(), Some(Outcome::Leaked { .. })), "{report}");
}

/// Whose memory its destructor changes.
struct Closing(UnsafeCell<u8>);

// SAFETY: who has it to itself changes it; whether others read it meanwhile is what is checked.
unsafe impl Send for Closing {}
// SAFETY: the same.
unsafe impl Sync for Closing {}

impl Drop for Closing {
    fn drop(&mut self) {
        // SAFETY: nobody else has it.
        self.0.with_mut(|value| unsafe { *value = 9 });
    }
}

/// What comes of it if each of two owners reads what the last one's destructor changes, and `also` before.
fn closed_by_the_last(strategy: Strategy, also: fn(&AtomicU32)) -> Verdict {
    let report = Checker::new().strategy(strategy).executions_max(100).explore(move || {
        let owned = Arc::new((Closing(UnsafeCell::new(0)), AtomicU32::new(0)));
        let use_it = move |owned: Arc<(Closing, AtomicU32)>| {
            also(&owned.1);
            // SAFETY: as long as there are owners nobody changes it.
            owned.0.0.with(|value| assert_eq!(unsafe { *value }, 0));
        };
        let other = Arc::clone(&owned);
        let thread = thread::spawn(move || use_it(other));
        use_it(owned);
        thread.join().unwrap();
    });
    report.verdict()
}

#[test]
fn what_the_last_owner_drops_comes_after_all_that_the_others_did() {
    let alsos: [fn(&AtomicU32); 3] =
        [|_| (), |count| _ = count.fetch_add(1, Relaxed), |count| _ = count.load(Relaxed)];
    for also in alsos {
        assert_eq!(closed_by_the_last(Strategy::Dpor, also), Verdict::Pass);
        assert_eq!(closed_by_the_last(Strategy::Dfs, also), Verdict::Pass);
        assert_eq!(closed_by_the_last(Strategy::Random { seed: 1 }, also), Verdict::Bounded);
    }
}

#[test]
fn a_destructor_may_take_an_atomic_as_what_is_none() {
    struct Counted(AtomicU32);
    impl Drop for Counted {
        fn drop(&mut self) {
            assert_eq!(*self.0.get_mut(), 2);
        }
    }
    let report = explore(|| {
        let counted = Arc::new(Counted(AtomicU32::new(0)));
        let other = Arc::clone(&counted);
        let thread = thread::spawn(move || other.0.fetch_add(1, Relaxed));
        counted.0.fetch_add(1, Relaxed);
        drop(counted);
        thread.join().unwrap()
    });
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
}

#[test]
fn who_drops_what_joins_a_thread_matters() {
    /// Waits for its thread when it is dropped.
    struct Joins(Option<thread::JoinHandle<()>>);
    impl Drop for Joins {
        fn drop(&mut self) {
            self.0.take().unwrap().join().unwrap();
        }
    }
    let report = Checker::new().explore(|| {
        let flag = Arc::new(AtomicU32::new(0));
        let [seen, set] = [Arc::clone(&flag), flag];
        let waits = thread::spawn(move || {
            while seen.load(SeqCst) == 0 {
                thread::yield_now();
            }
        });
        let owned = Arc::new(Joins(Some(waits)));
        let other = Arc::clone(&owned);
        let sets = thread::spawn(move || {
            drop(other);
            set.store(1, SeqCst);
        });
        drop(owned);
        sets.join().unwrap();
    });
    // If the one that sets the flag is the last owner, it waits for who waits for the flag.
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
    assert!(report.outcomes().any(|outcome| *outcome == Outcome::Returned(())), "{report}");
}
