//! Draws scenarios, and makes a failing one smaller: fewer tasks and calls first, then less concurrency, then
//! smaller arguments.
//!
//! Calls are drawn by proptest, one strategy and value tree each, so what is smaller is theirs to say. Which
//! calls there are, and in which task, is decided here: leaving any of them out is tried again and again until
//! nothing more can be left out.

use super::call::Call;
use super::scenario::Scenario;
use crate::property::seed::runner;
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Reason, TestRunner};
use std::ops::{ControlFlow, RangeInclusive};

/// How large scenarios are.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) tasks: RangeInclusive<usize>,
    /// Of each task.
    pub(crate) calls: RangeInclusive<usize>,
    /// Of all tasks together.
    pub(crate) calls_max: usize,
    pub(crate) prefix_max: usize,
    pub(crate) suffix_max: usize,
}

/// A scenario that can become smaller.
pub(crate) struct Drawn<O, M> {
    calls: Vec<Drawable<O, M>>,
    layout: Layout,
}

struct Drawable<O, M> {
    strategy: BoxedStrategy<Call<O, M>>,
    /// Draws the same from it again.
    runner: TestRunner,
    /// The smallest so far.
    call: Call<O, M>,
}

/// Which calls a scenario has, by their places in the list of all.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Layout {
    prefix: Vec<usize>,
    tasks: Vec<Vec<usize>>,
    suffix: Vec<usize>,
}

impl<O: 'static, M: 'static> Drawn<O, M> {
    /// A scenario of calls that these strategies give, fixed by `seed`.
    pub(crate) fn draw(
        calls: &[BoxedStrategy<Call<O, M>>],
        shape: &Shape,
        seed: u64,
    ) -> Result<Self, Reason> {
        let mut runner = runner(seed);
        let mut drawn = Vec::new();
        let mut several = |counts: RangeInclusive<usize>, runner: &mut TestRunner| {
            let count = counts.new_tree(runner)?.current();
            let first = drawn.len();
            for _ in 0..count {
                let kind = (0..calls.len()).new_tree(runner)?.current();
                let (strategy, again) = (calls[kind].clone(), runner.clone());
                let call = strategy.new_tree(runner)?.current();
                drawn.push(Drawable { strategy, runner: again, call });
            }
            Ok::<_, Reason>((first..first + count).collect::<Vec<_>>())
        };
        let prefix = several(0..=shape.prefix_max, &mut runner)?;
        let task_count = shape.tasks.new_tree(&mut runner)?.current();
        let mut left = shape.calls_max;
        let mut tasks = Vec::new();
        for later in (0..task_count).rev() {
            // Each of the later ones has its least number of calls.
            let most = left.saturating_sub(later * shape.calls.start()).min(*shape.calls.end());
            let task = several(*shape.calls.start()..=most.max(*shape.calls.start()), &mut runner)?;
            left = left.saturating_sub(task.len());
            tasks.push(task);
        }
        let suffix = several(0..=shape.suffix_max, &mut runner)?;
        Ok(Drawn { calls: drawn, layout: Layout { prefix, tasks, suffix } })
    }

    pub(crate) fn scenario(&self) -> Scenario<O, M> {
        self.laid_out(&self.layout)
    }

    fn laid_out(&self, layout: &Layout) -> Scenario<O, M> {
        let calls = |list: &Vec<usize>| list.iter().map(|&at| self.calls[at].call.clone()).collect();
        Scenario {
            prefix: calls(&layout.prefix),
            tasks: layout.tasks.iter().map(calls).collect(),
            suffix: calls(&layout.suffix),
        }
    }

    /// Makes it as small as it gets while it `fails`; `Break` if there is no time left to know.
    pub(crate) fn shrink(
        &mut self,
        mut fails: impl FnMut(Scenario<O, M>) -> ControlFlow<(), bool>,
    ) -> ControlFlow<()> {
        loop {
            while let Some(layout) = self.smaller_layout(&mut fails)? {
                self.layout = layout;
            }
            let mut is_smaller = false;
            for at in self.layout.all() {
                is_smaller |= self.shrink_arguments(at, &mut fails)?;
            }
            if !is_smaller {
                return ControlFlow::Continue(());
            }
        }
    }

    fn smaller_layout(
        &self,
        fails: &mut impl FnMut(Scenario<O, M>) -> ControlFlow<(), bool>,
    ) -> ControlFlow<(), Option<Layout>> {
        for layout in self.layout.smaller() {
            if fails(self.laid_out(&layout))? {
                return ControlFlow::Continue(Some(layout));
            }
        }
        ControlFlow::Continue(None)
    }

    /// Makes one call's arguments smaller; whether that was possible. What is smaller may depend on the other
    /// calls' arguments, so each time it begins with those that were drawn.
    fn shrink_arguments(
        &mut self,
        at: usize,
        fails: &mut impl FnMut(Scenario<O, M>) -> ControlFlow<(), bool>,
    ) -> ControlFlow<(), bool> {
        let drawn = &mut self.calls[at];
        let Ok(mut tree) = drawn.strategy.new_tree(&mut drawn.runner.clone()) else {
            return ControlFlow::Continue(false);
        };
        let mut is_smaller = false;
        let mut can_change = tree.simplify();
        while can_change {
            let candidate = tree.current();
            // Nothing is to be learnt from what is no smaller than what is known to fail.
            let is_news = size(&candidate) < size(&self.calls[at].call);
            let known = std::mem::replace(&mut self.calls[at].call, candidate);
            if is_news && fails(self.scenario())? {
                is_smaller = true;
                can_change = tree.simplify();
                continue;
            }
            self.calls[at].call = known;
            can_change = if is_news { tree.complicate() } else { tree.simplify() };
        }
        ControlFlow::Continue(is_smaller)
    }
}

/// Which of two calls of one operation is smaller: the one that takes less to write, then the first in the
/// alphabet.
fn size<O, M>(call: &Call<O, M>) -> (usize, &str) {
    (call.text().len(), call.text())
}

impl Layout {
    fn all(&self) -> Vec<usize> {
        self.prefix.iter().chain(self.tasks.iter().flatten()).chain(&self.suffix).copied().collect()
    }

    /// Each that is one step smaller: without a task, with two tasks as one, without a call, without two (one
    /// may need the other), with a call before or after the tasks instead of in one.
    fn smaller(&self) -> Vec<Layout> {
        let mut found = Vec::new();
        for task in 0..self.tasks.len() {
            let mut layout = self.clone();
            let calls = layout.tasks.remove(task);
            found.push(layout.clone());
            for other in task..layout.tasks.len() {
                for at in [0, layout.tasks[other].len()] {
                    let mut layout = layout.clone();
                    layout.tasks[other].splice(at..at, calls.iter().copied());
                    found.push(layout);
                }
            }
        }
        // Those without a task come first.
        found.sort_by_key(|layout| layout.all().len());
        let all = self.all();
        let pairs =
            all.iter().enumerate().flat_map(|(at, &one)| all[at + 1..].iter().map(move |&two| [one, two]));
        found.extend(all.iter().map(|&one| self.without(&[one])));
        found.extend(pairs.map(|pair| self.without(&pair)));
        for task in (0..self.tasks.len()).filter(|&task| self.tasks[task].len() > 1) {
            let (mut before, mut after) = (self.clone(), self.clone());
            let first = before.tasks[task].remove(0);
            before.prefix.push(first);
            let last = after.tasks[task].pop().expect("it has several");
            after.suffix.insert(0, last);
            found.extend([before, after]);
        }
        found
    }

    fn without(&self, calls: &[usize]) -> Layout {
        let mut layout = self.clone();
        layout.lists().for_each(|list| list.retain(|call| !calls.contains(call)));
        layout.tasks.retain(|calls| !calls.is_empty());
        layout
    }

    fn lists(&mut self) -> impl Iterator<Item = &mut Vec<usize>> {
        [&mut self.prefix].into_iter().chain(&mut self.tasks).chain([&mut self.suffix])
    }
}
