//! Which thread it is: what tells it from others, and what wakes it.

use crate::backend::{self, Backend};
use std::fmt;
use std::sync::Arc;

/// What a handle is called where it is refused.
pub(super) const HANDLE: &str = "a thread's handle";

/// A thread, to be unparked or told from others.
#[derive(Clone)]
pub struct Thread(pub(super) Identity);

#[derive(Clone)]
pub(super) enum Identity {
    Real(std::thread::Thread),
    Native(NativeId, Option<Arc<str>>),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::thread::Thread),
    #[cfg(feature = "loom")]
    Loom(loom::thread::Thread),
}

/// Tells threads from each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ThreadId(Id);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Id {
    Real(std::thread::ThreadId),
    Native(NativeId),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::thread::ThreadId),
    #[cfg(feature = "loom")]
    Loom(loom::thread::ThreadId),
}

/// A task of the native engine, in the execution that it is in: the next has other tasks of that number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NativeId {
    pub(super) task: backend::native::Task,
    pub(super) execution: u64,
}

impl NativeId {
    pub(super) fn new(task: backend::native::Task) -> Self {
        NativeId { task, execution: backend::number() }
    }

    /// Refuses a task of another execution.
    #[track_caller]
    pub(super) fn expect_here(self) {
        backend::expect(Backend::Native, HANDLE);
        if self.execution != backend::number() {
            backend::native::refuse_of_earlier_execution(HANDLE);
        }
    }

    #[track_caller]
    pub(super) fn has_ended(self) -> bool {
        self.expect_here();
        backend::native::has_ended(self.task)
    }
}

impl Identity {
    fn id(&self) -> Id {
        match self {
            Identity::Real(thread) => Id::Real(thread.id()),
            Identity::Native(id, _) => Id::Native(*id),
            #[cfg(feature = "shuttle")]
            Identity::Shuttle(thread) => Id::Shuttle(thread.id()),
            #[cfg(feature = "loom")]
            Identity::Loom(thread) => Id::Loom(thread.id()),
        }
    }

    #[track_caller]
    fn unpark(&self) {
        match self {
            Identity::Real(thread) => {
                backend::expect_real(HANDLE);
                thread.unpark();
            }
            Identity::Native(id, _) => {
                id.expect_here();
                backend::native::unpark(id.task);
            }
            #[cfg(feature = "shuttle")]
            Identity::Shuttle(thread) => {
                backend::expect(Backend::Shuttle, HANDLE);
                thread.unpark();
            }
            #[cfg(feature = "loom")]
            Identity::Loom(thread) => {
                backend::expect(Backend::Loom, HANDLE);
                backend::loom::operation(|| thread.unpark());
            }
        }
    }
}

impl Thread {
    /// What tells this thread from others.
    pub fn id(&self) -> ThreadId {
        ThreadId(self.0.id())
    }

    /// The name it was given.
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            Identity::Real(thread) => thread.name(),
            Identity::Native(_, name) => name.as_deref(),
            #[cfg(feature = "shuttle")]
            Identity::Shuttle(thread) => thread.name(),
            #[cfg(feature = "loom")]
            Identity::Loom(thread) => thread.name(),
        }
    }

    /// Lets the thread go on from [`park`](super::park), now or the next time.
    #[track_caller]
    pub fn unpark(&self) {
        self.0.unpark();
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").field("name", &self.name()).finish_non_exhaustive()
    }
}

impl fmt::Debug for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Id::Real(id) => id.fmt(f),
            Id::Native(id) => id.task.fmt(f),
            #[cfg(feature = "shuttle")]
            Id::Shuttle(id) => id.fmt(f),
            #[cfg(feature = "loom")]
            Id::Loom(id) => id.fmt(f),
        }
    }
}

/// The calling thread.
pub fn current() -> Thread {
    Thread(match backend::current() {
        Backend::Real => Identity::Real(std::thread::current()),
        Backend::Native => {
            let (task, name) = backend::native::current();
            Identity::Native(NativeId::new(task), name)
        }
        #[cfg(feature = "shuttle")]
        Backend::Shuttle => Identity::Shuttle(shuttle::thread::current()),
        #[cfg(feature = "loom")]
        Backend::Loom => Identity::Loom(backend::loom::operation(loom::thread::current)),
        #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
        _ => backend::not_compiled_in(),
    })
}
