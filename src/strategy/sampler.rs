//! What the strategies that sample have in common: each execution begins anew, and there is always
//! another one, unless the first had nothing to choose.
//!
//! A [`Sample`] says only which task is next. What there is to choose besides is drawn here. All numbers
//! are pseudo-random: the seed fixes them, on every machine.

use crate::engine::{Choice, End, Scheduler, TaskId, World};
use fastrand::Rng;

/// A way to draw an execution.
pub(crate) trait Sample: Send {
    /// A new execution begins.
    fn begin(&mut self, rng: &mut Rng);

    /// Who of the `enabled` tasks of the world, of which there is at least one, is next.
    fn pick(&mut self, rng: &mut Rng, world: &World, enabled: usize) -> Option<TaskId>;

    /// The execution had so many steps.
    fn end(&mut self, _steps: usize) {}
}

pub(crate) struct Sampler<S> {
    sample: S,
    rng: Rng,
    has_ended: bool,
    /// Whether any execution could have gone another way.
    has_choice: bool,
}

impl<S: Sample> Sampler<S> {
    pub(crate) fn new(sample: S, seed: u64) -> Self {
        Sampler { sample, rng: Rng::with_seed(seed), has_ended: false, has_choice: false }
    }
}

impl<S: Sample> Scheduler for Sampler<S> {
    fn begin(&mut self, world: &mut World) -> bool {
        if self.has_ended && !self.has_choice {
            return false;
        }
        world.trace.truncate(0);
        self.sample.begin(&mut self.rng);
        true
    }

    fn choose(&mut self, world: &World) -> Choice {
        let enabled = world.enabled_count();
        if enabled == 0 {
            return Choice::Nobody;
        }
        let task = self.sample.pick(&mut self.rng, world, enabled).expect("some task is enabled");
        let choices = world.choice_count(task);
        self.has_choice |= enabled > 1 || choices > 1;
        let choice = if choices > 1 { below(&mut self.rng, choices) } else { 0 };
        Choice::Run(task, world.nth_choice(task, choice).expect("it is one of them"))
    }

    fn samples(&self) -> bool {
        true
    }

    fn end(&mut self, world: &mut World, _: &End) {
        self.has_ended = true;
        self.sample.end(world.position());
    }
}

/// A number below `bound`, the same on machines of any word size.
pub(super) fn below(rng: &mut Rng, bound: usize) -> usize {
    rng.u64(..bound as u64) as usize
}
