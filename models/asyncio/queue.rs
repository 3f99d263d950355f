//! Queues between tasks, and the orders in which they give their items. Port of CPython's `asyncio.queues`: who waits is
//! woken in the order of coming, and looks again then.

use super::errors::{DoneTooOften, GetError, PutError, QueueShutDown};
use super::event::Event;
use super::future::LoopFuture;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// First in, first out.
pub type Queue<T> = QueueOf<VecDeque<T>>;
/// The least item first.
pub type PriorityQueue<T> = QueueOf<BinaryHeap<Reverse<T>>>;
/// Last in, first out.
pub type LifoQueue<T> = QueueOf<Vec<T>>;

/// How a queue keeps its items.
pub trait Store: Default {
    /// What it keeps.
    type Item;
    /// Puts one in.
    fn put(&mut self, item: Self::Item);
    /// Takes the next out.
    fn take(&mut self) -> Option<Self::Item>;
    /// How many there are.
    fn count(&self) -> usize;
}

/// A queue; see [`Queue`], [`PriorityQueue`] and [`LifoQueue`].
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{LifoQueue, PriorityQueue, Queue, run};
///
/// run(async {
///     let (queue, priorities, lifo) = (Queue::new(), PriorityQueue::new(), LifoQueue::new());
///     for item in [2, 1, 3] {
///         queue.put(item).await.unwrap();
///         priorities.put(item).await.unwrap();
///         lifo.put(item).await.unwrap();
///     }
///     assert_eq!(queue.get().await, Ok(2));
///     assert_eq!(priorities.get().await, Ok(1));
///     assert_eq!(lifo.get().await, Ok(3));
/// });
/// ```
pub struct QueueOf<S: Store> {
    items: RefCell<S>,
    /// None: as many as come.
    maxsize: Option<usize>,
    getters: RefCell<VecDeque<LoopFuture<()>>>,
    putters: RefCell<VecDeque<LoopFuture<()>>>,
    unfinished: Cell<usize>,
    finished: Event,
    is_shut_down: Cell<bool>,
}

impl<S: Store> Default for QueueOf<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Store> QueueOf<S> {
    /// A queue with room for as many items as come.
    pub fn new() -> Self {
        Self::with_maxsize(0)
    }

    /// A queue with room for `maxsize` items; of zero, for as many as come.
    pub fn with_maxsize(maxsize: usize) -> Self {
        let finished = Event::new();
        finished.set();
        QueueOf {
            items: RefCell::default(),
            maxsize: Some(maxsize).filter(|&maxsize| maxsize > 0),
            getters: RefCell::default(),
            putters: RefCell::default(),
            unfinished: Cell::default(),
            finished,
            is_shut_down: Cell::default(),
        }
    }

    /// How many items there are.
    pub fn qsize(&self) -> usize {
        self.items.borrow().count()
    }

    /// For how many items there is room; zero if for as many as come.
    pub fn maxsize(&self) -> usize {
        self.maxsize.unwrap_or(0)
    }

    /// Whether there are no items.
    pub fn empty(&self) -> bool {
        self.qsize() == 0
    }

    /// Whether there is no room.
    pub fn full(&self) -> bool {
        self.maxsize.is_some_and(|maxsize| self.qsize() >= maxsize)
    }

    /// Puts an item in, once there is room.
    ///
    /// # Errors
    /// If the queue is shut down, also while this waits.
    pub async fn put(&self, item: S::Item) -> Result<(), QueueShutDown> {
        while self.full() {
            if self.is_shut_down.get() {
                return Err(QueueShutDown);
            }
            self.wait_among(&self.putters, || !self.full()).await;
        }
        self.put_nowait(item).map_err(|_| QueueShutDown)
    }

    /// Puts an item in, if there is room.
    ///
    /// # Errors
    /// If there is none, or the queue is shut down.
    pub fn put_nowait(&self, item: S::Item) -> Result<(), PutError<S::Item>> {
        if self.is_shut_down.get() {
            return Err(PutError::QueueShutDown(item));
        }
        if self.full() {
            return Err(PutError::QueueFull(item));
        }
        self.items.borrow_mut().put(item);
        self.unfinished.set(self.unfinished.get() + 1);
        self.finished.clear();
        wake_next(&self.getters);
        Ok(())
    }

    /// Takes the next item, once there is one.
    ///
    /// # Errors
    /// If there is none and the queue is shut down, also while this waits.
    pub async fn get(&self) -> Result<S::Item, QueueShutDown> {
        loop {
            match self.get_nowait() {
                Ok(item) => return Ok(item),
                Err(GetError::QueueShutDown) => return Err(QueueShutDown),
                Err(GetError::QueueEmpty) => self.wait_among(&self.getters, || !self.empty()).await,
            }
        }
    }

    /// Takes the next item, if there is one.
    ///
    /// # Errors
    /// If there is none.
    pub fn get_nowait(&self) -> Result<S::Item, GetError> {
        let Some(item) = self.items.borrow_mut().take() else {
            return Err(if self.is_shut_down.get() { GetError::QueueShutDown } else { GetError::QueueEmpty });
        };
        wake_next(&self.putters);
        Ok(item)
    }

    /// An item that was taken is done with; after the last of them [`join`](Self::join) ends.
    ///
    /// # Errors
    /// If all were done with.
    pub fn task_done(&self) -> Result<(), DoneTooOften> {
        let left = self.unfinished.get().checked_sub(1).ok_or(DoneTooOften)?;
        self.unfinished.set(left);
        if left == 0 {
            self.finished.set();
        }
        Ok(())
    }

    /// Waits until all items that were put are [done](Self::task_done) with.
    pub async fn join(&self) {
        if self.unfinished.get() > 0 {
            self.finished.wait().await;
        }
    }

    /// Nothing can be put any more; what is there can be taken, and after that there is an error. Whoever waits is woken.
    pub fn shutdown(&self) {
        self.is_shut_down.set(true);
        // Each looks again.
        for waiters in [&self.getters, &self.putters] {
            waiters.take().into_iter().for_each(|waiter| waiter.set_result(()));
        }
    }

    /// As [`shutdown`](Self::shutdown), and what is there is gone, and done with: Python's `shutdown(immediate=True)`.
    pub fn shutdown_immediate(&self) {
        while self.items.borrow_mut().take().is_some() {
            self.unfinished.set(self.unfinished.get().saturating_sub(1));
        }
        if self.unfinished.get() == 0 {
            self.finished.set();
        }
        self.shutdown();
    }

    async fn wait_among(&self, waiters: &RefCell<VecDeque<LoopFuture<()>>>, is_possible: impl Fn() -> bool) {
        let waiter = LoopFuture::new();
        waiters.borrow_mut().push_back(waiter.clone());
        let mut leaving = Leaving { waiters, waiter, is_possible, has_come: false };
        leaving.waiter.wait().await;
        leaving.has_come = true;
    }
}

/// Wakes the first who waits and was not woken.
fn wake_next(waiters: &RefCell<VecDeque<LoopFuture<()>>>) {
    loop {
        let Some(waiter) = waiters.borrow_mut().pop_front() else { return };
        if !waiter.is_done() {
            return waiter.set_result(());
        }
    }
}

/// Who waits, and hands on its turn when it leaves before it came.
struct Leaving<'q, P: Fn() -> bool> {
    waiters: &'q RefCell<VecDeque<LoopFuture<()>>>,
    waiter: LoopFuture<()>,
    is_possible: P,
    has_come: bool,
}

impl<P: Fn() -> bool> Drop for Leaving<'_, P> {
    fn drop(&mut self) {
        if self.has_come {
            return;
        }
        self.waiter.cancel();
        self.waiters.borrow_mut().retain(|other| !other.is(&self.waiter));
        if (self.is_possible)() && !self.waiter.is_cancelled() {
            wake_next(self.waiters);
        }
    }
}

impl<T> Store for VecDeque<T> {
    type Item = T;

    fn put(&mut self, item: T) {
        self.push_back(item);
    }

    fn take(&mut self) -> Option<T> {
        self.pop_front()
    }

    fn count(&self) -> usize {
        self.len()
    }
}

impl<T: Ord> Store for BinaryHeap<Reverse<T>> {
    type Item = T;

    fn put(&mut self, item: T) {
        self.push(Reverse(item));
    }

    fn take(&mut self) -> Option<T> {
        self.pop().map(|Reverse(item)| item)
    }

    fn count(&self) -> usize {
        self.len()
    }
}

impl<T> Store for Vec<T> {
    type Item = T;

    fn put(&mut self, item: T) {
        self.push(item);
    }

    fn take(&mut self) -> Option<T> {
        self.pop()
    }

    fn count(&self) -> usize {
        self.len()
    }
}
