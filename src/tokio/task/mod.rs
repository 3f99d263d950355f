//! Tasks, as in `tokio::task`: those of [`conccheck::task`](crate::task), and values that go with them.

mod local;

pub mod futures {
    //! The futures that have a name, as in `tokio::task::futures`.

    pub use super::local::TaskLocalFuture;
}

#[doc(hidden)]
pub use self::local::task_local;
pub use self::local::{AccessError, LocalKey};
pub use crate::task::{AbortHandle, JoinError, JoinHandle, JoinSet, spawn, spawn_local, yield_now};
// The budget has no part in a check, so this changes nothing there.
pub use tokio::task::{coop, unconstrained};
