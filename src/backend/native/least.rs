//! The least schedule that leads to an outcome: runs what `strategy::shrink` wants to try.

use super::explore::explore_by;
use crate::backend::any_value::{AnyValue, Body};
use crate::backend::search::{Limits, Search};
use crate::engine::Scheduler;
use crate::outcome::{Incomplete, Outcome, Seen};
use crate::schedule::{Memory, Schedule};
use crate::strategy::shrink::{self, Attempt, Follow, Found, Tried};
use crate::strategy::{Dfs, Dpor};
use std::sync::Arc;

/// How many executions may be used.
const EXECUTIONS_MAX: u64 = 2_000;

/// The least schedule of `body` with an outcome that `is_wanted`, to which `known` leads; `known` itself if it
/// does not. Of `limits` only the steps count.
pub(crate) fn least(
    known: &Schedule,
    is_wanted: &dyn Fn(&Outcome<AnyValue>) -> bool,
    body: &Body,
    limits: &Limits,
) -> Schedule {
    if known.memory() != Memory::SequentiallyConsistent
        && let Some(plain) = without_old_values(is_wanted, body, limits)
    {
        return least(
            &plain,
            is_wanted,
            body,
            &Limits { memory: Memory::SequentiallyConsistent, ..limits.clone() },
        );
    }
    shrink::least(known.clone(), EXECUTIONS_MAX, |attempt, executions_max| {
        let (preemptions_max, blocks) = match attempt {
            Attempt::Within(preemptions_max) => (Some(preemptions_max), None),
            Attempt::Follow(blocks) => (None, Some(blocks)),
        };
        let (bounds, time_max, logs) = (known.bounds, None, false);
        let limits = Limits { executions_max, preemptions_max, bounds, time_max, logs, ..limits.clone() };
        let scheduler = move || -> Box<dyn Scheduler> {
            match &blocks {
                Some(blocks) => Box::new(Follow::new(blocks.clone())),
                None => Box::new(Dfs::default()),
            }
        };
        let search = explore_by(Search::new(limits, Arc::default()), scheduler, Arc::clone(body));
        let is_all = matches!(search.incomplete().next(), None | Some(Incomplete::PreemptionsMax(_)));
        let executions = search.executions.max(1);
        let found = seen(search, is_wanted)
            .and_then(|seen| Some(Found { cost: seen.cost, schedule: seen.schedule? }));
        Tried { found, executions, is_all }
    })
}

/// A schedule that leads to the outcome under sequential consistency: a reader need not think of old values then.
fn without_old_values(
    is_wanted: &dyn Fn(&Outcome<AnyValue>) -> bool,
    body: &Body,
    limits: &Limits,
) -> Option<Schedule> {
    let (executions_max, memory, logs) = (EXECUTIONS_MAX, Memory::SequentiallyConsistent, false);
    let limits = Limits { executions_max, memory, logs, preemptions_max: None, ..limits.clone() };
    let search = explore_by(Search::new(limits, Arc::default()), || Box::new(Dpor::new()), Arc::clone(body));
    seen(search, is_wanted)?.schedule
}

fn seen(search: Search, is_wanted: &dyn Fn(&Outcome<AnyValue>) -> bool) -> Option<Seen> {
    search.outcomes.into_iter().find(|(outcome, _)| is_wanted(outcome)).map(|(_, seen)| seen)
}

/// Runs `body` once, as far as possible as `schedule` says.
#[cfg(feature = "property")]
pub(crate) fn follow(search: Search, schedule: &Schedule, body: Body) -> Search {
    let schedule = schedule.clone();
    explore_by(search, move || Box::new(Follow::schedule(&schedule)), body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::any_value::body;
    use crate::schedule::Bounds;
    use crate::strategy::{Replay, Strategy, scheduler};
    use crate::sync::Mutex;
    use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use crate::thread;
    use std::collections::BTreeSet;

    fn limits(executions_max: u64) -> Limits {
        let bounds = Bounds::default();
        Limits { executions_max, steps_max: 1_000, bounds, ..Limits::default() }
    }

    /// Threads that each add `rounds` times to a counter, reading and writing apart.
    fn counts(threads: usize, rounds: usize) -> Body {
        body(move || {
            let total = Arc::new(AtomicUsize::new(0));
            let spawn = |_| {
                let total = Arc::clone(&total);
                thread::spawn(move || {
                    for _ in 0..rounds {
                        total.store(total.load(SeqCst) + 1, SeqCst);
                    }
                })
            };
            let threads: Vec<_> = (0..threads).map(spawn).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            total.load(SeqCst)
        })
    }

    /// Two threads that take two locks in opposite orders.
    fn locks_two() -> Body {
        body(|| {
            let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
            let spawn = |first: usize| {
                let locks = Arc::clone(&locks);
                thread::spawn(move || {
                    let _first = locks[first].lock();
                    drop(locks[1 - first].lock());
                })
            };
            [spawn(0), spawn(1)].into_iter().for_each(|thread| thread.join().unwrap());
            0
        })
    }

    /// Two threads, one of which never ends.
    fn spins() -> Body {
        body(|| {
            let never = Arc::new(AtomicUsize::new(0));
            let other = Arc::clone(&never);
            thread::spawn(move || other.load(SeqCst));
            while never.load(SeqCst) == 0 {}
            0
        })
    }

    fn returned(value: usize) -> Outcome<AnyValue> {
        Outcome::Returned(AnyValue::new(value))
    }

    fn livelock() -> Outcome<AnyValue> {
        Outcome::Livelocked { polling: vec!["main".to_string()] }
    }

    /// What comes of a schedule.
    fn replay(schedule: &Schedule, body: &Body) -> Search {
        let schedule = schedule.clone();
        let limits = Limits { bounds: schedule.bounds, ..limits(1) };
        let scheduler = move || -> Box<dyn Scheduler> { Box::new(Replay::new(schedule.clone())) };
        explore_by(Search::new(limits, Arc::default()), scheduler, Arc::clone(body))
    }

    /// Schedules with this outcome, each the first of a seed.
    fn sampled(body: &Body, wanted: &Outcome<AnyValue>) -> Vec<Schedule> {
        let sample = |seed| {
            let random = move || scheduler(Strategy::Random { seed });
            let search = explore_by(Search::new(limits(1), Arc::default()), random, Arc::clone(body));
            search.outcomes.get(wanted)?.schedule.clone()
        };
        (0..10_000).filter_map(sample).take(20).collect()
    }

    fn deadlock() -> Outcome<AnyValue> {
        Outcome::Deadlocked { blocked: ["main", "T1", "T2"].map(String::from).to_vec() }
    }

    #[test]
    fn a_replay_comes_to_the_same_outcome_by_the_same_steps() {
        for (body, wanted) in [(counts(2, 2), returned(2)), (locks_two(), deadlock()), (spins(), livelock())]
        {
            for known in sampled(&body, &wanted) {
                let search = replay(&known, &body);
                assert_eq!(search.outcomes[&wanted].schedule.as_ref(), Some(&known));
            }
        }
    }

    #[test]
    fn a_replay_of_another_program_says_at_which_step_it_differs() {
        let body = counts(2, 2);
        for known in sampled(&body, &returned(2)) {
            let mut cut = known.clone();
            cut.picks.pop();
            let steps = known.len();
            for (schedule, other, step) in [
                (&known, counts(2, 1), 3..=steps),
                (&known, counts(2, 3), 5..=steps),
                (&known, locks_two(), 1..=1),
                (&cut, body.clone(), steps..=steps),
            ] {
                let search = replay(schedule, &other);
                assert!(search.outcomes.is_empty());
                let Some(Incomplete::Flaky { step: at, .. }) = &search.incomplete else {
                    panic!("{:?}", search.incomplete);
                };
                assert!(step.contains(at), "{:?}", search.incomplete);
            }
        }
    }

    #[test]
    fn the_least_schedule_is_the_same_whichever_was_known() {
        for (body, wanted, preemptions) in [
            (counts(2, 1), returned(2), 0),
            (counts(2, 1), returned(1), 1),
            (counts(3, 1), returned(1), 1),
            (locks_two(), deadlock(), 1),
        ] {
            let known = sampled(&body, &wanted);
            assert!(known.iter().collect::<BTreeSet<_>>().len() > 1, "{known:?}");
            let all: BTreeSet<Schedule> = known
                .iter()
                .map(|known| least(known, &|outcome| *outcome == wanted, &body, &limits(1)))
                .collect();
            assert_eq!(all.len(), 1, "{all:?}");
            let cost = replay(all.first().unwrap(), &body).outcomes[&wanted].cost;
            assert_eq!(cost.0, preemptions, "{wanted:?}");
        }
    }

    #[test]
    fn a_schedule_gets_smaller_where_a_search_takes_too_long() {
        // Without a preemption there are 7! = 5,040 executions, of which the search may use 1,000.
        let (body, wanted) = (counts(7, 2), returned(5));
        for known in sampled(&body, &wanted) {
            let before = replay(&known, &body).outcomes[&wanted].cost;
            let small = least(&known, &|outcome| *outcome == wanted, &body, &limits(1));
            let after = replay(&small, &body).outcomes[&wanted].cost;
            println!("{wanted}: {before:?} to {after:?}");
            assert!(2 * after.0 < before.0, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_schedule_that_leads_elsewhere_is_left_as_it_is() {
        let body = counts(2, 1);
        let known = &sampled(&body, &returned(2))[0];
        assert_eq!(&least(known, &|outcome| *outcome == returned(1), &body, &limits(1)), known);
    }
}
