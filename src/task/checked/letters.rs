//! Letters: what threads put in one behind the other, and who owns them takes all that are there.

use super::lock::lock;
use crate::backend::native::NativeMailbox;
use crate::backend::{self, Backend};
use crate::sync::{Condvar, Mutex, PoisonError};
use std::collections::VecDeque;

/// Native has one operation for each letter and one for the taking, the others what they have.
pub(super) enum Letters<T> {
    Native(NativeMailbox<T>),
    Others { letters: Mutex<Arrived<T>>, arrived: Condvar },
}

pub(super) struct Arrived<T> {
    letters: VecDeque<T>,
    is_closed: bool,
}

impl<T> Letters<T> {
    pub(super) fn new() -> Self {
        match backend::current() {
            Backend::Native => Letters::Native(NativeMailbox::new()),
            _ => Letters::Others {
                letters: Mutex::new(Arrived { letters: VecDeque::new(), is_closed: false }),
                arrived: Condvar::new(),
            },
        }
    }

    /// Puts one in, behind the others; gives it back if nobody will ever take it.
    pub(super) fn put(&self, letter: T) -> Result<(), T> {
        match self {
            Letters::Native(letters) => letters.put(letter),
            Letters::Others { letters, arrived } => {
                let mut letters = lock(letters);
                if letters.is_closed {
                    return Err(letter);
                }
                letters.letters.push_back(letter);
                drop(letters);
                arrived.notify_one();
                Ok(())
            }
        }
    }

    /// Takes all that are there; if `waits`, once there is one.
    pub(super) fn take(&self, waits: bool) -> VecDeque<T> {
        match self {
            Letters::Native(letters) => letters.take(waits),
            Letters::Others { letters, arrived } => {
                let mut letters = lock(letters);
                while waits && letters.letters.is_empty() {
                    letters = arrived.wait(letters).unwrap_or_else(PoisonError::into_inner);
                }
                std::mem::take(&mut letters.letters)
            }
        }
    }

    /// Takes all that are there, once there is one; or says which of so many times is up, of all that are set, from 0; if it
    /// `is_late`, only if nobody can do anything.
    pub(super) fn take_or_be_up(&self, times: u32, set: u32, is_late: bool) -> Result<VecDeque<T>, u32> {
        match self {
            Letters::Native(letters) => {
                letters.take_or_be_up(times, set, is_late).map_err(|number| number - 1)
            }
            Letters::Others { .. } => Ok(self.take(true)),
        }
    }

    /// Whether none are there, to who is the only thread: it is no operation.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Letters::Native(letters) => letters.is_empty(),
            Letters::Others { .. } => false,
        }
    }

    /// As [`Letters::close`], where it makes no difference whether a letter comes before or after that: it is no operation.
    pub(super) fn close_unseen(&self) -> VecDeque<T> {
        match self {
            Letters::Native(letters) => letters.close_unseen(),
            Letters::Others { .. } => self.close(),
        }
    }

    /// Takes all that are there, and refuses what comes later.
    pub(super) fn close(&self) -> VecDeque<T> {
        match self {
            Letters::Native(letters) => letters.close(),
            Letters::Others { letters, .. } => {
                let mut letters = lock(letters);
                letters.is_closed = true;
                std::mem::take(&mut letters.letters)
            }
        }
    }
}
