//! Whom to wake: who polls, of whom the last is remembered, and those who await, as with tokio's sockets.

use crate::task::Waiter;
use std::task::Context;

#[derive(Default)]
pub(super) struct Waiters {
    polling: Option<Waiter>,
    awaiting: Vec<(u64, Waiter)>,
    count: u64,
}

impl Waiters {
    /// Who polls is woken, instead of who did before.
    pub(super) fn poll(&mut self, context: &Context<'_>) {
        self.polling = Some(Waiter::new(context.waker()));
    }

    /// Who awaits is woken: as that number, if it has one, or else by a new one.
    pub(super) fn wait(&mut self, number: Option<u64>, context: &Context<'_>) -> u64 {
        let number = number.unwrap_or_else(|| {
            self.count += 1;
            self.count
        });
        self.leave(number);
        self.awaiting.push((number, Waiter::new(context.waker())));
        number
    }

    /// Who had this number does not wait any more.
    pub(super) fn leave(&mut self, number: u64) {
        self.awaiting.retain(|(other, _)| *other != number);
    }

    /// All, who do not wait any more.
    pub(super) fn take(&mut self) -> Vec<Waiter> {
        self.polling.take().into_iter().chain(self.awaiting.drain(..).map(|(_, waiter)| waiter)).collect()
    }
}

/// Wakes them, one after the other.
pub(super) fn wake(waiters: Vec<Waiter>) {
    waiters.into_iter().for_each(Waiter::wake);
}
