//! A witness in one line, for snapshots: who did what in turn, without values, lines and numbers.

use super::fold::{Row, fold};
use crate::witness::{Effect, Witness};

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
    for row in fold(witness, &[]) {
        match row {
            Row::Step { step, times } => {
                let step = &witness.steps[step];
                let repeated = if times > 1 { format!(" x{times}") } else { String::new() };
                match step.effect {
                    Effect::Panicked(_) => add(step.task, "panic".to_string()),
                    _ if step.object.is_some() => add(step.task, format!("{}{repeated}", step.function)),
                    _ => {}
                }
            }
            Row::Left { steps } => add(witness.steps[steps[0]].task, "...".to_string()),
        }
    }
    for wait in &witness.waits {
        add(wait.task, format!("waits: {}", wait.function));
    }
    let turn = |turn: &Turn| format!("{} {}", witness.tasks[turn.task].name, turn.did.join(", "));
    turns.iter().map(turn).collect::<Vec<_>>().join(" | ")
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
}
