//! A meeting of a fixed number of tasks. Port of CPython's `asyncio.Barrier`.

use super::condition::{Condition, ConditionGuard};
use super::errors::BrokenBarrierError;
use std::cell::Cell;
use std::num::NonZeroUsize;

/// Lets tasks go on when there are enough of them, again and again.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{Barrier, gather, run};
/// use std::{num::NonZeroUsize, rc::Rc};
///
/// let numbers = run(async {
///     let barrier = Rc::new(Barrier::new(NonZeroUsize::new(2).unwrap()));
///     gather([barrier.clone(), barrier].map(|barrier| async move { barrier.wait().await.unwrap() })).await
/// });
/// assert_eq!(numbers, Ok(vec![0, 1]));
/// ```
pub struct Barrier {
    condition: Condition,
    parties: NonZeroUsize,
    state: Cell<State>,
    /// How many are in it.
    count: Cell<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Filling,
    Draining,
    Resetting,
    Broken,
}

impl Barrier {
    /// For `parties` tasks.
    pub fn new(parties: NonZeroUsize) -> Self {
        Barrier {
            condition: Condition::new(),
            parties,
            state: Cell::new(State::Filling),
            count: Cell::new(0),
        }
    }

    /// Waits until there are enough tasks; which of them this one was, counted from zero. Who comes while those before are
    /// leaving waits until they have.
    ///
    /// # Errors
    /// If the barrier is reset or aborted meanwhile, or was aborted before.
    pub async fn wait(&self) -> Result<usize, BrokenBarrierError> {
        let mut held = self.condition.acquire().await;
        held.wait_for(|| !matches!(self.state.get(), State::Draining | State::Resetting)).await;
        if self.broken() {
            return Err(BrokenBarrierError);
        }
        let index = self.count.get();
        self.count.set(index + 1);
        // Dropped before the lock is released.
        let _inside = Inside(self);
        if index + 1 == self.parties.get() {
            self.state.set(State::Draining);
            held.notify_all();
            return Ok(index);
        }
        self.wait_for_others(&mut held).await.map(|()| index)
    }

    async fn wait_for_others(&self, held: &mut ConditionGuard<'_>) -> Result<(), BrokenBarrierError> {
        held.wait_for(|| self.state.get() != State::Filling).await;
        match self.state.get() {
            State::Broken | State::Resetting => Err(BrokenBarrierError),
            State::Filling | State::Draining => Ok(()),
        }
    }

    /// Whoever waits gets the error, and then the barrier is as new.
    pub async fn reset(&self) {
        let held = self.condition.acquire().await;
        self.state.set(if self.count.get() > 0 { State::Resetting } else { State::Filling });
        held.notify_all();
    }

    /// Whoever waits gets the error, and so does everybody from now on, until the barrier is [reset](Barrier::reset).
    pub async fn abort(&self) {
        let held = self.condition.acquire().await;
        self.state.set(State::Broken);
        held.notify_all();
    }

    /// For how many tasks it is.
    pub fn parties(&self) -> usize {
        self.parties.get()
    }

    /// How many wait.
    pub fn n_waiting(&self) -> usize {
        if self.state.get() == State::Filling { self.count.get() } else { 0 }
    }

    /// Whether it was aborted.
    pub fn broken(&self) -> bool {
        self.state.get() == State::Broken
    }
}

/// One of those who are in the barrier, with the lock held when it is dropped.
struct Inside<'b>(&'b Barrier);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let Inside(barrier) = self;
        barrier.count.set(barrier.count.get() - 1);
        if barrier.count.get() > 0 {
            return;
        }
        if matches!(barrier.state.get(), State::Resetting | State::Draining) {
            barrier.state.set(State::Filling);
        }
        barrier.condition.notify_all_unchecked();
    }
}
