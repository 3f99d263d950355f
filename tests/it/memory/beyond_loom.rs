//! What programs may have of which loom 0.7.3 says otherwise, as the README's table says: loom itself is asked beside.
//! Where loom misses something, a wrong program passes there; where it sees what cannot be, a right one fails.

use super::beyond::beside;
use conccheck::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};
use conccheck::sync::atomic::{AtomicU32, fence};
use conccheck::sync::{Arc, Condvar, Mutex};
use conccheck::{Backend, Checker, Verdict};
use std::time::Duration;

/// What this says of a program, and what loom does.
fn verdicts(program: impl Fn() + Clone + Send + Sync + 'static) -> [Verdict; 2] {
    [Backend::Native, Backend::Loom]
        .map(|backend| Checker::new().backend(backend).explore(program.clone()).verdict())
}

type Places = [AtomicU32; 2];

fn places() -> Arc<Places> {
    Arc::default()
}

#[test]
fn nothing_comes_between_what_an_addition_reads_and_what_it_writes() {
    let program = |add: fn(&AtomicU32)| {
        move || {
            let places = places();
            let thread = beside(&places, move |[x, _]| add(x));
            places[0].store(10, Relaxed);
            thread.join().unwrap();
            // The addition came before the store or after it.
            assert_ne!(places[0].load(Relaxed), 1);
        }
    };
    let at_once = program(|x| {
        x.fetch_add(1, Relaxed);
    });
    assert_eq!(verdicts(at_once), [Verdict::Pass, Verdict::Fail]);
    let in_two_steps = program(|x| x.store(x.load(Relaxed) + 1, Relaxed));
    assert_eq!(verdicts(in_two_steps), [Verdict::Fail, Verdict::Fail]);
}

#[test]
fn there_may_be_more_tasks_than_five() {
    let program = |tasks: u32, add: fn(&AtomicU32)| {
        move || {
            let places = places();
            let adders: Vec<_> = (1..tasks).map(|_| beside(&places, move |[x, _]| add(x))).collect();
            adders.into_iter().for_each(|adder| adder.join().unwrap());
            assert_eq!(places[0].load(Relaxed), tasks - 1);
        }
    };
    let at_once: fn(&AtomicU32) = |x| {
        x.fetch_add(1, Relaxed);
    };
    assert_eq!(verdicts(program(2, at_once)), [Verdict::Pass, Verdict::Pass]);
    assert_eq!(verdicts(program(6, at_once)), [Verdict::Pass, Verdict::Skip]);
    assert_eq!(
        verdicts(program(6, |x| x.store(x.load(Relaxed) + 1, Relaxed))),
        [Verdict::Fail, Verdict::Skip]
    );
}

#[test]
fn a_value_may_be_older_than_seven_stores() {
    let program = |stores: u32, publish: Ordering| {
        move || {
            let places = places();
            let thread = beside(&places, move |[x, flag]| {
                (1..=stores).for_each(|value| x.store(value, Relaxed));
                flag.store(1, publish);
            });
            let [x, flag] = &*places;
            let is_set = flag.load(Acquire) == 1;
            let value = x.load(Relaxed);
            thread.join().unwrap();
            assert!(!is_set || value > 0);
        }
    };
    assert_eq!(verdicts(program(6, Relaxed)), [Verdict::Fail, Verdict::Fail]);
    assert_eq!(verdicts(program(7, Relaxed)), [Verdict::Fail, Verdict::Pass]);
    assert_eq!(verdicts(program(7, Release)), [Verdict::Pass, Verdict::Pass]);
}

/// Two store each in a place of theirs, and one of them sees the other's.
fn store_buffering(one: [Ordering; 2], has_fence: bool) -> impl Fn() + Clone + Send + Sync {
    move || {
        let places = places();
        let thread = beside(&places, move |[x, y]| {
            x.store(1, one[0]);
            y.load(one[1])
        });
        let [x, y] = &*places;
        let other = if has_fence {
            y.store(1, Relaxed);
            fence(SeqCst);
            x.load(Relaxed)
        } else {
            y.store(1, SeqCst);
            x.load(SeqCst)
        };
        assert!(thread.join().unwrap() + other > 0);
    }
}

#[test]
fn seqcst_accesses_have_one_order() {
    assert_eq!(verdicts(store_buffering([SeqCst, SeqCst], false)), [Verdict::Pass, Verdict::Fail]);
    assert_eq!(verdicts(store_buffering([Release, SeqCst], false)), [Verdict::Fail, Verdict::Fail]);
}

#[test]
fn seqcst_fences_have_it_together_with_seqcst_accesses() {
    assert_eq!(verdicts(store_buffering([SeqCst, SeqCst], true)), [Verdict::Pass, Verdict::Fail]);
    assert_eq!(verdicts(store_buffering([Release, SeqCst], true)), [Verdict::Fail, Verdict::Fail]);
}

#[test]
fn seqcst_fences_order_what_comes_before_another_store() {
    // Z6: the fences are on two threads, and a third passes on what it has acquired by where it stores.
    let program = |acquire: Ordering| {
        move || {
            let world = Arc::new([const { AtomicU32::new(0) }; 3]);
            let one = beside(&world, |[a, b, _]| {
                a.store(1, Relaxed);
                fence(SeqCst);
                b.store(1, Relaxed);
            });
            let two = beside(&world, move |[_, b, c]| {
                let is_set = b.load(acquire) == 1;
                c.store(1, Relaxed);
                is_set
            });
            let [a, _, c] = &*world;
            c.store(2, Relaxed);
            fence(SeqCst);
            let value = a.load(Relaxed);
            one.join().unwrap();
            let is_set = two.join().unwrap();
            assert!(!is_set || c.load(Relaxed) == 1 || value == 1);
        }
    };
    assert_eq!(verdicts(program(Acquire)), [Verdict::Pass, Verdict::Fail]);
    assert_eq!(verdicts(program(Relaxed)), [Verdict::Fail, Verdict::Fail]);
}

#[test]
fn either_of_two_threads_may_add_first() {
    let program = |others_before: [u32; 2]| {
        move || {
            let places = places();
            let add = |[x, _]: &Places| {
                let before = x.load(SeqCst);
                x.store(before + 1, SeqCst);
                before
            };
            let threads = [beside(&places, add), beside(&places, add)];
            assert_ne!(threads.map(|thread| thread.join().unwrap()), others_before);
        }
    };
    assert_eq!(verdicts(program([0, 1])), [Verdict::Fail, Verdict::Fail]);
    // No ordering is needed for that, and no old value.
    assert_eq!(verdicts(program([1, 0])), [Verdict::Fail, Verdict::Pass]);
    assert_eq!(verdicts(program([1, 1])), [Verdict::Pass, Verdict::Pass]);
}

#[test]
fn any_of_those_who_wait_may_be_woken() {
    let program = |first_of: u32| {
        move || {
            // Who waits has a number; a token lets one of them go.
            let hall = Arc::new((Mutex::new([0, 0, u32::MAX]), [const { Condvar::new() }; 2]));
            let wait = |(state, [came, token]): &(Mutex<[u32; 3]>, [Condvar; 2])| {
                let mut state = state.lock().unwrap();
                let number = state[0];
                state[0] += 1;
                came.notify_one();
                let mut state = token.wait_while(state, |[_, tokens, _]| *tokens == 0).unwrap();
                if state[2] == u32::MAX {
                    state[2] = number;
                }
                token.notify_one();
            };
            let waiters = [beside(&hall, wait), beside(&hall, wait)];
            let (state, [came, token]) = &*hall;
            let mut state = came.wait_while(state.lock().unwrap(), |[waiting, ..]| *waiting < 2).unwrap();
            state[1] = 1;
            token.notify_one();
            drop(state);
            waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
            assert!(hall.0.lock().unwrap()[2] < first_of);
        }
    };
    assert_eq!(verdicts(program(1)), [Verdict::Fail, Verdict::Pass]);
    assert_eq!(verdicts(program(2)), [Verdict::Pass, Verdict::Pass]);
}

#[test]
fn a_wait_ends_when_its_time_is_up() {
    let program = |is_told: bool| {
        move || {
            let (flag, condvar) = (Mutex::new(false), Condvar::new());
            let guard = flag.lock().unwrap();
            let (_, result) =
                condvar.wait_timeout_while(guard, Duration::from_millis(1), |is_set| !*is_set).unwrap();
            assert!(is_told || !result.timed_out());
        }
    };
    assert_eq!(verdicts(program(true)), [Verdict::Pass, Verdict::Hang]);
    assert_eq!(verdicts(program(false)), [Verdict::Fail, Verdict::Hang]);
}
