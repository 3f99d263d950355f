//! One execution again, as a schedule says; or the step at which the program does something else.

use crate::engine::{Choice, End, Scheduler, TaskId, World};
use crate::schedule::{Pick, Schedule};

pub(crate) struct Replay {
    schedule: Schedule,
    has_begun: bool,
}

impl Replay {
    pub(crate) fn new(schedule: Schedule) -> Self {
        Replay { schedule, has_begun: false }
    }
}

impl Scheduler for Replay {
    fn begin(&mut self, _: &mut World) -> bool {
        !std::mem::replace(&mut self.has_begun, true)
    }

    fn choose(&mut self, world: &World) -> Choice {
        match self.schedule.picks.get(world.position()) {
            Some(pick) => follow(world, pick),
            // Where nobody goes on but readers, a hang may be that they are kept out.
            None if world.enabled().next().is_none() || world.is_barred() => Choice::Nobody,
            None => Choice::Diverged("the end of the execution".to_string()),
        }
    }

    fn insists_on(&self, world: &World) -> Option<TaskId> {
        let pick = self.schedule.picks.get(world.position())?;
        world.spawned().get(pick.task as usize).copied()
    }

    fn end(&mut self, _: &mut World, _: &End) {}

    fn knows_each_loop(&self) -> bool {
        false
    }
}

/// Does what the pick says, if the task has announced what it had. A token does not keep every mark.
fn follow(world: &World, pick: &Pick) -> Choice {
    let expected = |what: &str| Choice::Diverged(format!("{what} of {}", name(pick.task)));
    let Some(task) = enabled(world, pick.task) else { return expected("a step") };
    let choice = named(world, task, pick.choice).filter(|&choice| world.could_choose(task, choice));
    let Some(choice) = choice else {
        return expected(&format!("a step with its choice {}", pick.choice));
    };
    match world.foresee(task, choice) {
        Some(event) if pick.mark == 0 || event.mark() == pick.mark => Choice::Run(task, choice),
        _ => expected("another operation"),
    }
}

fn name(task: u32) -> String {
    if task == 0 { "main".to_string() } else { format!("T{task}") }
}

/// The task with this number in the order of spawning, if it can go on.
pub(super) fn enabled(world: &World, task: u32) -> Option<TaskId> {
    let &task = world.spawned().get(task as usize)?;
    Some(task).filter(|&task| world.may_go_on(task))
}

/// The choice for the task's operation that a schedule calls this, if it is one.
pub(super) fn choice(world: &World, task: TaskId, choice: u32) -> Option<u32> {
    named(world, task, choice).filter(|&choice| world.has_choice(task, choice))
}

/// The choice that a schedule calls this: whom the operation wakes, in the order of spawning.
fn named(world: &World, task: TaskId, choice: u32) -> Option<u32> {
    let chooses_tasks = world.announced(task).is_some_and(|operation| operation.action.chooses_tasks());
    match chooses_tasks {
        true => world.spawned().get(choice as usize).map(|task| task.index() as u32),
        false => Some(choice),
    }
}
