//! `tokio::sync`, with its names and paths.
//!
//! Each primitive is tokio's own. What is done to it is announced to the checker: a call, a poll of one of its futures,
//! the end of a guard, of a permit, of one side of a channel, of a future that waits. Such an operation is dependent on
//! all others of the same primitive; one that only looks (`available_permits`, `is_closed`) on those that change it.
//! It is called what the method is called, at the place where the user calls it; `cancel` is the end of a future that
//! waited.
//!
//! An operation hands on to all later ones of its primitive what its task has done, as an acquire and a release do. That
//! can be more than tokio promises, so a program that relies on it is not found out.
//!
//! The budget by which a runtime of tokio's makes a task give way now and then has no part in a check: what is ready is
//! ready. Errors are tokio's own types.
//!
//! Where something differs from tokio it is told there: the data of owned guards lives long (`'static`), and what wakes
//! several tasks in an order drawn by lot ([`watch`], [`Barrier`]) does it in the order of their spawning.

#[cfg(not(feature = "check"))]
pub use tokio::sync::*;

#[cfg(feature = "check")]
mod announced;
#[cfg(feature = "check")]
mod semaphore;

#[cfg(feature = "check")]
pub use self::semaphore::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
#[cfg(feature = "check")]
pub use tokio::sync::{AcquireError, TryAcquireError};
