//! Loops that may go on for ever are tried out: see `polling`. While that goes on nothing is traced, and
//! afterwards the execution begins again, up to where it was.

use super::Engine;
use crate::engine::event::ONLY_CHOICE;
use crate::engine::polling::{Loop, LoopId, REHEARSED_ROUNDS, REHEARSED_TOGETHER};
use crate::engine::scheduling::End;
use crate::engine::{Fact, Mark, TaskId};
use std::panic::Location;

/// What is tried out.
pub(super) enum Rehearsal {
    /// Whether one task's loop ends if nobody else does anything.
    Alone { task: TaskId, id: LoopId, from: u32 },
    /// Whether the loops of all tasks that are left end if these go round in turn.
    Together { players: Vec<Player>, turn: usize },
}

/// A task that goes round its loop together with others.
pub(super) struct Player {
    task: TaskId,
    place: &'static Location<'static>,
    /// How often it had gone round, and has to have before it is the next one's turn.
    from: u32,
    until: u32,
}

impl Engine {
    /// Goes on with what is rehearsed, or begins to; whether there is anything.
    pub(super) fn rehearses(&mut self) -> bool {
        if self.rehearsal.is_none() {
            let running = self.world.running;
            let polling = &mut self.world.tasks[running.index()].polling;
            let Some(id) = polling.unknown.take() else { return false };
            if !self.world.is_enabled(running) {
                return false;
            }
            let from = self.repeats(running).unwrap_or(0);
            self.world.rehearses = true;
            self.rehearsal = Some(Rehearsal::Alone { task: running, id, from });
        }
        self.rehearse();
        true
    }

    /// Has all tasks that poll go round their loops, since nobody is left to bring them on.
    pub(super) fn rehearse_together(&mut self) {
        let player = |&task: &TaskId| {
            let place = self.world.tasks[task.index()].polling.round_place()?;
            let from = self.repeats(task)?;
            Some(Player { task, place, from, until: from + 1 })
        };
        let players: Vec<Player> = self.world.held().iter().filter_map(player).collect();
        self.world.rehearses = true;
        self.world.release_all();
        self.rehearsal = Some(Rehearsal::Together { players, turn: 0 });
        self.rehearse();
    }

    fn repeats(&self, task: TaskId) -> Option<u32> {
        self.world.tasks[task.index()].polling.repeats()
    }

    fn rehearse(&mut self) {
        match self.rehearsal.take() {
            Some(Rehearsal::Alone { task, id, from }) => {
                let known = match self.repeats(task) {
                    // It did something else, or ended, or has to wait: for somebody who is not there now.
                    None => Loop::Ends,
                    Some(repeats) if repeats - from >= REHEARSED_ROUNDS => Loop::Awaits,
                    Some(_) if !self.world.is_enabled(task) => Loop::Ends,
                    Some(_) => {
                        self.rehearsal = Some(Rehearsal::Alone { task, id, from });
                        return self.play(task);
                    }
                };
                self.world.loops.insert(id, known);
                self.end = Some(End::Rehearsed);
            }
            Some(Rehearsal::Together { players, turn }) => self.rehearse_players(players, turn),
            None => {}
        }
    }

    fn rehearse_players(&mut self, mut players: Vec<Player>, mut turn: usize) {
        let goes_round = |player: &Player| self.repeats(player.task);
        let is_out = |player: &Player| goes_round(player).is_none();
        if let Some(player) = players.iter().find(|player| is_out(player)) {
            // Something that cannot be seen made it go on.
            let fact = Fact::LoopIsBlind(Mark::of(player.place));
            self.end = Some(End::Learned(fact));
            return;
        }
        if players.iter().all(|player| goes_round(player).unwrap_or(0) - player.from >= REHEARSED_TOGETHER) {
            self.livelock = Some(self.world.position);
            self.end = Some(End::Rehearsed);
            return;
        }
        for _ in 0..players.len() {
            let repeats = goes_round(&players[turn]).unwrap_or(0);
            let player = &mut players[turn];
            if repeats < player.until && self.world.is_enabled(player.task) {
                let task = player.task;
                self.rehearsal = Some(Rehearsal::Together { players, turn });
                return self.play(task);
            }
            player.until = player.until.max(repeats) + 1;
            turn = (turn + 1) % players.len();
        }
        // They wait for each other.
        self.livelock = Some(self.world.position);
        self.end = Some(End::Rehearsed);
    }

    fn play(&mut self, task: TaskId) {
        let choice = self.world.nth_choice(task, 0).unwrap_or(ONLY_CHOICE);
        self.set_next(task, choice);
    }
}
