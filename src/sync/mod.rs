//! Shared state: the names and paths of `std::sync`, each type one type under every backend.
//!
//! An object asks which backend runs when it is made, and becomes that backend's. Data and poison
//! flag live in std's own type, which is never contended under a checker; the checker's object
//! beside it only decides who is next. Two differences from std remain: `new` is not `const`, so a
//! static wraps its object in a [`LazyLock`]; and an object made outside of a check is not to be
//! used inside it, which is told at the first use.
//!
//! ```
//! use conccheck::sync::{Arc, Mutex};
//! use conccheck::{Backend, Checker, Outcome, thread};
//!
//! let two_increments = || {
//!     let total = Arc::new(Mutex::new(0));
//!     let other = Arc::clone(&total);
//!     let thread = thread::spawn(move || *other.lock().unwrap() += 1);
//!     *total.lock().unwrap() += 1;
//!     thread.join().unwrap();
//!     *total.lock().unwrap()
//! };
//! assert_eq!(two_increments(), 2); // for real
//! let report = Checker::new().backend(Backend::Loom).explore(two_increments);
//! assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(2)]); // every interleaving
//! ```

#[cfg(not(feature = "check"))]
pub use std::sync::*;

#[cfg(feature = "check")]
pub mod atomic;
#[cfg(feature = "check")]
pub mod mpsc;

#[cfg(feature = "check")]
mod barrier;
#[cfg(feature = "check")]
mod condvar;
#[cfg(feature = "check")]
mod lazy_lock;
#[cfg(feature = "check")]
mod mutex;
#[cfg(feature = "check")]
mod once;
#[cfg(feature = "check")]
mod once_lock;
#[cfg(feature = "check")]
mod rw_lock;

#[cfg(feature = "check")]
pub use self::{
    barrier::{Barrier, BarrierWaitResult},
    condvar::{Condvar, WaitTimeoutResult},
    lazy_lock::LazyLock,
    mutex::{Mutex, MutexGuard},
    once::{Once, OnceState},
    once_lock::OnceLock,
    rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard},
};
#[cfg(feature = "check")]
pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak};
