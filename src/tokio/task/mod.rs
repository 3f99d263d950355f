//! Tasks, as in `tokio::task`, and values that go with them.
//!
//! Inside a check:
//!
//! * What [`spawn_blocking`] runs is a thread to the checker, which begins when the checker likes. It is
//!   aborted if it has not begun.
//! * [`block_in_place`] lets a task of a multi-thread runtime block, which is a thread anyway.
//! * A [`LocalSet`] takes its tasks in the order in which tokio does.
//! * An [`Id`] tells a task from the others of its execution. It is a small number, which may be another one
//!   in another execution: do not let the outcome depend on how it is written. Which of two is the greater is
//!   explored, once somebody asks.

mod local;

pub mod coop;

pub mod futures {
    //! The futures that have a name, as in `tokio::task::futures`.

    pub use super::local::TaskLocalFuture;
}

#[doc(hidden)]
pub use self::coop::{Unconstrained, consume_budget, unconstrained};
#[doc(hidden)]
pub use self::local::task_local;
pub use self::local::{AccessError, LocalKey};
pub use crate::task::{
    AbortHandle, JoinError, JoinHandle, JoinSet,
    either::{block_in_place, spawn_blocking},
    id::{Id, id, try_id},
    local_set::{LocalEnterGuard, LocalSet},
    spawn, spawn_local, yield_now,
};
