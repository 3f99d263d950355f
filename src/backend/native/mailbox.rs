//! Through which threads reach a loop of this crate's own. What is in it lives and ends with it; nobody notices who is
//! the last to have it.

use super::object::Object;
use crate::engine::Reply;
use crate::engine::object::MailboxAction as Action;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) struct NativeMailbox<T> {
    object: Object,
    /// `None` once it is closed.
    letters: Mutex<Option<VecDeque<T>>>,
}

impl<T> NativeMailbox<T> {
    #[track_caller]
    pub(crate) fn new() -> Self {
        NativeMailbox { object: Object::mailbox(), letters: Mutex::new(Some(VecDeque::new())) }
    }

    /// Puts one in, behind the others; gives it back if it is closed.
    #[track_caller]
    pub(crate) fn put(&self, letter: T) -> Result<(), T> {
        self.object.mail(Action::Put);
        match &mut *self.letters() {
            Some(letters) => letters.push_back(letter),
            None => return Err(letter),
        }
        Ok(())
    }

    /// Takes all that are there, in their order; if `waits`, once there is one.
    #[track_caller]
    pub(crate) fn take(&self, waits: bool) -> VecDeque<T> {
        match self.object.mail(if waits { Action::Take } else { Action::TryTake }) {
            Reply::Done => self.letters().as_mut().map(std::mem::take).unwrap_or_default(),
            _ => VecDeque::new(),
        }
    }

    /// Whether none are there. It is no operation, so it is to be asked only where nobody else can put one in.
    pub(crate) fn is_empty(&self) -> bool {
        self.letters().as_ref().is_none_or(VecDeque::is_empty)
    }

    /// Takes all that are there, and refuses what comes later.
    #[track_caller]
    pub(crate) fn close(&self) -> VecDeque<T> {
        self.object.mail(Action::TryTake);
        self.close_unseen()
    }

    /// As [`NativeMailbox::close`]. It is no operation, so nothing may depend on what comes before and what after.
    pub(crate) fn close_unseen(&self) -> VecDeque<T> {
        self.letters().take().unwrap_or_default()
    }

    /// Takes all that are there, once there is one; or says which of so many times is up, of all that are set, from 1, while
    /// there is none; if it `is_late`, and nobody can do anything.
    #[track_caller]
    pub(crate) fn take_or_be_up(&self, times: u32, set: u32, is_late: bool) -> Result<VecDeque<T>, u32> {
        let action = if is_late { Action::AwaitLate { times, set } } else { Action::Await { times, set } };
        let (reply, choice) = self.object.mail_by(action);
        match reply {
            Reply::Done => Ok(self.letters().as_mut().map(std::mem::take).unwrap_or_default()),
            _ => Err(choice),
        }
    }

    fn letters(&self) -> MutexGuard<'_, Option<VecDeque<T>>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
