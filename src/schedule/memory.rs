//! Which memory model a program is explored in.

use std::fmt;

/// What a program's accesses of atomics may see of each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Memory {
    /// All accesses as if they were `SeqCst`: a load reads what was stored last.
    SequentiallyConsistent,
    /// What Rust's orderings allow, but for loads that read what is stored only afterwards (load buffering): a load may
    /// read an old value, and the stores of a place may take another order than that of their execution. Of everything
    /// but atomics (locks, channels, who owns an `Arc`, whether a cell is set) nobody sees an old state: what is done to
    /// one of them is in one order, which hands on what came before it as std promises. That an atomic is made
    /// by `new` or dropped is no access, which others would have to be ordered with; `new_seen`, `get_mut` and `unsync_load`
    /// are plain accesses, with which no other may race.
    #[default]
    Rust,
}

impl Memory {
    /// `sc` or `rust`, as it is written in a command.
    pub fn name(self) -> &'static str {
        match self {
            Memory::SequentiallyConsistent => "sc",
            Memory::Rust => "rust",
        }
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
