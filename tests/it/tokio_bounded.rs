//! Who says how many waits may end because their time is up says it of timers of async tasks, too: what is left out for that
//! is told, nothing that can end hangs for it, and what is seen is some of what there is.

use crate::policy::values;
use crate::tokio_sync::{on_loop, on_threads};
use conccheck::sync::Mutex;
use conccheck::sync::atomic::{AtomicBool, Ordering::SeqCst};
use conccheck::tokio::sync::Notify;
use conccheck::tokio::task::{JoinHandle, spawn, yield_now};
use conccheck::tokio::time::{Duration, interval, sleep, timeout};
use conccheck::{Checker, Incomplete, Outcome, Report, Strategy, Verdict, thread};
use std::collections::BTreeSet;
use std::future::pending;
use std::sync::Arc;

const MOMENT: Duration = Duration::from_millis(1);

/// In which order two that sleep and one that does not come.
fn orders() -> Vec<u32> {
    on_threads(async {
        let order = Arc::new(Mutex::new(Vec::new()));
        let come = |number: u32| {
            let order = order.clone();
            move || order.lock().unwrap().push(number)
        };
        let sleeper = |number: u32| {
            let come = come(number);
            spawn(async move {
                sleep(MOMENT).await;
                come();
            })
        };
        let sleepers = [1, 2].map(sleeper);
        come(0)();
        for sleeper in sleepers {
            sleeper.await.unwrap();
        }
        order.lock().unwrap().clone()
    })
}

#[test]
fn as_many_timers_are_up_early_as_was_said_and_the_verdict_says_so() {
    let orders = |checker: Checker| {
        let report = checker.explore(orders);
        (values(&report).len(), report.incomplete_because().to_vec())
    };
    assert_eq!(orders(Checker::new()), (6, vec![]));
    // First comes who does not sleep; one of the others may have come before; or both.
    let bound = |timeouts_max| orders(Checker::new().timeouts_max(timeouts_max));
    assert_eq!(bound(0), (2, vec![Incomplete::TimeoutsMax(0)]));
    assert_eq!(bound(1), (4, vec![Incomplete::TimeoutsMax(1)]));
    assert_eq!(bound(2), (6, vec![]));
}

#[test]
fn where_nobody_is_kept_waiting_nothing_is_left_out() {
    for timeouts_max in 0..2 {
        let report = Checker::new().timeouts_max(timeouts_max).explore(|| {
            on_loop(async {
                sleep(MOMENT).await;
                sleep(MOMENT).await;
            })
        });
        assert!(report.is_complete() && report.executions() == 1, "{report}");
    }
}

/// One task sets a flag when it has slept, and others wait for that each in its way.
fn wait_for_who_sleeps() -> bool {
    on_threads(async {
        let flag = Arc::new(AtomicBool::new(false));
        let [setter, spinner, ticker] = [(); 3].map(|()| flag.clone());
        let setting = spawn(async move {
            sleep(3 * MOMENT).await;
            setter.store(true, SeqCst);
        });
        let spinning = thread::spawn(move || {
            while !spinner.load(SeqCst) {
                thread::yield_now();
            }
        });
        let ticking = spawn(async move {
            let mut ticks = interval(MOMENT);
            while !ticker.load(SeqCst) {
                ticks.tick().await;
            }
        });
        let is_given_up = timeout(MOMENT, pending::<()>()).await.is_err();
        setting.await.unwrap();
        ticking.await.unwrap();
        spinning.join().unwrap();
        is_given_up && flag.load(SeqCst)
    })
}

#[test]
fn a_timer_that_nothing_else_can_end_is_up_whatever_the_bound() {
    let alone = || on_threads(async { timeout(MOMENT, pending::<()>()).await.is_err() });
    for timeouts_max in 0..3 {
        let checker = || Checker::new().timeouts_max(timeouts_max).executions_max(20_000);
        assert_eq!(values(&checker().explore(alone)), [true].into());
        assert_eq!(values(&checker().explore(wait_for_who_sleeps)), [true].into());
        let random = checker().executions_max(200).strategy(Strategy::Random { seed: 3 });
        assert_eq!(values(&random.explore(wait_for_who_sleeps)), [true].into());
    }
}

/// Two loops of which each waits for the other, which does not come on either; or does, in the twin that ends.
fn wait_for_each_other(ends: bool) {
    on_threads(async move {
        let flags = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let waits = |own: usize| {
            let [own, other] = [own, 1 - own].map(|at| flags[at].clone());
            spawn(async move {
                if ends {
                    own.store(true, SeqCst);
                }
                while !other.load(SeqCst) {
                    sleep(MOMENT).await;
                }
                own.store(true, SeqCst);
            })
        };
        for waiting in [waits(0), waits(1)] {
            waiting.await.unwrap();
        }
    });
}

#[test]
fn who_waits_for_ever_hangs_whatever_the_bound() {
    for timeouts_max in 0..3 {
        let checker = Checker::new().timeouts_max(timeouts_max);
        let report: Report<()> = checker.explore(|| wait_for_each_other(false));
        assert_eq!(report.verdict(), Verdict::Hang, "{report}");
        assert!(report.outcomes().all(Outcome::is_hang), "{report}");
        assert_eq!(values(&checker.explore(|| wait_for_each_other(true))), [()].into());
    }
}

/// What a task of a drawn program does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Sleep(u32),
    Note,
    Yield,
    Notify(usize),
    /// Waits for a notification, but not for ever, and notes what came of it.
    Wait(usize, u32),
}

type Program = Vec<Vec<Act>>;

fn draw(rng: &mut fastrand::Rng) -> Program {
    let act = |rng: &mut fastrand::Rng| match rng.u32(0..7) {
        0 | 1 => Act::Sleep(rng.u32(1..4)),
        2 => Act::Notify(rng.usize(0..2)),
        3 => Act::Wait(rng.usize(0..2), rng.u32(1..4)),
        4 => Act::Yield,
        _ => Act::Note,
    };
    (0..2).map(|_| (0..rng.usize(1..3)).map(|_| act(rng)).collect()).collect()
}

type Noted = Vec<(usize, bool)>;

/// What is noted by whom, in its order.
fn run(program: &Program, has_threads: bool) -> Noted {
    let noted = Arc::new(Mutex::new(Vec::new()));
    let main = async {
        let signals = Arc::new([Notify::new(), Notify::new()]);
        let task = |(own, acts): (usize, Vec<Act>)| -> JoinHandle<()> {
            let (noted, signals) = (noted.clone(), signals.clone());
            spawn(async move {
                let note = |what| noted.lock().unwrap().push((own, what));
                for act in acts {
                    match act {
                        Act::Sleep(moments) => sleep(moments * MOMENT).await,
                        Act::Note => note(true),
                        Act::Yield => yield_now().await,
                        Act::Notify(at) => signals[at].notify_one(),
                        Act::Wait(at, moments) => {
                            note(timeout(moments * MOMENT, signals[at].notified()).await.is_ok());
                        }
                    }
                }
            })
        };
        let tasks: Vec<_> = program.iter().cloned().enumerate().map(task).collect();
        for task in tasks {
            task.await.unwrap();
        }
    };
    if has_threads {
        on_threads(main)
    } else {
        on_loop(main)
    }

    noted.lock().unwrap().clone()
}

/// What is explored of drawn programs is some of what there is without a bound, more with a higher one, all of it where
/// nothing else is said, and the same for dpor and dfs.
#[test]
fn drawn_programs_come_to_some_of_what_they_come_to_without_a_bound() {
    let mut bounded = 0;
    for seed in 0..24 {
        let program = draw(&mut fastrand::Rng::with_seed(seed));
        let has_threads = seed % 3 != 0;
        let explore = |checker: Checker| -> (BTreeSet<Noted>, bool) {
            let program = program.clone();
            let report = checker.explore(move || run(&program, has_threads));
            (values(&report), report.is_complete())
        };
        let (all, is_complete) = explore(Checker::new());
        assert!(is_complete, "{program:?}");
        let mut fewer = BTreeSet::new();
        for timeouts_max in 0..4 {
            let checker = || Checker::new().timeouts_max(timeouts_max);
            let (found, is_complete) = explore(checker());
            let told = format!("{seed}: {program:?} with {timeouts_max}");
            assert!(found.is_subset(&all) && fewer.is_subset(&found), "{told}: {found:?} of {all:?}");
            assert!(!is_complete || found == all, "{told}: {found:?} of {all:?}");
            bounded += u32::from(found != all);
            let (dfs, _) = explore(checker().strategy(Strategy::Dfs).executions_max(500));
            assert!(dfs.is_subset(&found), "{told}: {found:?}, dfs {dfs:?}");
            let (random, _) = explore(checker().strategy(Strategy::Random { seed }).executions_max(100));
            assert!(random.is_subset(&found), "{told}: {found:?}, random {random:?}");
            fewer = found;
        }
    }
    assert!(bounded > 4, "{bounded}");
}
