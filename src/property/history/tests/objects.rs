//! The objects whose histories are looked at.

use crate::property::{Specification, Step};
use std::collections::VecDeque;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    /// Two registers, each a part of its own.
    Registers,
    /// One register.
    Register,
    /// Empty, it answers so.
    Queue,
    /// Empty, it blocks.
    WaitingQueue,
    Lock,
}

pub(super) const OBJECTS: [Object; 5] =
    [Object::Registers, Object::Register, Object::Queue, Object::WaitingQueue, Object::Lock];

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Call {
    Read(usize),
    Write(usize, u8),
    Enqueue(u8),
    Dequeue,
    Lock,
    TryLock,
    Unlock,
}

pub(super) type Answer = Option<u8>;

pub(super) type History = crate::property::History<Call, Answer>;

impl Specification for Object {
    type State = VecDeque<u8>;
    type Call = Call;
    type Answer = Answer;

    fn initial(&self) -> VecDeque<u8> {
        match self {
            Object::Registers | Object::Register => VecDeque::from([0, 0]),
            Object::Queue | Object::WaitingQueue | Object::Lock => VecDeque::new(),
        }
    }

    fn apply(&self, state: &mut VecDeque<u8>, call: &Call) -> Step<Answer> {
        let answer = match *call {
            Call::Read(register) => Some(state[register]),
            Call::Write(register, value) => {
                state[register] = value;
                None
            }
            Call::Enqueue(value) => {
                state.push_back(value);
                None
            }
            Call::Dequeue if *self == Object::WaitingQueue && state.is_empty() => return Step::Blocks,
            Call::Dequeue => state.pop_front(),
            Call::Lock if !state.is_empty() => return Step::Blocks,
            Call::TryLock if !state.is_empty() => Some(0),
            Call::Lock | Call::TryLock => {
                state.push_back(1);
                Some(1)
            }
            Call::Unlock if state.is_empty() => return Step::Blocks,
            Call::Unlock => state.pop_front(),
        };
        Step::Answers(answer)
    }

    fn partition(&self, call: &Call) -> Option<u64> {
        match *call {
            Call::Read(register) | Call::Write(register, _) if *self == Object::Registers => {
                Some(register as u64)
            }
            _ => None,
        }
    }

    fn value(&self, call: &Call, answer: &Answer) -> Option<u64> {
        match *call {
            Call::Enqueue(value) => Some(u64::from(value)),
            Call::Dequeue => answer.map(u64::from),
            _ => None,
        }
    }
}
