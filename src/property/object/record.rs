//! Writes a history down while it happens, in any execution.
//!
//! Under native, calls and returns are steps of the engine, so that histories whose operations overlap in
//! another way are other executions, and each is explored.
//!
//! In a weak memory, which operation was executed first is nobody's business but the explorer's. There one precedes another
//! only if its return happens before the other's call, by what the program's tasks and the object itself order: a stack
//! that releases and acquires is as good as one that is `SeqCst`, to all who do not order their calls by other means.

use super::answer::Answer;
use crate::backend::{self, Backend, native};
use crate::property::History;
use crate::property::history::Id;
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
    /// What has returned, and when.
    returned: Mutex<Vec<(Id, native::Moment)>>,
}

impl Record {
    /// Nothing has happened yet. `tells_overlap` says whether it matters which operations overlap.
    ///
    /// If the execution comes to stand still, what was recorded is what it returns.
    #[track_caller]
    pub(crate) fn begin(tells_overlap: bool) -> Arc<Self> {
        let is_native = backend::current() == Backend::Native;
        let object = (is_native && tells_overlap).then(native::Object::history);
        let record = Arc::new(Record { history: Mutex::default(), object, returned: Mutex::default() });
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
        let unseen = self.unseen();
        let id = self.lock().call_without(task, call, unseen);
        let answer = act();
        if let Some(object) = self.object
            && object.answer()
        {
            native::note("return", String::new(), format!("{answer:?}"));
        }
        self.lock().answer(task, answer);
        if let Some(moment) = self.object.and_then(|_| native::moment()) {
            self.returned.lock().unwrap_or_else(PoisonError::into_inner).push((id, moment));
        }
    }

    /// What has returned and does not happen before what the running task does now.
    fn unseen(&self) -> Vec<Id> {
        let returned = self.returned.lock().unwrap_or_else(PoisonError::into_inner);
        let is_unseen = |(_, moment): &&(Id, native::Moment)| !native::has_seen(*moment);
        returned.iter().filter(is_unseen).map(|&(id, _)| id).collect()
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
