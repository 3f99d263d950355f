//! `tokio::sync`, with its names and paths.
//!
//! Each primitive is tokio's own. What is done to it is announced to the checker: a call, a poll of one of its futures,
//! the end of a guard, of a permit, of one side of a channel, of a future that waits. Such an operation is dependent on
//! all others of the same primitive; one that only looks (`available_permits`, `is_closed`) on those that change it.
//! It is called what the method is called, at the place where the user calls it; `cancel` is the end of a future that
//! waited.
//!
//! A call is one step, also where tokio takes two that others can come between (`watch`'s `send` alone is two here): what
//! happens there is not looked at.
//!
//! An operation hands on to all later ones of its primitive what its task has done, as an acquire and a release do. That
//! can be more than tokio promises, so a program that relies on it is not found out.
//!
//! The budget by which a runtime of tokio's makes a task give way now and then has no part in a check: what is ready is
//! ready. Errors are tokio's own types.
//!
//! What a message does when tokio drops it, in the middle of a call, is done there: others may run meanwhile.
//!
//! Where something differs from tokio it is told there: the data of owned guards lives long (`'static`), and what wakes
//! several tasks in an order drawn by lot ([`watch`], [`Barrier`]) does it in the order of their spawning.
//! Wakers of the user's own, as a set of futures or a large join makes them, see the order in which tokio draws: a
//! program whose result depends on that cannot be repeated, and is called flaky.
//!
//! What is called `..._owned` takes an `Arc`
//! of std's.

pub(super) mod announced;
mod barrier;
mod mutex;
mod notify;
mod once_cell;
mod rw_lock;
mod semaphore;
mod set_once;

pub mod broadcast;
pub mod mpsc;
pub mod oneshot;
pub mod watch;

pub mod futures {
    //! The futures that have a name, as in `tokio::sync::futures`.

    pub use super::notify::{Notified, OwnedNotified};
}

pub use self::{
    barrier::Barrier,
    mutex::{MappedMutexGuard, Mutex, MutexGuard, OwnedMappedMutexGuard, OwnedMutexGuard},
    notify::Notify,
    once_cell::OnceCell,
    rw_lock::{
        OwnedRwLockMappedWriteGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock,
        RwLockMappedWriteGuard, RwLockReadGuard, RwLockWriteGuard,
    },
    semaphore::{OwnedSemaphorePermit, Semaphore, SemaphorePermit},
    set_once::SetOnce,
};
pub use tokio::sync::{
    AcquireError, BarrierWaitResult, SetError, SetOnceError, TryAcquireError, TryLockError,
};
