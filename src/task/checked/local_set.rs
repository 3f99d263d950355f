//! Tasks that stay on their thread, polled by whoever polls their set: tokio's `LocalSet`, in its order.

use super::control::{Control, Whose};
use super::core::{Asleep, Local, OwnWaker, Ready, TaskId, Tasks};
use super::event_loop::{self, MAIN};
use super::letters::Letters;
use super::lock::own;
use super::mailbox;
use super::numbers;
use super::story::{self, Name};
use super::task::{JoinHandle, Task};
use crate::backend::{self, Whom};
use crate::task::erased::LocalBoxFuture;
use crate::task::per_thread::{self, Entered, PerThread};
use crate::thread::{self, ThreadId};
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

/// So many tasks are polled, at most, in one poll of the set.
const POLLS_MAX: usize = 61;

std::thread_local! {
    static CURRENT: PerThread<Current> = PerThread::default();
}

/// Where a thread's `spawn_local` goes.
#[derive(Clone)]
pub(in crate::task) struct Current {
    set: Rc<Inside>,
    /// Whether the set is being polled, not only entered.
    is_polled: bool,
}

/// Whether the calling thread polls a set.
pub(super) fn is_polled() -> bool {
    per_thread::current(&CURRENT).is_some_and(|current| current.is_polled)
}

pub(in crate::task) struct LocalSet(Rc<Inside>);

struct Inside {
    mail: Arc<SetMail>,
    tasks: RefCell<Tasks<Local>>,
    is_closed: Cell<bool>,
    /// Whether readers know of it.
    is_told: Cell<bool>,
}

impl LocalSet {
    pub(in crate::task) fn new() -> Self {
        let mail = SetMail {
            number: mailbox::next_number(),
            owner: thread::current().id(),
            woken: Letters::new(),
            here: Mutex::default(),
        };
        LocalSet(Rc::new(Inside {
            mail: Arc::new(mail),
            tasks: RefCell::default(),
            is_closed: Cell::new(false),
            is_told: Cell::new(false),
        }))
    }

    pub(in crate::task) fn enter(&self) -> Entered<Current> {
        self.0.enter(false)
    }

    #[track_caller]
    pub(in crate::task) fn spawn<T: 'static>(&self, future: LocalBoxFuture<T>) -> JoinHandle<T> {
        self.0.spawn(future)
    }

    /// Polls `future`, and then tasks.
    pub(in crate::task) async fn run_until<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|context| {
            let _inside = self.0.begin_poll(context.waker());
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(output);
            }
            if self.0.poll_tasks() {
                context.waker().wake_by_ref();
            }
            Poll::Pending
        })
        .await
    }

    /// Polls tasks. It is ready when there are none.
    pub(in crate::task) fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let _inside = self.0.begin_poll(context.waker());
        if self.0.poll_tasks() {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.0.tasks.borrow().is_empty() { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for LocalSet {
    fn drop(&mut self) {
        if backend::abandoned() {
            return;
        }
        let _inside = self.0.enter(true);
        self.0.is_closed.set(true);
        // What a task drops may have others dropped.
        loop {
            let Some((_, task)) = self.0.tasks.borrow_mut().pop_first() else { return };
            drop(task);
        }
    }
}

/// Starts a task of the set that the calling thread has entered; `None` if there is none.
#[track_caller]
pub(super) fn spawn<T: 'static>(future: LocalBoxFuture<T>) -> Result<JoinHandle<T>, LocalBoxFuture<T>> {
    match per_thread::current(&CURRENT) {
        Some(current) => Ok(current.set.spawn(future)),
        None => Err(future),
    }
}

impl Inside {
    fn enter(self: &Rc<Self>, is_polled: bool) -> Entered<Current> {
        per_thread::enter(&CURRENT, Current { set: self.clone(), is_polled })
    }

    /// The set is polled until the guard is dropped; whoever wakes a task from elsewhere wakes `waker`.
    fn begin_poll(self: &Rc<Self>, waker: &Waker) -> Entered<Current> {
        own(&self.mail.here).outer = Some(waker.clone());
        if !self.is_told.replace(true)
            && let Some(here) = event_loop::current()
        {
            here.begins_within(self.mail.name(MAIN));
        }
        self.enter(true)
    }

    #[track_caller]
    fn spawn<T: 'static>(&self, future: LocalBoxFuture<T>) -> JoinHandle<T> {
        let number = numbers::next();
        let control = Control::of(number, Whose::Set(self.mail.clone()));
        story::spawns(control.name, Location::caller());
        let (task, handle) = Task::new(future, control);
        if !self.is_closed.get() {
            let waker = OwnWaker::new(Arc::new(SetWaker { task: number, mail: self.mail.clone() }));
            self.tasks.borrow_mut().insert(number, Asleep { future: Box::pin(task), waker });
            self.mail.make_ready(number);
        }
        handle
    }

    /// Polls tasks until none is ready, or until they were many: whether there may be more.
    fn poll_tasks(&self) -> bool {
        for _ in 0..POLLS_MAX {
            let Some(task) = self.next_ready() else { return false };
            self.poll_task(task);
        }
        true
    }

    fn next_ready(&self) -> Option<TaskId> {
        let mail = &*self.mail;
        let next = own(&mail.here).ready.pop();
        if next.is_some() || backend::is_main_alone() {
            return next;
        }
        let woken = mail.woken.take(false);
        let mut here = own(&mail.here);
        woken.into_iter().for_each(|task| here.ready.push(task));
        here.ready.pop()
    }

    /// Polls a task, unless it has ended.
    fn poll_task(&self, task: TaskId) {
        let Some(mut asleep) = self.tasks.borrow_mut().remove(&task) else { return };
        let future: Pin<&mut Local> = asleep.future.as_mut();
        let polled = match event_loop::current() {
            Some(here) => {
                let is_ready = || own(&self.mail.here).ready.contains(task);
                here.poll_within(self.mail.name(task), future, &asleep.waker, is_ready)
            }
            None => future.poll(&mut Context::from_waker(&asleep.waker.waker)),
        };
        if polled.is_pending() {
            self.tasks.borrow_mut().insert(task, asleep);
        }
    }
}

/// Through which a set is told which tasks are ready.
pub(super) struct SetMail {
    number: u64,
    owner: ThreadId,
    /// Tasks that were woken by other threads.
    woken: Letters<TaskId>,
    /// The owner's; others look only for whom to wake, after they put in a letter.
    here: Mutex<Here>,
}

#[derive(Default)]
struct Here {
    ready: Ready,
    /// Who polled the set last.
    outer: Option<Waker>,
}

impl SetMail {
    pub(super) fn name(&self, task: TaskId) -> Name {
        Name { event_loop: self.number, task }
    }

    /// Has `task` polled, and the set, unless that is done just now.
    pub(super) fn make_ready(&self, task: TaskId) {
        if thread::current().id() == self.owner {
            own(&self.here).ready.push(task);
            let current = per_thread::current(&CURRENT).filter(|current| current.is_polled);
            if current.is_some_and(|current| std::ptr::eq(&*current.set.mail, self)) {
                return;
            }
        } else if self.woken.put(task).is_err() {
            return;
        }
        let outer = own(&self.here).outer.clone();
        outer.into_iter().for_each(Waker::wake);
    }
}

struct SetWaker {
    task: TaskId,
    mail: Arc<SetMail>,
}

impl Wake for SetWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let whom = Whom::Task { event_loop: self.mail.number, task: self.task };
        let waker = self.clone();
        if !backend::puts_off(whom, move || waker.wake_now()) {
            self.wake_now();
        }
    }
}

impl SetWaker {
    fn wake_now(&self) {
        story::wakes(self.mail.name(self.task));
        backend::wakes_task(self.mail.name(self.task));
        // The set's own task is polled so that it polls this one.
        backend::on_behalf(|| self.mail.make_ready(self.task));
    }
}
