//! The tasks of a loop or of a set, and which of them are ready.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Wake, Waker};

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
        OwnWaker { waker: waker.into(), held }
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

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

/// What is kept of a loop from one thread that runs it to the next.
#[derive(Default)]
pub(super) struct Core {
    pub(super) ready: Ready,
    pub(super) tasks: Tasks<Sent>,
    /// No task is added any more.
    pub(super) is_closed: bool,
}
