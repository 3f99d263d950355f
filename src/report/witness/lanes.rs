//! The steps as a table: a column for each task, a row for each step. Where the columns would be too
//! narrow to read, a list with a step in each line.

use super::fold::Row;
use super::names::{Names, and};
use super::phrase::Phrase;
use super::theme::{Signs, Tone, cut, pad, width};
use crate::witness::{Effect, Place, Step, Wait, Witness};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A narrower lane is not worth reading.
const LANE_MIN: usize = 18;
/// A wider list is hard to read.
const LIST_WORDS_MAX: usize = 60;
/// So many names in the line of what is left out.
const NAMES_MAX: usize = 4;

/// What a table is made of.
pub(super) struct Lanes<'a> {
    pub(super) witness: &'a Witness,
    pub(super) names: &'a Names,
    pub(super) rows: &'a [Row],
    /// A remark to a step.
    pub(super) note: Option<&'a (usize, String)>,
    /// The file whose lines are given without its name.
    pub(super) file: Option<&'a str>,
    pub(super) signs: &'a Signs,
    pub(super) color: bool,
    /// How many columns there are.
    pub(super) width: usize,
}

/// One line of one lane.
#[derive(Clone)]
struct Cell {
    words: Phrase,
    /// `:14`, at the right edge.
    place: String,
    tone: Tone,
}

/// One line of the table.
enum Line {
    Step {
        number: String,
        task: usize,
        cell: Cell,
        note: String,
    },
    Preempted {
        task: usize,
    },
    Left(String),
    /// What each task waits for.
    Waits(BTreeMap<usize, Cell>),
}

/// The file that most of the steps are in.
pub(super) fn main_file(witness: &Witness) -> Option<&'static str> {
    let places = witness.steps.iter().filter_map(|step| step.place);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for place in places.chain(witness.waits.iter().filter_map(|wait| wait.place)) {
        *counts.entry(place.file).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(file, _)| file)
}

impl Lanes<'_> {
    pub(super) fn render(&self) -> String {
        let lines = self.lines();
        let tasks = self.tasks_in(&lines);
        let lanes = self.lane_widths(&lines, &tasks);
        match lanes {
            Some(widths) => self.table(&lines, &widths),
            None => self.list(&lines),
        }
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for row in self.rows {
            match row {
                Row::Step { step: at, times } => {
                    let step = &self.witness.steps[*at];
                    if step.preempts && *at > 0 {
                        lines.push(Line::Preempted { task: self.witness.steps[at - 1].task });
                    }
                    lines.push(self.step_line(*at, step, *times));
                }
                Row::Left { steps } => lines.push(Line::Left(self.left_out(steps))),
            }
        }
        if !self.witness.waits.is_empty() {
            lines.push(Line::Waits(self.wait_cells(Self::wait_words)));
            lines.push(Line::Waits(self.wait_cells(Self::holder_words)));
        }
        lines
    }

    fn step_line(&self, at: usize, step: &Step, times: usize) -> Line {
        let note = self.note.filter(|(step, _)| *step == at);
        let note = note.map_or(String::new(), |(_, note)| format!("{} {note}", self.signs.pointer));
        let cell = Cell {
            words: Phrase::of(step, times, self.names, self.signs),
            place: self.place(step.place),
            tone: if matches!(step.effect, Effect::Panicked(_)) { Tone::Bad } else { Tone::Plain },
        };
        Line::Step { number: (at + 1).to_string(), task: step.task, cell, note }
    }

    /// "12 steps of T1 and T2 on a, b".
    fn left_out(&self, steps: &[usize]) -> String {
        let steps_left = steps.iter().map(|&step| &self.witness.steps[step]);
        let tasks: BTreeSet<usize> = steps_left.clone().map(|step| step.task).collect();
        let objects: BTreeSet<usize> = steps_left.filter_map(|step| step.object).collect();
        let tasks =
            if tasks.len() > NAMES_MAX { format!("{} tasks", tasks.len()) } else { self.names.list(tasks) };
        let mut text = format!("{} {} steps of {tasks}", self.signs.ellipsis, steps.len());
        let others = objects.len().saturating_sub(NAMES_MAX);
        let mut names: Vec<String> =
            objects.iter().take(NAMES_MAX).map(|&object| self.names.object(object).to_string()).collect();
        names.extend((others > 0).then(|| format!("{others} more")));
        if !names.is_empty() {
            text += &format!(" on {}", and(&names));
        }
        text
    }

    fn wait_cells(&self, words: impl Fn(&Self, &Wait) -> Option<Cell>) -> BTreeMap<usize, Cell> {
        self.witness.waits.iter().filter_map(|wait| Some((wait.task, words(self, wait)?))).collect()
    }

    /// "waits: lock b".
    fn wait_words(&self, wait: &Wait) -> Option<Cell> {
        let object = match wait.object {
            Some(object) => self.names.object(object).to_string(),
            None => self.names.list(wait.held_by.iter().copied()),
        };
        let verb = format!("{} waits: {}", self.signs.cross, wait.function);
        let words = Phrase { verb, object, result: String::new() };
        Some(Cell { words, place: self.place(wait.place), tone: Tone::Bad })
    }

    /// "held by T2 since 4".
    fn holder_words(&self, wait: &Wait) -> Option<Cell> {
        let object = wait.object?;
        let holder = *wait.held_by.first()?;
        let names = self.names.list(wait.held_by.iter().copied());
        let since = super::history::held_since(self.witness, holder, object);
        let since = since.filter(|_| wait.held_by.len() == 1);
        let since = since.map_or(String::new(), |step| format!("since {}", step + 1));
        let words = Phrase { verb: "  held by".to_string(), object: names, result: since };
        Some(Cell { words, place: String::new(), tone: Tone::Bad })
    }

    fn place(&self, place: Option<Place>) -> String {
        let Some(place) = place else { return String::new() };
        if Some(place.file) == self.file {
            return format!(":{}", place.line);
        }
        let file = Path::new(place.file).file_name().and_then(|name| name.to_str()).unwrap_or(place.file);
        format!("{file}:{}", place.line)
    }

    fn tasks_in(&self, lines: &[Line]) -> Vec<usize> {
        let tasks: BTreeSet<usize> = lines
            .iter()
            .flat_map(|line| match line {
                Line::Step { task, .. } | Line::Preempted { task } => vec![*task],
                Line::Waits(cells) => cells.keys().copied().collect(),
                Line::Left(_) => vec![],
            })
            .collect();
        tasks.into_iter().collect()
    }

    /// How wide each task's lane is; `None` if they do not fit.
    fn lane_widths(&self, lines: &[Line], tasks: &[usize]) -> Option<BTreeMap<usize, usize>> {
        let mut widths: BTreeMap<usize, usize> = tasks
            .iter()
            .map(|&task| (task, width(self.names.task(task)).max(width(&self.preempted(0)))))
            .collect();
        let mut grow = |task: usize, cell: &Cell| {
            let lane = widths.entry(task).or_default();
            *lane = (*lane).max(cell.width());
        };
        for line in lines {
            match line {
                Line::Step { task, cell, .. } => grow(*task, cell),
                Line::Waits(cells) => cells.iter().for_each(|(&task, cell)| grow(task, cell)),
                Line::Preempted { .. } | Line::Left(_) => {}
            }
        }
        let room = self.width.saturating_sub(2 + self.number_width());
        while widths.values().map(|lane| lane + 3).sum::<usize>() > room {
            let widest = widths.values_mut().rev().max_by_key(|lane| **lane)?;
            *widest -= 1;
            if *widest < LANE_MIN {
                return None;
            }
        }
        Some(widths)
    }

    fn number_width(&self) -> usize {
        self.witness.steps.len().to_string().len().max("step".len())
    }

    fn table(&self, lines: &[Line], widths: &BTreeMap<usize, usize>) -> String {
        let bar = format!(" {} ", self.signs.vertical);
        let row = |number: &str, cells: &dyn Fn(usize, usize) -> (String, Tone)| {
            let number = format!("{number:>width$}", width = self.number_width());
            let mut text = format!("  {}", Tone::Faint.paint(&number, self.color));
            for (&task, &lane) in widths {
                let (cell, tone) = cells(task, lane);
                text += &Tone::Faint.paint(&bar, self.color);
                text += &tone.paint(&pad(&cell, lane), self.color);
            }
            text
        };
        let blank = |number: &str, of: usize, text: &dyn Fn(usize) -> String, tone: Tone| {
            row(number, &|task, lane| {
                if task == of { (text(lane), tone) } else { (String::new(), Tone::Plain) }
            })
        };
        let mut text = vec![
            row("step", &|task, lane| (cut(self.names.task(task), lane, self.signs), Tone::Strong)),
            Tone::Faint.paint(&self.rule(widths), self.color),
        ];
        for line in lines {
            text.push(match line {
                Line::Step { number, task, cell, note } => {
                    let line = blank(number, *task, &|lane| cell.fit(lane, self.signs), cell.tone);
                    self.with_note(line, note, widths)
                }
                Line::Preempted { task } => blank("", *task, &|lane| self.preempted(lane), Tone::Switch),
                Line::Left(words) => {
                    let number = " ".repeat(self.number_width());
                    format!(
                        "  {number} {}",
                        Tone::Faint.paint(&format!("{} {words}", self.signs.vertical), self.color)
                    )
                }
                Line::Waits(cells) => row("", &|task, lane| {
                    cells
                        .get(&task)
                        .map_or((String::new(), Tone::Plain), |cell| (cell.fit(lane, self.signs), cell.tone))
                }),
            });
        }
        text.iter().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    fn rule(&self, widths: &BTreeMap<usize, usize>) -> String {
        let mut text = format!("  {}", self.signs.horizontal.repeat(self.number_width()));
        for lane in widths.values() {
            let line = self.signs.horizontal;
            text += &format!("{line}{}{line}{}", self.signs.crossing, line.repeat(*lane));
        }
        text
    }

    /// The note, if there is room for it.
    fn with_note(&self, line: String, note: &str, widths: &BTreeMap<usize, usize>) -> String {
        let used = 2 + self.number_width() + widths.values().map(|lane| lane + 3).sum::<usize>();
        if note.is_empty() || used + 2 + width(note) > self.width {
            return line;
        }
        format!("{line}  {}", Tone::Bad.paint(note, self.color))
    }

    /// A line with a word in its middle.
    fn preempted(&self, lane: usize) -> String {
        let word = " preempted ";
        let rest = lane.saturating_sub(word.len()).max(4);
        format!("{}{word}{}", self.signs.cut.repeat(rest / 2), self.signs.cut.repeat(rest - rest / 2))
    }

    fn list(&self, lines: &[Line]) -> String {
        let task_width = |task: usize| width(self.names.task(task));
        let tasks = self.tasks_in(lines).into_iter().map(task_width).max().unwrap_or(0).max("task".len());
        let words = lines.iter().map(|line| match line {
            Line::Step { cell, .. } => cell.width(),
            Line::Waits(cells) => cells.values().map(Cell::width).max().unwrap_or(0),
            Line::Preempted { .. } | Line::Left(_) => 0,
        });
        let room = self.width.saturating_sub(2 + self.number_width() + 2 + tasks + 2);
        let words = words.max().unwrap_or(0).min(LIST_WORDS_MAX).min(room);
        let row = |number: &str, task: &str, cell: String, tone: Tone| {
            let number = format!("{number:>width$}", width = self.number_width());
            let (number, task) = (Tone::Faint.paint(&number, self.color), pad(task, tasks));
            format!(
                "  {number}  {}  {}",
                Tone::Strong.paint(&task, self.color),
                tone.paint(&cell, self.color)
            )
        };
        let mut text = vec![row("step", "task", String::new(), Tone::Plain)];
        for line in lines {
            match line {
                Line::Step { number, task, cell, note } => {
                    let line = row(number, self.names.task(*task), cell.fit(words, self.signs), cell.tone);
                    text.push(self.with_note(line, note, &BTreeMap::from([(0, tasks + words - 1)])));
                }
                Line::Preempted { task } => {
                    let dashes = self.signs.cut.repeat(3);
                    let words = format!("{dashes} preempted {dashes}");
                    text.push(row("", self.names.task(*task), words, Tone::Switch));
                }
                Line::Left(words) => text.push(row("", "", words.clone(), Tone::Faint)),
                Line::Waits(cells) => text.extend(cells.iter().map(|(&task, cell)| {
                    row("", self.names.task(task), cell.fit(words, self.signs), cell.tone)
                })),
            }
        }
        text.iter().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

impl Cell {
    fn width(&self) -> usize {
        self.words.width() + if self.place.is_empty() { 0 } else { 1 + width(&self.place) }
    }

    /// The words at the left edge of a lane, the place at its right.
    fn fit(&self, lane: usize, signs: &Signs) -> String {
        if self.place.is_empty() {
            return self.words.fit(lane, signs);
        }
        let room = lane.saturating_sub(1 + width(&self.place));
        format!("{} {}", pad(&self.words.fit(room, signs), room), self.place)
    }
}
