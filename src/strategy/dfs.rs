//! Every schedule, one after another, without any reduction: slow, plain, and the oracle for `dpor`.
//!
//! The search is a stack of who was chosen out of whom. An execution first repeats the stack; then the
//! stack grows by the first of the enabled at each step. Afterwards what has no alternative left is
//! popped, and the last choice that has one moves on to it.

use crate::engine::{Choice, End, Scheduler, TaskId, World};

#[derive(Default)]
pub(crate) struct Dfs {
    stack: Vec<Node>,
    has_begun: bool,
}

/// A scheduling point: the tasks, with what each can choose, that are still to be chosen there, the present one
/// last.
struct Node(Vec<(TaskId, u32)>);

impl Scheduler for Dfs {
    fn begin(&mut self, world: &mut World) -> bool {
        if !self.has_begun {
            self.has_begun = true;
            return true;
        }
        while let Some(Node(left)) = self.stack.last_mut() {
            left.pop();
            if !left.is_empty() {
                world.trace.truncate(self.stack.len() - 1);
                return true;
            }
            self.stack.pop();
        }
        false
    }

    fn choose(&mut self, world: &World) -> Choice {
        let position = world.trace.events.len();
        if position == self.stack.len() {
            let choices = |task| world.choices(task).map(move |choice| (task, choice));
            let mut choices: Vec<(TaskId, u32)> =
                world.enabled().filter(|&task| !world.is_unfair(task)).flat_map(choices).collect();
            choices.reverse();
            if choices.is_empty() {
                return Choice::Nobody;
            }
            self.stack.push(Node(choices));
        }
        let Node(left) = &self.stack[position];
        let &(task, choice) = left.last().expect("a scheduling point without choices is popped");
        Choice::Run(task, choice)
    }

    fn end(&mut self, _: &mut World, _: &End) {}
}
