//! Through which threads reach a loop of this crate's own. What is in it lives and ends with it; nobody notices who is
//! the last to have it.

use super::object::Object;
use crate::engine::Reply;
use crate::engine::object::MailboxAction as Action;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) struct NativeMailbox<T> {
    object: Object,
    letters: Mutex<VecDeque<T>>,
}

impl<T> NativeMailbox<T> {
    #[track_caller]
    pub(crate) fn new() -> Self {
        NativeMailbox { object: Object::mailbox(), letters: Mutex::default() }
    }

    /// Puts one in, behind the others.
    #[track_caller]
    pub(crate) fn put(&self, letter: T) {
        self.object.mail(Action::Put);
        self.letters().push_back(letter);
    }

    /// Takes all that are there, in their order; if `waits`, once there is one.
    #[track_caller]
    pub(crate) fn take(&self, waits: bool) -> VecDeque<T> {
        match self.object.mail(if waits { Action::Take } else { Action::TryTake }) {
            Reply::Done => std::mem::take(&mut *self.letters()),
            _ => VecDeque::new(),
        }
    }

    /// Takes all that are there, once there is one; or says which of so many times is up, of all that are set, from 1, while
    /// there is none.
    #[track_caller]
    pub(crate) fn take_or_be_up(&self, times: u32, set: u32) -> Result<VecDeque<T>, u32> {
        let (reply, choice) = self.object.mail_by(Action::Await { times, set });
        match reply {
            Reply::Done => Ok(std::mem::take(&mut *self.letters())),
            _ => Err(choice),
        }
    }

    fn letters(&self) -> MutexGuard<'_, VecDeque<T>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
