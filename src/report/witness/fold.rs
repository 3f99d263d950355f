//! Which steps of a witness are shown one by one, so that it fits a screen: loops are shown once, and what
//! does not matter to the failure becomes a line that says how much it was.

use crate::witness::{Effect, Step, Witness};
use std::collections::BTreeSet;

/// Rows that fit a screen beside the rest of the text.
const ROWS_MAX: usize = 40;
/// The longest loop that is recognized, in steps.
const LOOP_MAX: usize = 8;
/// A loop is folded from so many rounds on.
const ROUNDS_MIN: usize = 3;
/// The last rows, which are always shown.
const LAST: usize = 4;
/// What is near the failure, in rows from the end.
const NEAR: usize = 16;

/// A row of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// One step, which was done so many times in a row, alone or with the rows around it.
    Step { step: usize, times: usize },
    /// Steps that are left out.
    Left { steps: Vec<usize> },
}

/// Which steps, by position, are to be seen in any case.
#[derive(Clone, Copy)]
pub(super) enum Focus<'a> {
    /// Those that a diagnosis tells of; what else touches their objects belongs to the story.
    Story(&'a [usize]),
    /// These and no others. Where there are none, what touches objects that are shared near the end.
    Points(&'a [usize]),
}

/// The rows of a witness. Everything, if it fits; else what `focus` asks for.
pub(super) fn fold(witness: &Witness, focus: Focus) -> Vec<Row> {
    let (Focus::Story(important) | Focus::Points(important)) = focus;
    let important: BTreeSet<usize> = important.iter().copied().collect();
    let rounds = fold_loops(&witness.steps, &important);
    let all: Vec<usize> = (0..rounds.len()).collect();
    let everything = leave_out(&rounds, &all);
    if height(witness, &everything) <= ROWS_MAX {
        return everything;
    }
    let spoken_of = match focus {
        Focus::Story(steps) => steps.iter().filter_map(|&step| witness.steps[step].object).collect(),
        Focus::Points(_) => BTreeSet::new(),
    };
    let order = by_importance(witness, &rounds, &important, &spoken_of);
    let mut kept_count = order.len().min(ROWS_MAX);
    loop {
        let rows = leave_out(&rounds, &order[..kept_count]);
        if kept_count == 0 || height(witness, &rows) <= ROWS_MAX {
            return rows;
        }
        kept_count -= 1;
    }
}

/// The rows of a witness of which nothing is left out: a loop stands once.
pub(super) fn rounds(witness: &Witness) -> Vec<Row> {
    let rounds = fold_loops(&witness.steps, &BTreeSet::new());
    leave_out(&rounds, &(0..rounds.len()).collect::<Vec<_>>())
}

/// How many lines the rows take with the marks of preemptions.
fn height(witness: &Witness, rows: &[Row]) -> usize {
    let preempts = |row: &&Row| matches!(row, Row::Step { step, .. } if witness.steps[*step].preempts);
    rows.len() + rows.iter().filter(preempts).count()
}

/// What a row stands for.
struct Round {
    /// The steps of this row, first of all the one that is shown.
    steps: Vec<usize>,
}

/// Rows in which what is repeated stands once.
fn fold_loops(steps: &[Step], important: &BTreeSet<usize>) -> Vec<Round> {
    let mut rounds = Vec::new();
    let mut at = 0;
    while at < steps.len() {
        // An important step is shown by itself, or as the first of its loop.
        let next_important = important.range(at + 1..).next().copied().unwrap_or(steps.len());
        let (period, count) = longest_loop(&steps[at..next_important]);
        let end = at + period * count;
        rounds.extend((at..at + period).map(|first| Round { steps: (first..end).step_by(period).collect() }));
        at = end;
    }
    rounds
}

/// The loop that `steps` begin with: how long it is, and how often it runs. (1, 1), if there is none.
fn longest_loop(steps: &[Step]) -> (usize, usize) {
    let rounds = |period: &usize| {
        let same = steps.iter().zip(&steps[*period..]).take_while(|(one, other)| one == other).count();
        (*period, 1 + same / period)
    };
    let periods = (1..=LOOP_MAX.min(steps.len() / ROUNDS_MIN)).map(|period| rounds(&period));
    let loops = periods.filter(|(_, count)| *count >= ROUNDS_MIN);
    loops.max_by_key(|(period, count)| (period * count, usize::MAX - period)).unwrap_or((1, 1))
}

/// The positions of the rounds that a reader needs, those first that are needed most.
fn by_importance(
    witness: &Witness,
    rounds: &[Round],
    important: &BTreeSet<usize>,
    spoken_of: &BTreeSet<usize>,
) -> Vec<usize> {
    let step = |round: &Round| &witness.steps[round.steps[0]];
    let near = &rounds[rounds.len().saturating_sub(NEAR)..];
    let tasks_near = |object: usize| {
        let users = near.iter().map(step).filter(|step| step.object == Some(object));
        users.map(|step| step.task).collect::<BTreeSet<_>>().len()
    };
    let shared: BTreeSet<usize> = near.iter().filter_map(|round| step(round).object).collect();
    let shared: BTreeSet<usize> = shared.into_iter().filter(|&object| tasks_near(object) > 1).collect();
    let rank = |&at: &usize| {
        let (round, object) = (&rounds[at], step(&rounds[at]).object);
        let is_landmark =
            matches!(step(round).effect, Effect::Panicked(_) | Effect::Called(_) | Effect::Returned(_));
        let is_last = at + LAST >= rounds.len();
        if is_landmark || is_last || round.steps.iter().any(|step| important.contains(step)) {
            Some(0)
        } else if object.is_some_and(|object| spoken_of.contains(&object)) {
            Some(1)
        } else if important.is_empty() && object.is_some_and(|object| shared.contains(&object)) {
            Some(2)
        } else {
            None
        }
    };
    let mut order: Vec<usize> = (0..rounds.len()).filter(|at| rank(at).is_some()).collect();
    order.sort_by_cached_key(|at| (rank(at), rounds.len() - at));
    order
}

/// The kept rounds as rows, and those between them together.
fn leave_out(rounds: &[Round], kept: &[usize]) -> Vec<Row> {
    let kept: BTreeSet<usize> = kept.iter().copied().collect();
    let shown = |round: &Round| Row::Step { step: round.steps[0], times: round.steps.len() };
    let mut rows = Vec::new();
    let mut left: Vec<&Round> = Vec::new();
    for at in 0..=rounds.len() {
        if at < rounds.len() && !kept.contains(&at) {
            left.push(&rounds[at]);
            continue;
        }
        match left[..] {
            [] => {}
            // It would take no less room to leave it out.
            [one] => rows.push(shown(one)),
            _ => rows.push(Row::Left {
                steps: left.iter().flat_map(|round| round.steps.iter().copied()).collect(),
            }),
        }
        left.clear();
        rows.extend(rounds.get(at).map(shown));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::witness::sample::Sample;
    use crate::witness::ObjectKind::Atomic;

    fn steps(rows: &[Row]) -> Vec<(usize, usize)> {
        let shown = |row: &Row| match row {
            Row::Step { step, times } => (*step, *times),
            Row::Left { steps } => (usize::MAX, steps.len()),
        };
        rows.iter().map(shown).collect()
    }

    const LEFT: usize = usize::MAX;

    #[test]
    fn what_fits_is_shown_as_it_is() {
        let mut sample = Sample::new("");
        sample.object(Atomic, None).load(0, 0, "0", "").load(0, 0, "0", "").load(1, 0, "0", "");
        assert_eq!(steps(&fold(&sample.witness, Focus::Points(&[]))), [(0, 1), (1, 1), (2, 1)]);
    }

    #[test]
    fn a_loop_is_shown_once() {
        let mut sample = Sample::new("");
        sample.object(Atomic, None).store(1, 0, ("0", "1"), "");
        for _ in 0..5 {
            sample.load(0, 0, "1", "").done(0, "yield_now", None, "");
        }
        sample.store(1, 0, ("1", "2"), "");
        assert_eq!(steps(&fold(&sample.witness, Focus::Points(&[]))), [(0, 1), (1, 5), (2, 5), (11, 1)]);
    }

    #[test]
    fn a_loop_whose_values_change_is_none() {
        let mut sample = Sample::new("");
        sample.object(Atomic, None);
        for value in ["1", "2", "3", "4"] {
            sample.load(0, 0, value, "");
        }
        assert_eq!(fold(&sample.witness, Focus::Points(&[])).len(), 4);
    }

    #[test]
    fn a_long_witness_keeps_what_matters_and_fits_a_screen() {
        let mut sample = Sample::new("");
        sample.object(Atomic, None).object(Atomic, None).object(Atomic, None);
        sample.load(1, 0, "0", "");
        for value in 0..300 {
            sample.store(2, 1, ("0", &value.to_string()), "");
        }
        sample.store(2, 0, ("0", "1"), "").store(1, 0, ("0", "1"), "").load(0, 0, "1", "");
        let rows = fold(&sample.witness, Focus::Story(&[0, 301, 302]));
        assert!(rows.len() <= ROWS_MAX, "{} rows", rows.len());
        let shown = steps(&rows);
        assert_eq!(shown[0], (0, 1), "the important first step");
        assert_eq!(shown[1].0, LEFT);
        assert_eq!(shown[shown.len() - 3..], [(301, 1), (302, 1), (303, 1)]);
        let total: usize =
            rows.iter().map(|row| if let Row::Left { steps } = row { steps.len() } else { 1 }).sum();
        assert_eq!(total, 304, "every step is shown or counted");
    }

    #[test]
    fn a_hundred_thousand_steps_of_a_loop_are_a_few_rows() {
        let mut sample = Sample::new("");
        sample.object(Atomic, None);
        for _ in 0..100_000 {
            sample.load(0, 0, "0", "");
        }
        assert_eq!(steps(&fold(&sample.witness, Focus::Points(&[]))), [(0, 100_000)]);
    }
}
