//! Who chooses no strategy finds the fault: the programs of SCTBench's set CS (Thomson, Donaldson, Betts, "Concurrency
//! Testing Using Controlled Schedulers", TOPC 2016), in our own words, each within so many executions, dpor's and samples
//! together. In the large ones dpor by itself would look for a million executions in vain.

use conccheck::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Condvar, Mutex};
use conccheck::{Checker, Incomplete, Outcome, Report, Strategy, Verdict, thread};
use std::collections::VecDeque;

type Job = Box<dyn FnOnce() + Send>;

/// Runs the jobs side by side, to their end.
fn side_by_side(jobs: impl IntoIterator<Item = Job>) {
    let threads: Vec<_> = jobs.into_iter().map(thread::spawn).collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// A job on what it shares with others.
fn job<S: Send + Sync + 'static>(shared: &Arc<S>, act: impl FnOnce(&S) + Send + 'static) -> Job {
    let shared = Arc::clone(shared);
    Box::new(move || act(&shared))
}

fn is_wrong(outcome: &Outcome<()>) -> bool {
    !matches!(outcome, Outcome::Returned(()))
}

fn looked_at(report: &Report<()>) -> u64 {
    report.executions() + report.sampled()
}

/// Looks for the program's fault, and has it within so many executions.
#[track_caller]
fn finds(name: &str, within: u64, program: impl Fn() + Send + Sync + 'static) {
    let report = Checker::new().find(program, is_wrong);
    let verdict = report.verdict();
    tell!(
        "{name}: {} + {} samples, {:.3} s",
        report.executions(),
        report.sampled(),
        report.elapsed().as_secs_f64()
    );
    assert!(matches!(verdict, Verdict::Fail | Verdict::Hang), "{name}: {report}");
    assert!(looked_at(&report) <= within, "{name}: {}", looked_at(&report));
}

/// Setters write `a`, then `b`; one who looks must find both or none.
fn reorder(threads: usize) {
    let both = Arc::new((AtomicI32::new(0), AtomicI32::new(0)));
    let set = |(a, b): &(AtomicI32, AtomicI32)| {
        a.store(1, SeqCst);
        b.store(-1, SeqCst);
    };
    let look = |(a, b): &(AtomicI32, AtomicI32)| {
        let seen = (a.load(SeqCst), b.load(SeqCst));
        assert!(seen == (0, 0) || seen == (1, -1), "{seen:?}");
    };
    let setters = (1..threads).map(|_| job(&both, set));
    side_by_side(setters.chain([job(&both, look)]).collect::<Vec<_>>());
}

/// The first stage's data and the second's, which is one more, each under a lock of its own.
fn two_stage(threads: usize) {
    let stages = Arc::new((Mutex::new(0), Mutex::new(0)));
    let write = |(one, two): &(Mutex<i32>, Mutex<i32>)| {
        *one.lock().unwrap() = 1;
        let first = *one.lock().unwrap();
        *two.lock().unwrap() = first + 1;
    };
    let read = |(one, two): &(Mutex<i32>, Mutex<i32>)| {
        let first = *one.lock().unwrap();
        if first != 0 {
            assert_eq!(*two.lock().unwrap(), first + 1);
        }
    };
    let writers = (1..threads).map(|_| job(&stages, write));
    side_by_side(writers.chain([job(&stages, read)]).collect::<Vec<_>>());
}

/// Some update a number under one lock, the others under another.
fn wrong_lock(right: usize, wrong: usize) {
    let shared = Arc::new((Mutex::new(()), Mutex::new(()), AtomicI32::new(0)));
    let alone = |(lock, _, data): &(Mutex<()>, Mutex<()>, AtomicI32)| {
        let _guard = lock.lock().unwrap();
        let before = data.load(SeqCst);
        data.store(before + 1, SeqCst);
        assert_eq!(data.load(SeqCst), before + 1);
    };
    let other = |(_, lock, data): &(Mutex<()>, Mutex<()>, AtomicI32)| {
        let _guard = lock.lock().unwrap();
        data.store(data.load(SeqCst) + 1, SeqCst);
    };
    let jobs = (0..right).map(|_| job(&shared, alone));
    side_by_side(jobs.chain((0..wrong).map(|_| job(&shared, other))).collect::<Vec<_>>());
}

#[test]
fn what_many_threads_hide_is_found_by_chance() {
    for threads in [3, 4, 5, 10, 20, 50, 100] {
        finds(&format!("reorder {threads}"), 5_000, move || reorder(threads));
    }
    for threads in [2, 20, 50, 100] {
        finds(&format!("two stages, {threads}"), 5_000, move || two_stage(threads));
    }
    finds("wrong lock 1", 5_000, || wrong_lock(1, 7));
    finds("wrong lock 3", 5_000, || wrong_lock(3, 7));
}

#[test]
fn dpor_alone_misses_it_and_says_that_it_did_not_see_everything() {
    let alone = Checker::new().strategy(Strategy::Dpor).executions_max(5_000);
    let report = alone.find(|| reorder(10), is_wrong);
    assert_eq!((report.verdict(), report.sampled()), (Verdict::Bounded, 0));
}

#[test]
fn a_check_ends_at_the_failure_and_shows_the_sample() {
    let checked = std::panic::catch_unwind(|| Checker::new().check(|| reorder(20)));
    let text = *checked.unwrap_err().downcast::<String>().unwrap();
    assert!(text.starts_with("FAIL under native (dpor), "), "{text}");
    assert!(text.contains(" samples\n") && text.contains("P panics: T20: (0, -1)"), "{text}");
    assert!(text.contains("replay: CONCCHECK_REPLAY=cc1-"), "{text}");
    assert!(text.contains(", 1 preemption;"), "the sample is made as small as what dpor finds: {text}");
}

#[test]
fn what_dpor_finishes_is_as_dpor_saw_it() {
    // 20,000 steps are not enough for it, so that there are samples, which nobody sees.
    let program = || {
        let total = Arc::new(AtomicUsize::new(0));
        let add = |total: &AtomicUsize| {
            for _ in 0..5 {
                total.store(total.load(SeqCst) + 1, SeqCst);
            }
        };
        side_by_side((0..2).map(|_| job(&total, add)));
        total.load(SeqCst)
    };
    let both =
        [Checker::new(), Checker::new().strategy(Strategy::Dpor)].map(|checker| checker.explore(program));
    let [with, without] = &both;
    assert!(with.is_complete() && with.events() > 20_000 && with.sampled() == 0, "{with}");
    let counted = |report: &Report<usize>| {
        let seen = |outcome| report.seen(outcome).unwrap().clone();
        let outcomes = report.outcomes().map(|outcome| (outcome.clone(), seen(outcome))).collect::<Vec<_>>();
        (report.executions(), report.events(), outcomes)
    };
    assert_eq!(counted(with), counted(without));
}

/// Deposits and withdrawals are safe; whoever adds up has a sign wrong.
fn account() {
    let account = Arc::new(Mutex::new((10, 0)));
    let book = |amount: i32| {
        move |account: &Mutex<(i32, u8)>| {
            let mut account = account.lock().unwrap();
            account.0 += amount;
            account.1 += 1;
        }
    };
    let add_up = |account: &Mutex<(i32, u8)>| {
        let (balance, bookings) = *account.lock().unwrap();
        assert!(bookings < 2 || balance == 10 - 5 - 3, "{balance}");
    };
    side_by_side([job(&account, book(5)), job(&account, book(-3)), job(&account, add_up)]);
}

/// A driver that is stopped while a request begins.
fn bluetooth() {
    #[derive(Default)]
    struct Driver {
        pending: AtomicI32,
        stopping: AtomicBool,
        stop_event: AtomicBool,
        stopped: AtomicBool,
    }
    impl Driver {
        fn leave(&self) {
            if self.pending.fetch_sub(1, SeqCst) == 1 {
                self.stop_event.store(true, SeqCst);
            }
        }
        fn request(&self) {
            if self.stopping.load(SeqCst) {
                return;
            }
            self.pending.fetch_add(1, SeqCst);
            assert!(!self.stopped.load(SeqCst), "a request while it is stopped");
            self.leave();
        }
        fn stop(&self) {
            self.stopping.store(true, SeqCst);
            self.leave();
            if self.stop_event.load(SeqCst) {
                self.stopped.store(true, SeqCst);
            }
        }
    }
    let driver = Arc::new(Driver { pending: AtomicI32::new(1), ..Driver::default() });
    side_by_side([job(&driver, Driver::request), job(&driver, Driver::stop)]);
}

/// The first takes A, the last gives it back, in either crowd.
fn carter() {
    #[derive(Default)]
    struct Locks {
        a: Mutex<()>,
        b: Mutex<()>,
    }
    let locks = Arc::new(Locks::default());
    let one = |locks: &Locks| {
        let _a = locks.a.lock().unwrap();
        drop(locks.b.lock().unwrap());
    };
    let two = |locks: &Locks| {
        let _b = locks.b.lock().unwrap();
        drop(locks.a.lock().unwrap());
    };
    let neither = |locks: &Locks| drop(locks.a.lock().unwrap());
    side_by_side([job(&locks, one), job(&locks, two), job(&locks, neither), job(&locks, neither)]);
}

fn philosophers(count: usize) {
    let forks = Arc::new((0..count).map(|_| Mutex::new(())).collect::<Vec<_>>());
    let eat = |place: usize| {
        move |forks: &Vec<Mutex<()>>| {
            let _left = forks[place].lock().unwrap();
            let _right = forks[(place + 1) % forks.len()].lock().unwrap();
        }
    };
    side_by_side((0..count).map(|place| job(&forks, eat(place))).collect::<Vec<_>>());
}

/// A ring of four slots whose writer does not look whether there is room.
fn circular_buffer() {
    let buffer = Arc::new(([0; 4].map(AtomicI32::new), AtomicUsize::new(0), AtomicBool::new(true)));
    type Buffer = ([AtomicI32; 4], AtomicUsize, AtomicBool);
    let send = |(slots, sent, may_send): &Buffer| {
        for number in 0..5 {
            if may_send.load(SeqCst) {
                let place = sent.load(SeqCst);
                slots[place % 4].store(number, SeqCst);
                sent.store(place + 1, SeqCst);
            }
        }
    };
    let receive = |(slots, sent, _): &Buffer| {
        for (place, slot) in slots.iter().enumerate() {
            if sent.load(SeqCst) > place {
                assert_eq!(slot.load(SeqCst), place as i32);
            }
        }
    };
    side_by_side([job(&buffer, send), job(&buffer, receive)]);
}

/// Whoever comes last has to be late enough.
fn lazy() {
    let data = Arc::new(Mutex::new(0));
    let add = |amount| move |data: &Mutex<i32>| *data.lock().unwrap() += amount;
    let look = |data: &Mutex<i32>| assert!(*data.lock().unwrap() < 3);
    side_by_side([job(&data, add(1)), job(&data, add(2)), job(&data, look)]);
}

/// It is said that there is something before there is.
fn collection(last_in_first_out: bool) {
    let shared = Arc::new((Mutex::new(VecDeque::new()), AtomicBool::new(false)));
    type Shared = (Mutex<VecDeque<i32>>, AtomicBool);
    let push = |(items, is_there): &Shared| {
        for item in 0..3 {
            is_there.store(true, SeqCst);
            items.lock().unwrap().push_back(item);
        }
    };
    let pop = move |(items, is_there): &Shared| {
        for _ in 0..3 {
            if is_there.load(SeqCst) {
                let mut items = items.lock().unwrap();
                let item = if last_in_first_out { items.pop_back() } else { items.pop_front() };
                assert!(item.is_some(), "there is none");
            }
        }
    };
    side_by_side([job(&shared, push), job(&shared, pop)]);
}

/// A wait that nobody ends: the state is not looked at before it.
fn sync(waits_for_room: bool) {
    let shared = Arc::new((Mutex::new(0), Condvar::new(), Condvar::new()));
    type Shared = (Mutex<i32>, Condvar, Condvar);
    let put = move |(count, empty, full): &Shared| {
        let mut count = count.lock().unwrap();
        if waits_for_room && *count > 0 {
            count = empty.wait(count).unwrap();
        }
        *count += 1;
        full.notify_one();
    };
    let take = |(count, empty, full): &Shared| {
        let mut count = full.wait(count.lock().unwrap()).unwrap();
        *count -= 1;
        empty.notify_one();
    };
    side_by_side([job(&shared, put), job(&shared, take)]);
}

/// Each takes its number from the one before it.
fn token_ring() {
    let numbers = Arc::new([1, 0, 0, 0].map(AtomicI32::new));
    let pass = |place: usize| {
        move |numbers: &[AtomicI32; 4]| {
            let before = numbers[(place + 3) % 4].load(SeqCst);
            numbers[place].store((before + i32::from(place == 0)) % 4, SeqCst);
        }
    };
    let look = |numbers: &[AtomicI32; 4]| {
        let [first, others @ ..] = numbers.each_ref().map(|number| number.load(SeqCst));
        assert!(others.iter().all(|&other| other == first), "{first}, {others:?}");
    };
    side_by_side((0..4).map(|place| job(&numbers, pass(place))));
    look(&numbers);
}

/// Files take blocks; the thread of the last but one assumes too much.
fn file_system() {
    const FILES: usize = 13;
    struct Disk {
        blocks: [Mutex<bool>; 26],
        files: [Mutex<usize>; FILES],
    }
    let disk = || Disk {
        blocks: std::array::from_fn(|_| Mutex::new(false)),
        files: std::array::from_fn(|_| Mutex::new(0)),
    };
    let disk = Arc::new(disk());
    let write = |number: usize| {
        move |disk: &Disk| {
            let mut file = disk.files[number % FILES].lock().unwrap();
            if *file == 0 {
                let mut block = disk.blocks[2 * number % 26].lock().unwrap();
                assert!(!*block, "block {} is taken", 2 * number % 26);
                (*block, *file) = (true, 2 * number % 26 + 1);
            }
        }
    };
    // Two that differ by 26 / 2 share a block; this one has another file.
    let steal = |disk: &Disk| *disk.blocks[24].lock().unwrap() = true;
    let writers = (0..FILES).map(|number| job(&disk, write(number)));
    side_by_side(writers.chain([job(&disk, steal)]).collect::<Vec<_>>());
}

/// Numbers are handed over one by one and added up; what comes out is called impossible.
fn arithmetic() {
    let shared = Arc::new((Mutex::new(VecDeque::new()), Condvar::new(), AtomicI32::new(0)));
    type Shared = (Mutex<VecDeque<i32>>, Condvar, AtomicI32);
    let produce = |(numbers, there, _): &Shared| {
        for number in 1..=4 {
            numbers.lock().unwrap().push_back(number);
            there.notify_one();
        }
    };
    let consume = |(numbers, there, total): &Shared| {
        for _ in 1..=4 {
            let numbers = there.wait_while(numbers.lock().unwrap(), |numbers| numbers.is_empty());
            let number = numbers.unwrap().pop_front().unwrap();
            total.fetch_add(number, SeqCst);
        }
    };
    side_by_side([job(&shared, produce), job(&shared, consume)]);
    assert_ne!(shared.2.load(SeqCst), 10);
}

/// A lock for readers and writers that lets a writer in beside a reader.
fn read_write_lock() {
    let shared = Arc::new((Mutex::new((false, 0)), AtomicI32::new(0), AtomicI32::new(0)));
    type Shared = (Mutex<(bool, u8)>, AtomicI32, AtomicI32);
    let write = |(lock, x, _): &Shared| {
        let mut state = lock.lock().unwrap();
        if !state.0 {
            // Who reads is forgotten.
            state.0 = true;
            drop(state);
            x.store(3, SeqCst);
            lock.lock().unwrap().0 = false;
        }
    };
    let read = |(lock, x, y): &Shared| {
        let mut state = lock.lock().unwrap();
        if !state.0 {
            state.1 += 1;
            drop(state);
            let seen = x.load(SeqCst);
            y.store(seen, SeqCst);
            assert_eq!(y.load(SeqCst), x.load(SeqCst));
            lock.lock().unwrap().1 -= 1;
        }
    };
    side_by_side([job(&shared, write), job(&shared, write), job(&shared, read), job(&shared, read)]);
}

/// Two locks in two phases, taken in opposite orders by who is in the second.
fn two_phases() {
    let locks = Arc::new([Mutex::new(0), Mutex::new(0)]);
    let run = |first: usize| {
        move |locks: &[Mutex<i32>; 2]| {
            *locks[first].lock().unwrap() += 1;
            let held = locks[first].lock().unwrap();
            *locks[1 - first].lock().unwrap() += *held;
        }
    };
    side_by_side([job(&locks, run(0)), job(&locks, run(1))]);
}

#[test]
fn small_programs_are_found_by_dpor() {
    finds("account", 100, account);
    finds("arithmetic", 100, arithmetic);
    finds("bluetooth", 100, bluetooth);
    finds("carter", 1_000, carter);
    finds("circular buffer", 5_000, circular_buffer);
    finds("file system", 5_000, file_system);
    finds("lazy", 100, lazy);
    for count in 2..=7 {
        finds(&format!("{count} philosophers"), 5_000, move || philosophers(count));
    }
    finds("queue", 5_000, || collection(false));
    finds("stack", 5_000, || collection(true));
    finds("read-write lock", 5_000, read_write_lock);
    finds("sync 1", 100, || sync(false));
    finds("sync 2", 100, || sync(true));
    finds("token ring", 1_000, token_ring);
    finds("two phases", 100, two_phases);
}

/// A reader counts itself in to see whether somebody writes, and out again if so; a writer overwrites that as it ends, so that
/// the next one does not notice the reader.
fn counted_in_and_out() {
    let state = Arc::new(AtomicUsize::new(0));
    let read = |state: &AtomicUsize| {
        while state.fetch_add(2, SeqCst) & 1 == 1 {
            state.fetch_sub(2, SeqCst);
            thread::yield_now();
        }
        assert_eq!(state.fetch_sub(2, SeqCst) & 1, 0);
    };
    let write = |state: &AtomicUsize| {
        for _ in 0..2 {
            while state.compare_exchange(0, 1, SeqCst, SeqCst).is_err() {
                thread::yield_now();
            }
            state.swap(0, SeqCst);
        }
    };
    side_by_side([job(&state, write), job(&state, read)]);
}

#[test]
fn a_loop_whose_rounds_have_an_effect_is_left_after_some_and_what_others_do_is_seen() {
    for strategy in [Strategy::Dpor, Strategy::Dfs] {
        let report = Checker::new().strategy(strategy).find(counted_in_and_out, is_wrong);
        assert!(!report.is_complete() && report.verdict() >= Verdict::Fail, "{strategy:?}: {report}");
    }
}

/// One waits for a flag, and counts how often it looks; without the politeness to pause, if so.
fn counts_its_looks(pauses: bool) -> usize {
    let shared = Arc::new((AtomicBool::new(false), AtomicUsize::new(0)));
    let looker = job(&shared, move |(flag, looks)| {
        while !flag.load(SeqCst) {
            looks.fetch_add(1, SeqCst);
            if pauses {
                thread::yield_now();
            }
        }
    });
    side_by_side([looker, job(&shared, |(flag, _)| flag.store(true, SeqCst))]);
    shared.1.load(SeqCst)
}

#[test]
fn a_loop_that_counts_its_rounds_and_pauses_is_followed_for_some() {
    let report = Checker::new().strategy(Strategy::Dpor).explore(|| counts_its_looks(true));
    let expected: Vec<_> = (0..=32).map(Outcome::Returned).collect();
    assert_eq!(report.outcomes().cloned().collect::<Vec<_>>(), expected, "{report}");
    assert!(matches!(report.incomplete(), Some(Incomplete::RoundsMax { rounds_max: 32, .. })), "{report}");
    assert_eq!(report.verdict(), Verdict::Bounded);
}

#[test]
fn where_an_execution_does_not_end_there_are_samples() {
    let by_dpor = Checker::new().strategy(Strategy::Dpor).explore(|| counts_its_looks(false));
    assert_eq!((by_dpor.executions(), by_dpor.outcomes().count()), (1, 0), "{by_dpor}");
    let report = Checker::new().explore(|| counts_its_looks(false));
    assert!(report.outcomes().count() > 1, "{report}");
    // All that there are: dpor has come to its end, so they are in nobody's way.
    assert_eq!(report.sampled(), 300, "{report}");
    assert_eq!(report.verdict(), Verdict::Bounded, "{report}");
}

/// They have no more steps than dpor has had, or one execution more: three hundred that do not end would be three million.
#[test]
fn samples_that_do_not_end_are_few_while_dpor_goes_on() {
    use conccheck::tokio::{runtime::Builder, task::spawn, time::sleep};
    let report = Checker::new().executions_max(4).explore(|| {
        Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            for _ in 0..2 {
                spawn(async {
                    loop {
                        sleep(std::time::Duration::from_millis(1)).await;
                    }
                });
            }
            std::future::pending::<()>().await;
        });
    });
    assert!((1..=30).contains(&report.sampled()), "{report}");
    assert_eq!(report.events(), 40_000, "{report}");
}
