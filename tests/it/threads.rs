//! Threads and their handles are std's in the small things, too; and what a handle tells is explored.

use crate::policy::values;
use conccheck::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, mpsc};
use conccheck::{Backend, Checker, Outcome, Report, Verdict, hint, panic, thread};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

const CHECKERS: [Backend; 3] = [Backend::Native, Backend::Shuttle, Backend::Loom];

fn explore<T: Ord + Debug + Send + 'static>(
    backend: Backend,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> Report<T> {
    Checker::new().backend(backend).executions_max(200).explore(program)
}

#[test]
fn a_loop_that_spins_lets_others_go_first() {
    for backend in CHECKERS {
        let report = explore(backend, || {
            let flag = Arc::new(AtomicBool::new(false));
            let raised = flag.clone();
            let raises = thread::spawn(move || raised.store(true, SeqCst));
            while !flag.load(SeqCst) {
                hint::spin_loop();
            }
            raises.join().unwrap();
        });
        assert_eq!(values(&report), [()].into(), "{backend}");
    }
}

#[test]
fn a_builder_names_scoped_threads() {
    let program = || {
        let number = 7;
        thread::scope(|scope| {
            let builder = thread::Builder::new().name("scoped".to_string());
            let named = || (number, thread::current().name().map(str::to_string));
            let handle = builder.spawn_scoped(scope, named).unwrap();
            let is_named = handle.thread().name() == Some("scoped");
            (is_named, handle.join().unwrap())
        })
    };
    let expected = (true, (7, Some("scoped".to_string())));
    for backend in CHECKERS {
        assert_eq!(values(&explore(backend, program)), [expected.clone()].into(), "{backend}");
    }
    assert_eq!(program(), expected, "for real");
}

#[test]
fn a_name_with_a_null_byte_panics_as_stds_does() {
    let program = || drop(thread::Builder::new().name("a\0b".to_string()).spawn(|| ()));
    let message = "thread name may not contain interior null bytes";
    for backend in CHECKERS {
        let report = explore(backend, program);
        assert_eq!(
            report.outcomes().collect::<Vec<_>>(),
            [&Outcome::Panicked(message.to_string())],
            "{backend}"
        );
    }
    let payload = panic::catch_unwind(program).unwrap_err();
    assert_eq!(panic::message(&*payload), message);
}

#[test]
fn whether_a_thread_has_finished_is_explored_for_each_kind_of_handle() {
    let plain = || {
        let flag = Arc::new(AtomicU32::new(0));
        let raised = flag.clone();
        let handle = thread::spawn(move || raised.store(1, SeqCst));
        let is_finished = handle.is_finished();
        let seen = (is_finished, flag.load(SeqCst));
        handle.join().unwrap();
        seen
    };
    let scoped = || {
        let flag = AtomicU32::new(0);
        thread::scope(|scope| {
            let handle = scope.spawn(|| flag.store(1, SeqCst));
            let is_finished = handle.is_finished();
            (is_finished, flag.load(SeqCst))
        })
    };
    // To ask is no join: it hands nothing on.
    let expected: BTreeSet<(bool, u32)> = [(false, 0), (false, 1), (true, 0), (true, 1)].into();
    assert_eq!(values(&explore(Backend::Native, plain)), expected);
    assert_eq!(values(&explore(Backend::Native, scoped)), expected);
}

/// Tells whether it is dropped by a panic.
struct Tells(mpsc::Sender<bool>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.0.send(thread::panicking()).unwrap();
    }
}

#[test]
fn who_panics_is_known_of_each_task() {
    let report = explore(Backend::Native, || {
        let (sender, receiver) = mpsc::channel();
        let raises = thread::spawn(move || {
            let _tells = Tells(sender);
            panic!("it unwinds");
        });
        // Main goes on while the other unwinds, and is asked at each point of that.
        let before = thread::panicking();
        let told = receiver.recv().unwrap();
        let after = thread::panicking();
        let caught = panic::catch_unwind(|| panic::resume_unwind(Box::new(1))).is_err();
        let ended = raises.join().is_err();
        (before, told, after, caught, ended, thread::panicking())
    });
    assert_eq!(values(&report), [(false, true, false, true, true, false)].into(), "{report}");
}

/// A handle that a first execution leaves to the next one.
fn left_behind<T: Send + 'static>(make: fn() -> T, use_it: fn(T)) -> (Report<()>, Arc<Mutex<Option<T>>>) {
    let left = Arc::new(Mutex::new(None));
    let slot = left.clone();
    let report = Checker::new().explore(move || {
        // There are two executions.
        let seen = Arc::new(AtomicBool::new(false));
        let other = seen.clone();
        let races = thread::spawn(move || other.store(true, SeqCst));
        seen.load(SeqCst);
        races.join().unwrap();
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = slot.replace(make());
        drop(slot);
        earlier.into_iter().for_each(use_it);
    });
    (report, left)
}

#[test]
fn a_handle_of_an_earlier_execution_is_refused() {
    fn assert_refused<T: Send + 'static>(name: &str, make: fn() -> T, use_it: fn(T)) {
        let (report, left) = left_behind(make, use_it);
        assert_eq!(report.verdict(), Verdict::Skip, "{name}: {report}");
        let reason = report.incomplete().unwrap().to_string();
        assert!(reason.contains("a thread's handle of an earlier execution"), "{name}: {reason}");
        // Nor is it of use outside.
        let handle = left.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap();
        let outside = panic::catch_unwind(panic::AssertUnwindSafe(|| use_it(handle)));
        let message = panic::message(&*outside.unwrap_err());
        assert!(
            message.contains("under the native backend is used under the real backend"),
            "{name}: {message}"
        );
    }
    let spawn = || thread::spawn(|| ());
    assert_refused("is_finished", spawn, |handle| assert!(handle.is_finished()));
    assert_refused("join", spawn, |handle| drop(handle.join()));
    assert_refused("unpark", thread::current, |thread| thread.unpark());
}

#[test]
fn a_real_threads_handle_is_refused_inside_a_check() {
    let real = thread::current();
    let report = Checker::new().explore(move || real.unpark());
    assert_eq!(report.verdict(), Verdict::Skip, "{report}");
    let reason = report.incomplete().unwrap().to_string();
    assert!(reason.contains("a thread's handle that was made under the real backend"), "{reason}");
}
