//! What is told of async programs that are not wrong yet: it changes no verdict.

use crate::tokio_sync::{on_loop, on_threads};
use conccheck::sync::{Arc, Barrier, Mutex, RwLock};
use conccheck::{Checker, Report, Verdict, task};

fn explore(program: fn()) -> Report<()> {
    let report = Checker::new().explore(program);
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
    assert!(report.is_complete(), "{report}");
    report
}

#[test]
fn a_lock_that_is_held_over_an_await_is_told_with_its_place() {
    let one_line = line!() + 5;
    let report = explore(|| {
        on_threads(async {
            let total = Arc::new(Mutex::new(0));
            let other = Arc::clone(&total);
            let mut guard = total.lock().unwrap();
            task::yield_now().await;
            *guard += 1;
            drop(guard);
            assert_eq!(*other.lock().unwrap(), 1);
        });
    });
    let note = report.note().expect("it is held");
    assert!(note.starts_with(&format!("note: the lock taken at {}:{one_line}:", file!())), "{note}");
    assert!(note.contains("is held over an await"), "{note}");
    // Without the line where it would be recorded.
    let (text, for_review) = (report.to_string(), "note: the lock taken at lints.rs is held over an await");
    assert!(text.contains(for_review), "{text}");

    let reads = explore(|| {
        on_loop(async {
            let total = RwLock::new(0);
            let seen = total.read().unwrap();
            task::yield_now().await;
            assert_eq!(*seen, 0);
        });
    });
    assert!(reads.note().is_some_and(|note| note.contains("is held over an await")));
}

#[test]
fn what_is_given_back_before_is_no_matter() {
    let report = explore(|| {
        on_threads(async {
            let total = Arc::new(Mutex::new(0));
            let adds = |total: Arc<Mutex<u32>>| async move {
                *total.lock().unwrap() += 1;
                task::yield_now().await;
                let guard = total.lock().unwrap();
                drop(guard);
                task::yield_now().await;
            };
            let other = task::spawn(adds(Arc::clone(&total)));
            adds(Arc::clone(&total)).await;
            other.await.unwrap();
        });
    });
    assert_eq!(report.note(), None);
    assert!(!report.to_string().contains("note"), "{report}");
}

#[test]
fn a_lock_of_tokios_is_made_for_that() {
    let report = explore(|| {
        on_threads(async {
            let total = conccheck::tokio::sync::Mutex::new(0);
            let guard = total.lock().await;
            task::yield_now().await;
            drop(guard);
        });
    });
    assert_eq!(report.note(), None);
}

/// A thread of the program that has a lock while a task of another awaits.
#[test]
fn what_another_thread_holds_meanwhile_is_no_matter() {
    let report = explore(|| {
        let total = Arc::new(Mutex::new(0));
        let other = Arc::clone(&total);
        let thread = conccheck::thread::spawn(move || *other.lock().unwrap() += 1);
        on_loop(task::yield_now());
        thread.join().unwrap();
    });
    assert_eq!(report.note(), None);
}

#[test]
fn who_reads_at_the_same_time_gives_back_what_is_its_own() {
    let report = explore(|| {
        on_threads(async {
            let shared = Arc::new((RwLock::new(0), Barrier::new(2)));
            let reads = |shared: Arc<(RwLock<u32>, Barrier)>| async move {
                let guard = shared.0.read().unwrap();
                shared.1.wait();
                drop(guard);
                task::yield_now().await;
            };
            let other = task::spawn(reads(Arc::clone(&shared)));
            reads(shared).await;
            other.await.unwrap();
        });
    });
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.note(), None);
}

#[test]
fn what_was_held_in_one_check_is_not_told_of_the_next() {
    let holds = || {
        on_loop(async {
            let lock = Mutex::new(());
            let _guard = lock.lock().unwrap();
            task::yield_now().await;
        });
    };
    assert!(explore(holds).note().is_some());
    assert_eq!(explore(|| on_loop(task::yield_now())).note(), None);
}

mod stops {
    //! What async tasks do as threads do, and what is told of that.

    use super::explore;
    use crate::tokio_sync::{on_loop, on_threads};
    use conccheck::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use conccheck::sync::{Arc, Barrier, Condvar, Mutex, mpsc};
    use conccheck::thread;
    use conccheck::tokio::runtime::Handle;
    use conccheck::tokio::task::{block_in_place, spawn, spawn_blocking, yield_now};
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    /// One thing is told, with the line that has this in it.
    #[track_caller]
    fn told(what: &str, line: &str, program: fn()) {
        let report = explore(program);
        let note = report.note().expect("it is told");
        let rest = note.strip_prefix(&format!("note: {what} at {}:", file!())).expect(&note);
        let number: usize = rest.split(':').next().and_then(|number| number.parse().ok()).expect("a line");
        let source = include_str!("lints.rs").lines().nth(number - 1).unwrap();
        assert!(source.contains(line), "{note}");
        assert_eq!(note.lines().count(), 1, "{note}");
    }

    #[track_caller]
    fn nothing(program: fn()) {
        assert_eq!(explore(program).note(), None);
    }

    #[test]
    fn a_task_that_sleeps_as_a_thread_does() {
        told("thread::sleep", "thread::sleep(SECOND)", || {
            on_loop(async { spawn(async { thread::sleep(SECOND) }).await.unwrap() });
        });
        told("thread::sleep", "thread::sleep(SECOND)", || {
            on_threads(async { spawn(async { thread::sleep(SECOND) }).await.unwrap() });
        });
        let report = explore(|| on_loop(async { spawn(async { thread::sleep(SECOND) }).await.unwrap() }));
        let for_review = "note: thread::sleep at lints.rs is called in an async task";
        assert!(report.to_string().contains(for_review), "{report}");
    }

    #[test]
    fn sleeping_keeps_nobody_waiting_on_a_thread_of_its_own() {
        nothing(|| on_loop(async { spawn_blocking(|| thread::sleep(SECOND)).await.unwrap() }));
        nothing(|| {
            on_threads(async { spawn(async { block_in_place(|| thread::sleep(SECOND)) }).await.unwrap() });
        });
        // Nor does a future that somebody blocks on there.
        nothing(|| {
            on_loop(async {
                let here = Handle::current();
                let sleeps = spawn_blocking(move || here.block_on(async { thread::sleep(SECOND) }));
                sleeps.await.unwrap();
            });
        });
        nothing(|| {
            on_threads(async {
                let here = Handle::current();
                let sleeps = move || block_in_place(|| here.block_on(async { thread::sleep(SECOND) }));
                spawn(async move { sleeps() }).await.unwrap();
            });
        });
        nothing(|| {
            let sleeps = thread::spawn(|| thread::sleep(SECOND));
            on_loop(yield_now());
            sleeps.join().unwrap();
        });
        // The future that a runtime is started with, where it has no other.
        nothing(|| on_loop(async { thread::sleep(SECOND) }));
        nothing(|| on_threads(async { thread::sleep(SECOND) }));
        nothing(|| on_loop(async { conccheck::tokio::time::sleep(SECOND).await }));
    }

    /// A task waits for what a thread does, and another is ready.
    #[test]
    fn a_task_that_waits_as_a_thread_does_while_others_are_ready() {
        told("recv", "receiver.recv()", || {
            let (sender, receiver) = mpsc::channel();
            on_loop(async {
                let other = spawn(async {});
                let sends = thread::spawn(move || sender.send(1).unwrap());
                assert_eq!(receiver.recv(), Ok(1));
                sends.join().unwrap();
                other.await.unwrap();
            });
        });
        told("wait", "pair.1.wait_while", || {
            let pair = Arc::new((Mutex::new(false), Condvar::new()));
            let tells = thread::spawn({
                let pair = Arc::clone(&pair);
                move || {
                    *pair.0.lock().unwrap() = true;
                    pair.1.notify_one();
                }
            });
            on_loop(async {
                let other = spawn(async {});
                let told = pair.1.wait_while(pair.0.lock().unwrap(), |told| !*told).unwrap();
                drop(told);
                other.await.unwrap();
            });
            tells.join().unwrap();
        });
        told("wait", "barrier.wait();", || {
            let barrier = Arc::new(Barrier::new(2));
            let comes = thread::spawn({
                let barrier = Arc::clone(&barrier);
                move || _ = barrier.wait()
            });
            on_loop(async {
                let other = spawn(async {});
                barrier.wait();
                other.await.unwrap();
            });
            comes.join().unwrap();
        });
        told("join", "ends.join()", || {
            on_loop(async {
                let other = spawn(async {});
                let ends = thread::spawn(|| works(1));
                ends.join().unwrap();
                other.await.unwrap();
            });
        });
        told("park", "thread::park();", || {
            on_loop(async {
                let other = spawn(async {});
                let here = thread::current();
                let wakes = thread::spawn(move || here.unpark());
                thread::park();
                other.await.unwrap();
                wakes.join().unwrap();
            });
        });
    }

    #[test]
    fn waiting_is_no_matter_where_nobody_else_is_ready() {
        // Nobody else is there.
        nothing(|| {
            let (sender, receiver) = mpsc::channel();
            let sends = thread::spawn(move || sender.send(1).unwrap());
            on_loop(async { assert_eq!(receiver.recv(), Ok(1)) });
            sends.join().unwrap();
        });
        // The message is there.
        nothing(|| {
            on_loop(async {
                let (sender, receiver) = mpsc::channel();
                sender.send(1).unwrap();
                let other = spawn(async {});
                assert_eq!(receiver.recv(), Ok(1));
                other.await.unwrap();
            });
        });
        // A lock is given back soon.
        nothing(|| {
            let total = Arc::new(Mutex::new(0));
            let adds = thread::spawn({
                let total = Arc::clone(&total);
                move || *total.lock().unwrap() += 1
            });
            on_loop(async {
                let other = spawn(async {});
                *total.lock().unwrap() += 1;
                other.await.unwrap();
            });
            adds.join().unwrap();
        });
        // It is where one may wait.
        nothing(|| {
            on_loop(async {
                let (sender, receiver) = mpsc::channel();
                let waits = spawn_blocking(move || receiver.recv());
                spawn(async move { sender.send(1).unwrap() });
                assert_eq!(waits.await.unwrap(), Ok(1));
            });
        });
        // Each task has a thread.
        nothing(|| {
            on_threads(async {
                let (sender, receiver) = mpsc::channel();
                let waits = spawn(async move { receiver.recv() });
                spawn(async move { sender.send(1).unwrap() });
                assert_eq!(waits.await.unwrap(), Ok(1));
            });
        });
    }

    fn works(steps: usize) {
        let done = AtomicUsize::new(0);
        for _ in 0..steps {
            done.fetch_add(1, Relaxed);
        }
    }

    #[test]
    fn a_task_that_never_gives_way() {
        let report = explore(|| {
            on_loop(async {
                let works = spawn(async { works(1_000) });
                let other = spawn(async {});
                works.await.unwrap();
                other.await.unwrap();
            });
        });
        let note = report.note().expect("it is told");
        assert!(note.starts_with("note: an async task that is at "), "{note}");
        assert!(note.contains("does a thousand steps and more without an await"), "{note}");
    }

    #[test]
    fn much_is_no_matter_where_nobody_is_kept_waiting() {
        nothing(|| on_loop(async { spawn(async { works(1_000) }).await.unwrap() }));
        nothing(|| {
            on_loop(async {
                let other = spawn(async {});
                for _ in 0..10 {
                    works(150);
                    yield_now().await;
                }
                other.await.unwrap();
            });
        });
        // tokio lets others have a turn in time.
        nothing(|| {
            on_loop(async {
                let (sender, mut receiver) = conccheck::tokio::sync::mpsc::unbounded_channel();
                let sends = spawn(async move {
                    for message in 0..700 {
                        sender.send(message).unwrap();
                    }
                });
                sends.await.unwrap();
                let other = spawn(async {});
                while receiver.recv().await.is_some() {}
                other.await.unwrap();
            });
        });
    }
}
