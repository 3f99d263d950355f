//! Functions that a worker can call. A child process has its own memory, so a closure cannot be sent to
//! it: what is sent is a name, and the worker looks the function up among those that it serves.

use crate::models::workload::Cells;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::sync::Arc;

/// A function and the name by which parent and worker know it.
///
/// ```
/// use conccheck::models::processes::{Function, Functions};
///
/// static SQUARE: Function<u64, u64> = Function::new("square", |number| number * number);
/// static FUNCTIONS: Functions = &[&SQUARE];
/// ```
pub struct Function<A, R> {
    name: &'static str,
    body: Body<A, R>,
}

enum Body<A, R> {
    Alone(fn(A) -> R),
    WithCells(fn(A, &Arc<dyn Cells>) -> R),
}

/// The functions that a worker serves.
pub type Functions = &'static [&'static dyn Callable];

/// A [`Function`] of any types, as a worker sees it: bytes in, bytes out.
pub trait Callable: Sync {
    /// The name by which it is called.
    fn name(&self) -> &'static str;

    /// Decodes the argument, calls the function and encodes its result.
    ///
    /// # Errors
    /// What is wrong with the argument, or with the result.
    ///
    /// # Panics
    /// When the function does.
    fn call(&self, argument: &[u8], cells: &Arc<dyn Cells>) -> Result<Vec<u8>, CallError>;
}

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
pub enum CallError {
    /// The function panicked, with this message.
    #[error("{0}")]
    Raised(String),
    /// The function was not called, or its result could not be sent back.
    #[error("{0}")]
    Refused(String),
    /// The future was cancelled before a worker took the call.
    #[error("the call was cancelled")]
    Cancelled,
    /// A worker died, and the pool with it.
    #[error(transparent)]
    Broken(#[from] BrokenProcessPool),
}

/// A worker ended that should not have: no call that was not done then is ever done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[error("the process pool is broken: worker {worker} {reason}")]
pub struct BrokenProcessPool {
    /// Which worker, counted from zero.
    pub worker: usize,
    /// How it ended, and what it was doing.
    pub reason: String,
}

impl<A, R> Function<A, R> {
    /// `body` under this name, which no other function of the program may have.
    pub const fn new(name: &'static str, body: fn(A) -> R) -> Self {
        Function { name, body: Body::Alone(body) }
    }

    /// A function that also reaches the parent's shared cells, as through Python's `Manager`: each call
    /// is a question to the parent and atomic, two calls together are not.
    pub const fn with_cells(name: &'static str, body: fn(A, &Arc<dyn Cells>) -> R) -> Self {
        Function { name, body: Body::WithCells(body) }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<A: DeserializeOwned, R: Serialize> Callable for Function<A, R> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn call(&self, argument: &[u8], cells: &Arc<dyn Cells>) -> Result<Vec<u8>, CallError> {
        let argument = decode(argument).map_err(|error| {
            CallError::Refused(format!("`{}` cannot take its argument: {error}", self.name))
        })?;
        let result = match self.body {
            Body::Alone(body) => body(argument),
            Body::WithCells(body) => body(argument, cells),
        };
        encode(&result).map_err(|error| {
            CallError::Refused(format!("the result of `{}` cannot be sent: {error}", self.name))
        })
    }
}

/// A value as the bytes that cross between processes.
pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_stdvec(value)
}

/// The value that `bytes` are, all of them: bytes left over are another type's.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(format!("{} bytes too many", rest.len())),
        Err(error) => Err(error.to_string()),
    }
}
