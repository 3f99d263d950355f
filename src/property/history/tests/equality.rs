//! When histories are equal: which operation precedes which, read off the events, against `==`.

use super::drawn::{Drawn, Event};
use fastrand::Rng;
use std::io::Write;

/// For each operation, as task and number, where it is called and answered.
fn intervals(drawn: &Drawn) -> Vec<((usize, usize), usize, Option<usize>)> {
    let mut intervals: Vec<((usize, usize), usize, Option<usize>)> = Vec::new();
    for (at, (task, event)) in drawn.events.iter().enumerate() {
        let number = intervals.iter().filter(|((other, _), ..)| other == task).count();
        match event {
            Event::Call(_) => intervals.push(((*task, number), at, None)),
            Event::Answer(_) => {
                intervals.iter_mut().rfind(|((other, _), ..)| other == task).unwrap().2 = Some(at);
            }
        }
    }
    intervals.sort_unstable();
    intervals
}

fn precedence(drawn: &Drawn) -> Vec<bool> {
    let intervals = intervals(drawn);
    let precedes =
        |returned: Option<usize>, called: usize| returned.is_some_and(|returned| returned < called);
    intervals
        .iter()
        .flat_map(|&(_, _, returned)| intervals.iter().map(move |&(_, called, _)| precedes(returned, called)))
        .collect()
}

#[test]
fn histories_of_the_same_operations_are_equal_if_the_same_precede_each_other() {
    let mut rng = Rng::with_seed(3);
    let mut counts = [0; 2];
    for _ in 0..10_000 {
        let one = Drawn::small(&mut rng);
        let mut other = one.clone();
        let swaps = rng.usize(..4);
        other.mix_events(swaps, &mut rng);
        let (history, mixed) = (one.history(), other.history());
        let operations = history
            .operations()
            .iter()
            .flat_map(|one| history.operations().iter().map(move |other| one.precedes(other)));
        assert_eq!(operations.collect::<Vec<_>>(), precedence(&one), "{history}");
        let is_same = precedence(&one) == precedence(&other);
        assert_eq!(history == mixed, is_same, "{history}\n\n{mixed}");
        assert_eq!(history.cmp(&mixed).is_eq(), is_same);
        counts[usize::from(is_same)] += 1;
    }
    let [different, same] = counts;
    writeln!(std::io::stderr(), "{same} pairs are equal, {different} are not").unwrap();
    assert!(same >= 1_000 && different >= 1_000);
}
