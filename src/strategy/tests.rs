//! `dpor` against `dfs` on generated programs: the same trace classes, each once, and the same
//! outcomes. A relation that is not the dependence must show.

use super::dpor::Relation;
use super::{Dfs, Dpor};
use crate::backend::native::explore_with;
use crate::backend::search::{Limits, Search};
use crate::engine::{Access, Scheduler, TaskId, dependent};
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use crate::sync::{Arc, Mutex};
use crate::{Outcome, thread};
use std::collections::{BTreeMap, BTreeSet};

/// What a thread of a generated program does, on one of two atomics or one of two mutexes.
#[derive(Clone, Debug)]
enum Step {
    Load(usize),
    Store(usize, usize),
    Add(usize),
    Exchange(usize, usize, usize),
    /// The steps inside are done with the mutex.
    Lock(usize, Vec<Step>),
    TryLock(usize, Vec<Step>),
    /// Goes on only if the last value read is not 0.
    Unless0(Vec<Step>),
    /// Panics if the last value read is not 0.
    AssertIs0,
    Spawn(Vec<Step>),
}

/// A generator that needs no state but a number (Steele, Lea, Flood, "Fast Splittable Pseudorandom
/// Number Generators", OOPSLA 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }

    /// As many steps as `budget` allows, spread over nested ones too.
    fn steps(&mut self, budget: &mut usize, depth: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        for _ in 0..1 + self.below(3) {
            if *budget == 0 {
                break;
            }
            *budget -= 1;
            let object = self.below(2);
            steps.push(match self.below(if depth < 2 { 12 } else { 6 }) {
                0 | 1 => Step::Load(object),
                2 => Step::Store(object, 1 + self.below(2)),
                3 => Step::Add(object),
                4 => Step::Exchange(object, self.below(2), 1 + self.below(2)),
                5 => Step::AssertIs0,
                6..=8 => Step::Lock(object, self.steps(budget, depth + 1)),
                9 => Step::TryLock(object, self.steps(budget, depth + 1)),
                10 => Step::Unless0(self.steps(budget, depth + 1)),
                _ => Step::Spawn(self.steps(budget, depth + 1)),
            });
        }
        steps
    }

    fn program(&mut self) -> Vec<Vec<Step>> {
        (0..2 + self.below(2)).map(|_| self.steps(&mut 4, 0)).collect()
    }
}

#[derive(Default)]
struct Shared {
    atomics: [AtomicUsize; 2],
    mutexes: [Mutex<()>; 2],
}

/// Runs the steps of one thread; returns what it read, in order.
fn run(steps: &[Step], shared: &Arc<Shared>, read: &mut Vec<usize>) {
    for step in steps {
        match step {
            Step::Load(x) => read.push(shared.atomics[*x].load(SeqCst)),
            Step::Store(x, value) => shared.atomics[*x].store(*value, SeqCst),
            Step::Add(x) => read.push(shared.atomics[*x].fetch_add(1, SeqCst)),
            Step::Exchange(x, from, to) => {
                let (Ok(seen) | Err(seen)) = shared.atomics[*x].compare_exchange(*from, *to, SeqCst, SeqCst);
                read.push(seen);
            }
            Step::Lock(m, inside) => {
                let _guard = shared.mutexes[*m].lock();
                run(inside, shared, read);
            }
            Step::TryLock(m, inside) => {
                let guard = shared.mutexes[*m].try_lock();
                if !matches!(guard, Err(std::sync::TryLockError::WouldBlock)) {
                    run(inside, shared, read);
                }
            }
            Step::Unless0(inside) if read.last().is_some_and(|&value| value != 0) => {
                run(inside, shared, read);
            }
            Step::Unless0(_) => {}
            Step::AssertIs0 => assert_eq!(read.last().copied().unwrap_or(0), 0),
            Step::Spawn(inside) => {
                let (inside, shared) = (inside.clone(), Arc::clone(shared));
                let thread = thread::spawn(move || {
                    let mut read = Vec::new();
                    run(&inside, &shared, &mut read);
                    read
                });
                read.extend(thread.join().unwrap_or_default());
            }
        }
    }
}

/// The whole program: what each thread read, or that it panicked, and what is left.
fn run_program(threads: &[Vec<Step>]) -> Vec<Option<Vec<usize>>> {
    let shared = Arc::new(Shared::default());
    let handles: Vec<_> = threads
        .iter()
        .map(|steps| {
            let (steps, shared) = (steps.clone(), Arc::clone(&shared));
            thread::spawn(move || {
                let mut read = Vec::new();
                run(&steps, &shared, &mut read);
                read
            })
        })
        .collect();
    let mut results: Vec<_> = handles.into_iter().map(|thread| thread.join().ok()).collect();
    results.push(Some(shared.atomics.iter().map(|atomic| atomic.load(SeqCst)).collect()));
    results
}

type Class = Vec<Vec<(TaskId, u32, Access, u32)>>;

struct Found {
    classes: BTreeMap<Class, u64>,
    outcomes: BTreeSet<Outcome<Vec<Option<Vec<usize>>>>>,
    executions: u64,
    redundant: u64,
}

/// More executions than this are too many for the oracle.
const EXECUTIONS_MAX: u64 = 5_000;

/// What a strategy finds; `None` if it is too much.
fn explore(scheduler: impl Fn() -> Box<dyn Scheduler>, program: &[Vec<Step>]) -> Option<Found> {
    crate::backend::mute();
    let limits = Limits { executions_max: EXECUTIONS_MAX, steps_max: 1_000, ..Limits::default() };
    let program = program.to_vec();
    let body: Arc<dyn Fn() -> Vec<Option<Vec<usize>>> + Send + Sync> =
        Arc::new(move || run_program(&program));
    let mut classes = BTreeMap::new();
    let search = explore_with(Search::new(limits, Arc::default()), scheduler, &body, |world| {
        let mut class = world.trace.canonical();
        while class.last().is_some_and(Vec::is_empty) {
            class.pop();
        }
        *classes.entry(class).or_default() += 1;
    });
    let outcomes = search.outcomes.into_keys().collect();
    let (executions, redundant) = (search.executions, search.redundant);
    search.incomplete.is_none().then_some(Found { classes, outcomes, executions, redundant })
}

/// Programs that the oracle can explore, and what it found.
fn oracle(seed: u64, count: usize) -> impl Iterator<Item = (Vec<Vec<Step>>, Found)> {
    let mut dice = Dice(seed);
    std::iter::repeat_with(move || dice.program())
        .filter_map(|program| explore(|| Box::new(Dfs::default()), &program).map(|found| (program, found)))
        .take(count)
}

/// How `dpor` with this relation differs from the oracle.
fn difference(relation: Relation, program: &[Vec<Step>], oracle: &Found) -> Option<&'static str> {
    let Some(found) = explore(|| Box::new(Dpor::with_relation(relation)), program) else {
        return Some("does not come to an end");
    };
    if !found.classes.keys().eq(oracle.classes.keys()) {
        Some("other trace classes")
    } else if found.outcomes != oracle.outcomes {
        Some("other outcomes")
    } else if found.redundant > 0 {
        Some("redundant executions")
    } else if found.executions != found.classes.len() as u64 {
        Some("a trace class more than once")
    } else {
        None
    }
}

#[test]
fn dpor_sees_every_trace_class_of_generated_programs_once() {
    let (mut programs, mut classes, mut executions) = (0, 0, 0);
    for (program, oracle) in oracle(1, 1_500) {
        if let Some(difference) = difference(dependent, &program, &oracle) {
            panic!("{difference}\n{program:#?}");
        }
        programs += 1;
        classes += oracle.classes.len();
        executions += oracle.executions;
    }
    println!("compared {programs} programs: {classes} trace classes in {executions} executions of dfs");
}

#[test]
fn a_relation_that_is_not_the_dependence_is_noticed() {
    let wrong: [(&str, Relation); 2] = [
        ("reads of one object are dependent", |one, other| {
            dependent(one, other) || one.operation.object == other.operation.object
        }),
        ("writes of one object are independent", |one, other| {
            let both = |access| one.access == access && other.access == access;
            dependent(one, other) && !(one.task != other.task && both(Access::Write))
        }),
    ];
    for (name, relation) in wrong {
        let noticed = oracle(1, 600).any(|(program, found)| difference(relation, &program, &found).is_some());
        assert!(noticed, "{name}");
    }
}
