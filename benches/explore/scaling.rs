//! Whether the cost of a step stays the same as a program grows: nanoseconds a step of programs of 100, 1,000 and
//! 10,000 of something, and how much more the last cost than the first. Shuttle's column divides its time by the
//! same steps.

use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Condvar, Mutex, RwLock, mpsc};
use conccheck::{Backend, Checker, Strategy, thread};
use std::time::{Duration, Instant};

const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// So many of them are done at least, in as many executions as that takes.
const STEPS: u64 = 100_000;
/// What would take longer is not done: a cell beyond a size that took this long stays empty.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program of some size, and the largest that is explored by dpor: a vector clock is as wide as there are tasks.
type Kind = (&'static str, fn(usize), usize);

const KINDS: [Kind; 8] = [
    ("tasks that lock once", tasks, 1_000),
    ("messages of 2 senders", messages, 10_000),
    ("messages of 4 senders, met", meetings, 10_000),
    ("steps of 2 tasks", steps, 10_000),
    ("objects of 2 tasks", objects, 10_000),
    ("waiters, told together", waiters, 1_000),
    ("waiters, told one by one", waiters_one_by_one, 1_000),
    ("readers of a lock", readers, 1_000),
];

/// Prints the table.
pub fn print() {
    let native = Checker::new().backend(Backend::Native).steps_max(10_000_000).workers(1);
    let shuttle = Checker::new().backend(Backend::Shuttle).steps_max(10_000_000);
    let random = Strategy::Random { seed: 0 };
    println!("{:28}{:16}{:>10}{:>10}{:>10}{:>9}", "ns a step", "", "100", "1,000", "10,000", "ratio");
    for (name, program, dpor_max) in KINDS {
        let rows = [
            ("random", native.clone().strategy(random), usize::MAX),
            ("dpor", native.clone().strategy(Strategy::Dpor), dpor_max),
            ("shuttle random", shuttle.clone().strategy(random), usize::MAX),
        ];
        for (checker_name, checker, size_max) in rows {
            let mut costs = Vec::new();
            for size in SIZES.into_iter().filter(|&size| size <= size_max) {
                let begun = Instant::now();
                costs.extend(cost(&native, &checker, program, size));
                if begun.elapsed() > PATIENCE {
                    break;
                }
            }
            let mut line = format!("{name:28}{checker_name:16}");
            for at in 0..SIZES.len() {
                line += &costs.get(at).map_or(format!("{:>10}", ""), |cost| format!("{cost:>10.0}"));
            }
            if let (Some(first), Some(last)) = (costs.first(), costs.get(SIZES.len() - 1)) {
                line += &format!("{:>9.1}", last / first);
            }
            println!("{line}");
        }
    }
}

/// Nanoseconds a step, of which `native` says how many there are.
fn cost(native: &Checker, checker: &Checker, program: fn(usize), size: usize) -> Option<f64> {
    let once = native.clone().strategy(Strategy::Random { seed: 0 }).executions_max(1);
    let steps = once.explore(move || program(size)).events();
    let executions = STEPS.div_ceil(steps.max(1));
    let checker = checker.clone().executions_max(executions);
    let begun = Instant::now();
    let report = checker.explore(move || program(size));
    let elapsed = begun.elapsed();
    let done = if report.events() > 0 { report.events() } else { steps * report.executions() };
    (done > 0).then(|| elapsed.as_nanos() as f64 / done as f64)
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
