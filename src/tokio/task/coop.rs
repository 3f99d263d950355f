//! The budget by which tokio has tasks give way, as in `tokio::task::coop`.
//!
//! Inside a check no operation spends of it, and what is ready is ready. Only [`consume_budget`] gives way:
//! the second time that a task calls it in one poll.

pub use tokio::task::coop::{
    Coop, RestoreOnPending, Unconstrained, cooperative, has_budget_remaining, poll_proceed, unconstrained,
};

use crate::backend::{self, Backend};
use crate::task;

/// Spends of the task's budget, and gives way if none is left: [`tokio::task::coop::consume_budget`].
pub async fn consume_budget() {
    match backend::current() {
        Backend::Real => tokio::task::coop::consume_budget().await,
        _ => task::consume_budget().await,
    }
}
