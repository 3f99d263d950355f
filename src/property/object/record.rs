//! Writes a history down while it happens, in any execution.
//!
//! Under native, calls and returns are steps of the engine, so that histories whose operations overlap in
//! another way are other executions, and each is explored.

use super::answer::Answer;
use crate::backend::{self, Backend, native};
use crate::property::History;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Whose places are none of the user's.
pub(crate) const FILE: &str = file!();

/// What was seen of an object in an execution.
pub(crate) type Seen = History<Numbered, Answer>;

/// A call of a scenario.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Numbered {
    /// Its place among the scenario's calls.
    pub(crate) number: usize,
    pub(crate) text: Arc<str>,
}

impl fmt::Debug for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The history of the running execution.
pub(crate) struct Record {
    history: Mutex<Seen>,
    object: Option<native::Object>,
}

impl Record {
    /// Nothing has happened yet. `tells_overlap` says whether it matters which operations overlap.
    ///
    /// If the execution comes to stand still, what was recorded is what it returns.
    #[track_caller]
    pub(crate) fn begin(tells_overlap: bool) -> Arc<Self> {
        let is_native = backend::current() == Backend::Native;
        let object = (is_native && tells_overlap).then(native::Object::history);
        let record = Arc::new(Record { history: Mutex::default(), object });
        if backend::current() != Backend::Real {
            let stopped = Arc::clone(&record);
            backend::with_execution(|execution| execution.if_blocked(move || stopped.blocked()));
        }
        record
    }

    /// Performs an operation of this task and records it.
    #[track_caller]
    pub(crate) fn operation(&self, task: usize, call: Numbered, act: impl FnOnce() -> Answer) {
        if let Some(object) = self.object
            && object.call()
        {
            native::note("call", call.text.to_string(), String::new());
        }
        self.lock().call(task, call);
        let answer = act();
        if let Some(object) = self.object
            && object.answer()
        {
            native::note("return", String::new(), format!("{answer:?}"));
        }
        self.lock().answer(task, answer);
    }

    /// What was recorded so far.
    pub(crate) fn history(&self) -> Seen {
        self.lock().clone()
    }

    /// What was recorded where nothing more can happen.
    fn blocked(&self) -> Seen {
        let mut history = self.history();
        history.block_all();
        history
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
