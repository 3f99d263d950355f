//! A flag that tasks wait for. Port of CPython's `asyncio.Event`.

use super::waiters::Waiters;
use std::cell::Cell;

/// A flag, not set at first.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{Event, create_task, run};
/// use std::rc::Rc;
///
/// run(async {
///     let event = Rc::new(Event::new());
///     let waiting = create_task({
///         let event = event.clone();
///         async move { event.wait().await }
///     });
///     event.set();
///     waiting.await.unwrap();
/// });
/// ```
#[derive(Default)]
pub struct Event {
    is_set: Cell<bool>,
    waiters: Waiters,
}

impl Event {
    /// A flag that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it is set.
    pub fn is_set(&self) -> bool {
        self.is_set.get()
    }

    /// Sets the flag, and wakes all who wait, who go on also if it is cleared before their turn.
    pub fn set(&self) {
        if !self.is_set.replace(true) {
            self.waiters.wake(usize::MAX);
        }
    }

    /// Clears the flag.
    pub fn clear(&self) {
        self.is_set.set(false);
    }

    /// Waits until the flag is set; not at all if it is.
    pub async fn wait(&self) {
        if !self.is_set() {
            self.waiters.join().woken().await;
        }
    }
}
