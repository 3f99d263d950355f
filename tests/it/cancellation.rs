//! A future that is named is dropped at each of its awaits, at every moment: whatever a `timeout`, a `select!` or an abort
//! can do to it. What is cancel-safe comes to nothing else by that; what is not, to something that can be shown again.

use crate::policy::values;
use crate::tokio_sync::{comes_to, hangs, on_loop, on_threads};
use conccheck::task::{self, cancellable, retried};
use conccheck::tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use conccheck::tokio::time::{Duration, sleep};
use conccheck::tokio::{join, select};
use conccheck::{Backend, Checker, Outcome, Report, Strategy, Token, Verdict, panic};
use std::cell::RefCell;
use std::fmt::Debug;
use std::future::{Future, poll_fn, ready};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Waker};

const MOMENT: Duration = Duration::from_millis(1);

#[test]
fn a_future_that_waits_is_dropped_at_once_later_or_never() {
    let program = || {
        on_loop(async {
            let permits = Semaphore::new(1);
            let permit = permits.acquire().await.unwrap();
            let (waited, ()) = join!(cancellable(permits.acquire()), async { drop(permit) });
            let is_dropped = waited.is_err();
            drop(waited);
            (is_dropped, permits.available_permits())
        })
    };
    // Not; at once; and later, where the loop hears of it before and after it looks whether it is woken.
    assert_eq!(comes_to([(false, 1), (true, 1)], program), 4);
}

#[test]
fn what_never_waits_is_never_dropped() {
    let program = || on_loop(async { cancellable(async { 1 }).await.ok() });
    assert_eq!(comes_to([Some(1)], program), 1);
}

#[test]
fn what_waits_for_ever_is_dropped_or_hangs() {
    let program = || on_loop(async { cancellable(std::future::pending::<()>()).await.is_err() });
    assert_eq!(hangs(program), [true]);
    // Once at once and once later, and the hang.
    assert_eq!(Checker::new().explore(program).executions(), 3);
}

/// How many of three futures are dropped.
fn dropped_of_three() -> usize {
    on_loop(async {
        let mut dropped = 0;
        for _ in 0..3 {
            dropped += usize::from(cancellable(task::yield_now()).await.is_err());
        }
        dropped
    })
}

#[test]
fn an_execution_has_no_more_of_them_than_the_bound_says() {
    for (cancellations_max, expected) in [(0, 1), (1, 2), (2, 3), (3, 4), (4, 4)] {
        let checker = Checker::new().cancellations_max(cancellations_max);
        let report = checker.explore(dropped_of_three);
        assert!(report.is_complete(), "{report}");
        assert_eq!(values(&report), (0..expected).collect(), "{report}");
        let all = checker.strategy(Strategy::Dfs).explore(dropped_of_three);
        assert_eq!(values(&all), values(&report), "{all}");
    }
    assert_eq!(Checker::new().explore(dropped_of_three).outcomes().count(), 2, "1 if it is not said");
}

/// One queues for two permits, which come one after the other; what was seen of them, and whether they were got.
async fn takes_two<W: Future<Output = bool>>(waits: impl FnOnce(Arc<Semaphore>) -> W) -> (bool, Vec<usize>) {
    let permits = Arc::new(Semaphore::new(0));
    let (other, seen) = (permits.clone(), Rc::new(RefCell::new(Vec::new())));
    let sees = seen.clone();
    let gives = task::spawn_local(async move {
        for _ in 0..2 {
            other.add_permits(1);
            task::yield_now().await;
            sees.borrow_mut().push(other.available_permits());
        }
    });
    let got = waits(permits).await;
    gives.await.unwrap();
    let seen = seen.borrow().clone();
    (got, seen)
}

/// What a receiver comes to that may be dropped, and what is left for others.
async fn receives<W>(waits: impl FnOnce(oneshot::Receiver<u32>) -> W) -> (Option<u32>, bool)
where
    W: Future<Output = Option<u32>>,
{
    let (sender, receiver) = oneshot::channel();
    let sends = task::spawn(async move { sender.send(1).is_ok() });
    (waits(receiver).await, sends.await.unwrap())
}

/// A `timeout` that gives up also what was just woken, as an abort does.
async fn in_time<F: Future>(future: F) -> Option<F::Output> {
    select! {
        biased;
        () = sleep(MOMENT) => None,
        output = future => Some(output),
    }
}

/// Gives up before anybody else has a turn.
async fn at_once<F: Future>(future: F) -> Option<F::Output> {
    select! {
        biased;
        output = future => Some(output),
        () = ready(()) => None,
    }
}

#[track_caller]
fn same<T: Ord + Clone + Debug + Send + 'static>(cancelled: fn() -> T, given_up: [fn() -> T; 2]) {
    let cancelled = Checker::new().explore(cancelled);
    let given_up = given_up.map(|program| values(&Checker::new().explore(program)));
    assert_eq!(values(&cancelled), &given_up[0] | &given_up[1], "{cancelled}");
}

#[test]
fn it_is_dropped_whenever_a_select_drops_it() {
    same(
        || on_loop(takes_two(|permits| async move { cancellable(permits.acquire_many(2)).await.is_ok() })),
        [
            || on_loop(takes_two(|permits| async move { in_time(permits.acquire_many(2)).await.is_some() })),
            || on_loop(takes_two(|permits| async move { at_once(permits.acquire_many(2)).await.is_some() })),
        ],
    );
    same(
        || on_threads(receives(|receiver| async { cancellable(receiver).await.ok().map(Result::unwrap) })),
        [
            || on_threads(receives(|receiver| async { in_time(receiver).await.map(Result::unwrap) })),
            || on_threads(receives(|receiver| async { at_once(receiver).await.map(Result::unwrap) })),
        ],
    );
    same(
        || on_loop(receives(|receiver| async { cancellable(receiver).await.ok().map(Result::unwrap) })),
        [
            || on_loop(receives(|receiver| async { in_time(receiver).await.map(Result::unwrap) })),
            || on_loop(receives(|receiver| async { at_once(receiver).await.map(Result::unwrap) })),
        ],
    );
}

/// Two tasks each wait for the permit that somebody has, and may give up.
fn two_of_them() -> [bool; 2] {
    on_threads(async {
        let permits = Arc::new(Semaphore::new(1));
        let permit = permits.acquire().await.unwrap();
        let waits = |permits: Arc<Semaphore>| {
            task::spawn(async move { cancellable(permits.acquire()).await.map(drop).is_ok() })
        };
        let [one, two] = [permits.clone(), permits.clone()].map(waits);
        drop(permit);
        let waited = [one.await.unwrap(), two.await.unwrap()];
        assert_eq!(permits.available_permits(), 1);
        waited
    })
}

#[test]
fn whoever_of_several_is_dropped_what_leaves_nothing_out_finds_the_same() {
    for cancellations_max in [1, 2] {
        let checker = Checker::new().cancellations_max(cancellations_max);
        let reduced = checker.explore(two_of_them);
        assert!(reduced.is_complete(), "{reduced}");
        assert_eq!(reduced.redundant(), 0);
        let mut expected = vec![[false, true], [true, false], [true, true]];
        expected.extend((cancellations_max == 2).then_some([false, false]));
        assert_eq!(values(&reduced), expected.into_iter().collect(), "{reduced}");
    }
}

#[test]
fn what_leaves_nothing_out_finds_the_same_of_one() {
    let program = || {
        on_threads(async {
            let ready = Arc::new(Notify::new());
            let other = ready.clone();
            let waits = task::spawn(async move { cancellable(other.notified()).await.is_ok() });
            ready.notify_one();
            waits.await.unwrap()
        })
    };
    let reduced = Checker::new().explore(program);
    let all = Checker::new().strategy(Strategy::Dfs).explore(program);
    assert!(reduced.is_complete() && all.is_complete(), "{reduced}\n{all}");
    assert_eq!(values(&reduced), [false, true].into(), "{reduced}");
    assert_eq!(values(&reduced), values(&all));
}

/// Who waits, and whether he was given a permit.
type Queue = Vec<(Waker, Rc<RefCell<bool>>)>;

/// A semaphore whose permits go to who has waited longest; who is dropped when it was given one has to hand it on.
struct Handing {
    hands_on: bool,
    state: RefCell<(u32, Queue)>,
}

/// Who waits for a permit.
struct Waits {
    of: Rc<Handing>,
    given: Rc<RefCell<bool>>,
    is_queued: bool,
}

impl Handing {
    fn new(hands_on: bool) -> Rc<Handing> {
        Rc::new(Handing { hands_on, state: RefCell::default() })
    }

    fn release(&self) {
        let mut state = self.state.borrow_mut();
        if state.1.is_empty() {
            state.0 += 1;
            return;
        }
        let (waker, given) = state.1.remove(0);
        *given.borrow_mut() = true;
        waker.wake();
    }

    fn acquire(self: &Rc<Self>) -> Waits {
        Waits { of: self.clone(), given: Rc::default(), is_queued: false }
    }
}

impl Future for Waits {
    type Output = ();

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> Poll<()> {
        if self.given.take() {
            self.is_queued = false;
            return Poll::Ready(());
        }
        let of = self.of.clone();
        let mut state = of.state.borrow_mut();
        if state.0 > 0 {
            state.0 -= 1;
            return Poll::Ready(());
        }
        if !self.is_queued {
            self.is_queued = true;
            state.1.push((context.waker().clone(), self.given.clone()));
        }
        Poll::Pending
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.of.state.borrow_mut().1.retain(|(_, given)| !Rc::ptr_eq(given, &self.given));
        if self.of.hands_on && self.given.take() {
            self.of.release();
        }
    }
}

/// One that may give up waits before one that does not.
fn in_a_queue(hands_on: bool) {
    on_loop(async move {
        let permits = Handing::new(hands_on);
        let (first, second) = (permits.acquire(), permits.acquire());
        let impatient = task::spawn_local(async { cancellable(first).await.is_ok() });
        let patient = task::spawn_local(second);
        task::yield_now().await;
        permits.release();
        if impatient.await.unwrap() {
            permits.release();
        }
        patient.await.unwrap();
    });
}

#[test]
fn a_waiter_that_is_dropped_when_it_was_given_a_permit_has_to_hand_it_on() {
    let report = Checker::new().explore(|| in_a_queue(false));
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
    let report = Checker::new().explore(|| in_a_queue(true));
    assert_eq!((report.verdict(), report.executions()), (Verdict::Pass, 7), "{report}");
    let report = Checker::new().cancellations_max(0).explore(|| in_a_queue(false));
    assert_eq!((report.verdict(), report.executions()), (Verdict::Pass, 1), "{report}");
}

#[test]
fn the_least_execution_is_shown_again_by_its_token() {
    let report = Checker::new().explore(|| in_a_queue(false));
    let hang = report.outcomes().find(|outcome| outcome.is_hang()).expect("it hangs");
    let witness = report.witness(hang).expect("it is native");
    let dropped = witness.steps.iter().filter(|step| step.function == "drop").count();
    assert_eq!(dropped, 1);
    let token = Token { program: String::new(), size: None, schedule: witness.schedule.clone() }.to_string();
    let schedule = token.parse::<Token>().expect("it was written just now").schedule;
    let (outcome, again) = Checker::new().replay(&schedule, || in_a_queue(false)).expect("it is the same");
    assert_eq!((&outcome, &again.steps), (hang, &witness.steps));
    // It is the schedule that says how many may be dropped.
    let (outcome, _) =
        Checker::new().cancellations_max(0).replay(&schedule, || in_a_queue(false)).expect("the same");
    assert_eq!(outcome, *hang);
}

/// Records of two parts.
struct Records {
    parts: mpsc::Receiver<u32>,
    first: Option<u32>,
}

impl Records {
    fn new() -> Records {
        let (sender, parts) = mpsc::channel(1);
        task::spawn_local(async move {
            for part in 1..=4 {
                sender.send(part).await.unwrap();
            }
        });
        Records { parts, first: None }
    }

    async fn next(&mut self) -> Option<[u32; 2]> {
        Some([self.parts.recv().await?, self.parts.recv().await?])
    }

    async fn next_safely(&mut self) -> Option<[u32; 2]> {
        if self.first.is_none() {
            self.first = Some(self.parts.recv().await?);
        }
        let second = self.parts.recv().await?;
        Some([self.first.take()?, second])
    }
}

fn safely() -> [Option<[u32; 2]>; 2] {
    on_loop(async {
        let mut records = Records::new();
        let mut next = async || records.next_safely().await;
        [retried(&mut next).await, retried(&mut next).await]
    })
}

fn carelessly() -> [Option<[u32; 2]>; 2] {
    on_loop(async {
        let mut records = Records::new();
        let mut next = async || records.next().await;
        [retried(&mut next).await, retried(&mut next).await]
    })
}

#[test]
fn what_is_cancel_safe_comes_to_nothing_else() {
    for cancellations_max in [1, 2] {
        let checker = Checker::new().cancellations_max(cancellations_max);
        let safe = checker.cancel_safe(safely);
        assert_eq!(safe.verdict(), Verdict::Pass, "{safe}");
        safe.assert();
        assert!(safe.report().executions() > 4, "{safe}");
    }
    let loses = Checker::new().cancel_safe(carelessly);
    assert_eq!(loses.verdict(), Verdict::Fail, "{loses}");
    let text = loses.to_string();
    assert!(text.starts_with("verdict     FAIL (cancel-safe)\nuncancelled complete\n"), "{text}");
    assert!(
        text.contains(
            "! [Some([2, 3]), None]\n      without a cancellation it is [Some([1, 2]), Some([3, 4])]"
        ),
        "{text}"
    );
}

#[test]
fn a_program_that_fails_without_a_cancellation_is_not_cancel_safe() {
    let fails = || {
        on_loop(async {
            cancellable(task::yield_now()).await.unwrap_or_default();
            panic!("always");
        })
    };
    let agreement = Checker::new().cancel_safe::<()>(fails);
    assert_eq!(agreement.verdict(), Verdict::Fail, "{agreement}");
    assert!(agreement.to_string().contains("without a cancellation there is this panic, too"), "{agreement}");
}

#[test]
fn where_nothing_can_be_dropped_nothing_is_said_to_be_safe() {
    let nothing = |checker: Checker, program: fn() -> u32| {
        let agreement = checker.cancel_safe(program);
        assert_eq!(agreement.verdict(), Verdict::Skip, "{agreement}");
        let text =
            panic::catch_unwind(panic::AssertUnwindSafe(|| agreement.assert())).expect_err("it is no check");
        let text = panic::message(&*text);
        assert!(text.contains("so none was dropped there; put `task::cancellable` around"), "{text}");
    };
    nothing(Checker::new(), || on_loop(async { 1 }));
    nothing(Checker::new(), || on_loop(async { cancellable(async { 1 }).await.unwrap_or(2) }));
    let waits = || on_loop(async { cancellable(task::yield_now()).await.map_or(1, |()| 1) });
    nothing(Checker::new().cancellations_max(0), waits);
    nothing(Checker::new().backend(Backend::Real), waits);
    Checker::new().cancel_safe(waits).assert();
}

#[test]
fn for_real_it_is_the_future_itself() {
    assert_eq!(dropped_of_three(), 0);
    assert_eq!(safely(), [Some([1, 2]), Some([3, 4])]);
    let report = Checker::new().backend(Backend::Real).executions_max(3).explore(dropped_of_three);
    assert_eq!(values(&report), [0].into());
}

#[test]
fn shuttle_draws_it_and_loom_says_that_it_cannot() {
    let shuttle = Checker::new().backend(Backend::Shuttle);
    let report = shuttle.clone().cancellations_max(2).explore(dropped_of_three);
    assert_eq!(values(&report), [0, 1, 2].into(), "{report}");
    assert_eq!(values(&shuttle.clone().cancellations_max(0).explore(dropped_of_three)), [0].into());
    assert_eq!(shuttle.cancel_safe(carelessly).verdict(), Verdict::Fail);
    let loom = Checker::new().backend(Backend::Loom);
    let report: Report<usize> = loom.explore(dropped_of_three);
    assert_eq!(report.verdict(), Verdict::Skip);
    assert!(
        report.to_string().contains("set `cancellations_max(0)`, or check under native or shuttle"),
        "{report}"
    );
    let report = loom.cancellations_max(0).explore(dropped_of_three);
    assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(0)], "{report}");
}

#[test]
fn as_a_branch_of_a_select_it_is_dropped_as_any_other() {
    let program = || {
        on_loop(async {
            let (sender, mut receiver) = mpsc::channel::<u32>(1);
            let sends = task::spawn_local(async move { sender.send(1).await.is_ok() });
            let got = select! {
                biased;
                got = cancellable(receiver.recv()) => got.ok().flatten(),
            };
            let left = receiver.try_recv().ok();
            sends.await.unwrap();
            (got, left.or_else(|| receiver.try_recv().ok()))
        })
    };
    comes_to([(None, Some(1)), (Some(1), None)], program);
}

#[test]
fn where_no_runtime_runs_it_is_dropped_at_once_or_never() {
    // A future is polled by hand.
    let program = || {
        let mut waits = Box::pin(cancellable(poll_fn(|_| Poll::<()>::Pending)));
        let mut context = std::task::Context::from_waker(Waker::noop());
        waits.as_mut().poll(&mut context).is_ready()
    };
    assert_eq!(comes_to([false, true], program), 2);
}
