//! What each primitive of std hands on from one task to another, and that it hands on no more than std promises: with
//! plain memory that races where nothing is.

use conccheck::cell::UnsafeCell;
use conccheck::sync::atomic::{AtomicBool, Ordering::Relaxed};
use conccheck::sync::mpsc::{self, Receiver, SyncSender};
use conccheck::sync::{Arc, Barrier, LazyLock, Mutex, Once, OnceLock, RwLock};
use conccheck::{Checker, Verdict, panic, thread};
use std::panic::AssertUnwindSafe;

/// What two tasks share.
struct Shared {
    /// Of which only the accesses matter.
    data: UnsafeCell<()>,
    /// Set by the first task when it is done, which hands nothing on.
    is_done: AtomicBool,
    mutex: Mutex<()>,
    rw_lock: RwLock<()>,
    once: Once,
    once_lock: OnceLock<u8>,
    lazy_lock: LazyLock<u8>,
    sender: Mutex<Option<SyncSender<u8>>>,
    receiver: Mutex<Option<Receiver<u8>>>,
    main: thread::Thread,
}

// SAFETY: nothing of `data` is ever read or written, and of the channel each task takes one end before it is used.
unsafe impl Sync for Shared {}

impl Shared {
    fn new(main: thread::Thread) -> Self {
        let (sender, receiver) = mpsc::sync_channel(1);
        Shared {
            data: UnsafeCell::new(()),
            is_done: AtomicBool::new(false),
            mutex: Mutex::new(()),
            rw_lock: RwLock::new(()),
            once: Once::new(),
            once_lock: OnceLock::new(),
            lazy_lock: LazyLock::new(|| 1),
            sender: Mutex::new(Some(sender)),
            receiver: Mutex::new(Some(receiver)),
            main,
        }
    }

    fn write(&self) {
        self.data.with_mut(|_| ());
    }
}

/// What comes of it if one task writes, does `first` and says so; and another, if it hears of that, does `second` and reads.
/// Before that main does `before` it all.
fn verdict(before: fn(&Shared), first: fn(&Shared), second: fn(&Shared)) -> Verdict {
    let report = Checker::new().explore(move || {
        let shared = Arc::new(Shared::new(thread::current()));
        before(&shared);
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other.write();
            first(&other);
            other.is_done.store(true, Relaxed);
        });
        if shared.is_done.load(Relaxed) {
            second(&shared);
            shared.data.with(|_| ());
        }
        thread.join().unwrap();
    });
    report.verdict()
}

type Step = fn(&Shared);

const NOTHING: Step = |_| ();
const LOCK: Step = |shared| drop(shared.mutex.lock().unwrap());
const READ: Step = |shared| drop(shared.rw_lock.read().unwrap());
const WRITE: Step = |shared| drop(shared.rw_lock.write().unwrap());
const CALL_ONCE: Step = |shared| shared.once.call_once(|| ());
const PANIC_ONCE: Step = |shared| {
    let panics = AssertUnwindSafe(|| shared.once.call_once(|| panic!("on purpose")));
    panic::catch_unwind(panics).unwrap_err();
};
const REFUSED: Step = |shared| {
    panic::catch_unwind(AssertUnwindSafe(|| shared.once.call_once(|| ()))).unwrap_err();
};
const GET: Step = |shared| assert_eq!(shared.once_lock.get(), Some(&1));
const USE: Step = |shared| assert_eq!(*shared.lazy_lock, 1);
/// Taken for good: what is sent or received is handed on by the channel, and by nothing else.
const SEND: Step = |shared| {
    let sender = shared.sender.try_lock().unwrap().take().unwrap();
    sender.send(1).unwrap();
    std::mem::forget(sender);
};
const RECEIVE: Step = |shared| {
    let receiver = shared.receiver.try_lock().unwrap().take().unwrap();
    receiver.recv().unwrap();
    std::mem::forget(receiver);
};

#[test]
fn what_std_promises_is_handed_on() {
    let pairs: [(&str, Step, Step); 13] = [
        ("unlock to lock", LOCK, LOCK),
        ("unlock to try_lock", LOCK, |shared| drop(shared.mutex.try_lock().unwrap())),
        ("a writer to a reader", WRITE, READ),
        ("a reader to a writer", READ, WRITE),
        ("a writer to a writer", WRITE, WRITE),
        ("a closure to the next call", CALL_ONCE, CALL_ONCE),
        ("a closure to who looks", CALL_ONCE, |shared| assert!(shared.once.is_completed())),
        ("a closure to who waits", CALL_ONCE, |shared| shared.once.wait()),
        ("a closure that panicked to the next", PANIC_ONCE, |shared| shared.once.call_once_force(|_| ())),
        ("set to get", |shared| shared.once_lock.set(1).unwrap(), GET),
        ("the first use to the next", USE, USE),
        ("unpark to park", |shared| shared.main.unpark(), |_| thread::park()),
        ("send to receive", SEND, RECEIVE),
    ];
    for (name, first, second) in pairs {
        assert_eq!(verdict(NOTHING, first, second), Verdict::Pass, "{name}");
    }
}

#[test]
fn what_std_does_not_promise_is_not() {
    let pairs: [(&str, Step, Step, Step); 8] = [
        ("a flag that is relaxed", NOTHING, NOTHING, NOTHING),
        ("a reader to a reader", NOTHING, READ, READ),
        ("unlock to another lock", NOTHING, LOCK, WRITE),
        ("a call that found it done to the next", CALL_ONCE, CALL_ONCE, CALL_ONCE),
        ("who looked to who calls", NOTHING, |shared| assert!(!shared.once.is_completed()), CALL_ONCE),
        ("a call that is refused to the next", PANIC_ONCE, REFUSED, REFUSED),
        ("get to get", |shared| shared.once_lock.set(1).unwrap(), GET, GET),
        ("a later use to the next", USE, USE, USE),
    ];
    for (name, before, first, second) in pairs {
        assert_eq!(verdict(before, first, second), Verdict::Fail, "{name}");
    }
}

#[test]
fn a_barrier_hands_on_to_all_who_meet_there() {
    let meet = |is_met: bool| {
        let report = Checker::new().explore(move || {
            let shared = Arc::new((Shared::new(thread::current()), Barrier::new(if is_met { 2 } else { 1 })));
            let other = Arc::clone(&shared);
            let thread = thread::spawn(move || {
                other.0.write();
                other.1.wait();
            });
            shared.1.wait();
            shared.0.data.with(|_| ());
            thread.join().unwrap();
        });
        report.verdict()
    };
    assert_eq!((meet(true), meet(false)), (Verdict::Pass, Verdict::Fail));
}
