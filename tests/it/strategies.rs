//! The strategies that sample, and the bound on preemptions: they see nothing that an exhaustive search
//! does not. That they find what is broken is for `first_bug`.

use super::trace_counts::native;
use conccheck::models::PROGRAMS;
use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex};
use conccheck::{Backend, Checker, Incomplete, Outcome, Report, Strategy, Verdict, thread};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// How many are drawn where the tests do not say.
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

/// The outcomes of samples that are not among all that `dpor` sees.
fn unknown_to_dpor<T: Ord + Clone + Debug + Send + 'static>(
    explore: impl Fn(&Checker) -> Report<T>,
) -> Vec<(&'static str, Outcome<T>)> {
    let all = explore(&native());
    assert!(all.is_complete(), "{all}");
    let seen: BTreeSet<_> = all.outcomes().collect();
    let mut unknown = Vec::new();
    for strategy in samplers(1) {
        let sampled = explore(&native().strategy(strategy).executions_max(EXECUTIONS));
        let outcomes = sampled.outcomes().filter(|outcome| !seen.contains(outcome)).cloned();
        unknown.extend(outcomes.map(|outcome| (strategy.name(), outcome)));
    }
    unknown
}

#[test]
fn samples_of_every_program_are_among_what_dpor_sees() {
    for program in PROGRAMS.iter().filter(|program| program.name != COUNTS_REFERENCES) {
        let unknown = unknown_to_dpor(|checker| program.check(checker).report);
        assert!(unknown.is_empty(), "{program}: {unknown:?}");
    }
}

#[test]
fn samples_show_what_dpor_misses_of_a_program_that_shares_what_no_scheduler_sees() {
    let unknown = unknown_to_dpor(|checker| {
        checker.explore(|| {
            let order = Arc::new(std::sync::Mutex::new(Vec::new()));
            let threads = [0, 1].map(|name| {
                let order = Arc::clone(&order);
                thread::spawn(move || {
                    AtomicUsize::new(0).load(SeqCst);
                    order.lock().unwrap().push(name);
                })
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            order.lock().unwrap().clone()
        })
    });
    let names: Vec<_> = unknown.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["random", "pct", "pos"]);
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
fn pct_finds_what_needs_as_many_constraints_as_its_depth() {
    let outcomes = |depth| {
        let pct = native().strategy(Strategy::Pct { seed: 0, depth }).executions_max(EXECUTIONS);
        pct.explore(lost_update).outcomes().cloned().collect::<Vec<_>>()
    };
    assert_eq!(outcomes(1), [Outcome::Returned(2)], "nobody is left in the middle");
    assert_eq!(outcomes(2), [Outcome::Returned(1), Outcome::Returned(2)]);
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
            (1..=3).for_each(|count| ready.store(count, SeqCst));
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
    let error = Checker::new().backend(Backend::Shuttle).preemptions_max(2).validate().unwrap_err();
    assert_eq!(error.to_string(), "the shuttle backend cannot bound preemptions; native and loom can");
}
