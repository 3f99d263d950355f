//! What was seen of a concurrent object: which task called what, what it was answered, and which
//! operations were over before others began.
//!
//! Only that order counts, not when something happened. So time is told in *epochs*: a new one begins with
//! the first call after an answer. An operation precedes another if its last epoch is before the other's
//! first; two that have an epoch in common overlap. Calls that follow each other directly can change places,
//! and so can answers, and nothing changes. Therefore two histories are equal if their tasks made the same
//! calls, got the same answers, and the same operations preceded the same others.

mod bits;
mod criterion;
mod explain;
mod projection;
mod search;
mod specification;
#[cfg(test)]
mod tests;

pub use self::criterion::Criterion;
pub use self::explain::{Explanation, Unexplained, explain};
pub use self::specification::{Specification, Step};

use std::fmt::{self, Debug, Display, Formatter};
use unicode_width::UnicodeWidthStr;

/// The operations that tasks performed on an object, recorded call by call and answer by answer.
///
/// A call that got no answer is *pending* (Herlihy and Wing, "Linearizability", TOPLAS 1990): it may have happened at
/// any time after it was made, or never. Of one whose task is known to be blocked for ever, say so with
/// [`block`](History::block).
///
/// Two histories are equal if they have the same operations, and the same ones
/// [precede](Operation::precedes) each other.
///
/// ```
/// use conccheck::property::History;
///
/// #[derive(Debug)]
/// enum Call { Push(u8), Pop }
///
/// let mut history = History::new();
/// history.call(1, Call::Push(7));
/// history.call(2, Call::Pop);
/// history.answer(2, Some(7));
/// history.call(2, Call::Pop);
/// history.answer(1, None);
/// assert_eq!(history.to_string(), "\
/// T1                T2
/// Push(7) → None    Pop → Some(7)
/// │                 Pop (pending)");
/// let [push, first, second] = history.operations() else { unreachable!() };
/// assert!(first.precedes(second) && !push.precedes(second));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct History<C, A> {
    /// By task, and those of one task in its order.
    operations: Vec<Operation<C, A>>,
    epoch: usize,
    /// Whether this epoch has seen an answer, so that the next call begins another.
    is_answered: bool,
}

/// A call, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operation<C, A> {
    task: usize,
    call: C,
    end: End<A>,
    /// The epoch of the call.
    first: usize,
    /// The epoch of the answer.
    last: Option<usize>,
    /// Those that had returned and do not precede it all the same: nothing of them had reached it.
    unseen: Vec<Id>,
}

/// The task and the epoch of its call, which no other operation of the history has.
pub(in crate::property) type Id = (usize, usize);

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum End<A> {
    /// It is not known, or not yet.
    Pending,
    /// It is not known, and never will be.
    Crashed,
    /// It never returns.
    Blocked,
    Answered(A),
}

impl<C, A> History<C, A> {
    /// Nothing has happened yet.
    pub fn new() -> Self {
        History { operations: Vec::new(), epoch: 0, is_answered: false }
    }

    /// Records that a task begins an operation.
    ///
    /// # Panics
    ///
    /// If the task's last operation has not returned.
    pub fn call(&mut self, task: usize, call: C) {
        self.call_without(task, call, Vec::new());
    }

    /// The same where memory is weaker than sequentially consistent, and not all that has returned happens before. Which it
    /// is.
    pub(super) fn call_without(&mut self, task: usize, call: C, unseen: Vec<Id>) -> Id {
        let why = match self.last_of(task).map(|last| &last.end) {
            None | Some(End::Answered(_)) => None,
            Some(End::Pending) => {
                Some("has not returned; record the answer first, or let another task go on")
            }
            Some(End::Crashed) => Some("has crashed; let another task go on"),
            Some(End::Blocked) => Some("never returns"),
        };
        if let Some(why) = why {
            panic!("{} cannot call: its last operation {why}", Name(task));
        }
        if self.is_answered {
            self.epoch += 1;
            self.is_answered = false;
        }
        let operation = Operation { task, call, end: End::Pending, first: self.epoch, last: None, unseen };
        let id = operation.id();
        self.operations.insert(self.end_of(task), operation);
        id
    }

    /// Records that the operation that a task is in returns.
    ///
    /// # Panics
    ///
    /// If the task is in no operation.
    pub fn answer(&mut self, task: usize, answer: A) {
        let epoch = self.epoch;
        let Some(operation) = self.open(task) else {
            panic!("{} cannot be answered: it is in no operation; record the call first", Name(task));
        };
        operation.end = End::Answered(answer);
        operation.last = Some(epoch);
        self.is_answered = true;
    }

    /// Records that nobody will ever know what became of the operation that a task is in: a request that timed out, a
    /// client that was lost. It is pending: it may have happened at any time after its call, even after everything
    /// else that was seen, or never.
    ///
    /// When this is recorded does not matter. It is the task's last operation; a client that goes on is
    /// another task.
    ///
    /// # Panics
    ///
    /// If the task is in no operation.
    ///
    /// ```
    /// use conccheck::property::{Criterion, History, Specification, Step, explain};
    ///
    /// /// A number that is read and written.
    /// struct Register;
    ///
    /// #[derive(Clone, Debug)]
    /// enum Call { Write(u8), Read }
    ///
    /// impl Specification for Register {
    ///     type State = u8;
    ///     type Call = Call;
    ///     type Answer = u8;
    ///
    ///     fn initial(&self) -> u8 {
    ///         0
    ///     }
    ///
    ///     fn apply(&self, value: &mut u8, call: &Call) -> Step<u8> {
    ///         if let Call::Write(new) = call {
    ///             *value = *new;
    ///         }
    ///         Step::Answers(*value)
    ///     }
    /// }
    ///
    /// /// T1's write times out, and T2 reads.
    /// fn after_a_timeout(reads: &[u8]) -> History<Call, u8> {
    ///     let mut history = History::new();
    ///     history.call(1, Call::Write(1));
    ///     history.crash(1);
    ///     for &value in reads {
    ///         history.call(2, Call::Read);
    ///         history.answer(2, value);
    ///     }
    ///     history
    /// }
    ///
    /// // The write took effect between the reads.
    /// let explained = explain(&Register, &after_a_timeout(&[0, 1]), Criterion::Linearizable).unwrap();
    /// assert_eq!(explained.to_string(), "T2 Read → 0, T1 Write(1) (crashed), T2 Read → 1");
    ///
    /// // It is not undone.
    /// let unexplained = explain(&Register, &after_a_timeout(&[1, 0]), Criterion::Linearizable).unwrap_err();
    /// assert_eq!(unexplained.to_string(), "\
    /// not linearizable: no order of the operations gives these answers, whether or not the pending one happened
    /// the longest that works: T1 Write(1) (crashed), T2 Read → 1
    /// after it, T2 Read → 0 does not fit: it would answer 1");
    /// ```
    pub fn crash(&mut self, task: usize) {
        let Some(operation) = self.open(task) else {
            panic!("{} cannot crash: it is in no operation; record the call first", Name(task));
        };
        operation.end = End::Crashed;
    }

    /// Records that the operation that a task is in never returns: all is over, and the task is blocked. Then a
    /// specification that would answer it does not explain the history.
    ///
    /// # Panics
    ///
    /// If the task is in no operation.
    pub fn block(&mut self, task: usize) {
        let Some(operation) = self.open(task) else {
            panic!("{} cannot be blocked: it is in no operation; record the call first", Name(task));
        };
        operation.end = End::Blocked;
    }

    /// Records of every task that is in an operation that it never returns.
    pub(super) fn block_all(&mut self) {
        let open = self.operations.iter_mut().filter(|one| matches!(one.end, End::Pending));
        open.for_each(|one| one.end = End::Blocked);
    }

    /// All operations, task by task, and those of one task in the order in which it called them.
    pub fn operations(&self) -> &[Operation<C, A>] {
        &self.operations
    }

    /// The first epoch, and each that begins when every operation so far has returned.
    pub(super) fn quiescent_points(&self) -> Vec<usize> {
        let is_open = |at: usize| {
            self.operations.iter().any(|one| one.first < at && one.last.is_none_or(|last| at <= last))
        };
        (0..=self.epoch).filter(|&at| !is_open(at)).collect()
    }

    /// The operation that a task is in.
    fn open(&mut self, task: usize) -> Option<&mut Operation<C, A>> {
        self.last_of(task).filter(|last| matches!(last.end, End::Pending))
    }

    fn last_of(&mut self, task: usize) -> Option<&mut Operation<C, A>> {
        let end = self.end_of(task);
        self.operations[..end].last_mut().filter(|last| last.task == task)
    }

    /// Where the next operation of a task belongs.
    fn end_of(&self, task: usize) -> usize {
        self.operations.partition_point(|one| one.task <= task)
    }
}

impl<C, A> Default for History<C, A> {
    fn default() -> Self {
        History::new()
    }
}

impl<C, A> Operation<C, A> {
    /// Whose it is.
    pub fn task(&self) -> usize {
        self.task
    }

    /// What was called.
    pub fn call(&self) -> &C {
        &self.call
    }

    /// What was answered; `None` if it never returned, or is [pending](Operation::is_pending).
    pub fn answer(&self) -> Option<&A> {
        match &self.end {
            End::Answered(answer) => Some(answer),
            _ => None,
        }
    }

    /// Whether nobody knows what became of it: it may have happened at any time after its call, or never.
    pub fn is_pending(&self) -> bool {
        matches!(self.end, End::Pending | End::Crashed)
    }

    /// Whether it had returned when `other`, of the same history, was called. In a weak memory: whether that happens before.
    pub fn precedes(&self, other: &Self) -> bool {
        self.last.is_some_and(|last| last < other.first) && !other.unseen.contains(&self.id())
    }

    /// No other operation of the history has the same.
    pub(super) fn id(&self) -> Id {
        (self.task, self.first)
    }

    /// The epoch of its call.
    pub(super) fn first(&self) -> usize {
        self.first
    }

    /// The epoch of its answer.
    pub(super) fn last(&self) -> Option<usize> {
        self.last
    }

    fn is_in(&self, epoch: usize) -> bool {
        self.first <= epoch && self.last.is_none_or(|last| epoch <= last)
    }
}

/// How an operation's task is called.
pub(super) struct Name(pub(super) usize);

impl Display for Name {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self.0 {
            0 => f.pad("main"),
            task => f.pad(&format!("T{task}")),
        }
    }
}

impl<C: Debug, A: Debug> Display for Operation<C, A> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let call = &self.call;
        match &self.end {
            End::Pending => write!(f, "{call:?} (pending)"),
            End::Crashed => write!(f, "{call:?} (crashed)"),
            End::Blocked => write!(f, "{call:?}, never returns"),
            End::Answered(answer) => match format!("{answer:?}") {
                answer if answer == "()" => write!(f, "{call:?}"),
                answer => write!(f, "{call:?} → {answer}"),
            },
        }
    }
}

/// A column for each task, a row for each epoch. Operations that have a row in common overlap; the others
/// follow each other.
impl<C: Debug, A: Debug> Display for History<C, A> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let columns: Vec<Vec<String>> = self
            .operations
            .chunk_by(|one, next| one.task == next.task)
            .map(|operations| self.column(operations))
            .collect();
        let rows = columns.first().map_or(0, Vec::len);
        for row in 0..rows {
            let mut line = String::new();
            for column in &columns {
                let width = column.iter().map(|cell| cell.width()).max().unwrap_or_default();
                let cell = &column[row];
                line += &format!("{cell}{:1$}", "", width - cell.width() + GAP);
            }
            f.write_str(line.trim_end())?;
            if row + 1 < rows {
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

/// What separates two columns.
const GAP: usize = 4;

impl<C: Debug, A: Debug> History<C, A> {
    /// The task's name, and what it is in at each epoch.
    fn column(&self, operations: &[Operation<C, A>]) -> Vec<String> {
        let cell = |epoch| match operations.iter().find(|one| one.is_in(epoch)) {
            Some(one) if one.first == epoch => one.to_string(),
            Some(_) => "│".to_string(),
            None => String::new(),
        };
        let name = operations.first().map(|one| Name(one.task).to_string());
        name.into_iter().chain((0..=self.epoch).map(cell)).collect()
    }
}
