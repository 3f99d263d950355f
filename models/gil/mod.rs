//! CPython's global interpreter lock (skeleton: being written).

/// Which lock the interpreters have (PEP 684, PEP 703).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// None.
    Off,
    /// One for each interpreter.
    PerInterpreter {
        /// How long a waiter waits before it asks for the lock.
        switch_interval: std::time::Duration,
    },
    /// One for all.
    Shared {
        /// How long a waiter waits before it asks for the lock.
        switch_interval: std::time::Duration,
    },
}

/// A thread's hold on its interpreter.
pub struct Attached<'a>(std::marker::PhantomData<&'a ()>);

impl Attached<'_> {
    /// An interpreter without a lock.
    pub fn unlocked() -> Self {
        Attached(std::marker::PhantomData)
    }
    /// Where the thread may be asked to hand over.
    pub fn check_point(&self) {}
    /// Runs `wait` without the lock.
    pub fn allow_threads<T>(&self, wait: impl FnOnce() -> T) -> T {
        wait()
    }
}
