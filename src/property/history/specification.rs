//! What an object does when nothing is concurrent: a state, and what each call answers in it.

use std::fmt::Debug;
use std::hash::Hash;

/// An object as it is when its operations come one after another.
///
/// It has to repeat itself: equal states and calls give equal answers and states.
///
/// ```
/// use conccheck::property::{Specification, Step};
/// use std::collections::VecDeque;
///
/// /// A queue whose `Dequeue` waits for a value.
/// struct Queue;
///
/// #[derive(Clone, Debug)]
/// enum Call { Enqueue(u8), Dequeue }
///
/// impl Specification for Queue {
///     type State = VecDeque<u8>;
///     type Call = Call;
///     type Answer = Option<u8>;
///
///     fn initial(&self) -> VecDeque<u8> {
///         VecDeque::new()
///     }
///
///     fn apply(&self, queue: &mut VecDeque<u8>, call: &Call) -> Step<Option<u8>> {
///         match call {
///             Call::Enqueue(value) => {
///                 queue.push_back(*value);
///                 Step::Answers(None)
///             }
///             Call::Dequeue => queue.pop_front().map_or(Step::Blocks, |value| Step::Answers(Some(value))),
///         }
///     }
///
///     fn value(&self, call: &Call, answer: &Option<u8>) -> Option<u64> {
///         match call {
///             Call::Enqueue(value) => Some(u64::from(*value)),
///             Call::Dequeue => answer.map(u64::from),
///         }
///     }
/// }
///
/// let mut queue = Queue.initial();
/// assert_eq!(Queue.apply(&mut queue, &Call::Dequeue), Step::Blocks);
/// Queue.apply(&mut queue, &Call::Enqueue(7));
/// assert_eq!(Queue.apply(&mut queue, &Call::Dequeue), Step::Answers(Some(7)));
/// ```
pub trait Specification {
    /// What the object remembers. Two states are equal only if the same can follow.
    type State: Clone + Eq + Hash;
    /// An operation with its arguments.
    type Call: Clone + Debug;
    /// What an operation returns.
    type Answer: Clone + Debug + PartialEq;

    /// The object when it is new.
    fn initial(&self) -> Self::State;

    /// Performs a call. A state in which the call [blocks](Step::Blocks) is not looked at again.
    fn apply(&self, state: &mut Self::State, call: &Self::Call) -> Step<Self::Answer>;

    /// Which part of the object a call is about, if parts do not affect each other: the key of a map, for
    /// instance, or a hash of it. Calls with different numbers must give the same answers whether or not the
    /// others happen.
    ///
    /// If all calls of a history have a number, [linearizability](super::Criterion::Linearizable) is decided
    /// part by part, which is much faster. `None`: about the object as a whole.
    fn partition(&self, call: &Self::Call) -> Option<u64> {
        let _ = call;
        None
    }

    /// Which value an operation moves: what a queue's enqueue puts in, what its dequeue takes out.
    ///
    /// Say so only if values can be left out: whenever an order of operations works, so do those of them that
    /// are on some of the values, with all others left out, and also those on no value (a dequeue that finds the
    /// queue empty). That is so with queues, stacks and priority queues, but not with counters.
    ///
    /// What the operations on two values tell makes long histories in which many values wait much faster to
    /// decide, where most values are moved only once or twice. `None`: on no value. They do not help if an
    /// operation is [pending](super::Operation::is_pending): nobody knows which value it moved.
    fn value(&self, call: &Self::Call, answer: &Self::Answer) -> Option<u64> {
        let _ = (call, answer);
        None
    }
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step<A> {
    /// It returns this.
    Answers(A),
    /// It waits until the state is another.
    Blocks,
}
