//! Whether a history can be explained by a sequential order, and in words why not.
//!
//! Knows which operations have to be ordered together; finding the order is the search's. Linearizability is
//! local (Herlihy and Wing 1990): a history is linearizable if, for each part of the object that the
//! specification tells apart, the operations on that part are. So the parts are searched one by one, as in
//! Horn and Kroening, "Faster linearizability checking via P-compositionality", FORTE 2015. The other
//! criteria are not local, and there the object is searched as a whole.
//!
//! Long histories are searched with what pairs of values tell, short ones without, for the better error.

use super::criterion::Criterion;
use super::projection::Forced;
use super::search::{DeadEnd, OperationOf, Order, Search};
use super::specification::{Specification, Step};
use super::{History, Name, Operation};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::{self, Debug, Display, Formatter};

/// Looks for an order of the operations in which the specification gives the answers that were seen, and
/// which keeps what the criterion says.
///
/// The order has all operations that returned, and of those that are [pending](Operation::is_pending) some, each anywhere after
/// what had returned before its call. Those that never returned have to block in the state at its end: one order for
/// all of them.
///
/// Finding the order is hard in general (Gibbons and Korach, "Testing shared memories", SIAM J. Comput. 1997):
/// time and memory can grow exponentially with the operations among which the criterion leaves a choice. For
/// linearizability these are the ones that overlap, and [partitions](Specification::partition) and
/// [values](Specification::value) help. One that is pending overlaps with everything after its call.
///
/// # Errors
///
/// If there is no such order, with the longest that works and with what does not fit after it.
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
/// // T2 reads 0 although T1 has already written 1.
/// let mut history = History::new();
/// history.call(1, Call::Write(1));
/// history.answer(1, 1);
/// history.call(2, Call::Read);
/// history.answer(2, 0);
///
/// let explained = explain(&Register, &history, Criterion::SequentiallyConsistent).unwrap();
/// assert_eq!(explained.to_string(), "T2 Read → 0, T1 Write(1) → 1");
///
/// let unexplained = explain(&Register, &history, Criterion::Linearizable).unwrap_err();
/// assert_eq!(unexplained.to_string(), "\
/// not linearizable: no order of the operations gives these answers
/// the longest that works: T1 Write(1) → 1
/// after it, T2 Read → 0 does not fit: it would answer 1");
/// ```
pub fn explain<S, C: Clone, A: Clone>(
    specification: &S,
    history: &History<C, A>,
    criterion: Criterion,
) -> Result<Explanation<C, A>, Unexplained<C, A>>
where
    S: Specification<Call = C, Answer = A>,
{
    let precedes = criterion.precedence(history);
    let mut orders = Vec::new();
    for part in parts(specification, history, criterion) {
        let order = match part.len() {
            ..=SHORT_MAX => Search::new(specification, part.into_iter(), &precedes).run(),
            _ => by_values(specification, &part, &precedes),
        };
        orders.push(order.map_err(|end| Unexplained::new(criterion, end))?);
    }
    Ok(Explanation { order: merge::<S>(orders).into_iter().cloned().collect() })
}

/// A sequential order of operations that explains a history. Displayed, it is a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Explanation<C, A> {
    order: Vec<Operation<C, A>>,
}

/// There is no sequential order that explains a history. Displayed, it is three lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unexplained<C, A> {
    criterion: Criterion,
    order: Vec<Operation<C, A>>,
    operation: Operation<C, A>,
    instead: Step<A>,
    /// How many of the operations that were to be ordered are pending.
    pending: usize,
}

impl<C, A> Explanation<C, A> {
    /// All operations that returned, and those that are [pending](Operation::is_pending) and have to have happened for it.
    pub fn order(&self) -> &[Operation<C, A>] {
        &self.order
    }
}

impl<C, A> Unexplained<C, A> {
    /// What the history is not.
    pub fn criterion(&self) -> Criterion {
        self.criterion
    }

    /// The longest order that works, counting the operations that returned; if the [parts](Specification::partition) of an object were looked at one
    /// by one, of the operations on one part. In a long history with [values](Specification::value) it may be
    /// of the operations on two of them, or not quite the longest.
    pub fn order(&self) -> &[Operation<C, A>] {
        &self.order
    }

    /// The first operation that does not fit after [that order](Unexplained::order): it could come next, but
    /// has another answer; or it never returned, but would.
    pub fn operation(&self) -> &Operation<C, A> {
        &self.operation
    }

    /// What the specification says [there](Unexplained::operation).
    pub fn instead(&self) -> &Step<A> {
        &self.instead
    }
}

impl<C: Clone, A: Clone> Unexplained<C, A> {
    fn new<S: Specification<Call = C, Answer = A>>(criterion: Criterion, mut end: DeadEnd<S>) -> Self {
        // An order at whose end everything fits is an explanation.
        let misfit = end.misfits.swap_remove(0);
        Unexplained {
            criterion,
            order: end.order.into_iter().cloned().collect(),
            operation: misfit.operation.clone(),
            instead: misfit.instead,
            pending: end.pending,
        }
    }
}

impl<C: Debug, A: Debug> Display for Explanation<C, A> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_str(&listed(&self.order, usize::MAX))
    }
}

impl<C: Debug, A: Debug> Display for Unexplained<C, A> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "not {}: no order of the operations gives these answers", self.criterion)?;
        match self.pending {
            0 => writeln!(f)?,
            1 => writeln!(f, ", whether or not the pending one happened")?,
            pending => writeln!(f, ", whichever of the {pending} pending ones happened")?,
        }
        match self.order.is_empty() {
            true => write!(f, "none works\nat the start, ")?,
            false => write!(f, "the longest that works: {}\nafter it, ", listed(&self.order, LISTED_MAX))?,
        }
        match self.operation.answer() {
            Some(_) => write!(f, "{} does not fit: it would ", Owned(&self.operation))?,
            None => {
                let (task, call) = (Name(self.operation.task()), self.operation.call());
                write!(f, "{task} {call:?} never returns, but it would ")?;
            }
        }
        match &self.instead {
            Step::Answers(answer) => match format!("{answer:?}").as_str() {
                "()" => f.write_str("return"),
                answer => write!(f, "answer {answer}"),
            },
            Step::Blocks => f.write_str("block"),
        }
    }
}

impl<C: Debug, A: Debug> std::error::Error for Unexplained<C, A> {}

/// So many operations are searched without the help of their values: it takes no time, and an error names the
/// longest order of all of them.
const SHORT_MAX: usize = 16;

/// How many operations of an order an error names: the last ones.
const LISTED_MAX: usize = 8;

/// An operation, with whose it is.
struct Owned<'a, C, A>(&'a Operation<C, A>);

impl<C: Debug, A: Debug> Display for Owned<'_, C, A> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{} {}", Name(self.0.task()), self.0)
    }
}

fn listed<C: Debug, A: Debug>(order: &[Operation<C, A>], max: usize) -> String {
    let left_out = order.len().saturating_sub(max);
    let more = (left_out > 0).then(|| format!("({left_out} before)"));
    let shown = order[left_out..].iter().map(|one| Owned(one).to_string());
    more.into_iter().chain(shown).collect::<Vec<_>>().join(", ")
}

/// The operations that have to be ordered together.
fn parts<'a, S: Specification>(
    specification: &S,
    history: &'a History<S::Call, S::Answer>,
    criterion: Criterion,
) -> Vec<Order<'a, S>> {
    let operations = history.operations();
    let key = |one: &OperationOf<S>| match criterion {
        Criterion::Linearizable => specification.partition(one.call()),
        Criterion::SequentiallyConsistent | Criterion::QuiescentlyConsistent => None,
    };
    let Some(keys) = operations.iter().map(key).collect::<Option<Vec<u64>>>() else {
        return vec![operations.iter().collect()];
    };
    let mut parts = BTreeMap::<u64, Order<S>>::new();
    keys.into_iter().zip(operations).for_each(|(key, one)| parts.entry(key).or_default().push(one));
    parts.into_values().collect()
}

/// Searches with the help of what pairs of values tell.
pub(super) fn by_values<'a, S: Specification>(
    specification: &'a S,
    part: &[&'a OperationOf<S>],
    precedes: impl Fn(&OperationOf<S>, &OperationOf<S>) -> bool,
) -> Result<Order<'a, S>, DeadEnd<'a, S>> {
    let forced = Forced::new(specification, part, &precedes)?;
    let both =
        |one: &OperationOf<S>, other: &OperationOf<S>| precedes(one, other) || forced.precedes(one, other);
    let order = Search::new(specification, part.iter().copied(), both).run();
    order.or_else(|end| match end.misfits.is_empty() {
        false => Err(end),
        // What is forced goes round in a circle: nothing could be next.
        true => Search::new(specification, part.iter().copied(), precedes).run(),
    })
}

/// One order of orders that each keep real time, which keeps it too.
///
/// The part whose next operation was called first goes on. Nothing that is still to come had returned before
/// that call: else the next operation of its part would have been called even earlier.
fn merge<'a, S: Specification>(orders: Vec<Order<'a, S>>) -> Order<'a, S> {
    let mut rest: Vec<_> = orders.into_iter().map(VecDeque::from).collect();
    let mut merged = Vec::new();
    while let Some(part) =
        rest.iter_mut().filter(|part| !part.is_empty()).min_by_key(|part| part.front().map(|one| one.first()))
    {
        merged.extend(part.pop_front());
    }
    merged
}
