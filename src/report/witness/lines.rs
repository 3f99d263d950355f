//! What the lines of the table or the list say, before it is known how much room there is.

use super::fold::Row;
use super::history::{gives_back, held_since, is_panic};
use super::names::{Names, and};
use super::path::is_of_program;
use super::phrase::Phrase;
use super::theme::{Signs, Tone, pad, width};
use crate::witness::{Place, Step, Wait, Witness};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// So many names in the line of what is left out.
const NAMES_MAX: usize = 4;

/// What the lines are made of, and how they look.
pub(super) struct View<'a> {
    pub(super) witness: &'a Witness,
    pub(super) names: &'a Names,
    /// A remark to a step.
    pub(super) note: Option<&'a (usize, String)>,
    /// The file whose lines are given without its name.
    pub(super) file: Option<&'a str>,
    pub(super) signs: &'a Signs,
    pub(super) color: bool,
    /// How many columns there are.
    pub(super) width: usize,
}

/// What one task does in one line.
pub(super) struct Cell {
    pub(super) words: Phrase,
    /// `:14`, at the right edge.
    place: String,
    /// Whether the place is in another file than most.
    is_elsewhere: bool,
    pub(super) tone: Tone,
}

/// One line, or the last ones of each task.
pub(super) enum Line {
    Step { number: String, task: usize, cell: Cell, note: String },
    Preempted { task: usize },
    Left(String),
    Waits(Vec<Waiting>),
}

/// What a task waits for at the end.
pub(super) struct Waiting {
    pub(super) task: usize,
    pub(super) cell: Cell,
    /// Who has it, if somebody does.
    pub(super) holder: Option<Cell>,
}

/// The file that most of the steps are in.
pub(super) fn main_file(witness: &Witness) -> Option<&'static str> {
    let places = witness.steps.iter().filter_map(|step| step.place);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let places = places.chain(witness.waits.iter().filter_map(|wait| wait.place));
    for place in places.filter(|place| is_of_program(place.file)) {
        *counts.entry(place.file).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(file, _)| file)
}

impl View<'_> {
    pub(super) fn lines(&self, rows: &[Row]) -> Vec<Line> {
        let mut lines = Vec::new();
        for row in rows {
            match row {
                Row::Step { step: at, times } => {
                    let step = &self.witness.steps[*at];
                    if step.preempts && *at > 0 {
                        lines.push(Line::Preempted { task: self.witness.steps[at - 1].task });
                    }
                    lines.push(self.step(*at, step, *times));
                }
                Row::Left { steps } => lines.push(Line::Left(self.left_out(steps))),
            }
        }
        if !self.witness.waits.is_empty() {
            lines.push(Line::Waits(self.witness.waits.iter().map(|wait| self.waiting(wait)).collect()));
        }
        lines
    }

    /// How wide the column of the numbers is.
    pub(super) fn number_width(&self) -> usize {
        self.witness.steps.len().to_string().len().max("step".len())
    }

    fn step(&self, at: usize, step: &Step, times: usize) -> Line {
        let note = self.note.filter(|(step, _)| *step == at);
        let note = note.map_or(String::new(), |(_, note)| format!("{} {note}", self.signs.pointer));
        let words = Phrase::of(step, times, self.names, self.signs);
        let tone = if is_panic(step) { Tone::Bad } else { Tone::Plain };
        // A lock is given back where its guard goes, which is no place of the source.
        let cell = self.cell(words, step.place.filter(|_| !gives_back(step)), tone);
        Line::Step { number: (at + 1).to_string(), task: step.task, cell, note }
    }

    /// "12 steps of T1 and T2 on a, b".
    fn left_out(&self, steps: &[usize]) -> String {
        let left = steps.iter().map(|&step| &self.witness.steps[step]);
        let tasks: BTreeSet<usize> = left.clone().map(|step| step.task).collect();
        let objects: BTreeSet<usize> = left.filter_map(|step| step.object).collect();
        let task_count = tasks.len();
        let tasks =
            if task_count > NAMES_MAX { format!("{task_count} tasks") } else { self.names.list(tasks) };
        let others = objects.len().saturating_sub(NAMES_MAX);
        let named = objects.iter().take(NAMES_MAX).map(|&object| self.names.object(object).to_string());
        let named: Vec<String> = named.chain((others > 0).then(|| format!("{others} more"))).collect();
        let on = if named.is_empty() { String::new() } else { format!(" on {}", and(&named)) };
        format!("{} {} steps of {tasks}{on}", self.signs.ellipsis, steps.len())
    }

    /// "waits: lock b", "held by T2 since 4".
    fn waiting(&self, wait: &Wait) -> Waiting {
        let holders = || self.names.list(wait.held_by.iter().copied());
        let object = wait.object.map_or_else(holders, |object| self.names.object(object).to_string());
        let verb = format!("{} waits: {}", self.signs.cross, wait.function);
        let words = Phrase { verb, object, result: String::new() };
        let cell = self.cell(words, wait.place, Tone::Bad);
        let since = match (&wait.held_by[..], wait.object) {
            ([holder], Some(object)) => held_since(self.witness, *holder, object),
            _ => None,
        };
        let since = since.map_or(String::new(), |step| format!("since {}", step + 1));
        let words = Phrase { verb: "  held by".to_string(), object: holders(), result: since };
        let is_held = wait.object.is_some() && !wait.held_by.is_empty();
        let holder = is_held.then(|| self.cell(words, None, Tone::Bad));
        Waiting { task: wait.task, cell, holder }
    }

    fn cell(&self, words: Phrase, place: Option<Place>, tone: Tone) -> Cell {
        let place = place.filter(|place| is_of_program(place.file));
        let is_elsewhere = place.is_some_and(|place| Some(place.file) != self.file);
        Cell { words, place: place.map_or(String::new(), |place| self.place(place)), is_elsewhere, tone }
    }

    fn place(&self, place: Place) -> String {
        if Some(place.file) == self.file {
            return format!(":{}", place.line);
        }
        let file = Path::new(place.file).file_name().and_then(|name| name.to_str()).unwrap_or(place.file);
        format!("{file}:{}", place.line)
    }
}

impl Line {
    /// The tasks that it is about, each with what it does.
    pub(super) fn cells(&self) -> Vec<(usize, Option<&Cell>)> {
        match self {
            Line::Step { task, cell, .. } => vec![(*task, Some(cell))],
            Line::Preempted { task } => vec![(*task, None)],
            Line::Left(_) => vec![],
            Line::Waits(waits) => waits
                .iter()
                .flat_map(|wait| [(wait.task, Some(&wait.cell)), (wait.task, wait.holder.as_ref())])
                .collect(),
        }
    }

    pub(super) fn note_width(&self) -> usize {
        if let Line::Step { note, .. } = self { width(note) } else { 0 }
    }
}

impl Cell {
    pub(super) fn width(&self) -> usize {
        self.words.width() + if self.place.is_empty() { 0 } else { 1 + width(&self.place) }
    }

    /// The words at the left edge of a lane, the place at its right. The words say more than the name of
    /// another file.
    pub(super) fn fit(&self, lane: usize, signs: &Signs) -> String {
        let room = lane.saturating_sub(1 + width(&self.place));
        if self.place.is_empty() || self.is_elsewhere && self.words.width() > room {
            return self.words.fit(lane, signs);
        }
        format!("{} {}", pad(&self.words.fit(room, signs), room), self.place)
    }
}
