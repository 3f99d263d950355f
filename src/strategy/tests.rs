//! `dpor` against `dfs` on generated programs: the same trace classes, each once, and the same
//! outcomes. A relation that is not the dependence must show.

use super::dpor::Relation;
use super::{Dfs, Dpor};
use crate::backend::Running as Execution;
use crate::backend::any_value::body;
use crate::backend::native::explore_alone;
use crate::backend::search::{Limits, Search};
use crate::engine::{Access, Scheduler, TaskId, World, dependent};
use crate::sync::atomic::AtomicUsize;
use crate::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use crate::sync::mpsc::{self, Receiver, Sender, SyncSender, TryRecvError};
use crate::sync::{Condvar, Mutex, RwLock, TryLockError};
use crate::thread::{self, Thread};
use crate::{Outcome, schedule::Bounds};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// A generated program: threads that are spawned one after another and joined, and the limits of the two
/// channels, whose receivers the first two threads have; how strong the orderings of its atomics are.
#[derive(Clone, Debug)]
struct Program {
    orderings: Orderings,
    capacities: [Option<usize>; 2],
    threads: Vec<Vec<Step>>,
}

/// Of loads, stores and what does both, each in turn.
#[derive(Clone, Copy, Debug)]
struct Orderings {
    loads: [Ordering; 2],
    stores: [Ordering; 2],
    updates: [Ordering; 2],
}

impl Orderings {
    const SEQ_CST: Orderings = Orderings { loads: [SeqCst; 2], stores: [SeqCst; 2], updates: [SeqCst; 2] };

    fn drawn(dice: &mut Dice) -> Self {
        let [loads, stores, updates] = [
            &[Relaxed, Acquire, SeqCst][..],
            &[Relaxed, Release, SeqCst],
            &[Relaxed, Acquire, Release, AcqRel, SeqCst],
        ]
        .map(|all| [all[dice.below(all.len())], all[dice.below(all.len())]]);
        Orderings { loads, stores, updates }
    }
}

/// What a thread of a generated program does, on one of two objects of each kind.
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
    /// The steps inside are done with the lock, as a reader or as a writer.
    Read(usize, Vec<Step>),
    Write(usize, Vec<Step>),
    TryRead(usize, Vec<Step>),
    TryWrite(usize, Vec<Step>),
    /// Waits, with the first mutex.
    Wait(usize),
    WaitTimeout(usize),
    NotifyOne(usize),
    NotifyAll(usize),
    Send(usize, usize),
    TrySend(usize, usize),
    /// From the thread's own channel.
    Receive,
    TryReceive,
    Park,
    /// The thread before this one.
    Unpark,
    /// Gives up the senders.
    Leave,
    /// Gives up the receiver.
    Close,
}

/// A generator that needs no state but a number (Steele, Lea, Flood, "Fast Splittable Pseudorandom
/// Number Generators", OOPSLA 2014).
struct Dice {
    state: u64,
    /// The kinds of steps that the present program has: few, so that they meet ("Swarm Testing", Groce,
    /// Zhang, Eide, Chen, Regehr, ISSTA 2012).
    kinds: Vec<usize>,
}

/// How many kinds of steps there are; those from `FIRST_NESTED` on have steps inside.
const KINDS: usize = 29;
const FIRST_NESTED: usize = 19;

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
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
            // Mostly the same object, so that the threads meet.
            let object = usize::from(self.below(4) == 0);
            let simple = self.kinds.iter().filter(|&&kind| depth < 2 || kind < FIRST_NESTED).count();
            let kind = match simple {
                0 => 0,
                _ => {
                    let at = self.below(simple);
                    *self.kinds.iter().filter(|&&kind| depth < 2 || kind < FIRST_NESTED).nth(at).unwrap()
                }
            };
            steps.push(match kind {
                0 | 1 => Step::Load(object),
                2 => Step::Store(object, 1 + self.below(2)),
                3 => Step::Add(object),
                4 => Step::Exchange(object, self.below(2), 1 + self.below(2)),
                5 => Step::AssertIs0,
                6 => Step::Wait(object),
                7 => Step::WaitTimeout(object),
                8 => Step::NotifyOne(object),
                9 => Step::NotifyAll(object),
                10 | 11 => Step::Send(object, 1 + self.below(2)),
                12 => Step::TrySend(object, 1),
                13 => Step::Receive,
                14 => Step::TryReceive,
                15 => Step::Park,
                16 => Step::Unpark,
                17 => Step::Leave,
                18 => Step::Close,
                19..=21 => Step::Lock(object, self.steps(budget, depth + 1)),
                22 => Step::TryLock(object, self.steps(budget, depth + 1)),
                23 => Step::Unless0(self.steps(budget, depth + 1)),
                24 => Step::Spawn(self.steps(budget, depth + 1)),
                25 => Step::Read(object, self.steps(budget, depth + 1)),
                26 => Step::Write(object, self.steps(budget, depth + 1)),
                27 => Step::TryRead(object, self.steps(budget, depth + 1)),
                _ => Step::TryWrite(object, self.steps(budget, depth + 1)),
            });
        }
        steps
    }

    fn program(&mut self) -> Program {
        self.kinds = (0..2 + self.below(4)).map(|_| self.below(KINDS)).collect();
        let capacities = [0, 1].map(|_| [None, Some(0), Some(1), Some(1)][self.below(4)]);
        let orderings = Orderings::SEQ_CST;
        Program {
            orderings,
            capacities,
            threads: (0..2 + self.below(2)).map(|_| self.steps(&mut 4, 0)).collect(),
        }
    }
}

struct Shared {
    orderings: Orderings,
    atomics: [AtomicUsize; 2],
    mutexes: [Mutex<()>; 2],
    rw_locks: [RwLock<()>; 2],
    conditions: [Condvar; 2],
}

/// A thread of a generated program while it runs.
struct Running {
    shared: Arc<Shared>,
    senders: Option<Vec<Sending>>,
    receiver: Option<Receiver<usize>>,
    before: Option<Thread>,
    /// What it read, in order.
    read: Vec<usize>,
}

/// A sender of whichever kind of channel it is.
#[derive(Clone)]
enum Sending {
    Unlimited(Sender<usize>),
    Limited(SyncSender<usize>),
}

fn channel(capacity: Option<usize>) -> (Sending, Receiver<usize>) {
    match capacity {
        None => {
            let (sender, receiver) = mpsc::channel();
            (Sending::Unlimited(sender), receiver)
        }
        Some(capacity) => {
            let (sender, receiver) = mpsc::sync_channel(capacity);
            (Sending::Limited(sender), receiver)
        }
    }
}

/// What stands for something that did not work out.
const NOT: usize = 9;

impl Running {
    fn run(&mut self, steps: &[Step]) {
        let shared = Arc::clone(&self.shared);
        let Orderings { loads, stores, updates } = shared.orderings;
        for step in steps {
            match step {
                Step::Load(x) => self.read.push(shared.atomics[*x].load(loads[*x])),
                Step::Store(x, value) => shared.atomics[*x].store(*value, stores[*x]),
                Step::Add(x) => self.read.push(shared.atomics[*x].fetch_add(1, updates[*x])),
                Step::Exchange(x, from, to) => {
                    let (Ok(seen) | Err(seen)) =
                        shared.atomics[*x].compare_exchange(*from, *to, updates[*x], loads[*x]);
                    self.read.push(seen);
                }
                Step::Lock(m, inside) => {
                    let _guard = shared.mutexes[*m].lock();
                    self.run(inside);
                }
                Step::TryLock(m, inside) => {
                    let guard = shared.mutexes[*m].try_lock();
                    self.run_unless(matches!(guard, Err(TryLockError::WouldBlock)), inside);
                }
                Step::Read(l, inside) => {
                    let _guard = shared.rw_locks[*l].read();
                    self.run(inside);
                }
                Step::Write(l, inside) => {
                    let _guard = shared.rw_locks[*l].write();
                    self.run(inside);
                }
                Step::TryRead(l, inside) => {
                    let guard = shared.rw_locks[*l].try_read();
                    self.run_unless(matches!(guard, Err(TryLockError::WouldBlock)), inside);
                }
                Step::TryWrite(l, inside) => {
                    let guard = shared.rw_locks[*l].try_write();
                    self.run_unless(matches!(guard, Err(TryLockError::WouldBlock)), inside);
                }
                Step::Unless0(inside) => {
                    self.run_unless(self.read.last().is_none_or(|&value| value == 0), inside);
                }
                Step::AssertIs0 => assert_eq!(self.read.last().copied().unwrap_or(0), 0),
                Step::Spawn(inside) => {
                    let inside = inside.clone();
                    let mut child = Running {
                        shared: Arc::clone(&shared),
                        senders: self.senders.clone(),
                        receiver: None,
                        before: Some(thread::current()),
                        read: Vec::new(),
                    };
                    let thread = thread::spawn(move || {
                        child.run(&inside);
                        child.read
                    });
                    self.read.extend(thread.join().unwrap_or_default());
                }
                other => self.wait_or_tell(other, &shared),
            }
        }
    }

    fn run_unless(&mut self, not: bool, inside: &[Step]) {
        if not { self.read.push(NOT) } else { self.run(inside) }
    }

    /// The steps by which threads wait for each other.
    fn wait_or_tell(&mut self, step: &Step, shared: &Shared) {
        match step {
            Step::Wait(c) => {
                let guard = shared.mutexes[0].lock();
                let _guard = guard.map(|guard| shared.conditions[*c].wait(guard));
            }
            Step::WaitTimeout(c) => {
                if let Ok(guard) = shared.mutexes[0].lock() {
                    let result = shared.conditions[*c].wait_timeout(guard, Duration::from_secs(1));
                    self.read.push(usize::from(result.is_ok_and(|(_, result)| result.timed_out())));
                }
            }
            Step::NotifyOne(c) => shared.conditions[*c].notify_one(),
            Step::NotifyAll(c) => shared.conditions[*c].notify_all(),
            Step::Send(channel, value) => {
                let sent = self.senders.as_ref().is_some_and(|senders| match &senders[*channel] {
                    Sending::Unlimited(sender) => sender.send(*value).is_ok(),
                    Sending::Limited(sender) => sender.send(*value).is_ok(),
                });
                self.read.push(if sent { 0 } else { NOT });
            }
            Step::TrySend(channel, value) => {
                if let Some(Sending::Limited(sender)) =
                    self.senders.as_ref().map(|senders| &senders[*channel])
                {
                    self.read.push(sender.try_send(*value).map_or(NOT, |()| 0));
                }
            }
            Step::Receive => {
                if let Some(receiver) = &self.receiver {
                    self.read.push(receiver.recv().unwrap_or(NOT));
                }
            }
            Step::TryReceive => {
                if let Some(receiver) = &self.receiver {
                    self.read.push(receiver.try_recv().unwrap_or_else(|error| match error {
                        TryRecvError::Empty => NOT,
                        TryRecvError::Disconnected => NOT + 1,
                    }));
                }
            }
            Step::Park => thread::park(),
            Step::Unpark => self.before.iter().for_each(Thread::unpark),
            Step::Leave => self.senders = None,
            Step::Close => self.receiver = None,
            _ => unreachable!("done by `run`"),
        }
    }
}

/// The whole program: what each thread read, or that it panicked, and what is left.
fn run_program(program: &Program) -> Vec<Option<Vec<usize>>> {
    let shared = Arc::new(Shared {
        orderings: program.orderings,
        atomics: Default::default(),
        mutexes: Default::default(),
        rw_locks: Default::default(),
        conditions: Default::default(),
    });
    let (senders, receivers): (Vec<Sending>, Vec<Receiver<usize>>) =
        program.capacities.into_iter().map(channel).unzip();
    let mut receivers = receivers.into_iter();
    let mut before: Option<Thread> = None;
    let mut handles = Vec::new();
    for steps in &program.threads {
        let steps = steps.clone();
        let mut running = Running {
            shared: Arc::clone(&shared),
            senders: Some(senders.clone()),
            receiver: receivers.next(),
            before: before.clone(),
            read: Vec::new(),
        };
        let handle = thread::spawn(move || {
            running.run(&steps);
            running.read
        });
        before = Some(handle.thread().clone());
        handles.push(handle);
    }
    drop(senders);
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
const EXECUTIONS_MAX: u64 = 500;

/// What a strategy finds; `None` if it is too much.
fn explore(scheduler: impl Fn() -> Box<dyn Scheduler>, program: &Program) -> Option<Found> {
    crate::backend::mute();
    let limits = Limits {
        executions_max: EXECUTIONS_MAX,
        steps_max: 1_000,
        bounds: Bounds { timeouts_max: 1, ..Bounds::default() },
        workers: 1,
        ..Limits::default()
    };
    let program = program.clone();
    let body = body(move || run_program(&program));
    let count = |classes: &mut BTreeMap<Class, u64>, world: &mut World, _: &Execution| {
        let class = world.class();
        *classes.entry(class).or_default() += 1;
    };
    let search = Search::new(limits, Arc::default());
    let (search, classes) = explore_alone(search, scheduler, &body, BTreeMap::new(), count);
    let is_whole = search.incomplete().next().is_none();
    let (executions, redundant) = (search.executions, search.redundant);
    let outcomes = search.outcomes.into_keys().map(Outcome::into_known).collect();
    is_whole.then_some(Found { classes, outcomes, executions, redundant })
}

/// Programs that the oracle can explore, and what it found.
fn oracle(seed: u64, count: usize) -> impl Iterator<Item = (Program, Found)> {
    oracle_of(seed, count, Dice::program)
}

/// The same, whose atomics may have weaker orderings.
fn weak_oracle(seed: u64, count: usize) -> impl Iterator<Item = (Program, Found)> {
    oracle_of(seed, count, |dice| {
        let program = dice.program();
        Program { orderings: Orderings::drawn(dice), ..program }
    })
}

fn oracle_of(
    seed: u64,
    count: usize,
    draw: impl Fn(&mut Dice) -> Program,
) -> impl Iterator<Item = (Program, Found)> {
    let mut dice = Dice { state: seed, kinds: Vec::new() };
    std::iter::repeat_with(move || draw(&mut dice))
        .filter_map(|program| explore(|| Box::new(Dfs::default()), &program).map(|found| (program, found)))
        .filter(|(_, found)| found.classes.len() > 1)
        .take(count)
}

/// How `dpor` with this relation differs from the oracle.
fn difference(relation: Relation, program: &Program, oracle: &Found) -> Option<&'static str> {
    let Some(found) = explore(|| Box::new(Dpor::with_relation(relation)), program) else {
        return Some("does not come to an end");
    };
    if !found.classes.keys().eq(oracle.classes.keys()) {
        Some("other trace classes")
    } else if found.outcomes != oracle.outcomes {
        Some("other outcomes")
    } else if found.redundant > 0 {
        Some("redundant executions")
    } else if found.classes.values().any(|&times| times != 1) {
        Some("a trace class more than once")
    } else {
        None
    }
}

/// How many times as many programs somebody asks for.
fn cases() -> usize {
    std::env::var("CONCCHECK_CASES").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

#[test]
fn dpor_sees_every_trace_class_of_generated_programs_once() {
    let (mut programs, mut classes, mut executions) = (0, 0, 0);
    for (program, oracle) in oracle(1, 500 * cases()) {
        if let Some(difference) = difference(dependent, &program, &oracle) {
            panic!("{difference}\n{program:?}");
        }
        programs += 1;
        classes += oracle.classes.len();
        executions += oracle.executions;
    }
    let _ = writeln!(
        std::io::stderr(),
        "compared {programs} programs: {classes} trace classes in {executions} executions of dfs"
    );
}

#[test]
fn under_the_memory_model_of_rust_too() {
    for (program, oracle) in weak_oracle(1, 150 * cases()) {
        if let Some(difference) = difference(dependent, &program, &oracle) {
            panic!("{difference}\n{program:?}");
        }
    }
}

#[test]
fn a_relation_that_is_not_the_dependence_is_noticed() {
    let wrong: [(&str, Relation); 2] = [
        ("reads of one object are dependent", |one, other| {
            dependent(one, other) || one.operation.object == other.operation.object
        }),
        ("writes of one object are independent", |one, other| {
            let both = one.access == one.as_write().access && other.access == one.access;
            dependent(one, other) && !(one.task != other.task && both)
        }),
    ];
    for (name, relation) in wrong {
        let noticed = oracle(1, 600).any(|(program, found)| difference(relation, &program, &found).is_some());
        assert!(noticed, "{name}");
    }
}
