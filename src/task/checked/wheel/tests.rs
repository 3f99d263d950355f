//! Which timers may be up next, and what it costs to know.

use super::*;
use crate::backend::clock::Deadline;
use crate::task::checked::event_loop::Turn;

const LOOP: u64 = 7;

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// So many milliseconds after a poll, when the clock showed so many.
fn due(poll: u64, at: u64, after: u64) -> Due {
    let deadline = Deadline::at(milliseconds(at + after)).expect("not for ever");
    let turn = Some(Turn { event_loop: LOOP, number: poll });
    Due { deadline, moment: Moment { turn, at: milliseconds(at) } }
}

/// The names of those that may be up next.
fn next(wheel: &Wheel<char>) -> String {
    let next = (0..).map_while(|place| wheel.next.nth(place));
    next.map(|(_, number)| wheel.timers.get(number).expect("it is set").value).collect()
}

#[test]
fn timers_of_one_poll_are_up_in_the_order_of_their_deadlines() {
    let mut wheel = Wheel::new(LOOP);
    wheel.set(due(1, 0, 5), 'b');
    wheel.set(due(1, 0, 3), 'a');
    wheel.set(due(1, 0, 5), 'c');
    for name in ['a', 'b', 'c'] {
        assert_eq!(next(&wheel), name.to_string());
        assert_eq!(wheel.take_next(0, 1).expect("there is one").1, name);
    }
    assert_eq!(wheel.counts(), (0, 0));
}

#[test]
fn of_two_polls_the_later_timer_may_be_the_first_only_if_it_takes_less() {
    let mut wheel = Wheel::new(LOOP);
    wheel.set(due(1, 0, 5), 'a');
    wheel.set(due(2, 0, 5), 'b');
    assert_eq!(next(&wheel), "a");
    wheel.set(due(2, 0, 4), 'c');
    assert_eq!(next(&wheel), "ca");
    wheel.take_next(1, 2);
    assert_eq!(next(&wheel), "c", "which is due before b");
}

#[test]
fn who_sleeps_again_and_again_does_not_keep_others_from_their_turn() {
    let mut wheel = Wheel::new(LOOP);
    wheel.set(due(1, 0, 3), 'b');
    for (poll, expected) in [(1, "a"), (2, "ab"), (3, "b")] {
        wheel.set(due(poll, poll - 1, 1), 'a');
        assert_eq!(next(&wheel), expected);
        wheel.take_next(0, poll);
    }
}

#[test]
fn one_that_is_taken_away_lets_others_go_first() {
    let mut wheel = Wheel::new(LOOP);
    let first = wheel.set(due(1, 0, 1), 'a');
    wheel.set(due(2, 0, 2), 'b');
    let third = wheel.set(due(3, 0, 3), 'c');
    wheel.cancel(first);
    assert_eq!(next(&wheel), "b");
    wheel.cancel(third);
    wheel.take_next(0, 3);
    assert_eq!(wheel.counts(), (0, 0));
}

#[test]
fn of_a_moment_that_this_loop_has_not_seen_nothing_is_known() {
    let mut wheel = Wheel::new(LOOP);
    let elsewhere = |after| {
        let known = due(1, 0, after);
        let turn = Some(Turn { event_loop: LOOP + 1, number: 1 });
        Due { moment: Moment { turn, ..known.moment }, ..known }
    };
    wheel.set(due(1, 0, 1), 'a');
    wheel.set(elsewhere(9), 'c');
    wheel.set(elsewhere(5), 'b');
    assert_eq!(next(&wheel), "ab", "those of one moment are in their order");
    assert!(wheel.holds_back(due(1, 0, 2)) && !wheel.holds_back(due(1, 0, 0)));
}

/// Timers of random moments are set, are up and are taken away: those are next that no other is known to come before.
#[test]
fn nobody_is_next_whom_another_comes_before_and_all_others_are() {
    let mut rng = fastrand::Rng::with_seed(7);
    for round in 0..90 {
        let mut wheel = Wheel::new(LOOP);
        let (mut polls, mut set) = (1, Vec::new());
        let longest = [2, 5, 40][round % 3];
        for _ in 0..60 {
            polls += rng.u64(0..2);
            let place = rng.usize(0..=set.len());
            match rng.u32(0..10) {
                0..6 => {
                    let back = if rng.u32(0..4) == 0 { rng.u64(0..polls.min(6)) } else { 0 };
                    let Due { deadline, moment } = due(polls - back, rng.u64(0..2), rng.u64(0..longest));
                    let event_loop = LOOP + u64::from(rng.u32(0..6) == 0);
                    let turn = Some(Turn { event_loop, number: polls - back });
                    set.push(wheel.set(Due { deadline, moment: Moment { turn, ..moment } }, ()));
                }
                6..9 if wheel.counts().0 > 0 => {
                    let up = rng.u32(0..wheel.counts().0);
                    wheel.take_next(up, polls);
                }
                _ if place < set.len() => wheel.cancel(set.swap_remove(place)),
                _ => {}
            }
            set.retain(|&number| wheel.timers.get(number).is_some());
            let rank = |number: Number| &wheel.timers.get(number).expect("it is set").rank;
            let is_next = |&&number: &&Number| {
                set.iter().all(|&other| other == number || !rank(other).is_before(rank(number)))
            };
            let mut expected: Vec<_> =
                set.iter().filter(is_next).map(|&number| (rank(number).due.at(), number)).collect();
            expected.sort_unstable();
            let next: Vec<_> = (0..).map_while(|place| wheel.next.nth(place)).collect();
            assert_eq!(next, expected);
            assert_eq!(wheel.timers.len(), set.len());
            let first = set.iter().map(|&number| (tick(rank(number).due.at()), number)).min();
            assert_eq!(wheel.timers.first_due(), first.map(|(_, number)| number));
        }
    }
}

/// How many looks at timers, or at what is least of many, so many timers cost that are set one poll after the other and
/// then are up, first to last or as it comes.
fn looks(count: u64, after: impl Fn(u64) -> u64, is_first: bool) -> u64 {
    let (mut wheel, mut rng) = (Wheel::new(LOOP), fastrand::Rng::with_seed(1));
    for poll in 1..=count {
        wheel.set(due(poll, 0, after(poll)), ());
    }
    for poll in 1..=count {
        let next = wheel.counts().0;
        wheel.take_next(if is_first { 0 } else { rng.u32(0..next) }, count + poll).expect("there is one");
    }
    assert_eq!(wheel.counts(), (0, 0));
    wheel.timers.looks.get()
}

#[test]
fn what_a_timer_costs_hardly_grows_with_their_number() {
    let count = 1 << 13;
    let kinds: [(&str, &dyn Fn(u64) -> u64); 6] = [
        ("as long", &|_| 5),
        ("longer and longer", &|poll| poll),
        ("less and less", &|poll| count - poll),
        ("mixed", &|poll| poll * 7_919 % 101),
        ("all different", &|poll| poll * 7_919 % 10_007),
        // Each of the second half comes after each of the first.
        ("less and less, twice", &|poll| if poll > count / 2 { 2 * count - poll } else { count / 2 - poll }),
    ];
    let each = |(name, after): (&'static str, &dyn Fn(u64) -> u64)| {
        (name, [true, false].map(|is_first| looks(count, after, is_first) / count))
    };
    let costs = kinds.map(each);
    assert!(costs.iter().flat_map(|(_, costs)| costs).all(|&cost| cost < 200), "{costs:?}");
}
