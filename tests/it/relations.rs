//! "The same as sequential" is what the user says it is: each relation holds of a program that is right, does
//! not hold of its broken twin, and is named in every verdict. What proves nothing says so.

use conccheck::models::{Expected, PROGRAMS, Program, Run};
use conccheck::property::{AnyOrder, Exact, Refines, Relation, RelationError, SomeOrder, order};
use conccheck::report::check::{Effort, Judgement, details, judge};
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex, mpsc};
use conccheck::{Backend, Checker, Outcome, Strategy, Verdict, thread};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Compares with `snapshots/relations/<name>.snap`.
fn assert_snapshot(name: &str, text: impl ToString) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/relations");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text.to_string()));
}

/// Two tasks add one each.
fn count(add: fn(&AtomicU32)) -> impl Fn() -> u32 + Send + Sync {
    move || {
        let total = Arc::new(AtomicU32::new(0));
        let shared = Arc::clone(&total);
        let other = thread::spawn(move || add(&shared));
        add(&total);
        other.join().unwrap();
        total.load(SeqCst)
    }
}

fn racy(total: &AtomicU32) {
    total.store(total.load(SeqCst) + 1, SeqCst);
}

fn safe(total: &AtomicU32) {
    total.fetch_add(1, SeqCst);
}

#[test]
fn exact_is_equal_to_the_one_value() {
    let right = Checker::new().agrees(|| 2, count(safe), Exact);
    assert_eq!(right.verdict(), Verdict::Pass);
    right.assert();
    let wrong = Checker::new().agrees(|| 2, count(racy), Exact);
    assert_eq!(wrong.verdict(), Verdict::Fail);
    assert_eq!(wrong.wrong().collect::<Vec<_>>(), [(&Outcome::Returned(1), "sequentially it is 2")]);
    assert_snapshot("exact", wrong);
}

/// Each job sends its square, unless it is `drops`.
fn squares(drops: Option<u32>) -> impl Fn() -> Vec<u32> + Send + Sync {
    move || {
        let (sender, squares) = mpsc::channel();
        for n in (1..=3).filter(|n| Some(*n) != drops) {
            let sender = sender.clone();
            thread::spawn(move || sender.send(n * n).unwrap());
        }
        drop(sender);
        squares.iter().collect()
    }
}

#[test]
fn any_order_is_the_same_elements_as_often() {
    let sequential = || (1..=3).map(|n| n * n).collect();
    let right = Checker::new().agrees(sequential, squares(None), AnyOrder);
    assert_eq!((right.verdict(), right.report().outcomes().count()), (Verdict::Pass, 6));
    let wrong = Checker::new().agrees(sequential, squares(Some(2)), AnyOrder);
    assert_eq!(wrong.verdict(), Verdict::Fail);
    assert_snapshot("any_order", wrong);
}

/// Takes from an account what is there; each job gets what it asked for, or nothing.
type Withdraw = fn(&Mutex<u32>, u32) -> u32;

const BALANCE: u32 = 5;
const WANTED: [u32; 3] = [2, 3, 4];

fn withdraw(account: &Mutex<u32>, wanted: u32) -> u32 {
    let mut balance = account.lock().unwrap();
    let got = if *balance >= wanted { wanted } else { 0 };
    *balance -= got;
    got
}

/// Looks first, and takes later.
fn withdraw_in_two_steps(account: &Mutex<u32>, wanted: u32) -> u32 {
    let enough = *account.lock().unwrap() >= wanted;
    let got = if enough { wanted } else { 0 };
    let mut balance = account.lock().unwrap();
    *balance = balance.saturating_sub(got);
    got
}

fn one_after_another(withdraw: Withdraw) -> impl Fn() -> [u32; 3] + Send + Sync {
    move || {
        let account = Mutex::new(BALANCE);
        let mut got = [0; 3];
        order(3).into_iter().for_each(|job| got[job] = withdraw(&account, WANTED[job]));
        got
    }
}

fn together(withdraw: Withdraw) -> impl Fn() -> [u32; 3] + Send + Sync {
    move || {
        let account = Arc::new(Mutex::new(BALANCE));
        let threads = WANTED.map(|wanted| {
            let account = Arc::clone(&account);
            thread::spawn(move || withdraw(&account, wanted))
        });
        threads.map(|thread| thread.join().unwrap())
    }
}

#[test]
fn some_order_is_what_some_order_of_the_jobs_gives() {
    let right = Checker::new().agrees(one_after_another(withdraw), together(withdraw), SomeOrder);
    assert_eq!(right.verdict(), Verdict::Pass, "{right}");
    assert_eq!(right.sequential().count(), 2);
    assert_snapshot("some_order_fixed", right);
    let wrong =
        Checker::new().agrees(one_after_another(withdraw), together(withdraw_in_two_steps), SomeOrder);
    assert_eq!(wrong.verdict(), Verdict::Fail);
    assert_snapshot("some_order", wrong);
}

#[test]
fn refines_is_to_do_nothing_that_the_other_does_not() {
    let (coarse, fine) = (count(racy), count(safe));
    let right = Checker::new().agrees(coarse, fine, Refines);
    assert_eq!(right.verdict(), Verdict::Pass, "{right}");
    let wrong = Checker::new().agrees(count(safe), count(racy), Refines);
    assert_eq!(wrong.verdict(), Verdict::Fail);
    assert_snapshot("refines", wrong);
}

/// Two tasks take two locks.
fn take_two(in_opposite_order: bool) -> impl Fn() + Send + Sync {
    move || {
        let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
        let take = |locks: Arc<[Mutex<()>; 2]>, first: usize| {
            let _first = locks[first].lock().unwrap();
            drop(locks[1 - first].lock().unwrap());
        };
        let shared = Arc::clone(&locks);
        let other = thread::spawn(move || take(shared, usize::from(in_opposite_order)));
        take(locks, 0);
        other.join().unwrap();
    }
}

#[test]
fn a_hang_is_right_only_if_the_sequential_side_hangs_too() {
    let wrong = Checker::new().agrees(|| (), take_two(true), Exact);
    assert_eq!(wrong.verdict(), Verdict::Hang);
    assert_snapshot("hang", wrong);
    assert_eq!(Checker::new().agrees(|| (), take_two(false), Exact).verdict(), Verdict::Pass);
    let both = Checker::new().agrees(take_two(true), take_two(true), Refines);
    assert_eq!(both.verdict(), Verdict::Pass, "{both}");
}

#[test]
fn a_panic_is_right_only_if_the_sequential_side_panics_so_too() {
    let panics = |message: &'static str| move || -> u32 { panic!("{message}") };
    let verdict = |sequential, concurrent| {
        Checker::new().agrees(panics(sequential), panics(concurrent), Exact).verdict()
    };
    assert_eq!(verdict("no such page", "no such page"), Verdict::Pass);
    assert_eq!(verdict("no such page", "lost"), Verdict::Fail);
    let value = Checker::new().agrees(panics("lost"), || 1, Exact);
    let wrong = [(&Outcome::Returned(1), "sequentially nothing is returned")];
    assert_eq!(value.wrong().collect::<Vec<_>>(), wrong);
    assert_snapshot("panic", Checker::new().agrees(|| 1, panics("lost"), Exact));
}

#[test]
fn a_relation_that_does_not_fit_says_so_and_which_does() {
    let several = Checker::new().agrees(count(racy), count(racy), Exact);
    assert_eq!(several.verdict(), Verdict::Skip);
    assert_eq!(several.error(), Some(&RelationError::SeveralOutcomes { relation: "exact", count: 2 }));
    assert_snapshot("several_outcomes", &several);
    let text = catch_unwind(AssertUnwindSafe(|| several.assert())).unwrap_err();
    let text = text.downcast::<String>().unwrap();
    assert!(text.contains("take SomeOrder if its jobs may come in any order, or Refines"), "{text}");

    let never = Checker::new().agrees(|| 2, count(safe), SomeOrder);
    assert_eq!(never.error(), Some(&RelationError::NoOrder("some order")));
    let many = Checker::new().agrees(|| order(9).len() as u32, count(safe), SomeOrder);
    assert!(many.to_string().contains("at most 8"), "{many}");
    assert_eq!((never.verdict(), many.verdict()), (Verdict::Skip, Verdict::Skip));
}

#[test]
fn the_orders_of_six_jobs_are_all_tried() {
    let last = || *order(6).last().unwrap();
    let agreement = Checker::new().agrees(last, || 3, SomeOrder);
    assert_eq!(agreement.sequential().count(), 6);
    assert_eq!(agreement.verdict(), Verdict::Pass);
    assert_eq!(Checker::new().agrees(last, || 6, SomeOrder).verdict(), Verdict::Fail);
}

#[test]
fn a_difference_from_what_was_not_seen_in_full_is_no_proof() {
    let sides = |executions_max| {
        let checker = Checker::new().strategy(Strategy::Dfs).executions_max(executions_max);
        checker.agrees(count(racy), count(racy), Refines)
    };
    assert_eq!(sides(1_000).verdict(), Verdict::Pass);
    let bounded = Checker::new().executions_max(1).agrees(count(racy), count(racy), Refines);
    assert_eq!(bounded.verdict(), Verdict::Bounded, "{bounded}");

    let orders = Checker::new().executions_max(3).agrees(|| order(3)[0], || 2, SomeOrder);
    assert_eq!(orders.verdict(), Verdict::Bounded);
    assert!(orders.doubt().is_some());
    assert_snapshot("in_doubt", &orders);
    let text = catch_unwind(AssertUnwindSafe(|| orders.assert())).unwrap_err();
    assert!(text.downcast::<String>().unwrap().starts_with("a difference is no proof of a fault here"));
}

#[test]
fn what_was_only_sampled_is_bounded() {
    let sampled = Checker::new().strategy(Strategy::Random { seed: 1 });
    let right = sampled.clone().agrees(|| 2, count(safe), Exact);
    assert_eq!(right.verdict(), Verdict::Bounded);
    assert!(right.to_string().contains("explored    sampled"), "{right}");
    assert_eq!(sampled.agrees(|| 2, count(racy), Exact).verdict(), Verdict::Fail);
}

/// A relation of the user's own.
struct AtMost;

impl Relation<u32> for AtMost {
    fn name(&self) -> &'static str {
        "at most"
    }

    fn judge(&self, sequential: &[&u32], value: &u32) -> Result<(), String> {
        if sequential.iter().any(|&most| value <= most) { Ok(()) } else { Err("too many".to_string()) }
    }
}

#[test]
fn users_write_relations_of_their_own() {
    assert_eq!(Checker::new().agrees(|| 2, count(racy), AtMost).verdict(), Verdict::Pass);
    let wrong = Checker::new().agrees(|| 1, count(racy), AtMost);
    assert_eq!(wrong.verdict(), Verdict::Fail);
    assert!(wrong.to_string().starts_with("verdict     FAIL (at most)\n"), "{wrong}");
}

#[test]
fn what_real_runs_do_is_within_what_native_says_is_possible() {
    let real = Checker::new().backend(Backend::Real).executions_max(50);
    let right = real.agrees(count(racy), count(racy), Refines);
    assert_eq!(right.verdict(), Verdict::Bounded, "{right}");
    assert!(right.wrong().next().is_none());
}

/// The broken twin: it looks at something that the engine has no part in. All tasks of an exploration run on
/// one of the system's threads.
#[test]
fn what_native_does_not_see_shows_as_a_difference() {
    let shares_a_thread = || {
        let other = thread::spawn(|| std::thread::current().id());
        other.join().unwrap() == std::thread::current().id()
    };
    let real = Checker::new().backend(Backend::Real).executions_max(2);
    let wrong = real.agrees(shares_a_thread, shares_a_thread, Refines);
    assert_eq!(wrong.verdict(), Verdict::Fail);
    assert_eq!(wrong.wrong().collect::<Vec<_>>(), [(&Outcome::Returned(false), "sequentially it is true")]);
}

/// Every program is compared so when it is checked for real.
#[test]
fn a_check_of_real_runs_says_what_cannot_be() {
    fn lanes() -> String {
        let other = thread::spawn(|| std::thread::current().id());
        let same = other.join().unwrap() == std::thread::current().id();
        if same { "one thread" } else { "two threads" }.to_string()
    }
    let program = Program {
        name: "relations::lanes",
        about: "says whether two tasks run on one thread of the system",
        run: Run::Plain(lanes),
        right: &["one thread", "two threads"],
        right_under_loom: &[],
        twin_of: None,
        expected: Expected::Pass,
        traces: &[],
        found_within: 0,
        pct_depth: 3,
        loom_preemptions_max: None,
    };
    let real = Checker::new().backend(Backend::Real).executions_max(2);
    let checked = program.check(&real);
    assert_eq!(judge(&checked, Effort::Limited), Judgement::Surprise);
    assert_eq!(checked.impossible().collect::<Vec<_>>(), [&Outcome::Returned("two threads".to_string())]);
    let text = details(&checked, "conccheck check", false, 100);
    assert!(
        text.contains("native says that this cannot happen: two threads\n  one of the two is wrong"),
        "{text}"
    );

    let unseen = program.check(&real.clone().time_max(std::time::Duration::from_nanos(1)));
    assert_eq!(unseen.impossible().count(), 0);
    for program in PROGRAMS.iter().filter(|program| program.model() == "litmus") {
        let checked = program.check(&Checker::new().backend(Backend::Real).executions_max(20));
        assert_eq!(checked.impossible().count(), 0, "{program}: {}", checked.report);
    }
}

/// Does nothing but in a process that another test has started.
#[test]
fn as_a_child() {
    let add: fn(&AtomicU32) = match std::env::var("CONCCHECK_TEST").as_deref() {
        Ok("agrees racy") => racy,
        Ok("agrees safe") => safe,
        _ => return,
    };
    Checker::new().agrees(|| 2, count(add), Exact).assert();
}

fn child(checks: &str, token: Option<&str>) -> (bool, String) {
    super::child::child("relations::as_a_child", checks, token)
}

#[test]
fn a_failing_assertion_tells_all_and_prints_a_line_that_replays_it() {
    let (passes, text) = child("agrees racy", None);
    assert!(!passes);
    for part in [
        "FAIL (exact) under native (dpor), 4 executions",
        "  ! 1\n      sequentially it is 2\n      in 2 executions",
        "lost update: ",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let line = text.lines().find(|line| line.contains("CONCCHECK_REPLAY=")).unwrap();
    assert!(line.ends_with(" cargo test relations::as_a_child"), "{line}");
    let token = line.split(['=', ' ']).find(|word| word.starts_with("cc1-")).unwrap();

    let (passes, text) = child("agrees racy", Some(token));
    assert!(!passes && text.contains("1 execution\n") && text.contains("lost update"), "{text}");
    let (passes, text) = child("agrees safe", Some(token));
    assert!(!passes && text.contains("the replay diverged at step"), "{text}");
    assert!(child("agrees safe", None).0);
}
