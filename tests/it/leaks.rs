//! What a program leaves behind is a failure, where somebody asks: `Arc`s, memory, and what is tracked. What is let go
//! of, by whichever task and however late, is none.

use conccheck::alloc::{Layout, Track, alloc, alloc_zeroed, dealloc, realloc};
use conccheck::sync::atomic::{AtomicBool, Ordering::SeqCst};
use conccheck::sync::{Arc, LazyLock, Mutex, OnceLock, Weak, mpsc};
use conccheck::{Backend, Checker, Outcome, SettingsError, Verdict, task, thread};
use std::mem::ManuallyDrop;

fn leaks(program: fn()) -> Vec<String> {
    let report = Checker::new().find_leaks().explore(program);
    assert!(report.is_complete(), "{report}");
    assert_eq!(Checker::new().explore(program).verdict(), Verdict::Pass, "nobody asks");
    let leaked = report.outcomes().find_map(|outcome| match outcome {
        Outcome::Leaked { what } => Some(what.clone()),
        _ => None,
    });
    assert_eq!(report.verdict(), if leaked.is_some() { Verdict::Fail } else { Verdict::Pass }, "{report}");
    leaked.unwrap_or_default()
}

struct Node {
    next: Mutex<Option<Arc<Node>>>,
    back: Mutex<Weak<Node>>,
}

/// Two nodes, the first of which owns the second, which owns the first again or only knows it.
fn ring(owns: bool) {
    let node = || Arc::new(Node { next: Mutex::default(), back: Mutex::default() });
    let (one, other) = (node(), node());
    match owns {
        true => *other.next.lock().unwrap() = Some(Arc::clone(&one)),
        false => *other.back.lock().unwrap() = Arc::downgrade(&one),
    }
    *one.next.lock().unwrap() = Some(other);
}

#[test]
fn arcs_that_own_each_other_are_leaked_and_those_that_only_know_each_other_are_not() {
    let leaked = leaks(|| ring(true));
    let [what] = &leaked[..] else { panic!("{leaked:?}") };
    assert!(what.starts_with("2 times an Arc made at tests/it/leaks.rs:"), "{what}");
    assert_eq!(leaks(|| ring(false)), Vec::<String>::new());
}

/// A consumer that looks at `done` before it takes the box, and leaves it there if it is too early.
fn handed_over(takes_back: bool) {
    let slot = Arc::new((AtomicBool::new(false), Mutex::new(None)));
    let producer = Arc::clone(&slot);
    let thread = thread::spawn(move || {
        let value = Box::into_raw(Box::new(Track::new(7)));
        *producer.1.lock().unwrap() = Some(value.expose_provenance());
        producer.0.store(true, SeqCst);
    });
    let take = |slot: &(AtomicBool, Mutex<Option<usize>>)| {
        if let Some(address) = slot.1.lock().unwrap().take() {
            // SAFETY: it is the producer's box, and taken once.
            drop(unsafe { Box::from_raw(std::ptr::with_exposed_provenance_mut::<Track<i32>>(address)) });
        }
    };
    if slot.0.load(SeqCst) {
        take(&slot);
    }
    thread.join().unwrap();
    if takes_back {
        take(&slot);
    }
}

#[test]
fn what_is_leaked_only_in_some_executions_is_found() {
    let leaked = leaks(|| handed_over(false));
    assert!(leaked[0].starts_with("a tracked value made at tests/it/leaks.rs:"), "{leaked:?}");
    assert_eq!(leaks(|| handed_over(true)), Vec::<String>::new());
}

#[test]
fn memory_is_leaked_unless_it_is_given_back() {
    let layout = Layout::new::<u64>();
    let gives_back = || {
        // SAFETY: the layout is not empty, and each is given back as it was taken.
        unsafe {
            let more = Layout::array::<u64>(2).unwrap();
            dealloc(realloc(alloc_zeroed(Layout::new::<u64>()), Layout::new::<u64>(), more.size()), more);
        }
    };
    assert_eq!(leaks(gives_back), Vec::<String>::new());
    // SAFETY: the layout is not empty.
    let leaked = leaks(|| unsafe { _ = alloc(Layout::new::<u64>()) });
    assert!(leaked[0].starts_with("memory made at tests/it/leaks.rs:"), "{leaked:?} of {layout:?}");
}

/// What the facade makes for itself, and what tasks have when they end, is no leak of the program.
#[test]
fn what_ends_with_its_tasks_is_not_leaked() {
    fn all() {
        let total = Arc::new(Mutex::new(0));
        let (sender, receiver) = mpsc::channel();
        let detached = Arc::clone(&total);
        thread::spawn(move || drop(detached));
        let sent = Arc::clone(&total);
        thread::spawn(move || sender.send(sent)).join().unwrap().unwrap();
        drop(receiver);
        let made = OnceLock::new();
        made.get_or_init(|| Arc::clone(&total));
        conccheck::thread_local!(static OWN: std::cell::RefCell<Option<Arc<Mutex<i32>>>> = const { std::cell::RefCell::new(None) });
        OWN.with_borrow_mut(|own| *own = Some(Arc::clone(&total)));
    }
    fn tasks() {
        task::block_on(async {
            let total = Arc::new(Mutex::new(0));
            let other = Arc::clone(&total);
            let handle = task::spawn_local(async move { *other.lock().unwrap() += 1 });
            task::yield_now().await;
            handle.abort();
        });
    }
    assert_eq!(leaks(all), Vec::<String>::new());
    assert_eq!(leaks(tasks), Vec::<String>::new());
}

/// Looks at what a pointer owns, which goes on to own it.
fn looked_at(lets_go: bool) {
    let pointer = Arc::into_raw(Arc::new(1));
    for _ in 0..2 {
        // SAFETY: the pointer is an owner, and stays one, since this one is not dropped.
        let looked_at = ManuallyDrop::new(unsafe { Arc::from_raw(pointer) });
        assert_eq!(**looked_at, 1);
    }
    if lets_go {
        // SAFETY: as above; and it is an owner no more.
        drop(unsafe { Arc::from_raw(pointer) });
    }
}

#[test]
fn who_only_looks_at_what_a_pointer_owns_leaks_nothing() {
    assert_eq!(leaks(|| looked_at(true)), Vec::<String>::new());
    assert_eq!(leaks(|| looked_at(false)).len(), 1);
}

#[test]
fn what_makes_the_value_of_a_static_is_no_leak_and_what_is_put_there_later_is() {
    static MADE: LazyLock<Mutex<Vec<Arc<i32>>>> = LazyLock::new(|| Mutex::new(vec![Arc::new(1)]));
    static ONCE: OnceLock<Arc<i32>> = OnceLock::new();
    let uses = || {
        let other = thread::spawn(|| **ONCE.get_or_init(|| Arc::new(1)));
        assert_eq!(*MADE.lock().unwrap()[0] + **ONCE.get_or_init(|| Arc::new(1)) + other.join().unwrap(), 3);
    };
    assert_eq!(leaks(uses), Vec::<String>::new());
    assert_eq!(leaks(|| MADE.lock().unwrap().push(Arc::new(2))).len(), 1);
    // And what makes the value of what is no static.
    let made_by_no_static = || {
        let once = OnceLock::new();
        once.get_or_init(|| Arc::new(4));
        std::mem::forget(once);
    };
    assert_eq!(leaks(made_by_no_static).len(), 1);
}

#[test]
fn a_panic_comes_before_what_it_leaks_and_who_cannot_find_leaks_says_so() {
    let report = Checker::new().find_leaks().explore(|| {
        std::mem::forget(Arc::new(1));
        panic!("first");
    });
    assert_eq!(report.outcomes().collect::<Vec<&Outcome<()>>>(), [&Outcome::Panicked("first".to_string())]);
    for backend in [Backend::Real, Backend::Shuttle, Backend::Loom] {
        let refused = Checker::new().backend(backend).find_leaks().validate().unwrap_err();
        assert_eq!(refused, SettingsError::Leaks(backend));
    }
}

#[test]
fn a_leak_is_shown_with_its_witness_and_its_place() {
    let failed = std::panic::catch_unwind(|| Checker::new().find_leaks().check(|| handed_over(false)));
    let text = conccheck::panic::message(&*failed.unwrap_err());
    assert!(text.contains("L leaks a tracked value made at tests/it/leaks.rs:"), "{text}");
    assert!(text.contains("witness"), "{text}");
}
