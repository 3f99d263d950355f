//! Shared state: conccheck's types, which are std's by name and have what loom's have; and [`Notify`], which is loom's own.

pub mod atomic;
mod notify;

pub use self::notify::Notify;
pub use conccheck::sync::{
    Arc, Barrier, Condvar, LockResult, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard,
    TryLockResult, WaitTimeoutResult, mpsc,
};
