//! The native engine: tasks, objects, events, clocks and dependence of one execution, kept from one
//! execution to the next as far as they have a common beginning.
//!
//! It is pure: no clock, no I/O, no global, nothing of the facade, and no strategy. `backend::native`
//! switches coroutines at its word; a [`Scheduler`] decides who is next.
//!
//! A task announces its next operation before it waits for its turn. So at every scheduling point
//! each task that lives has an announced operation or waits for another task's end, and who can go
//! on follows from the objects' states.

mod clock;
mod dependence;
mod event;
mod execution;
mod object;
mod task;
mod trace;

pub(crate) use dependence::{dependent, reversed};
pub(crate) use event::{Access, Action, Event, Operation};
pub(crate) use execution::{Announced, Choice, End, Engine, Next, Scheduler, World};
pub(crate) use object::ObjectId;
pub(crate) use task::{Coroutine, Stacks, Switch, TaskId};
pub(crate) use trace::{Race, Second, Trace};
