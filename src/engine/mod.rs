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
mod competition;
mod dependence;
mod event;
mod execution;
mod log;
mod object;
mod polling;
mod scheduling;
mod task;
mod trace;
mod world;

use crate::schedule::Bounds;

pub(crate) use dependence::dependent;
pub(crate) use event::{ANY_WAY, Access, Action, Chance, Event, Operation};
pub(crate) use execution::Engine;
pub(crate) use log::{Deed, Entry, Note};
pub(crate) use object::{Census, Channel, ObjectId, Reply, State as ObjectState};
pub(crate) use scheduling::{Announced, Choice, Divergence, End, Performed, Scheduler, Settings, Spawned};
pub(crate) use task::{Body, Coroutine, Coroutines, Stacks, State as TaskState, Switch, TaskId};
pub(crate) use trace::{Race, Second, Trace};
pub(crate) use world::{World, describe};
