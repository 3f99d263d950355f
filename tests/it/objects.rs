//! Each concurrent object behaves like its specification, and each mistake that is made in one is found, in a
//! scenario that is as small as it can be, and explained. The texts and a table are kept, for review.

use conccheck::Verdict;
use conccheck::models::objects::{ConcurrentObject, OBJECTS, SeededFault};
use conccheck::property::{Object, ObjectReport};
use conccheck::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};
use conccheck::sync::atomic::{AtomicBool, AtomicU8};
use conccheck::{Checker, Memory};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What was found of every seeded fault; several tests ask.
static FOUND: LazyLock<Vec<Found>> = LazyLock::new(|| {
    let faults = OBJECTS.iter().flat_map(|object| object.faults.iter().map(move |fault| (object, fault)));
    faults.map(|(object, fault)| Found { object, fault, report: (fault.check)() }).collect()
});

struct Found {
    object: &'static ConcurrentObject,
    fault: &'static SeededFault,
    report: ObjectReport,
}

impl Found {
    fn name(&self) -> String {
        format!("{}::{}", self.object.name, self.fault.name)
    }

    /// Tasks and operations of the scenario.
    fn size(&self) -> (usize, usize) {
        self.report.size().unwrap_or_else(|| panic!("{} is not found: {}", self.name(), self.report))
    }
}

#[test]
fn every_object_behaves_like_its_specification() {
    let mut wrong = Vec::new();
    for object in OBJECTS {
        let report = (object.check)();
        let (scenarios, executions, seconds) =
            (report.scenarios(), report.executions(), report.elapsed().as_secs_f64());
        tell!("{}: {report}; {scenarios} scenarios, {executions} executions, {seconds:.1} s", object.name);
        if !matches!(report.verdict(), Verdict::Pass | Verdict::Bounded) {
            wrong.push(format!("{}: {report}", object.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_seeded_fault_is_found() {
    for found in &*FOUND {
        let report = &found.report;
        tell!(
            "{}: {:?}, scenario {} of them, {} executions, {:.2} s",
            found.name(),
            found.size(),
            report.scenarios(),
            report.executions(),
            report.elapsed().as_secs_f64()
        );
        assert!(matches!(report.verdict(), Verdict::Fail | Verdict::Hang), "{}: {report}", found.name());
        assert!(report.witness().is_some(), "{} is shown", found.name());
    }
}

#[test]
fn two_tasks_and_four_operations_show_a_fault_unless_it_is_said_why_not() {
    for found in &*FOUND {
        let (tasks, operations) = found.size();
        match &found.fault.needs {
            None => assert!(tasks <= 2 && operations <= 4, "{}: {:?}", found.name(), found.report.scenario()),
            Some(needs) => {
                assert_eq!((tasks, operations), (needs.tasks, needs.operations), "{}", found.name());
                assert!(tasks > 2 || operations > 4, "{} needs no more than others", found.name());
                assert!(!needs.why.is_empty(), "{} says why", found.name());
            }
        }
    }
}

#[test]
fn shrinking_ends_within_its_budget() {
    let rows = FOUND.iter().map(|found| {
        let shrunk = found.report.shrunk().unwrap_or_else(|| panic!("{} is shrunk", found.name()));
        assert!(shrunk.is_least, "{} was given up: {shrunk}", found.name());
        let times = format!("{} → {}", shrunk.from, shrunk.to);
        let scenario = found.report.scenario().unwrap_or_default();
        tell!("{}: {} attempts in {:.2} s", found.name(), shrunk.attempts, shrunk.elapsed.as_secs_f64());
        let why = found.fault.needs.as_ref().map(|needs| format!(" ({})", needs.why)).unwrap_or_default();
        format!("{:<52}{times:<12}{:<10}{scenario}{why}", found.name(), shrunk.attempts)
    });
    let heading = format!("{:<52}{:<12}{:<10}{}", "fault", "operations", "attempts", "scenario");
    let table: Vec<String> = [heading].into_iter().chain(rows).collect();
    keep("", "shrinking", &table.join("\n"));
}

#[test]
fn each_failure_says_why() {
    for found in &*FOUND {
        let text = format!("{}\n\n{}", found.fault.about, found.report);
        keep(found.object.name, found.fault.name, &without_lines(&text));
    }
}

#[test]
fn names_are_unique_and_every_object_has_a_fault() {
    let names: BTreeSet<&str> = OBJECTS.iter().map(|object| object.name).collect();
    assert_eq!(names.len(), OBJECTS.len());
    for object in OBJECTS {
        let faults: BTreeSet<&str> = object.faults.iter().map(|fault| fault.name).collect();
        assert_eq!(faults.len(), object.faults.len(), "{}", object.name);
        assert!(!faults.is_empty(), "{} can be broken", object.name);
    }
}

/// A value, and a flag that says that it is there.
#[derive(Default)]
struct Slot {
    value: AtomicU8,
    is_full: AtomicBool,
}

/// In the memory model of Rust, with this ordering of the flag's store.
fn slot(store: Ordering) -> ObjectReport {
    let put = move |slot: &Slot, value| {
        slot.value.store(value, Relaxed);
        slot.is_full.store(true, store);
    };
    let take = |slot: &Slot| slot.is_full.load(Acquire).then(|| slot.value.load(Relaxed));
    Object::new(Slot::default, || None)
        .operation_with("put", 1..3_u8, put, |slot, value| *slot = Some(value))
        .operation("take", take, |slot| *slot)
        .tasks(2..=2)
        .operations_max(3)
        .scenarios(20)
        .seed(1)
        .checker(Checker::new().memory(Memory::Rust).executions_max(20_000))
        .run()
}

#[test]
fn an_old_value_is_no_fault_where_nothing_orders_the_operations_and_half_a_value_is() {
    let report = slot(Release);
    assert!(matches!(report.verdict(), Verdict::Pass | Verdict::Bounded), "{report}");
    let report = slot(Relaxed);
    assert_eq!(report.verdict(), Verdict::Fail, "{report}");
    assert!(report.to_string().starts_with("FAIL: not linearizable"), "{report}");
    let remedy = report.remedy().expect("it is a weak ordering").to_string();
    assert!(remedy.starts_with("with Release at tests/it/objects.rs:"), "{remedy}");
    assert!(report.to_string().contains(&format!("\nremedy: {remedy}")), "{report}");
    let is_old = |step: &conccheck::witness::Step| step.overlooks.is_some();
    assert!(report.witness().is_some_and(|witness| witness.steps.iter().any(is_old)), "{report}");
}

/// Compares a text with `snapshots/objects/<folder>/<name>.snap`.
fn keep(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("../../snapshots/objects/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Without the source that a witness quotes, and with `:nn` for line 12: both change with any edit.
pub fn without_lines(text: &str) -> String {
    let shown = text.lines().take_while(|line| !line.contains("╭▸")).collect::<Vec<_>>().join("\n");
    let mut is_place = false;
    let hide = |letter: char| {
        is_place = letter == ':' || is_place && letter.is_ascii_digit();
        if is_place && letter != ':' { 'n' } else { letter }
    };
    shown.chars().map(hide).collect::<String>().trim_end().to_string()
}
