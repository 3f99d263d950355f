//! The lines as a list: each names its task. For more tasks than there is room for lanes.

use super::lines::{Cell, Line, View};
use super::theme::{Tone, pad, width};

/// Wider lines are hard to read.
const WORDS_MAX: usize = 60;

/// How wide the columns of a list are.
struct List<'a> {
    view: &'a View<'a>,
    task: usize,
    words: usize,
}

pub(super) fn list(view: &View, lines: &[Line]) -> String {
    let cells = || lines.iter().flat_map(Line::cells);
    let task = cells().map(|(task, _)| width(view.names.task(task))).max().unwrap_or(0).max("task".len());
    let words = cells().filter_map(|(_, cell)| cell).map(Cell::width).max().unwrap_or(0);
    let room = view.width.saturating_sub(2 + view.number_width() + 2 + task + 2);
    List { view, task, words: words.min(WORDS_MAX).min(room) }.text(lines)
}

impl List<'_> {
    fn text(&self, lines: &[Line]) -> String {
        let mut text = vec![self.row("step", "task", "", Tone::Plain)];
        for line in lines {
            match line {
                Line::Step { number, task, cell, note } => {
                    let row = self.row(number, self.view.names.task(*task), &self.fit(cell), cell.tone);
                    // A note may be left out: the first sentence says as much.
                    let note = if width(note) <= self.room_for_note() { note } else { "" };
                    text.push(format!("{row}  {}", Tone::Bad.paint(note, self.view.color)));
                }
                Line::Preempted { task } => {
                    let line = self.view.signs.cut.repeat(3);
                    let words = format!("{line} preempted {line}");
                    text.push(self.row("", self.view.names.task(*task), &words, Tone::Switch));
                }
                Line::Left(words) => text.push(self.row("", "", words, Tone::Faint)),
                Line::Waits(waits) => {
                    for wait in waits {
                        let task = self.view.names.task(wait.task);
                        text.push(self.row("", task, &self.fit(&wait.cell), wait.cell.tone));
                        let holder = wait.holder.as_ref();
                        text.extend(holder.map(|holder| self.row("", "", &self.fit(holder), holder.tone)));
                    }
                }
            }
        }
        text.iter().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    fn row(&self, number: &str, task: &str, words: &str, tone: Tone) -> String {
        let (color, number_width) = (self.view.color, self.view.number_width());
        let number = Tone::Faint.paint(&format!("{number:>number_width$}"), color);
        let task = Tone::Strong.paint(&pad(task, self.task), color);
        format!("  {number}  {task}  {}", tone.paint(&pad(words, self.words), color))
    }

    fn room_for_note(&self) -> usize {
        let row = 2 + self.view.number_width() + 2 + self.task + 2 + self.words;
        self.view.width.saturating_sub(row + 2)
    }

    fn fit(&self, cell: &Cell) -> String {
        cell.fit(self.words, self.view.signs)
    }
}
