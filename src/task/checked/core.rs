//! The tasks of a loop or of a set, and which of them are ready.

use super::clock::LoopClock;
use super::lock::own;
use super::time::Alarm;
use super::wheel::Wheel;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, Weak};
use std::task::{RawWakerVTable, Wake, Waker};

/// Names a task within its loop.
pub(super) type TaskId = u64;

/// The future of a task that stays on its thread.
pub(super) type Local = dyn Future<Output = ()>;
/// The future of a task that may be polled by another thread the next time.
pub(super) type Sent = dyn Future<Output = ()> + Send;

/// A task that is not being polled.
pub(super) struct Asleep<F: ?Sized> {
    pub(super) future: Pin<Box<F>>,
    pub(super) waker: OwnWaker,
}

/// What wakes a task, as whoever polls it keeps it.
pub(super) struct OwnWaker {
    pub(super) waker: Waker,
    held: Weak<dyn Send + Sync>,
}

impl OwnWaker {
    pub(super) fn new<W: Wake + Send + Sync + 'static>(waker: Arc<W>) -> Self {
        let held = Arc::<W>::downgrade(&waker);
        let waker = Waker::from(waker);
        // Where it is made and where it is cloned it may have got one each.
        for vtable in [waker.vtable(), waker.clone().vtable()] {
            let mut known = own(&OWN);
            if !known.iter().any(|known| std::ptr::eq(*known, vtable)) {
                known.push(vtable);
            }
        }
        OwnWaker { waker, held }
    }

    /// Whether nobody else has it.
    pub(super) fn is_the_only(&self) -> bool {
        self.held.strong_count() == 1
    }
}

/// Those of a loop or of a set.
pub(super) type Tasks<F> = BTreeMap<TaskId, Asleep<F>>;

/// Tasks to poll, each at most once, in the order in which they became ready.
#[derive(Default)]
pub(super) struct Ready {
    queue: VecDeque<TaskId>,
    queued: BTreeSet<TaskId>,
}

impl Ready {
    pub(super) fn push(&mut self, task: TaskId) {
        if self.queued.insert(task) {
            self.queue.push_back(task);
        }
    }

    pub(super) fn pop(&mut self) -> Option<TaskId> {
        let task = self.queue.pop_front()?;
        self.queued.remove(&task);
        Some(task)
    }

    pub(super) fn contains(&self, task: TaskId) -> bool {
        self.queued.contains(&task)
    }

    /// Whether one of them is such a task.
    pub(super) fn has(&self, is_such: impl Fn(TaskId) -> bool) -> bool {
        self.queue.iter().any(|&task| is_such(task))
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

/// What is kept of a loop from one thread that runs it to the next.
pub(super) struct Core {
    pub(super) ready: Ready,
    pub(super) tasks: Tasks<Sent>,
    /// Its timers, where they are no threads.
    pub(super) wheel: Wheel<Alarm>,
    pub(super) clock: LoopClock,
    /// How many times a task was polled.
    pub(super) turns: u64,
    /// No task is added any more.
    pub(super) is_closed: bool,
}

impl Core {
    /// Of the loop with this number.
    pub(super) fn new(number: u64) -> Self {
        Core {
            ready: Ready::default(),
            tasks: Tasks::new(),
            wheel: Wheel::new(number),
            clock: LoopClock::going(),
            turns: 0,
            is_closed: false,
        }
    }
}

/// What the wakers of all loops and sets have in common, by their kinds.
static OWN: Mutex<Vec<&RawWakerVTable>> = Mutex::new(Vec::new());

/// Whether this wakes a task of some loop or set, and is no waker of the user's own.
pub(super) fn is_of_loop(waker: &Waker) -> bool {
    own(&OWN).iter().any(|own| std::ptr::eq(*own, waker.vtable()))
}
