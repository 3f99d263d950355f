//! A loop that does the same again and again, and ends by itself after a number of rounds, ends under native: however
//! near that number is to one at which the engine makes up its mind, and whoever is left beside it.

use conccheck::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Condvar, Mutex, mpsc};
use conccheck::{Backend, Checker, Outcome, Report, Strategy, Verdict, hint, thread};

/// Around the number of rounds after which a loop counts as one that awaits something, and well beyond.
const ROUNDS: [usize; 5] = [999, 1_001, 1_002, 1_003, 5_000];

fn explore(strategy: Strategy, program: impl Fn() + Send + Sync + 'static) -> Report<()> {
    let checker = Checker::new().backend(Backend::Native).strategy(strategy);
    checker.executions_max(5).steps_max(100_000).explore(program)
}

/// That it always returns, and whether that is all there is.
#[track_caller]
fn returns(rounds: usize, program: impl Fn(usize) + Copy + Send + Sync + 'static) -> bool {
    let report = explore(Strategy::Dpor, move || program(rounds));
    for report in [&report, &explore(Strategy::Random { seed: 1 }, move || program(rounds))] {
        assert_eq!(
            report.outcomes().collect::<Vec<_>>(),
            [&Outcome::Returned(())],
            "{rounds} rounds: {report}"
        );
    }
    report.is_complete()
}

/// With one who does `what` in each of so many rounds, and another who does the same.
fn twice(rounds: usize, what: impl Fn() + Sync) {
    let goes_round = || (0..rounds).for_each(|_| what());
    thread::scope(|scope| {
        scope.spawn(goes_round);
        goes_round();
    });
}

#[test]
fn a_loop_of_nothing_but_pauses_is_no_more_than_its_end() {
    for rounds in ROUNDS {
        assert!(returns(rounds, |rounds| (0..rounds).for_each(|_| thread::yield_now())));
        assert!(returns(rounds, |rounds| twice(rounds, thread::yield_now)));
    }
}

#[test]
fn nor_if_all_others_wait_for_who_pauses() {
    for rounds in ROUNDS {
        let is_complete = returns(rounds, |rounds| {
            let (to_other, messages) = mpsc::channel();
            let (to_me, answers) = mpsc::channel();
            thread::spawn(move || {
                messages.recv().unwrap();
                to_me.send(()).unwrap();
            });
            (0..rounds).for_each(|_| thread::yield_now());
            to_other.send(()).unwrap();
            answers.recv().unwrap();
        });
        assert!(is_complete);
    }
}

#[test]
fn a_loop_that_looks_at_what_nobody_changes_ends_too() {
    for rounds in [1_002, 5_000] {
        returns(rounds, |rounds| {
            let flag = AtomicBool::new(false);
            (0..rounds).for_each(|_| assert!(!flag.load(SeqCst)));
        });
        returns(rounds, |rounds| {
            let flag = AtomicBool::new(false);
            twice(rounds, || assert!(!flag.load(SeqCst)));
        });
    }
}

#[test]
fn who_waits_after_it_has_seen_an_address_is_known_again_though_the_address_is_another_each_time() {
    let report = explore(Strategy::Dpor, || {
        let (node, ready) = (AtomicPtr::<[u64; 8]>::default(), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                // Never freed, so that no run gets the address of another.
                node.store(Box::into_raw(Box::new([7; 8])), SeqCst);
                ready.store(true, SeqCst);
            });
            while node.load(SeqCst).is_null() || !ready.load(SeqCst) {
                thread::yield_now();
            }
        });
    });
    assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(())], "{report}");
}

#[test]
fn who_notifies_while_it_is_found_out_whether_a_loop_of_it_ends_wakes_whoever_waits_also_as_it_unwinds() {
    struct Done(Arc<(AtomicBool, Mutex<()>, Condvar)>);
    impl Drop for Done {
        fn drop(&mut self) {
            let (done, lock, changed) = &*self.0;
            done.store(true, SeqCst);
            // Taken and given back at one place: twice the same, as in a loop.
            drop(lock.lock().unwrap());
            changed.notify_all();
        }
    }
    let report = explore(Strategy::Dpor, || {
        let shared = Arc::new((AtomicBool::new(false), Mutex::new(()), Condvar::new()));
        let done = Done(Arc::clone(&shared));
        let thread = thread::spawn(move || {
            let _done = done;
            panic!("it unwinds");
        });
        let (done, lock, changed) = &*shared;
        drop(changed.wait_while(lock.lock().unwrap(), |()| !done.load(SeqCst)).unwrap());
        assert!(thread.join().is_err());
    });
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
}

#[test]
fn a_loop_that_does_not_end_is_a_livelock_beside_one_that_does() {
    let report = explore(Strategy::Dpor, || {
        thread::spawn(|| {
            loop {
                thread::yield_now();
            }
        });
        (0..5_000).for_each(|_| thread::yield_now());
    });
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
}

#[test]
fn a_sampled_execution_whose_loop_looks_at_two_places_is_run_again() {
    // Peterson's lock: a round of its loop reads one place or two.
    let lock = |places: &[AtomicUsize; 3], me: usize| {
        places[me].store(1, SeqCst);
        places[2].store(1 - me, SeqCst);
        while places[1 - me].load(SeqCst) == 1 && places[2].load(SeqCst) == 1 - me {
            hint::spin_loop();
        }
        places[me].store(0, SeqCst);
    };
    let program = move || {
        let places = Arc::new([const { AtomicUsize::new(0) }; 3]);
        let other = Arc::clone(&places);
        let thread = thread::spawn(move || lock(&other, 0));
        lock(&places, 1);
        thread.join().unwrap();
    };
    let seeds = |seed| [Strategy::Pct { seed, depth: 3 }, Strategy::Pos { seed }];
    for strategy in (0..20).flat_map(seeds) {
        let report = Checker::new().strategy(strategy).executions_max(300).explore(program);
        assert_eq!(report.verdict(), Verdict::Bounded, "{strategy:?}\n{report}");
    }
}

/// A thread that pauses forty times, doing something in between or not, and then looks at what main has stored.
fn pauses_and_looks(acts: bool) -> usize {
    let places = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let other = Arc::clone(&places);
    let pausing = thread::spawn(move || {
        for _ in 0..40 {
            if acts {
                other[1].fetch_add(1, SeqCst);
            }
            thread::yield_now();
        }
        other[0].load(SeqCst)
    });
    places[0].store(1, SeqCst);
    pausing.join().unwrap()
}

#[test]
fn a_loop_that_ends_is_followed_to_its_end_however_often_it_pauses() {
    for acts in [false, true] {
        for strategy in [Strategy::Dpor, Strategy::Dfs] {
            let report = Checker::new().strategy(strategy).explore(move || pauses_and_looks(acts));
            let outcomes: Vec<_> = report.outcomes().cloned().collect();
            assert_eq!(outcomes, [Outcome::Returned(0), Outcome::Returned(1)], "{report}");
            assert_eq!(report.verdict(), Verdict::Pass, "{report}");
        }
    }
}

#[test]
fn who_pauses_alone_goes_on() {
    for strategy in [Strategy::Dpor, Strategy::Dfs] {
        let report = Checker::new().strategy(strategy).explore(|| {
            let place = Arc::new(AtomicUsize::new(0));
            let other = Arc::clone(&place);
            let pausing = thread::spawn(move || {
                (0..40).for_each(|_| thread::yield_now());
                other.store(1, SeqCst);
            });
            pausing.join().unwrap();
        });
        assert_eq!(report.verdict(), Verdict::Pass, "{report}");
    }
}
