//! What is behind the facade (skeleton: being written).

/// Who runs the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The operating system's threads, tokio, real time.
    Real,
    /// shuttle: sampled schedules, sequential consistency.
    Shuttle,
    /// loom: every execution of its memory model, small programs.
    Loom,
}

/// The backend that runs the calling task.
pub fn current() -> Backend {
    Backend::Real
}
