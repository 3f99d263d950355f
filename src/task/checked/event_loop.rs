//! The event loop: which task of a thread is polled next. Knows nothing of results, handles, aborts.

use super::clock::LoopClock;
use super::lock::lock;
use super::story::{self, Name};
use super::task::Spawned;
use super::time::Alarm;
use super::wheel::Wheel;
use crate::backend::native::NativeMailbox;
use crate::backend::{self, Backend, Whom};
use crate::sync::{Condvar, Mutex};
use crate::task::per_thread::{self, PerThread};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, RawWakerVTable, Wake, Waker};

/// Names a task within its loop.
pub(super) type TaskId = u64;

/// The future that the loop was started with. It takes its turns like any task.
pub(super) const MAIN: TaskId = 0;

std::thread_local! {
    static RUNNING: PerThread<Rc<EventLoop>> = PerThread::default();
}

/// The loop that runs on the calling thread.
pub(super) fn current() -> Option<Rc<EventLoop>> {
    per_thread::current(&RUNNING)
}

/// Whether a loop runs on the calling thread.
pub(in crate::task) fn is_running() -> bool {
    current().is_some()
}

/// One poll of one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(super) event_loop: u64,
    pub(super) number: u64,
}

/// The calling task's turn; `None` outside of a loop.
pub(crate) fn turn() -> Option<Turn> {
    current().map(|here| here.turn())
}

/// A loop, used by its own thread only.
pub(super) struct EventLoop {
    /// How other threads reach it.
    pub(super) mailbox: Arc<Mailbox>,
    /// Where tasks go that have a thread of their own; `None` if this loop runs all its tasks.
    pub(super) spawned: Option<Arc<Spawned>>,
    ready: RefCell<Ready>,
    tasks: RefCell<BTreeMap<TaskId, LocalTask>>,
    last_task: Cell<TaskId>,
    /// Its timers, where they are no threads.
    pub(super) wheel: RefCell<Wheel<Alarm>>,
    pub(super) clock: Cell<LoopClock>,
    /// How many times a task was polled.
    pub(super) turns: Cell<u64>,
    /// The task that is polled, or was last.
    pub(super) polled: Cell<TaskId>,
    /// Whose ends the running task awaits, as far as it is known, and where.
    awaited: RefCell<Vec<(Name, &'static Location<'static>)>>,
}

/// A task that is not being polled.
struct LocalTask {
    future: Pin<Box<dyn Future<Output = ()>>>,
    waker: Waker,
}

/// Tasks to poll, each at most once, in the order in which they became ready.
#[derive(Default)]
struct Ready {
    queue: VecDeque<TaskId>,
    queued: BTreeSet<TaskId>,
}

impl EventLoop {
    pub(super) fn new(mailbox: Arc<Mailbox>, spawned: Option<Arc<Spawned>>) -> Rc<Self> {
        let wheel = RefCell::new(Wheel::new(mailbox.number));
        Rc::new(EventLoop {
            mailbox,
            wheel,
            clock: Cell::new(LoopClock::going()),
            spawned,
            ready: RefCell::default(),
            tasks: RefCell::default(),
            last_task: Cell::new(MAIN),
            turns: Cell::new(0),
            polled: Cell::new(MAIN),
            awaited: RefCell::default(),
        })
    }

    /// Runs `main` to its end, with the tasks that are added meanwhile; drops those that are left.
    pub(super) fn run<F: Future>(self: &Rc<Self>, main: F) -> F::Output {
        assert!(current().is_none(), "a runtime was started inside a runtime: await the future instead");
        let _entered = per_thread::enter(&RUNNING, self.clone());
        let mut main = pin!(main);
        let main_waker = self.mailbox.waker(MAIN);
        story::begins(self.name(MAIN));
        self.make_ready(MAIN);
        loop {
            self.take_calls();
            let turn = self.ready.borrow().queue.len();
            for task in (0..turn).map(|_| self.next_ready()) {
                if task != MAIN {
                    self.poll(task);
                } else if let Poll::Ready(output) = self.tell_poll(MAIN, main.as_mut(), &main_waker) {
                    self.drop_tasks();
                    return output;
                }
            }
        }
    }

    /// A name for a task that is about to be added.
    pub(super) fn next_task(&self) -> TaskId {
        self.last_task.set(self.last_task.get() + 1);
        self.last_task.get()
    }

    /// Adds a task, ready to be polled, behind those that are ready now.
    pub(super) fn add(&self, task: TaskId, future: impl Future<Output = ()> + 'static) {
        let local = LocalTask { future: Box::pin(future), waker: self.mailbox.waker(task) };
        self.tasks.borrow_mut().insert(task, local);
        self.make_ready(task);
    }

    /// Has `task` polled, behind those that are ready now.
    pub(super) fn make_ready(&self, task: TaskId) {
        let mut ready = self.ready.borrow_mut();
        if ready.queued.insert(task) {
            ready.queue.push_back(task);
        }
    }

    /// Does what other threads asked for, and what is to be done since a time is up; waits for either if no task is ready.
    fn take_calls(&self) {
        let was_idle = self.is_idle();
        // Whether somebody may have called since the calls were last taken.
        let mut may_be_called = true;
        if was_idle {
            may_be_called = self.wait();
            if self.is_idle() {
                return;
            }
        }
        while (self.let_timers_be_up() | may_be_called) && !(was_idle && self.spawned.is_some()) {
            let calls = self.mailbox.take(false);
            may_be_called = false;
            if calls.is_empty() {
                return;
            }
            self.answer(calls);
        }
    }

    pub(super) fn answer(&self, calls: VecDeque<Call>) {
        calls.into_iter().for_each(|call| call(self));
    }

    pub(super) fn is_idle(&self) -> bool {
        self.ready.borrow().queue.is_empty()
    }

    fn next_ready(&self) -> TaskId {
        let mut ready = self.ready.borrow_mut();
        let task = ready.queue.pop_front().expect("only a turn takes from the queue");
        ready.queued.remove(&task);
        task
    }

    /// Polls `task`, unless it has ended: wakers outlive their tasks.
    fn poll(&self, task: TaskId) {
        // The task is out of the map meanwhile, since what it runs may add tasks.
        let Some(mut local) = self.tasks.borrow_mut().remove(&task) else { return };
        if self.tell_poll(task, local.future.as_mut(), &local.waker).is_pending() {
            self.tasks.borrow_mut().insert(task, local);
        }
    }

    /// Polls a task's future, and tells readers.
    fn tell_poll<F: Future + ?Sized>(
        &self,
        task: TaskId,
        future: Pin<&mut F>,
        waker: &Waker,
    ) -> Poll<F::Output> {
        self.turns.set(self.turns.get() + 1);
        self.polled.set(task);
        story::polls(self.name(task));
        self.awaited.borrow_mut().clear();
        let polled = future.poll(&mut Context::from_waker(waker));
        match polled {
            Poll::Pending => story::pends(&self.awaited.borrow()),
            Poll::Ready(_) if task == MAIN => story::ends(false),
            Poll::Ready(_) => {}
        }
        polled
    }

    /// What a task is called in all loops.
    pub(super) fn name(&self, task: TaskId) -> Name {
        self.mailbox.name(task)
    }

    /// Tells this poll of this task from all others.
    pub(super) fn turn(&self) -> Turn {
        Turn { event_loop: self.mailbox.number, number: self.turns.get() }
    }

    /// The running task awaits another's end.
    pub(super) fn awaits(&self, other: Name, place: &'static Location<'static>) {
        self.awaited.borrow_mut().push((other, place));
    }

    fn drop_tasks(&self) {
        // What a task drops may add tasks.
        loop {
            let Some((_, task)) = self.tasks.borrow_mut().pop_first() else { return };
            drop(task);
        }
    }
}

/// What another thread wants done on a loop's thread.
type Call = Box<dyn FnOnce(&EventLoop) + Send>;

/// Through which other threads reach a loop: asyncio's `call_soon_threadsafe`.
pub(super) struct Mailbox {
    /// Which loop's, of all that there ever were.
    number: u64,
    calls: Calls,
}

/// Native has one operation for each call and one for its taking, the others what they have.
enum Calls {
    Native(NativeMailbox<Call>),
    Others { calls: Mutex<VecDeque<Call>>, arrived: Condvar },
}

impl Mailbox {
    pub(super) fn new() -> Arc<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let calls = match backend::current() {
            Backend::Native => Calls::Native(NativeMailbox::new()),
            _ => Calls::Others { calls: Mutex::new(VecDeque::new()), arrived: Condvar::new() },
        };
        Arc::new(Mailbox { number, calls })
    }

    /// What a task of the loop is called in all loops.
    pub(super) fn name(&self, task: TaskId) -> Name {
        Name { event_loop: self.number, task }
    }

    /// Runs `act` on the loop's thread: at once if the caller is there, else at the loop's next turn.
    pub(super) fn call(self: &Arc<Self>, act: impl FnOnce(&EventLoop) + Send + 'static) {
        match current() {
            Some(here) if Arc::ptr_eq(&here.mailbox, self) => act(&here),
            _ => match &self.calls {
                Calls::Native(calls) => calls.put(Box::new(act)),
                Calls::Others { calls, arrived } => {
                    lock(calls).push_back(Box::new(act));
                    arrived.notify_one();
                }
            },
        }
    }

    /// What makes `task` ready, from any thread.
    pub(super) fn waker(self: &Arc<Self>, task: TaskId) -> Waker {
        let waker = Waker::from(Arc::new(TaskWaker { task, mailbox: self.clone() }));
        WAKER.get_or_init(|| waker.vtable());
        waker
    }

    /// Takes all calls, at least one; or says which of so many times is up, of all that are set, from 0.
    pub(super) fn take_or_be_up(&self, times: u32, set: u32) -> Result<VecDeque<Call>, u32> {
        match &self.calls {
            Calls::Native(calls) => calls.take_or_be_up(times, set).map_err(|number| number - 1),
            Calls::Others { .. } => Ok(self.take(true)),
        }
    }

    /// Takes all calls; if `idle`, at least one.
    pub(super) fn take(&self, idle: bool) -> VecDeque<Call> {
        match &self.calls {
            Calls::Native(calls) => calls.take(idle),
            Calls::Others { calls, arrived } => {
                let mut calls = lock(calls);
                while idle && calls.is_empty() {
                    calls = arrived.wait(calls).unwrap_or_else(crate::sync::PoisonError::into_inner);
                }
                std::mem::take(&mut *calls)
            }
        }
    }
}

struct TaskWaker {
    task: TaskId,
    mailbox: Arc<Mailbox>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let whom = Whom::Task { event_loop: self.mailbox.number, task: self.task };
        let waker = self.clone();
        if !backend::puts_off(whom, move || waker.wake_now()) {
            self.wake_now();
        }
    }
}

impl TaskWaker {
    fn wake_now(&self) {
        let task = self.task;
        story::wakes(self.mailbox.name(task));
        self.mailbox.call(move |event_loop| event_loop.make_ready(task));
    }
}

/// What the wakers of all loops have in common.
static WAKER: OnceLock<&RawWakerVTable> = OnceLock::new();

/// Whether this wakes a task of some loop, and is no waker of the user's own.
pub(crate) fn is_of_loop(waker: &Waker) -> bool {
    WAKER.get().is_some_and(|own| std::ptr::eq(*own, waker.vtable()))
}
