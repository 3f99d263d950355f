//! Whether the cost of a step stays the same as a program grows: nanoseconds a step of programs of 100, 1,000 and
//! 10,000 of something, and how much more the last cost than the first. Native's are medians of rounds that take the
//! sizes in turn; shuttle's column, once each, divides its time by the same steps.

use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Condvar, Mutex, RwLock, mpsc};
use conccheck::{Backend, Checker, Strategy, thread};
use std::time::{Duration, Instant};

const SIZES: [usize; 3] = [100, 1_000, 10_000];
const ROUNDS: usize = 3;
/// So many steps native does at least, in as many executions as that takes; and shuttle, which takes longer.
const STEPS: u64 = 500_000;
const STEPS_OF_SHUTTLE: u64 = 20_000;
/// Shuttle is not asked for a size if the one before took longer than this: what is ten times as large takes a
/// hundred times as long.
const PATIENCE: Duration = Duration::from_secs(2);

type Program = fn(usize);

const KINDS: [(&str, Program); 9] = [
    ("tasks that lock once", tasks),
    ("messages of 2 senders", messages),
    ("messages of 4 senders, met", meetings),
    ("senders of a message each", senders),
    ("steps of 2 tasks", steps),
    ("objects of 2 tasks", objects),
    ("waiters, told together", waiters),
    ("waiters, told one by one", waiters_one_by_one),
    ("readers of a lock", readers),
];

/// Prints the table.
pub fn print() {
    println!("{:28}{:>8}{:>8}{:>8}{:>8}   shuttle's", "ns a step, random", "100", "1,000", "10,000", "ratio");
    for (name, program) in KINDS {
        let steps = SIZES.map(|size| steps_of(program, size));
        let mut rounds: [Vec<f64>; SIZES.len()] = Default::default();
        for _ in 0..ROUNDS {
            for ((round, size), steps) in rounds.iter_mut().zip(SIZES).zip(steps) {
                round.push(cost(Backend::Native, program, size, steps, STEPS));
            }
        }
        let [small, middle, large] = rounds.map(median);
        println!(
            "{name:28}{small:>8.0}{middle:>8.0}{large:>8.0}{:>8.1}   {}",
            large / small,
            of_shuttle(program, steps)
        );
    }
}

/// Shuttle's cells.
fn of_shuttle(program: Program, steps: [u64; SIZES.len()]) -> String {
    let mut cells = String::new();
    for (&size, steps) in SIZES.iter().zip(steps) {
        let begun = Instant::now();
        let cost = cost(Backend::Shuttle, program, size, steps, STEPS_OF_SHUTTLE);
        cells += &format!("{cost:>8.0}");
        if begun.elapsed() > PATIENCE {
            break;
        }
    }
    cells
}

fn checker(backend: Backend) -> Checker {
    Checker::new().backend(backend).strategy(Strategy::Random { seed: 0 }).steps_max(10_000_000)
}

/// How many steps an execution has.
fn steps_of(program: Program, size: usize) -> u64 {
    checker(Backend::Native).executions_max(1).explore(move || program(size)).events().max(1)
}

/// Nanoseconds a step.
fn cost(backend: Backend, program: Program, size: usize, steps: u64, steps_min: u64) -> f64 {
    let checker = checker(backend).executions_max(steps_min.div_ceil(steps));
    let begun = Instant::now();
    let report = checker.explore(move || program(size));
    let elapsed = begun.elapsed().as_nanos() as f64;
    let done = if report.events() > 0 { report.events() } else { steps * report.executions() };
    elapsed / done as f64
}

fn median(mut costs: Vec<f64>) -> f64 {
    costs.sort_unstable_by(f64::total_cmp);
    costs[ROUNDS / 2]
}

fn together(tasks: Vec<thread::JoinHandle<()>>) {
    tasks.into_iter().for_each(|task| task.join().unwrap());
}

fn tasks(size: usize) {
    let count = Arc::new(Mutex::new(0));
    let task = |_| {
        let count = Arc::clone(&count);
        thread::spawn(move || *count.lock().unwrap() += 1)
    };
    together((0..size).map(task).collect());
}

fn messages(size: usize) {
    let (sender, receiver) = mpsc::channel();
    let task = |_| {
        let sender = sender.clone();
        thread::spawn(move || (0..size / 2).for_each(|message| sender.send(message).unwrap()))
    };
    let senders = (0..2).map(task).collect();
    drop(sender);
    assert_eq!(receiver.iter().count(), size);
    together(senders);
}

fn meetings(size: usize) {
    let (sender, receiver) = mpsc::sync_channel(0);
    let task = |_| {
        let sender = sender.clone();
        thread::spawn(move || (0..size / 4).for_each(|message| sender.send(message).unwrap()))
    };
    let senders = (0..4).map(task).collect();
    drop(sender);
    assert_eq!(receiver.iter().count(), size);
    together(senders);
}

fn senders(size: usize) {
    let (sender, receiver) = mpsc::channel();
    let task = |message| {
        let sender = sender.clone();
        thread::spawn(move || sender.send(message).unwrap())
    };
    let senders = (0..size).map(task).collect();
    drop(sender);
    assert_eq!(receiver.iter().count(), size);
    together(senders);
}

fn steps(size: usize) {
    let count = Arc::new(AtomicUsize::new(0));
    let task = |_| {
        let count = Arc::clone(&count);
        thread::spawn(move || (0..size / 2).for_each(|_| _ = count.fetch_add(1, SeqCst)))
    };
    together((0..2).map(task).collect());
}

fn objects(size: usize) {
    let task = |_| {
        thread::spawn(move || {
            let locks: Vec<Mutex<usize>> = (0..size / 2).map(Mutex::new).collect();
            locks.iter().for_each(|lock| *lock.lock().unwrap() += 1);
        })
    };
    together((0..2).map(task).collect());
}

fn waiters(size: usize) {
    wait(size, |_, condition: &Condvar| condition.notify_all());
}

fn waiters_one_by_one(size: usize) {
    wait(size, |size, condition: &Condvar| (0..size).for_each(|_| condition.notify_one()));
}

fn wait(size: usize, tell: fn(usize, &Condvar)) {
    let shared = Arc::new((Mutex::new(false), Condvar::new()));
    let task = |_| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            let (is_set, condition) = &*shared;
            let guard = is_set.lock().unwrap();
            drop(condition.wait_while(guard, |is_set| !*is_set).unwrap());
        })
    };
    let tasks = (0..size).map(task).collect();
    let (is_set, condition) = &*shared;
    *is_set.lock().unwrap() = true;
    tell(size, condition);
    together(tasks);
}

fn readers(size: usize) {
    let lock = Arc::new(RwLock::new(0));
    let task = |_| {
        let lock = Arc::clone(&lock);
        thread::spawn(move || assert!(*lock.read().unwrap() <= 1))
    };
    let tasks = (0..size).map(task).collect();
    *lock.write().unwrap() = 1;
    together(tasks);
}
