//! Loops around sleeps, ticks and timeouts are seen through: a round in vain is not gone again and again, so that a check
//! of them ends. What they come to is all that dfs and samples find too, and who can never end is said to hang.

use crate::policy::values;
use crate::tokio_sync::{comes_to, on_loop, on_threads};
use conccheck::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use conccheck::tokio::select;
use conccheck::tokio::sync::{Notify, mpsc, oneshot};
use conccheck::tokio::task::{spawn, spawn_local};
use conccheck::tokio::time::{Duration, interval, sleep, timeout};
use conccheck::{Checker, Incomplete, Outcome, Report, Strategy, Verdict, task, thread};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::{pending, ready};
use std::rc::Rc;
use std::sync::Arc;

const MOMENT: Duration = Duration::from_millis(1);

/// A flag that another task sets, beside a number that it writes before, or after if it is careless.
fn flag(is_careless: bool) -> Arc<(AtomicBool, AtomicU32)> {
    let shared = Arc::new((AtomicBool::new(false), AtomicU32::new(0)));
    let other = shared.clone();
    spawn(async move {
        let write = || other.1.store(7, SeqCst);
        if !is_careless {
            write();
        }
        other.0.store(true, SeqCst);
        if is_careless {
            write();
        }
    });
    shared
}

fn sleeps(is_careless: bool) -> u32 {
    on_threads(async {
        let shared = flag(is_careless);
        while !shared.0.load(SeqCst) {
            sleep(MOMENT).await;
        }
        shared.1.load(SeqCst)
    })
}

fn ticks(is_careless: bool) -> u32 {
    on_threads(async {
        let shared = flag(is_careless);
        let mut ticks = interval(MOMENT);
        loop {
            ticks.tick().await;
            if shared.0.load(SeqCst) {
                return shared.1.load(SeqCst);
            }
        }
    })
}

#[test]
fn a_loop_around_a_sleep_ends() {
    assert_eq!([comes_to([7], || sleeps(false)), comes_to([0, 7], || sleeps(true))], [9, 18]);
}

#[test]
fn a_loop_around_ticks_ends() {
    assert_eq!([comes_to([7], || ticks(false)), comes_to([0, 7], || ticks(true))], [9, 18]);
}

/// What the other task sends; or `None` if a loop gives up after a tick, which only a careless one does.
fn selects(is_careless: bool) -> Option<u32> {
    on_threads(async move {
        let (sender, mut receiver) = oneshot::channel();
        let sending = spawn(async move { sender.send(7) });
        let mut ticks = interval(MOMENT);
        ticks.tick().await;
        let received = loop {
            select! {
                received = &mut receiver => break received.ok(),
                _ = ticks.tick() => if is_careless { break None },
            }
        };
        let _ = sending.await;
        received
    })
}

#[test]
fn a_loop_that_selects_between_work_and_ticks_ends() {
    let executions = [comes_to([Some(7)], || selects(false)), comes_to([None, Some(7)], || selects(true))];
    assert_eq!(executions, [329, 59]);
}

#[test]
fn so_does_one_that_always_looks_after_the_work_first() {
    let executions = comes_to([3], || {
        on_threads(async {
            let (sender, mut messages) = mpsc::channel(1);
            let sending = spawn(async move { sender.send(3).await });
            let (mut ticks, mut sum) = (interval(MOMENT), 0);
            loop {
                select! {
                    biased;
                    message = messages.recv() => match message {
                        Some(number) => sum += number,
                        None => break,
                    },
                    _ = ticks.tick() => {}
                }
            }
            sending.await.unwrap().unwrap();
            sum
        })
    });
    assert_eq!(executions, 1990);
}

/// Whether the last wait of a loop was ended by a notification, and not by its timeout.
fn notifies(is_notified: bool) -> bool {
    on_threads(async move {
        let shared = Arc::new((Notify::new(), AtomicBool::new(false)));
        let other = shared.clone();
        spawn(async move {
            other.1.store(true, SeqCst);
            if is_notified {
                other.0.notify_one();
            }
        });
        let mut is_in_time = true;
        while !shared.1.load(SeqCst) {
            is_in_time = timeout(MOMENT, shared.0.notified()).await.is_ok();
        }
        is_in_time
    })
}

#[test]
fn a_loop_that_waits_for_a_notification_with_a_timeout_ends() {
    let executions =
        [comes_to([false, true], || notifies(true)), comes_to([false, true], || notifies(false))];
    assert_eq!(executions, [56, 9]);
}

/// Which lots a loop has drawn before another task ends it.
fn lots() -> BTreeSet<u32> {
    on_threads(async {
        let shared = flag(false);
        let mut lots = BTreeSet::new();
        while !shared.0.load(SeqCst) {
            select! {
                () = ready(()) => lots.insert(1),
                () = ready(()) => lots.insert(2),
                () = ready(()) => lots.insert(3),
            };
            sleep(MOMENT).await;
        }
        lots
    })
}

#[test]
fn a_loop_that_remembers_its_lots_goes_round_for_more() {
    let checker = || Checker::new().executions_max(2_000);
    let report = checker().explore(lots);
    assert!(values(&report).contains(&[1, 2, 3].into()) && !report.is_complete(), "{report}");
    let report = checker().strategy(Strategy::Random { seed: 1 }).explore(lots);
    assert_eq!(values(&report).len(), 8, "each set of lots, and none at all: {report}");
}

/// The same, where each branch looks at something that others could change.
fn lots_that_look() -> BTreeSet<u32> {
    on_threads(async {
        let shared = flag(false);
        let all = [1, 2, 3].map(AtomicU32::new);
        let look = async |at: usize| all[at].load(SeqCst);
        let mut lots = BTreeSet::new();
        while !shared.0.load(SeqCst) {
            select! {
                lot = look(0) => lots.insert(lot),
                lot = look(1) => lots.insert(lot),
                lot = look(2) => lots.insert(lot),
            };
            sleep(MOMENT).await;
        }
        lots
    })
}

#[test]
fn that_not_all_is_seen_of_a_loop_whose_lots_decide_what_it_looks_at_is_said() {
    let report = Checker::new().executions_max(2_000).explore(lots_that_look);
    let all = Checker::new().strategy(Strategy::Random { seed: 1 }).explore(lots_that_look);
    assert!(values(&report).is_subset(&values(&all)) && values(&all).len() == 8, "{report} {all}");
    let followed = |why: &Incomplete| matches!(why, Incomplete::RoundsMax { rounds_max: 3, .. });
    assert!(report.incomplete_because().iter().any(followed), "{report}");
}

/// What another task sends while a loop looks after two pairs of channels in turn.
fn looks_after_pairs() -> u32 {
    type Numbers = mpsc::UnboundedReceiver<u32>;
    async fn first_of(one: &mut Numbers, other: &mut Numbers) -> Option<u32> {
        select! {
            number = one.recv() => number,
            number = other.recv() => number,
            () = sleep(MOMENT) => None,
        }
    }
    on_threads(async {
        let (_silent, mut silence) = mpsc::unbounded_channel();
        let (_quiet, mut quietness) = mpsc::unbounded_channel();
        let (sender, mut numbers) = mpsc::unbounded_channel();
        let (other, mut others) = mpsc::unbounded_channel();
        spawn(async move {
            sender.send(3).unwrap();
            other.send(4).unwrap();
            pending::<()>().await;
        });
        loop {
            if let Some(number) = first_of(&mut silence, &mut quietness).await {
                return number;
            }
            if let Some(number) = first_of(&mut numbers, &mut others).await {
                return number;
            }
        }
    })
}

/// Here the loop remembers nothing, but that cannot be known.
#[test]
fn a_lot_that_decides_only_who_is_looked_at_first_is_not_drawn_anew() {
    let report = Checker::new().explore(looks_after_pairs);
    assert_eq!(values(&report), [3, 4].into(), "{report}");
    let [Incomplete::RoundsMax { rounds_max: 3, .. }] = report.incomplete_because() else {
        panic!("{report}")
    };
}

#[test]
fn a_loop_of_a_thread_that_sleeps_ends() {
    let executions = comes_to([7], || {
        let shared = Arc::new((AtomicBool::new(false), AtomicU32::new(0)));
        let other = shared.clone();
        let setting = thread::spawn(move || {
            other.1.store(7, SeqCst);
            other.0.store(true, SeqCst);
        });
        while !shared.0.load(SeqCst) {
            thread::sleep(MOMENT);
        }
        setting.join().unwrap();
        shared.1.load(SeqCst)
    });
    assert_eq!(executions, 3);
}

/// How often a task looks at a clock before another of its loop is done, which takes so many moments.
fn rounds(pause: u32) -> u32 {
    on_loop(async move {
        let is_set = Rc::new(Cell::new(false));
        let other = is_set.clone();
        spawn_local(async move {
            sleep(pause * MOMENT).await;
            other.set(true);
        });
        let mut rounds = 0;
        while !is_set.get() {
            sleep(MOMENT).await;
            rounds += 1;
        }
        rounds
    })
}

#[test]
fn tasks_of_one_loop_wait_for_each_other_so() {
    // As many rounds as there are moments, or one more; and the machine may be late.
    assert_eq!(comes_to([2, 3], || rounds(2)), 11);
}

#[test]
fn nothing_is_left_out() {
    #[track_caller]
    fn same<T: Ord + Clone + std::fmt::Debug + Send + 'static>(program: fn() -> T) {
        let checker = || Checker::new().executions_max(3_000);
        let explored = values(&checker().explore(program));
        let dfs = values(&checker().strategy(Strategy::Dfs).explore(program));
        assert!(dfs.is_subset(&explored), "{dfs:?}");
        for seed in 0..3 {
            let drawn = values(&checker().strategy(Strategy::Random { seed }).explore(program));
            assert_eq!(drawn, explored);
        }
    }
    same(|| sleeps(true));
    same(|| ticks(true));
    same(|| selects(true));
    same(|| notifies(true));
    same(|| rounds(2));
    same(|| rounds(5));
}

/// Whether it hangs, and nothing else.
fn hangs(program: impl Fn() + Send + Sync + 'static) -> (bool, u64) {
    let report: Report<()> = Checker::new().explore(program);
    assert!(report.outcomes().all(Outcome::is_hang), "{report}");
    (report.verdict() == Verdict::Hang && report.is_complete(), report.executions())
}

/// A task of a current-thread runtime sleeps until a flag is set; by main, after a longer sleep, or by nobody.
fn a_task_sleeps(is_set: bool) {
    on_loop(async move {
        let flag = Arc::new(AtomicBool::new(false));
        let seen = flag.clone();
        let task = spawn(async move {
            while !seen.load(SeqCst) {
                sleep(MOMENT).await;
            }
        });
        if is_set {
            sleep(5 * MOMENT).await;
            flag.store(true, SeqCst);
        }
        task.await.unwrap();
    });
}

/// However long the task goes round, main has its turn when its time is up; and the loop's looks after others, one after many
/// polls, are no part of the task's round.
#[test]
fn a_task_that_sleeps_for_main_ends_and_one_that_sleeps_for_nobody_hangs() {
    let report = Checker::new().explore(|| a_task_sleeps(true));
    assert!(report.verdict() == Verdict::Pass && report.is_complete(), "{report}");
    assert_eq!(hangs(|| a_task_sleeps(false)), (true, 1));
}

#[test]
fn a_loop_that_nobody_ends_hangs() {
    let never = || Arc::new(AtomicBool::new(false));
    assert_eq!(
        hangs(move || {
            let flag = never();
            on_threads(async {
                while !flag.load(SeqCst) {
                    sleep(MOMENT).await
                }
            });
        }),
        (true, 1)
    );
    assert_eq!(
        hangs(move || {
            let flag = never();
            on_threads(async {
                let mut ticks = interval(MOMENT);
                while !flag.load(SeqCst) {
                    ticks.tick().await;
                }
            });
        }),
        (true, 1)
    );
    assert_eq!(
        hangs(|| on_loop(async {
            loop {
                sleep(MOMENT).await
            }
        })),
        (true, 1)
    );
    assert_eq!(
        hangs(|| task::block_on(async {
            loop {
                task::sleep(MOMENT).await
            }
        })),
        (true, 1)
    );
}
