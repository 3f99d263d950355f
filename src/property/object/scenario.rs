//! What is done to an object in one execution: some calls one after another, then some tasks with calls of their
//! own, then some calls again.

use super::call::Call;
use std::fmt;
use unicode_width::UnicodeWidthStr;

/// Calls of an object `O` whose specification is an `M`.
pub(crate) struct Scenario<O, M> {
    /// Before the tasks begin.
    pub(crate) prefix: Vec<Call<O, M>>,
    /// Each task's, in order. None is empty.
    pub(crate) tasks: Vec<Vec<Call<O, M>>>,
    /// When the tasks have ended.
    pub(crate) suffix: Vec<Call<O, M>>,
}

impl<O, M> Scenario<O, M> {
    /// How many calls it has.
    pub(crate) fn len(&self) -> usize {
        self.calls().count()
    }

    /// All calls in one order: what comes first, task after task, what comes last.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &Call<O, M>> {
        self.prefix.iter().chain(self.tasks.iter().flatten()).chain(&self.suffix)
    }

    /// A column for each task, a row for each of its calls.
    pub(crate) fn table(&self) -> String {
        let texts =
            |calls: &[Call<O, M>]| calls.iter().map(|call| call.text().to_string()).collect::<Vec<_>>();
        let tasks: Vec<Vec<String>> = self.tasks.iter().map(|calls| texts(calls)).collect();
        let middle = tasks.iter().map(Vec::len).max().unwrap_or(0);
        let blank = |count: usize| vec![String::new(); count];
        let main =
            [vec!["main".to_string()], texts(&self.prefix), blank(middle), texts(&self.suffix)].concat();
        let columns = tasks
            .into_iter()
            .enumerate()
            .map(|(at, calls)| [vec![format!("T{}", at + 1)], blank(self.prefix.len()), calls].concat());
        let columns: Vec<Vec<String>> = [main.clone()].into_iter().chain(columns).collect();
        let row = |row: usize| {
            let cell = |column: &Vec<String>| {
                let width = column.iter().map(|cell| cell.width()).max().unwrap_or(0);
                let cell = column.get(row).map_or("", String::as_str);
                format!("{cell}{:1$}", "", width - cell.width())
            };
            columns.iter().map(cell).collect::<Vec<_>>().join("    ").trim_end().to_string()
        };
        (0..main.len()).map(row).collect::<Vec<_>>().join("\n")
    }

    /// The same calls without any tasks.
    pub(crate) fn sequential(&self) -> Self {
        Scenario { prefix: self.calls().cloned().collect(), tasks: Vec::new(), suffix: Vec::new() }
    }
}

impl<O, M> Clone for Scenario<O, M> {
    fn clone(&self) -> Self {
        let Scenario { prefix, tasks, suffix } = self;
        Scenario { prefix: prefix.clone(), tasks: tasks.clone(), suffix: suffix.clone() }
    }
}

impl<O, M> fmt::Display for Scenario<O, M> {
    /// In one line: `push(1); pop() ‖ pop(); pop()`, with what comes before and after in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |calls: &[Call<O, M>]| {
            calls.iter().map(|call| call.text().to_string()).collect::<Vec<_>>().join("; ")
        };
        let tasks: Vec<String> = self.tasks.iter().map(|calls| list(calls)).collect();
        let mut parts = Vec::new();
        if !self.prefix.is_empty() {
            parts.push(format!("[{}]", list(&self.prefix)));
        }
        if !tasks.is_empty() {
            parts.push(tasks.join(" ‖ "));
        }
        if !self.suffix.is_empty() {
            parts.push(format!("[{}]", list(&self.suffix)));
        }
        f.write_str(&parts.join(" "))
    }
}
