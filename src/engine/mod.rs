//! The native engine: tasks, objects, events, clocks and dependence of one execution, kept from one
//! execution to the next as far as they have a common beginning.
//!
//! It is pure: no clock, no I/O, no global, nothing of the facade, and no strategy. `backend::native`
//! switches coroutines at its word; a [`Scheduler`] decides who is next.
//!
//! A task announces its next operation before it waits for its turn. So at every scheduling point
//! each task that lives has an announced operation or waits for another task's end, and who can go
//! on follows from the objects' states.

mod barred;
mod census;
mod clock;
mod coroutine;
mod event;
mod execution;
mod log;
mod memory;
mod news;
pub(crate) mod object;
mod order;
mod patience;
mod place;
mod polling;
mod pulse;
mod race;
mod reading;
mod scheduling;
mod task;
mod task_set;
mod time;
mod trace;
mod world;

use crate::schedule::{Bounds, Fact, Facts, Kind, Mark, Memory, Site, Substitution};

pub(crate) use census::Census;
pub(crate) use coroutine::{Body, Coroutine, Coroutines, Stacks, Switch};
pub(crate) use event::{ANY_CHOICE, Event, Operation, TIME_UP, Watched, dependent};
pub(crate) use execution::Engine;
pub(crate) use log::{Deed, Entry, LoopDeed, LoopTask, Note};
pub(crate) use memory::{Attempt, Effect, Effects, SEARCHED_MAX, StoreId};
pub(crate) use object::{Access, Action, AtomicAccess, Chance, ObjectId, Reply, State as ObjectState};
pub(crate) use pulse::Pulse;
pub(crate) use race::{Race, Second};
pub(crate) use reading::Source;
pub(crate) use scheduling::{Announced, Choice, Divergence, End, Performed, Scheduler, Settings, Spawned};
pub(crate) use task::{State as TaskState, TaskId};
pub(crate) use trace::Trace;
pub(crate) use world::{Moment, World, describe};
