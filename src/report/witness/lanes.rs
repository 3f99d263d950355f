//! The lines as a table: a column for each task. What does not fit so is left to the list.

use super::lines::{Cell, Line, View};
use super::theme::{Tone, cut, pad, width};
use std::collections::BTreeMap;

/// A narrower lane is not worth reading.
const LANE_MIN: usize = 18;
/// Between two lanes.
const GAP: usize = 3;

/// A table of lanes, each of some width.
struct Lanes<'a> {
    view: &'a View<'a>,
    widths: BTreeMap<usize, usize>,
    has_notes: bool,
}

/// The table; `None` if the lanes would be too narrow.
pub(super) fn lanes(view: &View, lines: &[Line]) -> Option<String> {
    let note = lines.iter().map(Line::note_width).max().unwrap_or(0);
    let room = view.width.saturating_sub(2 + view.number_width());
    let widths = widths_asked_for(view, lines);
    // A note may be left out: the first sentence says as much.
    let has_notes = columns(&widths) + 2 + note <= room;
    let widths = shrink(widths, room)?;
    Some(Lanes { view, widths, has_notes }.table(lines))
}

/// How wide the lane of each task that does something would be.
fn widths_asked_for(view: &View, lines: &[Line]) -> BTreeMap<usize, usize> {
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    for (task, cell) in lines.iter().flat_map(Line::cells) {
        let least = || width(view.names.task(task)).max(width(&preempted(0, view)));
        let lane = widths.entry(task).or_insert_with(least);
        *lane = (*lane).max(cell.map_or(0, Cell::width));
    }
    widths
}

fn columns(widths: &BTreeMap<usize, usize>) -> usize {
    widths.values().map(|lane| lane + GAP).sum()
}

/// Makes the lanes fit; the widest give way first.
fn shrink(mut widths: BTreeMap<usize, usize>, room: usize) -> Option<BTreeMap<usize, usize>> {
    while columns(&widths) > room {
        let widest = widths.values_mut().rev().max_by_key(|lane| **lane)?;
        *widest -= 1;
        if *widest < LANE_MIN {
            return None;
        }
    }
    Some(widths)
}

/// A line with a word in its middle.
fn preempted(lane: usize, view: &View) -> String {
    let word = " preempted ";
    let rest = lane.saturating_sub(word.len()).max(4);
    format!("{}{word}{}", view.signs.cut.repeat(rest / 2), view.signs.cut.repeat(rest - rest / 2))
}

impl Lanes<'_> {
    fn table(&self, lines: &[Line]) -> String {
        let signs = self.view.signs;
        let mut text = vec![
            self.row("step", |task, lane| (cut(self.view.names.task(task), lane, signs), Tone::Strong)),
            self.faint(&self.rule()),
        ];
        for line in lines {
            match line {
                Line::Step { number, task, cell, note } => {
                    let row = self.row_of(number, *task, |lane| (cell.fit(lane, signs), cell.tone));
                    let note =
                        if self.has_notes { Tone::Bad.paint(note, self.view.color) } else { String::new() };
                    text.push(format!("{row}  {note}"));
                }
                Line::Preempted { task } => {
                    text.push(self.row_of("", *task, |lane| (preempted(lane, self.view), Tone::Switch)));
                }
                Line::Left(words) => {
                    let number = " ".repeat(self.view.number_width());
                    text.push(format!("  {number} {}", self.faint(&format!("{} {words}", signs.vertical))));
                }
                Line::Waits(waits) => {
                    let waits: BTreeMap<usize, _> = waits.iter().map(|wait| (wait.task, wait)).collect();
                    let fit = |cell: Option<&Cell>, lane: usize| {
                        cell.map_or((String::new(), Tone::Plain), |cell| (cell.fit(lane, signs), cell.tone))
                    };
                    text.push(self.row("", |task, lane| fit(waits.get(&task).map(|wait| &wait.cell), lane)));
                    if waits.values().any(|wait| wait.holder.is_some()) {
                        let holder = |task: usize| waits.get(&task).and_then(|wait| wait.holder.as_ref());
                        text.push(self.row("", |task, lane| fit(holder(task), lane)));
                    }
                }
            }
        }
        text.iter().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// One line with a text for each lane.
    fn row(&self, number: &str, cell: impl Fn(usize, usize) -> (String, Tone)) -> String {
        let number = format!("{number:>width$}", width = self.view.number_width());
        let mut text = format!("  {}", self.faint(&number));
        for (&task, &lane) in &self.widths {
            let (words, tone) = cell(task, lane);
            text += &self.faint(&format!(" {} ", self.view.signs.vertical));
            text += &tone.paint(&pad(&words, lane), self.view.color);
        }
        text
    }

    /// One line with a text for one lane.
    fn row_of(&self, number: &str, of: usize, cell: impl Fn(usize) -> (String, Tone)) -> String {
        self.row(number, |task, lane| if task == of { cell(lane) } else { (String::new(), Tone::Plain) })
    }

    fn rule(&self) -> String {
        let line = self.view.signs.horizontal;
        let mut text = format!("  {}", line.repeat(self.view.number_width()));
        for lane in self.widths.values() {
            text += &format!("{line}{}{line}{}", self.view.signs.crossing, line.repeat(*lane));
        }
        text
    }

    fn faint(&self, text: &str) -> String {
        Tone::Faint.paint(text, self.view.color)
    }
}
