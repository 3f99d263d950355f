//! What a load may read, and where a store goes. A memory model is a file of this room: sequential consistency, in which a
//! load reads the last store and a place in memory is no more than a value; and Rust's own, in which it may read others.

mod attempt;
mod effect;
mod rust;
mod sc;

pub(crate) use attempt::{Attempt, Mark};
pub(crate) use effect::{Effect, Effects};
pub(super) use rust::Graph;
pub(crate) use rust::{SEARCHED_MAX, StoreId};
pub(super) use sc::Place;
