//! The strategies that sample, and the bound on preemptions: they see nothing that an exhaustive search
//! does not, and find what is broken within the numbers of executions that are stated here.

use super::trace_counts::native;
use conccheck::models::PROGRAMS;
use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex};
use conccheck::{Backend, Checker, Incomplete, Outcome, Strategy, Verdict, thread};
use std::collections::BTreeSet;

/// Within so many executions each of them finds every broken program of the table.
const EXECUTIONS: u64 = 200;

/// What this program returns depends on how many references there are, which no scheduler sees: it is no
/// operation. So `dpor` takes executions for the same that are not.
const COUNTS_REFERENCES: &str = "processes::worker_outlives_its_pool";

fn samplers(seed: u64) -> [Strategy; 3] {
    [Strategy::Random { seed }, Strategy::Pct { seed, depth: 3 }, Strategy::Pos { seed }]
}

fn lost_update() -> usize {
    let total = Arc::new(AtomicUsize::new(0));
    let add = |total: Arc<AtomicUsize>| move || total.store(total.load(SeqCst) + 1, SeqCst);
    let other = thread::spawn(add(Arc::clone(&total)));
    add(Arc::clone(&total))();
    other.join().unwrap();
    total.load(SeqCst)
}

#[test]
fn samples_of_every_program_are_among_what_dpor_sees_and_show_what_is_broken() {
    let mut surprises = Vec::new();
    for strategy in samplers(1) {
        let (mut executions, mut slowest) = (0, (0, ""));
        for program in PROGRAMS {
            let all = program.check(&native());
            let sampled = program.check(&native().strategy(strategy).executions_max(EXECUTIONS));
            executions += sampled.report.executions();
            let seen: BTreeSet<_> = all.report.outcomes().collect();
            let unknown = sampled.report.outcomes().find(|outcome| !seen.contains(outcome));
            if let Some(unknown) = unknown.filter(|_| program.name != COUNTS_REFERENCES) {
                surprises.push(format!("{} {}: {unknown}", program.name, strategy.name()));
            }
            if !sampled.is_as_expected() {
                surprises.push(format!("{} {}: {}", program.name, strategy.name(), sampled.verdict()));
            }
            if program.is_broken() {
                let wrong = sampled.report.outcomes().filter(|outcome| !sampled.is_right(outcome));
                let first = wrong.filter_map(|outcome| Some(sampled.report.seen(outcome)?.first)).min();
                slowest = slowest.max((first.map_or(0, |first| first + 1), program.name));
            }
        }
        let (name, (number, program)) = (strategy.name(), slowest);
        tell!("{name}: {executions} executions; the last to show was {program}, in execution {number}");
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn a_seed_fixes_all_samples() {
    let first_seen = |strategy: Strategy| {
        let report = native().strategy(strategy).executions_max(100).explore(lost_update);
        report.outcomes().map(|outcome| report.seen(outcome).cloned()).collect::<Vec<_>>()
    };
    for (one, same) in samplers(7).into_iter().zip(samplers(7)) {
        assert_eq!(first_seen(one), first_seen(same));
        let others: Vec<_> = (8..20).map(|seed| first_seen(with_seed(one, seed))).collect();
        assert!(others.iter().any(|other| *other != first_seen(one)), "{}", one.name());
    }
}

fn with_seed(strategy: Strategy, seed: u64) -> Strategy {
    samplers(seed).into_iter().find(|other| other.name() == strategy.name()).unwrap()
}

#[test]
fn samples_end_at_their_number_and_what_has_no_choice_after_one() {
    for strategy in samplers(0) {
        let checker = Checker::new().backend(Backend::Native).strategy(strategy);
        let report = checker.explore(lost_update);
        assert_eq!(
            (report.executions(), report.incomplete()),
            (1_000, Some(&Incomplete::ExecutionsMax(1_000)))
        );
        let report = checker.explore(|| AtomicUsize::new(1).load(SeqCst));
        assert_eq!((report.executions(), report.verdict()), (1, Verdict::Pass));
    }
}

/// One thread makes one step, another thirty and then looks.
fn late_step() -> usize {
    let [step, others] = [0, 0].map(|zero| Arc::new(AtomicUsize::new(zero)));
    let (late, long) = (Arc::clone(&step), Arc::clone(&others));
    let threads = [
        thread::spawn(move || {
            late.store(1, SeqCst);
            0
        }),
        thread::spawn(move || {
            (0..30).for_each(|number| long.store(number, SeqCst));
            step.load(SeqCst)
        }),
    ];
    threads.into_iter().map(|thread| thread.join().unwrap()).sum()
}

#[test]
fn priorities_find_what_random_steps_do_not() {
    let sees_late = |strategy| {
        let report = native().strategy(strategy).executions_max(EXECUTIONS).explore(late_step);
        report.seen(&Outcome::Returned(0)).is_some()
    };
    assert_eq!(samplers(0).map(sees_late), [false, true, true]);
}

#[test]
fn who_polls_does_not_keep_others_from_what_it_waits_for() {
    for strategy in samplers(3) {
        let report = native().strategy(strategy).executions_max(1_000).steps_max(500).explore(|| {
            let rounds = Arc::new(AtomicUsize::new(0));
            let ready = Arc::new(AtomicUsize::new(0));
            let threads: Vec<_> = (0..2)
                .map(|_| {
                    let (rounds, ready) = (Arc::clone(&rounds), Arc::clone(&ready));
                    thread::spawn(move || {
                        while ready.load(SeqCst) < 3 {
                            rounds.fetch_add(1, SeqCst);
                            thread::yield_now();
                        }
                    })
                })
                .collect();
            (0..3).for_each(|_| drop(ready.fetch_add(1, SeqCst)));
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(())], "{}", strategy.name());
    }
}

#[test]
fn bounded_preemptions_leave_out_what_needs_more() {
    let bounded = |preemptions_max| native().preemptions_max(preemptions_max);
    let none = bounded(0).explore(lost_update);
    assert_eq!(none.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(2)]);
    assert_eq!((none.verdict(), none.strategy()), (Verdict::Bounded, Some(Strategy::Dfs)));
    assert_eq!(none.incomplete(), Some(&Incomplete::PreemptionsMax(0)));
    let one = bounded(1).explore(lost_update);
    assert_eq!(one.verdict_against(&2), Verdict::Fail);
    let many = bounded(9).explore(lost_update);
    assert!(many.is_complete());
    assert_eq!(many.executions(), native().strategy(Strategy::Dfs).explore(lost_update).executions());
    for strategy in samplers(0) {
        let none = bounded(0).strategy(strategy).executions_max(EXECUTIONS).explore(lost_update);
        assert_eq!(none.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(2)], "{}", strategy.name());
        let one = bounded(1).strategy(strategy).executions_max(EXECUTIONS).explore(lost_update);
        assert_eq!(one.outcomes().count(), 2, "{}", strategy.name());
    }
}

#[test]
fn a_task_that_has_to_wait_is_left_without_a_preemption() {
    let report = native().preemptions_max(0).explore(|| {
        let turns = Arc::new(Mutex::new(Vec::new()));
        let threads: Vec<_> = (0..2)
            .map(|name| {
                let turns = Arc::clone(&turns);
                thread::spawn(move || turns.lock().unwrap().push(name))
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        turns.lock().unwrap().clone()
    });
    assert_eq!(report.outcomes().count(), 2, "{report}");
}

#[test]
fn dpor_refuses_a_bound_on_preemptions() {
    let error = native().strategy(Strategy::Dpor).preemptions_max(2).validate().unwrap_err();
    assert!(error.to_string().starts_with("dpor cannot bound preemptions"), "{error}");
    let error = Checker::new().preemptions_max(2).validate().unwrap_err();
    assert_eq!(error.to_string(), "the shuttle backend cannot bound preemptions; native and loom can");
}
