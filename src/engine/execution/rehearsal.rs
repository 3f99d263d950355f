//! Loops that may go on for ever are tried out: see `polling`. While that goes on nothing is traced, and
//! afterwards the execution begins again, up to where it was.

use super::Engine;
use crate::engine::event::ONLY_CHOICE;
use crate::engine::object::BOUNDED_CHANCES;
use crate::engine::polling::{
    COMPARED_ROUNDS, KNOWN_LIVELOCK_ROUNDS, LIVELOCK_ROUNDS, Loop, LoopId, Polling, Uncompared,
};
use crate::engine::scheduling::End;
use crate::engine::world::Trial;
use crate::engine::{Fact, Mark, TaskId};
use std::panic::Location;

/// How often who is rehearsed together with others may go over to another loop, in vain as well, before that is no livelock.
const CHANGES_MAX: u32 = 16;

/// What is tried out.
pub(super) enum Rehearsal {
    /// Whether one task's loop ends if nobody else does anything.
    Alone { task: TaskId, id: LoopId, until: u32 },
    /// Whether the loops of all tasks that are left end if these go round in turn.
    Together { players: Vec<Player>, turn: usize },
    /// A few more rounds of a loop, after which the execution goes on as if there had been none.
    More { task: TaskId, rounds: MoreRounds, as_it_was: Box<AsItWas> },
}

/// Rounds of a loop, one after the other.
#[derive(Clone, Copy)]
pub(super) struct MoreRounds {
    /// How many steps the task had done when the one that it is in began.
    from: u32,
    /// How many are over.
    gone: u32,
}

/// What a few more rounds of a loop leave as it was.
pub(super) struct AsItWas {
    is_held: bool,
    polling: Polling,
    events: u32,
    happened: [usize; BOUNDED_CHANCES],
    trial: Trial,
}

/// A task that goes round its loop together with others.
pub(super) struct Player {
    task: TaskId,
    place: &'static Location<'static>,
    /// How often it had gone round, and has to have before it is the next one's turn.
    from: u32,
    until: u32,
    /// How often it went over to another loop.
    changes: u32,
}

/// An execution that is run again with more rounds of a loop.
#[derive(Clone, Copy)]
pub(super) struct Comparison {
    uncompared: Uncompared,
    /// Whether the rounds are still to come.
    is_to_come: bool,
    lots: Lots,
}

/// What becomes of lots that a task draws in the rounds that it goes more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lots {
    /// It draws the same again, as far as is known none.
    NoneYet,
    /// It has drawn the same again.
    Same,
    /// It draws others: where these decide what becomes of the loop, it is not the same again.
    Others,
}

impl Engine {
    /// Goes on with what is rehearsed, or begins to; whether there is anything.
    pub(super) fn rehearses(&mut self) -> bool {
        let running = self.world.running;
        if self.rehearsal.is_none() && self.is_to_go_round_more(running) {
            let trial = self.world.begin_trial();
            let record = &self.world.tasks[running.index()];
            let (polling, events) = (record.polling.clone(), record.events);
            let is_held = self.world.is_held(running);
            let happened = self.world.happened;
            let as_it_was = Box::new(AsItWas { is_held, polling, events, happened, trial });
            let rounds = MoreRounds { from: as_it_was.polling.count(), gone: 0 };
            self.world.rehearses = true;
            self.world.release(running);
            self.world.tasks[running.index()].polling.is_to_read_on = false;
            self.rehearsal = Some(Rehearsal::More { task: running, rounds, as_it_was });
            self.rehearse();
            return self.rehearsal.is_some() || self.end.is_some();
        }
        if self.rehearsal.is_none() {
            let Some((task, id)) = self.take_unknown() else { return false };
            let polling = &self.world.tasks[task.index()].polling;
            let until = polling.repeats().unwrap_or(0) + polling.rehearsed_rounds();
            self.world.rehearses = true;
            self.world.let_timers_be_up(task);
            self.rehearsal = Some(Rehearsal::Alone { task, id, until });
        }
        self.rehearse();
        self.rehearsal.is_some() || self.end.is_some()
    }

    /// A task that could go on in a loop of which nothing is known, and the loop.
    fn take_unknown(&mut self) -> Option<(TaskId, LoopId)> {
        loop {
            let running = self.world.running;
            let is_known = self.world.tasks[running.index()].polling.unknown.is_none();
            let task = if is_known { self.begun_with_pauses.pop()? } else { running };
            let id = self.world.tasks[task.index()].polling.unknown.take();
            if let Some(id) = id.filter(|_| self.world.is_enabled(task) || self.world.waits_for_timers(task))
            {
                return Some((task, id));
            }
        }
    }

    /// Whether the task, which has come to wait in a loop or goes on with something newer, is to go round a few times more
    /// for comparison.
    fn is_to_go_round_more(&mut self, task: TaskId) -> bool {
        let is_it = |&Uncompared { id, .. }: &Uncompared| {
            let polling = &self.world.tasks[task.index()].polling;
            (self.world.held.contains(task) || polling.is_to_read_on) && polling.loop_id() == Some(id)
        };
        self.comparison.is_some_and(|comparison| comparison.is_to_come && is_it(&comparison.uncompared))
    }

    fn rehearse_more(&mut self, task: TaskId, mut rounds: MoreRounds, as_it_was: Box<AsItWas>) {
        let period = as_it_was.polling.period_of_round();
        let polling = &self.world.tasks[task.index()].polling;
        let steps = polling.count() - rounds.from;
        if !polling.has_done_in_vain(steps) || steps == period && !polling.has_gone_round(period) {
            return self.end_of_rounds();
        }
        if steps == period {
            rounds = MoreRounds { from: polling.count(), gone: rounds.gone + 1 };
        }
        if rounds.gone < COMPARED_ROUNDS && self.world.is_enabled(task) {
            self.rehearsal = Some(Rehearsal::More { task, rounds, as_it_was });
            return self.play_more(task);
        }
        let record = &mut self.world.tasks[task.index()];
        (record.polling, record.events) = (as_it_was.polling, as_it_was.events);
        self.world.end_trial(as_it_was.trial);
        if as_it_was.is_held {
            self.world.ready.remove(task);
            self.world.held.insert(task);
        }
        self.world.rehearses = false;
        self.world.happened = as_it_was.happened;
        self.world.stop_timers(task);
        self.comparison.iter_mut().for_each(|comparison| comparison.is_to_come = false);
    }

    /// A round was another than those before it.
    fn end_of_rounds(&mut self) {
        if let Some(Comparison { uncompared, lots: Lots::Others, .. }) = self.comparison {
            // Whoever was looked at first was ready: so much the lot decides. Whether the loop remembers that is not known.
            self.world.cut_loop.get_or_insert((uncompared.place, COMPARED_ROUNDS));
            self.end = Some(End::Rehearsed);
        } else {
            self.diverge("another round".to_string(), "an end of the loop".to_string());
        }
    }

    fn play_more(&mut self, task: TaskId) {
        let other = self.world.other_lot(task);
        let comparison = self.comparison.as_mut().filter(|_| other.is_some());
        let draws_others = comparison.is_some_and(|comparison| {
            if comparison.lots == Lots::NoneYet {
                comparison.lots = Lots::Same;
            }
            comparison.lots == Lots::Others
        });
        match other.filter(|_| draws_others).or_else(|| self.world.choice_as_before(task)) {
            Some(choice) => self.set_next(task, choice),
            None => self.play(task),
        }
    }

    /// Begins the last execution again, with a few more rounds of a loop in which it has waited, if there is one that
    /// was not compared so yet: first with the same lots, if it draws any, then with others.
    pub(crate) fn begin_comparison(&mut self) -> bool {
        let (uncompared, lots) = match (self.comparison, self.world.uncompared) {
            (Some(Comparison { uncompared, lots: Lots::Same, .. }), _) => (uncompared, Lots::Others),
            (None, Some(uncompared)) => {
                self.world.loops.compare(uncompared.place);
                (uncompared, Lots::NoneYet)
            }
            _ => return false,
        };
        self.begin_again();
        self.comparison = Some(Comparison { uncompared, is_to_come: true, lots });
        true
    }

    /// The loop came to something else when it went round a few times more.
    pub(crate) fn differs(&self) -> Option<Fact> {
        Some(Fact::LoopIsBlind(Mark::of(self.comparison?.uncompared.place)))
    }

    /// Ends the comparison, of which nobody else is to learn.
    pub(crate) fn end_comparison(&mut self) {
        self.comparison = None;
    }

    /// Has all tasks that poll go round their loops, since nobody is left to bring them on.
    pub(super) fn rehearse_together(&mut self) {
        let player = |&task: &TaskId| {
            let place = self.world.tasks[task.index()].polling.round_place()?;
            let from = self.repeats(task)?;
            Some(Player { task, place, from, until: from + 1, changes: 0 })
        };
        let players: Vec<Player> = self.world.held().iter().filter_map(player).collect();
        self.world.rehearses = true;
        self.world.release_all();
        self.world.let_time_pass();
        self.rehearsal = Some(Rehearsal::Together { players, turn: 0 });
        self.rehearse();
    }

    fn repeats(&self, task: TaskId) -> Option<u32> {
        self.world.tasks[task.index()].polling.repeats()
    }

    fn rehearse(&mut self) {
        match self.rehearsal.take() {
            Some(Rehearsal::Alone { task, id, until }) => {
                let known = match self.repeats(task) {
                    // It did something else, or ended, or has to wait: for somebody who is not there now.
                    None => Loop::Ends { before: until },
                    Some(repeats) if repeats >= until => {
                        let places = self.world.tasks[task.index()].polling.round_places();
                        self.world.loops.note_awaiting(&places);
                        Loop::Awaits
                    }
                    Some(_) if !self.world.is_enabled(task) => Loop::Ends { before: until },
                    Some(_) => {
                        self.rehearsal = Some(Rehearsal::Alone { task, id, until });
                        return self.play(task);
                    }
                };
                self.world.loops.insert(id, known);
                self.end = Some(End::Rehearsed);
            }
            Some(Rehearsal::Together { players, turn }) => self.rehearse_players(players, turn),
            Some(Rehearsal::More { task, rounds, as_it_was }) => self.rehearse_more(task, rounds, as_it_was),
            None => {}
        }
    }

    fn rehearse_players(&mut self, mut players: Vec<Player>, mut turn: usize) {
        let goes_round = |player: &Player| self.repeats(player.task);
        // Who goes round another loop than before, in vain as well, begins to count anew.
        for player in &mut players {
            if let Some(from) = goes_round(player).filter(|&repeats| repeats < player.from) {
                (player.from, player.until, player.changes) = (from, from + 1, player.changes + 1);
            }
        }
        let is_out = |player: &Player| goes_round(player).is_none() || player.changes > CHANGES_MAX;
        if let Some(player) = players.iter().find(|player| is_out(player)) {
            // Something that cannot be seen made it go on.
            let fact = Fact::LoopIsBlind(Mark::of(player.place));
            self.end = Some(End::Learned(fact));
            return;
        }
        let is_known = players.iter().all(|player| self.world.loops.livelocks(player.place));
        let rounds = if is_known {
            KNOWN_LIVELOCK_ROUNDS
        } else {
            (LIVELOCK_ROUNDS / players.len() as u32).max(COMPARED_ROUNDS)
        };
        if players.iter().all(|player| goes_round(player).unwrap_or(0) - player.from >= rounds) {
            players.iter().for_each(|player| self.world.loops.livelock(player.place));
            self.livelock = Some(self.world.position);
            self.end = Some(End::Rehearsed);
            return;
        }
        // The last one who is asked is the first again, who has had its turn and may have another.
        for _ in 0..=players.len() {
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
        // Who is alone does the same again if it can: of what it can read, the oldest.
        let is_alone = !matches!(self.rehearsal, Some(Rehearsal::Together { .. }));
        let place = if is_alone { self.world.choice_count(task).saturating_sub(1) } else { 0 };
        let choice = self.world.same_choice(task).or_else(|| self.world.nth_choice(task, place));
        self.set_next(task, choice.unwrap_or(ONLY_CHOICE));
    }
}
