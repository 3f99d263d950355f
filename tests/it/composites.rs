//! What a checker has in place of std's primitives does what std's do: each body runs for real and under
//! every checker, which has to see the outcomes that std's documentation allows, and all of them.

use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::mpsc::{self, RecvError, SendError, TryRecvError, TrySendError};
use conccheck::sync::{Arc, Barrier, Once, OnceLock, RwLock};
use conccheck::{Backend, Checker, Outcome, panic, thread};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

/// Every checker sees exactly `expected`, and real runs nothing else. (Compared as text: the errors of
/// std's channels have no order.)
#[track_caller]
fn same_everywhere<T: Debug + 'static>(program: fn() -> T, expected: impl IntoIterator<Item = T>) {
    let shown = move || format!("{:?}", program());
    let returned = |value| Outcome::Returned(format!("{value:?}"));
    let expected: BTreeSet<_> = expected.into_iter().map(returned).collect();
    let loom = Checker::new().backend(Backend::Loom).preemptions_max(3).time_max(Duration::from_secs(10));
    let [native, shuttle] =
        [Backend::Native, Backend::Shuttle].map(|backend| Checker::new().backend(backend));
    for checker in [native, shuttle, loom] {
        let report = checker.explore(shown);
        let seen: BTreeSet<_> = report.outcomes().cloned().collect();
        assert_eq!(seen, expected, "{}: {report}", report.backend());
    }
    let report = Checker::new().backend(Backend::Real).explore(shown);
    assert!(report.outcomes().all(|outcome| expected.contains(outcome)), "for real: {report}");
}

/// `SendError` does not show the message that it gives back.
fn given_back<T>(sent: Result<(), SendError<T>>) -> Result<(), T> {
    sent.map_err(|SendError(message)| message)
}

#[test]
fn a_barrier_has_one_leader_each_time() {
    same_everywhere(
        || {
            let barrier = Arc::new(Barrier::new(2));
            let meet = |barrier: &Barrier| [0; 2].map(|_| barrier.wait().is_leader());
            let other = thread::spawn({
                let barrier = barrier.clone();
                move || meet(&barrier)
            });
            let (mine, theirs) = (meet(&barrier), other.join().unwrap());
            // Whoever leads, the other one does not.
            (0..2).all(|round| mine[round] != theirs[round])
        },
        [true],
    );
    same_everywhere(|| [Barrier::new(0).wait().is_leader(), Barrier::new(1).wait().is_leader()], [[true; 2]]);
}

#[test]
fn once_calls_one_closure_and_the_other_callers_wait_for_it() {
    same_everywhere(
        || {
            let state = Arc::new((Once::new(), AtomicUsize::new(0)));
            let call = |state: &(Once, AtomicUsize), number| {
                state.0.call_once(|| state.1.store(number, SeqCst));
                state.1.load(SeqCst)
            };
            let other = thread::spawn({
                let state = state.clone();
                move || call(&state, 2)
            });
            let mine = call(&state, 1);
            (mine, other.join().unwrap(), state.0.is_completed())
        },
        [(1, 1, true), (2, 2, true)],
    );
}

#[test]
fn a_once_whose_closure_panicked_is_poisoned_until_one_is_forced() {
    same_everywhere(
        || {
            let once = Once::new();
            let panics = |call: &dyn Fn()| panic::catch_unwind(panic::AssertUnwindSafe(call)).is_err();
            let first = panics(&|| once.call_once(|| panic::resume_unwind(Box::new("broken"))));
            let second = panics(&|| once.call_once(|| ()));
            let mut saw_poison = false;
            once.call_once_force(|state| saw_poison = state.is_poisoned());
            let last = panics(&|| once.call_once(|| unreachable!("it is complete")));
            [first, second, saw_poison, !last]
        },
        [[true; 4]],
    );
}

#[test]
fn a_once_lock_is_set_once() {
    same_everywhere(
        || {
            let cell = Arc::new(OnceLock::new());
            let other = thread::spawn({
                let cell = cell.clone();
                move || (cell.set(2), cell.get().copied())
            });
            let mine = *cell.get_or_init(|| 1);
            (mine, other.join().unwrap())
        },
        [(1, (Err(2), Some(1))), (2, (Ok(()), Some(2)))],
    );
    same_everywhere(
        || {
            let cell = OnceLock::new();
            let broken = || *cell.get_or_init(|| panic::resume_unwind(Box::new("broken")));
            let panicked = panic::catch_unwind(panic::AssertUnwindSafe(broken)).is_err();
            (panicked, cell.get().copied(), *cell.get_or_init(|| 1), cell.set(2))
        },
        [(true, None, 1, Err(2))],
    );
}

#[test]
fn readers_share_and_a_writer_is_alone() {
    same_everywhere(
        || {
            let lock = Arc::new(RwLock::new(0));
            let first = lock.read().unwrap();
            let other = thread::spawn({
                let lock = lock.clone();
                move || {
                    let reads = lock.try_read().is_ok();
                    let writes = lock.try_write().is_ok();
                    (reads, writes)
                }
            });
            let second = other.join().unwrap();
            drop(first);
            (second, lock.try_write().is_ok())
        },
        [((true, false), true)],
    );
    same_everywhere(
        || {
            let lock = Arc::new(RwLock::new((0, 0)));
            let writer = thread::spawn({
                let lock = lock.clone();
                move || {
                    let mut pair = lock.write().unwrap();
                    pair.0 += 1;
                    thread::yield_now();
                    pair.1 += 1;
                }
            });
            let seen = *lock.read().unwrap();
            writer.join().unwrap();
            seen
        },
        [(0, 0), (1, 1)],
    );
}

#[test]
fn a_receiver_takes_what_was_sent_before_it_hears_that_the_senders_are_gone() {
    same_everywhere(
        || {
            let (sender, receiver) = mpsc::channel();
            let other = thread::spawn({
                let sender = sender.clone();
                move || sender.send(2).unwrap()
            });
            sender.send(1).unwrap();
            drop(sender);
            let received = [receiver.recv(), receiver.recv(), receiver.recv()];
            other.join().unwrap();
            (received, receiver.try_recv())
        },
        [[1, 2], [2, 1]].map(|[a, b]| ([Ok(a), Ok(b), Err(RecvError)], Err(TryRecvError::Disconnected))),
    );
}

#[test]
fn a_sender_whose_receiver_is_gone_gets_its_message_back() {
    same_everywhere(
        || {
            let (sender, receiver) = mpsc::channel();
            let gone = thread::spawn(move || drop(receiver));
            let first = sender.send(1);
            gone.join().unwrap();
            (first.is_ok(), given_back(sender.send(2)))
        },
        [(true, Err(2)), (false, Err(2))],
    );
}

#[test]
fn a_bounded_channel_makes_senders_wait_and_says_when_it_is_full() {
    same_everywhere(
        || {
            let (sender, receiver) = mpsc::sync_channel(1);
            sender.send(1).unwrap();
            let full = sender.try_send(2);
            let other = thread::spawn(move || sender.send(3).is_ok());
            let received: Vec<i32> = receiver.iter().collect();
            (full, received, other.join().unwrap())
        },
        [(Err(TrySendError::Full(2)), vec![1, 3], true)],
    );
    // One that waits for room is told when there will be none.
    same_everywhere(
        || {
            let (sender, receiver) = mpsc::sync_channel(1);
            sender.send(1).unwrap();
            let gone = thread::spawn(move || drop(receiver));
            let waited = sender.send(2);
            gone.join().unwrap();
            (given_back(waited), sender.try_send(3))
        },
        [(Err(2), Err(TrySendError::Disconnected(3)))],
    );
}

#[test]
fn a_rendezvous_ends_when_the_message_was_taken() {
    same_everywhere(
        || {
            let (sender, receiver) = mpsc::sync_channel(0);
            let taken = Arc::new(AtomicUsize::new(0));
            let alone = sender.try_send(0);
            let other = thread::spawn({
                let taken = taken.clone();
                move || {
                    taken.store(1, SeqCst);
                    receiver.recv()
                }
            });
            let sent = sender.send(1);
            (alone, given_back(sent), taken.load(SeqCst), other.join().unwrap())
        },
        [(Err(TrySendError::Full(0)), Ok(()), 1, Ok(1))],
    );
    // A message that nobody takes comes back, whichever of two senders waits.
    same_everywhere(
        || {
            let (sender, receiver) = mpsc::sync_channel(0);
            let other = thread::spawn({
                let sender = sender.clone();
                move || sender.send(2)
            });
            let gone = thread::spawn(move || drop(receiver));
            let mine = sender.send(1);
            gone.join().unwrap();
            (given_back(mine), given_back(other.join().unwrap()))
        },
        [(Err(1), Err(2))],
    );
    // Trying succeeds only with a receiver that waits, and then it receives.
    same_everywhere(
        || {
            let (sender, receiver) = mpsc::sync_channel(0);
            let other = thread::spawn(move || receiver.recv());
            let tried = sender.try_send(1).is_ok();
            drop(sender);
            tried == other.join().unwrap().is_ok()
        },
        [true],
    );
}

#[test]
fn a_scope_waits_for_all_of_its_threads() {
    same_everywhere(
        || {
            let total = AtomicUsize::new(0);
            let counted = thread::scope(|scope| {
                scope.spawn(|| {
                    scope.spawn(|| total.fetch_add(1, SeqCst));
                    total.fetch_add(1, SeqCst)
                });
                scope.spawn(|| total.fetch_add(1, SeqCst)).join().is_ok()
            });
            (counted, total.load(SeqCst))
        },
        [(true, 3)],
    );
}

#[test]
fn a_thread_of_a_scope_may_join_another_while_the_scope_ends() {
    same_everywhere(
        || {
            thread::scope(|scope| {
                let (sender, handles) = mpsc::channel::<thread::ScopedJoinHandle<'_, usize>>();
                let joins = scope.spawn(move || handles.recv().unwrap().join().unwrap());
                sender.send(scope.spawn(|| 1)).unwrap();
                drop(joins);
            });
        },
        [()],
    );
}

#[test]
fn a_scope_panics_for_threads_that_nobody_joined() {
    same_everywhere(
        || {
            let scoped = |joined: bool| {
                panic::catch_unwind(|| {
                    thread::scope(|scope| {
                        let broken = scope.spawn(|| panic::resume_unwind(Box::new("broken")));
                        if joined {
                            assert_eq!(
                                panic::message(&*broken.join().map(|(): ()| ()).unwrap_err()),
                                "broken"
                            );
                        }
                    });
                })
                .map_err(|payload| panic::message(&*payload))
            };
            (scoped(true), scoped(false))
        },
        [(Ok(()), Err("a scoped thread panicked".to_string()))],
    );
}
