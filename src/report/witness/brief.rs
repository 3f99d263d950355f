//! A witness in one line, for snapshots: who did what in turn, without values, lines and numbers.

use super::fold::{Row, rounds};
use crate::witness::{Effect, Witness};

/// So many functions of a turn are told: the first, and the last two.
const FUNCTIONS_MAX: usize = 6;
/// So many turns are told: the first few, and as many of the last.
const TURNS_MAX: usize = 16;
const LAST_FUNCTIONS: usize = 2;
/// What async tasks do that no object shows.
const ASYNC: [&str; 8] =
    ["await", "yield_now", "wake", "abort", "JoinSet aborts", "cancelled", "drop", "timeout drops"];

/// What a task did in its turn, and the task.
struct Turn {
    task: usize,
    did: Vec<String>,
}

/// The functions in the order of their calls: `T1 load | T2 load, store | T1 store`. Tasks that start,
/// wait for each other's end and end are left out, but what they wait for at the end is told.
pub(crate) fn one_line(witness: &Witness) -> String {
    let mut turns: Vec<Turn> = Vec::new();
    let mut add = |task: usize, did: String| match turns.last_mut() {
        Some(turn) if turn.task == task => turn.did.push(did),
        _ => turns.push(Turn { task, did: vec![did] }),
    };
    for row in rounds(witness) {
        let Row::Step { step, times } = row else { continue };
        let step = &witness.steps[step];
        let repeated = if times > 1 { format!(" x{times}") } else { String::new() };
        match step.effect {
            Effect::Panicked(_) => add(step.task, "panic".to_string()),
            _ if step.object.is_some() || ASYNC.contains(&step.function) => {
                add(step.task, format!("{}{repeated}", step.function))
            }
            _ => {}
        }
    }
    for wait in &witness.waits {
        add(wait.task, format!("waits: {}", wait.function));
    }
    let told = |turn: &Turn| {
        let did = cut(turn.did.clone(), FUNCTIONS_MAX, LAST_FUNCTIONS);
        format!("{} {}", witness.tasks[turn.task].name, did.join(", "))
    };
    cut(turns.iter().map(told).collect(), TURNS_MAX, TURNS_MAX / 2).join(" | ")
}

/// At most `max` of them, so many of the last among these; what is left out is told by dots.
fn cut(mut all: Vec<String>, max: usize, last: usize) -> Vec<String> {
    // It would take no less room to leave one out.
    if all.len() > max + 1 {
        all.splice(max - last..all.len() - last, ["...".to_string()]);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::witness::sample::Sample;
    use crate::witness::ObjectKind::{Atomic, Mutex};

    #[test]
    fn turns_of_tasks_stand_between_bars() {
        let mut sample = Sample::new("");
        sample.object(Atomic, None).about(0, "spawn", 1, "").load(1, 0, "0", "").load(2, 0, "0", "");
        sample.store(2, 0, ("0", "1"), "").done(2, "end", None, "").store(1, 0, ("0", "1"), "");
        sample.about(0, "join", 1, "").panics(0, "lost", "");
        assert_eq!(one_line(&sample.witness), "T1 load | T2 load, store | T1 store | main panic");
    }

    #[test]
    fn a_hang_ends_with_its_waits() {
        let mut sample = Sample::new("");
        sample.object(Mutex, None).object(Mutex, None);
        sample.done(1, "lock", Some(0), "").done(2, "lock", Some(1), "");
        sample.waits(1, "lock", Some(1), &[2], "").waits(2, "lock", Some(0), &[1], "");
        assert_eq!(one_line(&sample.witness), "T1 lock | T2 lock | T1 waits: lock | T2 waits: lock");
    }

    #[test]
    fn async_tasks_are_told_by_how_they_give_way() {
        let mut sample = Sample::new("");
        sample.about(0, "await", 1, "").done(1, "yield_now", None, "").about(2, "abort", 1, "");
        sample.done(1, "cancelled", None, "").waits(0, "await", None, &[], "");
        assert_eq!(
            one_line(&sample.witness),
            "main await | T1 yield_now | T2 abort | T1 cancelled | main waits: await"
        );
    }

    #[test]
    fn what_is_long_is_cut_in_its_middle() {
        let mut sample = Sample::new("");
        sample.object(Atomic, None).load(1, 0, "0", "");
        for value in 0..10 {
            sample.load(2, 0, &value.to_string(), "");
        }
        sample.store(2, 0, ("0", "1"), "").store(1, 0, ("0", "1"), "");
        assert_eq!(
            one_line(&sample.witness),
            "T1 load | T2 load, load, load, load, ..., load, store | T1 store"
        );
        for turn in 0..30 {
            sample.load(1 + turn % 2, 0, &turn.to_string(), "");
        }
        let turns = one_line(&sample.witness);
        assert_eq!(turns.split(" | ").count(), TURNS_MAX + 1, "{turns}");
    }
}
