//! Each choice uniformly at random: a random walk. It favours schedules with many switches, and finds
//! quickly what needs no certain order of many steps.

use super::sampler::{Sample, below};
use crate::engine::{TaskId, World};
use fastrand::Rng;

pub(crate) struct Random;

impl Sample for Random {
    fn begin(&mut self, _: &mut Rng) {}

    fn pick(&mut self, rng: &mut Rng, world: &World, enabled: usize) -> Option<TaskId> {
        world.nth_enabled(below(rng, enabled))
    }
}
