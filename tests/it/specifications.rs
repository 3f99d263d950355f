//! A concurrent object is checked against what it should be: right ones pass, wrong ones are found and made
//! small, and what cannot be checked is said to be so.

use conccheck::property::{Criterion, Object, ObjectReport, Unchecked};
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Condvar, Mutex};
use conccheck::{Backend, Checker, Strategy, Verdict, thread};
use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

/// A channel that holds any number of messages; `pop` waits for one.
struct Channel {
    messages: Mutex<VecDeque<u8>>,
    is_there: Condvar,
}

impl Channel {
    fn new() -> Self {
        Channel { messages: Mutex::default(), is_there: Condvar::new() }
    }

    fn push(&self, message: u8) {
        self.messages.lock().unwrap().push_back(message);
        self.is_there.notify_one();
    }

    /// Notifies only those who came to an empty channel: the second of two waiters is forgotten.
    fn push_if_empty(&self, message: u8) {
        let mut messages = self.messages.lock().unwrap();
        if messages.is_empty() {
            self.is_there.notify_one();
        }
        messages.push_back(message);
    }

    fn pop(&self) -> u8 {
        let mut messages = self.messages.lock().unwrap();
        while messages.is_empty() {
            messages = self.is_there.wait(messages).unwrap();
        }
        messages.pop_front().unwrap()
    }
}

/// A number that is read and written in one step each.
fn counter(add: fn(&AtomicU32, u32) -> u32) -> Object<AtomicU32, u32> {
    let specified = |total: &mut u32, more| std::mem::replace(total, *total + more);
    Object::new(|| AtomicU32::new(0), || 0)
        .operation_with("add", 1..4_u32, add, specified)
        .seed(1)
        .scenarios(20)
}

fn add_apart(total: &AtomicU32, more: u32) -> u32 {
    let before = total.load(SeqCst);
    total.store(before + more, SeqCst);
    before
}

fn passes(report: &ObjectReport) {
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
    assert_eq!(report.incomplete(), 0);
}

/// Compares a report with the one that was reviewed.
fn snapshot(name: &str, report: &ObjectReport) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/specifications"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let text = super::objects::without_lines(&report.to_string());
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn verdict_and_snapshot(name: &str, report: &ObjectReport, verdict: Verdict) {
    assert_eq!(report.verdict(), verdict, "{report}");
    snapshot(name, report);
}

#[test]
fn a_right_object_passes_and_says_how_much_was_looked_at() {
    let report = counter(|total, more| total.fetch_add(more, SeqCst)).run();
    passes(&report);
    assert_eq!(report.scenarios(), 20);
    assert!(report.executions() > 20);
    assert_eq!(report.to_string(), "PASS: linearizable in 20 scenarios, all explored completely");
}

#[test]
fn a_lost_update_is_found_and_made_as_small_as_it_can_be() {
    let report = counter(add_apart).run();
    assert_eq!(report.verdict(), Verdict::Fail);
    assert_eq!((report.scenario(), report.size()), (Some("add(1) ‖ add(1)"), Some((2, 2))));
    assert!(report.shrunk().unwrap().is_least);
    snapshot("lost_update", &report);
}

#[test]
fn the_same_seed_finds_the_same_text() {
    assert_eq!(counter(add_apart).run().to_string(), counter(add_apart).run().to_string());
    let scenario =
        |seed| counter(add_apart).seed(seed).shrink_attempts_max(0).run().scenario().unwrap().to_string();
    assert_ne!(scenario(1), scenario(2), "another seed draws other scenarios");
}

#[test]
fn who_waits_for_ever_where_the_specification_waits_is_right_and_where_it_does_not_is_wrong() {
    let channel =
        || Object::new(Channel::new, VecDeque::new).blocking("pop", Channel::pop, VecDeque::pop_front);
    let push = |push: fn(&Channel, u8)| {
        channel().operation_with("push", 0..2_u8, push, VecDeque::push_back).seed(1).scenarios(100)
    };
    passes(&push(Channel::push).run());

    let report = push(Channel::push_if_empty).run();
    assert_eq!(report.verdict(), Verdict::Fail);
    assert_eq!(report.size().unwrap().1, 4, "{report}");
    snapshot("forgotten_waiter", &report);
    // It is no fault of a specification that never waits, but of the object.
    let impatient = channel().operation("pop_now", |channel| Some(channel.pop()), VecDeque::pop_front);
    assert_eq!(impatient.seed(1).run().verdict(), Verdict::Fail);
}

#[test]
fn a_wait_in_a_loop_that_yields_is_a_wait() {
    let wait = |flag: &AtomicU32| {
        while flag.load(SeqCst) == 0 {
            thread::yield_now();
        }
    };
    let specified = |flag: &mut u32| (*flag == 1).then_some(());
    let object =
        Object::new(|| AtomicU32::new(0), || 0).blocking("wait", wait, specified).seed(1).scenarios(20);
    passes(&object.operation("set", |flag| flag.store(1, SeqCst), |flag| *flag = 1).run());
}

#[test]
fn an_operation_that_panics_answers_so() {
    let take = |left: &Mutex<u8>, some: u8| {
        let mut left = left.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        *left = left.checked_sub(some).expect("nothing is left");
    };
    let specified = |left: &mut u8, some| *left = left.checked_sub(some).expect("another text for the same");
    let object = |take: fn(&Mutex<u8>, u8)| {
        Object::new(|| Mutex::new(3), || 3)
            .operation_with("take", 1..3_u8, take, specified)
            .seed(1)
            .scenarios(20)
    };
    passes(&object(take).run());
    let report = object(|left, some| {
        // Somebody else may take what is left after it was looked at.
        assert!(*left.lock().unwrap() >= some, "nothing is left");
        let mut left = left.lock().unwrap();
        *left = left.saturating_sub(some);
    });
    let report = report.run();
    assert_eq!(report.verdict(), Verdict::Fail);
    snapshot("does_not_panic", &report);
}

/// Gives out numbers from two wires in turns, as a counting network of one balancer does.
struct Balancer {
    turn: AtomicU32,
    wires: [AtomicU32; 2],
}

impl Balancer {
    fn new() -> Self {
        Balancer { turn: AtomicU32::new(0), wires: [AtomicU32::new(0), AtomicU32::new(1)] }
    }

    fn next(&self) -> u32 {
        let wire = self.turn.fetch_xor(1, SeqCst) as usize;
        self.wires[wire].fetch_add(2, SeqCst)
    }
}

#[test]
fn a_panic_that_is_specified_hides_no_other_fault() {
    let bump = |cell: &AtomicU32| {
        assert!(cell.load(SeqCst) < 1, "full");
        cell.store(1, SeqCst);
    };
    let specified = |count: &mut u32| {
        assert!(*count < 1, "full");
        *count += 1;
    };
    let object =
        Object::new(|| AtomicU32::new(0), || 0).operation("bump", bump, specified).tasks(1..=1).seed(1);
    let forgetful = object.operation("get", |_| 0, |count| *count).run();
    assert_eq!(forgetful.scenario(), Some("[bump(); get()]"), "{forgetful}");
}

#[test]
fn a_loop_that_never_yields_waits_like_a_lock() {
    let lock = |held: &AtomicU32| while held.compare_exchange(0, 1, SeqCst, SeqCst).is_err() {};
    let specified = |held: &mut bool| (!std::mem::replace(held, true)).then_some(());
    let object =
        Object::new(|| AtomicU32::new(0), || false).blocking("lock", lock, specified).seed(1).scenarios(5);
    let report = object.run();
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
    tell!("a loop that never yields: {} executions, {:?}", report.executions(), report.elapsed());
}

#[test]
fn what_is_right_by_one_criterion_may_be_wrong_by_another() {
    let next = |given: &mut u32| std::mem::replace(given, *given + 1);
    let check = |criterion| {
        let balancer = Object::new(Balancer::new, || 0).operation("next", Balancer::next, next);
        balancer.criterion(criterion).operations_max(4).seed(1).scenarios(30).run()
    };
    // Whoever comes when the others have gone gets the next number.
    passes(&check(Criterion::QuiescentlyConsistent));
    // But while one is on its way to 0, another may get 1 and come again for 0.
    let report = check(Criterion::Linearizable);
    assert_eq!(report.scenario(), Some("next(); next() ‖ next()"), "{report}");
    snapshot("balancer", &report);
    assert_eq!(check(Criterion::SequentiallyConsistent).size(), Some((2, 3)));
}

#[test]
fn every_backend_can_look() {
    let broken = |checker: Checker| counter(add_apart).tasks(2..=2).operations_max(2).checker(checker).run();
    for backend in [Backend::Shuttle, Backend::Loom] {
        let report = broken(Checker::new().backend(backend));
        assert_eq!(report.verdict(), Verdict::Fail, "{backend}: {report}");
        assert!(report.witness().is_none(), "only native shows how");
    }
    for strategy in
        [Strategy::Random { seed: 1 }, Strategy::Pct { seed: 1, depth: 3 }, Strategy::Pos { seed: 1 }]
    {
        let report = broken(Checker::new().strategy(strategy));
        assert_eq!(report.scenario(), Some("add(1) ‖ add(1)"), "{report}");
    }
    let right = counter(|total, more| total.fetch_add(more, SeqCst)).scenarios(3);
    let real = right.checker(Checker::new().backend(Backend::Real)).run();
    assert_eq!(real.verdict(), Verdict::Bounded, "{real}");
}

#[test]
fn several_workers_find_the_same_failure() {
    let alone = counter(add_apart).run().to_string();
    let together = counter(add_apart).checker(Checker::new().executions_max(2_000).workers(3)).run();
    assert_eq!(together.to_string(), alone);
}

#[test]
fn shrinking_keeps_to_its_budget() {
    let attempts = counter(add_apart).operations_max(9).shrink_attempts_max(2).run();
    let shrunk = attempts.shrunk().unwrap();
    assert_eq!((shrunk.attempts, shrunk.is_least), (2, false));
    let time = counter(add_apart).shrink_time_max(Duration::ZERO).run();
    assert_eq!(time.shrunk().unwrap().attempts, 0);
    assert_eq!(time.verdict(), Verdict::Fail, "it is still found");
}

#[test]
fn a_data_race_and_a_panic_outside_of_operations_are_wrong() {
    let race = |cell: &Racy| cell.0.with_mut(unsafe_add);
    let report = Object::new(Racy::default, || 0).operation("add", race, |_| ()).seed(1).run();
    assert_eq!(report.verdict(), Verdict::Fail);
    snapshot("data_race", &report);

    let report = Object::new(|| Bomb, || 0).operation("look", |_| (), |_| ()).seed(1).run();
    assert!(report.to_string().contains("FAIL: panics: the bomb was dropped"), "{report}");
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the bomb was dropped");
    }
}

/// A plain number behind a shared reference.
#[derive(Default)]
struct Racy(conccheck::cell::UnsafeCell<u32>);

// SAFETY: it is not; that is what the check has to find. Under it one task runs at a time.
unsafe impl Sync for Racy {}

fn unsafe_add(value: *mut u32) {
    // SAFETY: only one task runs at a time under a check.
    unsafe { *value += 1 };
}

#[test]
fn what_cannot_be_checked_is_said_and_why() {
    let object = || Object::new(|| AtomicU32::new(0), || 0_u32).seed(1);

    let panics = object().operation("get", |cell| cell.load(SeqCst), |_| panic!("not written yet")).run();
    assert!(matches!(panics.unchecked(), Some(Unchecked::SpecificationPanics { .. })));
    verdict_and_snapshot("specification_panics", &panics, Verdict::Skip);

    let clock = object().operation("now", |_| std::time::Instant::now(), |_| std::time::Instant::now()).run();
    assert!(matches!(clock.unchecked(), Some(Unchecked::NotDeterministic { .. })), "{clock}");
    assert_eq!(clock.verdict(), Verdict::Flaky);
    assert!(clock.to_string().contains("the object is not deterministic in ["), "{clock}");

    let unmade =
        Object::new(|| (), || -> u32 { panic!("no model") }).operation("get", |_| (), |_| ()).seed(1).run();
    assert!(matches!(unmade.unchecked(), Some(Unchecked::SpecificationFails { .. })), "{unmade}");
    assert!(
        unmade.to_string().contains("the specification fails in [")
            && unmade.to_string().contains("no model")
    );

    let spin = |cell: &AtomicU32| while cell.load(SeqCst) == 0 {};
    let waits = object().operation("spin", spin, |_| ()).run();
    verdict_and_snapshot("never_ends", &waits, Verdict::Fail);
}

#[test]
fn an_object_without_operations_and_ranges_without_numbers_are_refused() {
    type Set = fn(Object<AtomicU32, u32>) -> Object<AtomicU32, u32>;
    let refused = |set: Set| {
        let object = set(counter(add_apart));
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| object.run())).unwrap_err();
        conccheck::panic::message(&*panic)
    };
    assert_eq!(
        refused(|object| object.tasks(RangeInclusive::new(3, 2))),
        "there must be some tasks, not 3..=2"
    );
    assert_eq!(
        refused(|object| object.operations_per_task(0..=0)),
        "there must be some operations of a task, not 0..=0"
    );
    assert_eq!(
        refused(|object| object.operations_max(0)),
        "the number of operations of all tasks must be at least one"
    );
    assert_eq!(
        refused(|object| object.checker(Checker::new().executions_max(0))),
        "the number of executions must be at least one"
    );
    assert_eq!(refused(|object| object.scenarios(0)), "the number of scenarios must be at least one");
    let nothing = Object::new(|| (), || ());
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| nothing.run())).unwrap_err();
    assert!(conccheck::panic::message(&*panic).starts_with("the object has no operations"));
}
