//! What somebody reads whose program hangs: who was to wake whom, and why nobody does. Each text is kept for review,
//! from its first sentence on.

use conccheck::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Barrier, Mutex, mpsc};
use conccheck::{Checker, panic, task, thread};
use std::future::{pending, poll_fn};
use std::path::Path;
use std::task::{Poll, Waker};

/// What a check of a broken program says, without what was counted and the replay's word.
pub(super) fn says(program: impl Fn() + Send + Sync + 'static) -> String {
    let check = panic::AssertUnwindSafe(|| Checker::new().check(program));
    let text = panic::message(&*panic::catch_unwind(check).expect_err("it is broken"));
    let (_, text) = text.split_once("\n\n").expect("an empty line before the witness");
    text.split("\nreplay: ").next().unwrap_or_default().to_string()
}

/// Compares a text with the one that was reviewed, and gives its first sentence in one line.
#[track_caller]
pub(super) fn reviewed(name: &str, text: &str) -> String {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/diagnoses"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
    let sentence = text.split("\n  outcome").next().unwrap_or_default();
    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Who gives a connection back looks whether somebody waits for one; who wants one looks whether there is one, and
/// queues, in two sections.
fn pool(in_one_section: bool) {
    let pool = Arc::new(Mutex::new((0, Vec::<mpsc::Sender<()>>::new())));
    let other = Arc::clone(&pool);
    let user = thread::spawn(move || {
        let mut pool = other.lock().unwrap();
        match pool.1.pop() {
            Some(waiter) => waiter.send(()).unwrap(),
            None => pool.0 += 1,
        }
    });
    let (sender, receiver) = mpsc::channel();
    let mut guard = pool.lock().unwrap();
    if guard.0 == 0 {
        if !in_one_section {
            drop(guard);
            guard = pool.lock().unwrap();
        }
        guard.1.push(sender);
        drop(guard);
        receiver.recv().unwrap();
    }
    user.join().unwrap();
}

#[test]
fn a_wake_up_that_goes_by_before_its_receiver_has_queued_is_told_by_the_lock() {
    let sentence = reviewed("queued_too_late", &says(|| pool(false)));
    assert!(sentence.contains("gives `pool` back at step 3 and takes it again at step 7"), "{sentence}");
    Checker::new().check(|| pool(true));
}

/// One thread puts itself down as who is to be unparked, and then another does.
fn last_to_register(waits_for: usize) {
    let threads = Arc::new(Mutex::new(Vec::new()));
    let (one, two) = (Arc::clone(&threads), Arc::clone(&threads));
    let waits = thread::spawn(move || {
        one.lock().unwrap().push(thread::current());
        thread::park();
    });
    let leaves = thread::spawn(move || two.lock().unwrap().push(thread::current()));
    leaves.join().unwrap();
    while threads.lock().unwrap().len() < 2 {
        thread::yield_now();
    }
    threads.lock().unwrap().iter().rev().take(waits_for).for_each(thread::Thread::unpark);
    waits.join().unwrap();
}

#[test]
fn an_unpark_of_a_thread_that_has_ended_is_named() {
    let sentence = reviewed("unpark_ended", &says(|| last_to_register(1)));
    assert!(sentence.contains("went to T2, which had ended"), "{sentence}");
    Checker::new().check(|| last_to_register(2));
}

#[test]
fn two_unparks_that_came_to_one_are_named() {
    let text = says(|| {
        let (done, main) = (Arc::new(AtomicUsize::new(0)), thread::current());
        let other = Arc::clone(&done);
        let worker = thread::spawn(move || {
            for part in 1..=2 {
                other.store(part, SeqCst);
                main.unpark();
            }
        });
        while done.load(SeqCst) == 0 {
            thread::park();
        }
        thread::park();
        worker.join().unwrap();
    });
    let sentence = reviewed("unparks_in_one", &text);
    assert!(sentence.contains("main is parked, and nobody is left to unpark it: T1's unpark"), "{sentence}");
}

#[test]
fn who_looked_before_the_change_and_sleeps_after_it_has_lost_a_wake_up() {
    let text = says(|| {
        let (done, waiter) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
        let (other, wakes) = (Arc::clone(&done), Arc::clone(&waiter));
        let worker = thread::spawn(move || {
            other.store(true, SeqCst);
            let waiter: Option<thread::Thread> = wakes.lock().unwrap().take();
            waiter.iter().for_each(thread::Thread::unpark);
        });
        if !done.load(SeqCst) {
            *waiter.lock().unwrap() = Some(thread::current());
            thread::park();
        }
        worker.join().unwrap();
    });
    let sentence = reviewed("looked_too_early", &text);
    assert!(sentence.starts_with("lost wakeup: main reads false of `done` at step 2"), "{sentence}");
}

#[test]
fn a_sender_that_is_left_is_no_advice_to_drop_an_own_one() {
    let text = says(|| {
        let (sender, receiver) = mpsc::channel();
        let own = sender.clone();
        let worker = thread::spawn(move || own.send(1).unwrap());
        assert_eq!(receiver.iter().sum::<i32>(), 1);
        worker.join().unwrap();
        drop(sender);
    });
    let sentence = reviewed("sender_left", &text);
    assert!(sentence.contains("some sender was never dropped"), "{sentence}");
}

/// A semaphore whose `release` wakes the first that waits.
#[derive(Default)]
struct Semaphore {
    permits: Mutex<(u32, Vec<Waker>)>,
}

impl Semaphore {
    async fn acquire(self: std::sync::Arc<Self>) {
        poll_fn(|context| {
            let mut state = self.permits.lock().unwrap();
            if state.0 > 0 {
                state.0 -= 1;
                return Poll::Ready(());
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn release(&self) {
        let mut state = self.permits.lock().unwrap();
        state.0 += 1;
        if !state.1.is_empty() {
            state.1.remove(0).wake();
        }
    }
}

fn two_that_wait(aborts_the_first: bool) {
    task::block_on(async {
        let permits = std::sync::Arc::new(Semaphore::default());
        let first = task::spawn_local(std::sync::Arc::clone(&permits).acquire());
        let second = task::spawn_local(std::sync::Arc::clone(&permits).acquire());
        task::yield_now().await;
        permits.release();
        if aborts_the_first {
            first.abort();
        } else {
            first.await.unwrap();
            permits.release();
        }
        second.await.unwrap();
    });
}

#[test]
fn an_async_program_is_told_by_its_tasks() {
    let text = says(|| two_that_wait(true));
    let sentence = reviewed("woken_and_aborted", &text);
    assert!(sentence.contains("main's wake at step 11 went to task 1, which was aborted"), "{sentence}");
    // Neither locks nor conditions of the event loop.
    assert!(!text.contains("mutex ") && !text.contains("condvar "), "{text}");
    Checker::new().check(|| two_that_wait(false));
}

#[test]
fn a_waker_that_nobody_uses_leaves_a_task_pending() {
    let text = says(|| {
        task::block_on(async {
            let never = task::spawn_local(pending::<()>());
            never.await.unwrap();
        });
    });
    let sentence = reviewed("never_woken", &text);
    assert_eq!(sentence, "deadlock: task 1 is pending, and nobody holds its waker");
}

#[test]
fn a_lock_that_is_held_over_an_await_keeps_its_own_thread() {
    let text = says(|| {
        task::block_on(async {
            let lock = Arc::new(Mutex::new(0));
            let other = Arc::clone(&lock);
            let holder = task::spawn_local(async move {
                let _guard = other.lock().unwrap();
                task::yield_now().await;
            });
            task::yield_now().await;
            *lock.lock().unwrap() += 1;
            holder.await.unwrap();
        });
    });
    let sentence = reviewed("held_over_await", &text);
    assert!(sentence.contains("task 1 holds `lock` and waits for its turn after main"), "{sentence}");
}

#[test]
fn tasks_on_threads_are_told_by_their_awaits_too() {
    let text = says(|| {
        task::Runtime::multi_thread(2).block_on(async {
            let (done, waker) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None::<Waker>)));
            let (other, wakes) = (Arc::clone(&done), Arc::clone(&waker));
            let worker = task::spawn(async move {
                other.store(true, SeqCst);
                wakes.lock().unwrap().take().into_iter().for_each(Waker::wake);
            });
            let ended = |done: &AtomicBool| done.load(SeqCst);
            poll_fn(move |context| {
                if ended(&done) {
                    return Poll::Ready(());
                }
                *waker.lock().unwrap() = Some(context.waker().clone());
                Poll::Pending
            })
            .await;
            worker.await.unwrap();
        });
    });
    let sentence = reviewed("waker_stored_too_late", &text);
    assert!(sentence.starts_with("lost wakeup: main reads false of `done`"), "{sentence}");
    assert!(!text.contains("mutex ") && !text.contains("condvar "), "{text}");
}

#[test]
fn a_livelock_names_its_loop() {
    let flag = says(|| {
        let ready = AtomicBool::new(false);
        while !ready.load(SeqCst) {
            thread::yield_now();
        }
    });
    let sentence = reviewed("flag_never_set", &flag);
    assert!(sentence.contains("main reads false of `ready` at tests/it/diagnoses.rs:"), "{sentence}");

    let lock = says(|| {
        let lock = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&lock);
        let take = |lock: &AtomicBool| while lock.swap(true, SeqCst) {};
        let user = thread::spawn(move || take(&other));
        take(&lock);
        user.join().unwrap();
    });
    let sentence = reviewed("spin_lock_never_given_back", &lock);
    assert!(sentence.contains("finds true in `lock` at tests/it/diagnoses.rs:"), "{sentence}");
    assert!(sentence.contains("as main left it at step 2"), "{sentence}");

    let both = says(|| {
        let wants = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        let user = |mine: usize, wants: Arc<[AtomicBool; 2]>| {
            move || {
                wants[mine].store(true, SeqCst);
                while wants[1 - mine].load(SeqCst) {
                    thread::yield_now();
                }
                wants[mine].store(false, SeqCst);
            }
        };
        let one = thread::spawn(user(0, Arc::clone(&wants)));
        user(1, wants)();
        one.join().unwrap();
    });
    reviewed("each_waits_for_the_other", &both);
}

#[test]
fn a_barrier_is_told_as_one() {
    let text = says(|| {
        let barrier = Arc::new(Barrier::new(3));
        let other = Arc::clone(&barrier);
        let user = thread::spawn(move || _ = other.wait());
        barrier.wait();
        user.join().unwrap();
    });
    let sentence = reviewed("barrier_short_of_one", &text);
    assert_eq!(
        sentence,
        "deadlock: main and T1 wait at the barrier `barrier`, and nobody is left to come to it"
    );
}
