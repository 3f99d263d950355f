//! The objects whose histories are recorded most often: what their operations are called, and what they do one after
//! another.

use super::log::{Operation, Value};
use crate::property::{Specification, Step};
use anyhow::bail;
use clap::ValueEnum;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A specification that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Named {
    /// read, write v, cas [old new]; nil at first
    Register,
    /// enqueue v, dequeue (nil where it is empty)
    Queue,
    /// push v, pop (nil where it is empty)
    Stack,
    /// acquire, release; free at first
    Lock,
}

/// An operation that was called.
#[derive(Clone)]
pub(super) struct Call {
    act: Act,
    /// Of the object for this key; all have one, or none has.
    key: Option<Value>,
    /// Of the log.
    line: usize,
}

#[derive(Clone, Debug)]
enum Act {
    Read,
    Write(Value),
    Exchange([Value; 2]),
    Put(&'static str, Value),
    Take(&'static str),
    Acquire,
    Release,
}

#[derive(Clone, PartialEq)]
pub(super) enum Answer {
    Done,
    Value(Value),
    /// What nobody records: an exchange that found another value.
    Refused,
}

/// By key, the values that an object holds: a register one at most, a lock one while it is held.
pub(super) type State = BTreeMap<Option<Value>, VecDeque<Value>>;

impl Named {
    /// The operation as this object has it.
    pub(super) fn call(self, operation: &Operation, keyed: bool) -> anyhow::Result<Call> {
        let (key, value) = if keyed { pair(&operation.value)? } else { (None, operation.value.clone()) };
        let act = match (self, &*operation.function) {
            (Named::Register, "read") => Act::Read,
            (Named::Register, "write") => Act::Write(value),
            (Named::Register, "cas") => match value {
                Value::List(values) => match <[Value; 2]>::try_from(values) {
                    Ok(values) => Act::Exchange(values),
                    Err(_) => bail!("the value of cas has to be [old new]"),
                },
                other => bail!("the value of cas has to be [old new], not {other}"),
            },
            (Named::Queue, "enqueue") => Act::Put("enqueue", value),
            (Named::Queue, "dequeue") => Act::Take("dequeue"),
            (Named::Stack, "push") => Act::Put("push", value),
            (Named::Stack, "pop") => Act::Take("pop"),
            (Named::Lock, "acquire") => Act::Acquire,
            (Named::Lock, "release") => Act::Release,
            (_, other) => {
                let own = self.to_possible_value();
                let help =
                    own.as_ref().and_then(|own| own.get_help()).map(ToString::to_string).unwrap_or_default();
                let name = own.as_ref().map_or("", |own| own.get_name());
                bail!("the specification {name} has no operation {other:?}; it has {help}");
            }
        };
        Ok(Call { act, key, line: operation.line })
    }

    /// What an operation that is ok has answered.
    pub(super) fn answer(self, operation: &Operation, value: &Value, keyed: bool) -> anyhow::Result<Answer> {
        Ok(match &*operation.function {
            "read" | "dequeue" | "pop" if keyed => Answer::Value(pair(value)?.1),
            "read" | "dequeue" | "pop" => Answer::Value(value.clone()),
            _ => Answer::Done,
        })
    }
}

/// A key and a value.
fn pair(value: &Value) -> anyhow::Result<(Option<Value>, Value)> {
    if let Value::List(values) = value
        && let [key, value] = &values[..]
    {
        return Ok((Some(key.clone()), value.clone()));
    }
    bail!("with --keyed a value has to be [key value], not {value}")
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Specification for Named {
    type State = State;
    type Call = Call;
    type Answer = Answer;

    fn initial(&self) -> State {
        State::new()
    }

    fn apply(&self, state: &mut State, call: &Call) -> Step<Answer> {
        let held = state.entry(call.key.clone()).or_default();
        let step = act(held, *self == Named::Stack, &call.act);
        if held.is_empty() {
            // As if it had never been touched: equal states are equal.
            state.remove(&call.key);
        }
        step
    }

    fn partition(&self, call: &Call) -> Option<u64> {
        call.key.as_ref().map(hash)
    }

    fn value(&self, call: &Call, answer: &Answer) -> Option<u64> {
        match (&call.act, answer) {
            (Act::Put(_, value), _) | (Act::Take(_), Answer::Value(value)) if *value != Value::Nil => {
                Some(hash(&(&call.key, value)))
            }
            _ => None,
        }
    }
}

fn act(held: &mut VecDeque<Value>, is_stack: bool, act: &Act) -> Step<Answer> {
    match act {
        Act::Exchange([old, _]) if held.front().unwrap_or(&Value::Nil) != old => {
            Step::Answers(Answer::Refused)
        }
        Act::Write(value) | Act::Exchange([_, value]) => {
            held.clear();
            held.extend((*value != Value::Nil).then(|| value.clone()));
            Step::Answers(Answer::Done)
        }
        Act::Read => Step::Answers(Answer::Value(held.front().cloned().unwrap_or(Value::Nil))),
        Act::Put(_, value) => {
            held.push_back(value.clone());
            Step::Answers(Answer::Done)
        }
        Act::Take(_) => {
            let taken = if is_stack { held.pop_back() } else { held.pop_front() };
            Step::Answers(Answer::Value(taken.unwrap_or(Value::Nil)))
        }
        Act::Acquire if held.is_empty() => {
            held.push_back(Value::Text("held".to_string()));
            Step::Answers(Answer::Done)
        }
        Act::Release if !held.is_empty() => {
            held.clear();
            Step::Answers(Answer::Done)
        }
        Act::Acquire | Act::Release => Step::Blocks,
    }
}

/// "cas [3 4] of x :12", where 12 is the line of the log.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.act {
            Act::Read => f.write_str("read"),
            Act::Write(value) => write!(f, "write {value}"),
            Act::Exchange([old, new]) => write!(f, "cas [{old} {new}]"),
            Act::Put(name, value) => write!(f, "{name} {value}"),
            Act::Take(name) => f.write_str(name),
            Act::Acquire => f.write_str("acquire"),
            Act::Release => f.write_str("release"),
        }?;
        if let Some(key) = &self.key {
            write!(f, " of {key}")?;
        }
        write!(f, " :{}", self.line)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("()"),
            Answer::Value(value) => write!(f, "{value}"),
            Answer::Refused => f.write_str("that it is another"),
        }
    }
}
