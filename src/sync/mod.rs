//! Shared state: the names and paths of `std::sync`, each type one type under every backend.
//!
//! An object becomes the running backend's when it is first used; until then it is nothing but its value. So `new` is
//! `const` where std's is, memory of zeros is an atomic as std's is, and a static needs nothing around it: each
//! execution of a check begins with what `const` code made, whatever others did to it. (Statics are told from other
//! objects on Linux; elsewhere one that a second execution uses is refused.) An object that was made outside of a
//! check and is no static belongs to the first execution that uses it, and is refused in the next.
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
mod arc;
#[cfg(feature = "check")]
mod arc_raw;
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
mod shallow;

#[cfg(feature = "check")]
pub use self::{
    arc::{Arc, Weak},
    barrier::{Barrier, BarrierWaitResult},
    condvar::{Condvar, WaitTimeoutResult},
    lazy_lock::LazyLock,
    mutex::{Mutex, MutexGuard},
    once::{Once, OnceState},
    once_lock::OnceLock,
    rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard},
};
#[cfg(feature = "check")]
pub use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

#[cfg(all(feature = "check", feature = "tokio"))]
pub(crate) use self::shallow::Shallow;
