//! Running coroutines from where no loop runs: CPython's `asyncio/runners.py`.

use super::future::End;
use super::running::{self, Loop};
use super::task::Task;
use crate::thread;
use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

/// Runs `main` as the first task of a new loop on this thread. When it has ended, the tasks that are
/// left are cancelled, and have ended too when this returns, as have the threads of [`to_thread`](super::to_thread).
/// So have those that a cancelled task creates as it ends: where each of these creates another, this never returns.
/// (Python cancels once, and gives up what comes after.)
///
/// # Panics
/// With what `main` panics with; if it was cancelled; and when a loop runs on this thread already.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{gather, run};
///
/// let squares = [1, 2, 3].map(|number| async move { number * number });
/// let results = run(async { gather(squares).await });
/// assert_eq!(results, Ok(vec![1, 4, 9]));
/// ```
pub fn run<F>(main: F) -> F::Output
where
    F: Future + 'static,
    F::Output: 'static,
{
    refuse_inside("asyncio::run");
    let runner = Runner::new();
    let end = runner.open().run_until_complete(main);
    runner.close();
    returned(end)
}

/// One loop for several runs, on this thread: Python's `with Runner() as runner`, and where it is dropped, the block ends.
///
/// What main has left when a [run](Runner::run) ends goes on in the next one; between them nothing runs. It is cancelled when
/// the runner is [closed](Runner::close).
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{Event, Runner, create_task};
/// use std::rc::Rc;
///
/// let (runner, event) = (Runner::new(), Rc::new(Event::new()));
/// let waited = event.clone();
/// let task = runner.run(async {
///     create_task(async move {
///         waited.wait().await;
///         "goes on"
///     })
/// });
/// event.set();
/// assert_eq!(runner.run(task.into_future()), Ok("goes on"));
/// ```
#[derive(Default)]
pub struct Runner(RefCell<State>);

#[derive(Default)]
enum State {
    #[default]
    Created,
    Initialized(Rc<Loop>),
    Closed,
}

impl Runner {
    /// One without a loop: that is made when it is needed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `main` as a task of the loop, which is made if there is none.
    ///
    /// # Panics
    /// With what `main` panics with, and if it was cancelled: the loop is as it was then. When a loop runs on this thread, and
    /// when the runner is closed.
    pub fn run<F>(&self, main: F) -> F::Output
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        refuse_inside("Runner::run");
        returned(self.open().run_until_complete(main))
    }

    /// The loop, which is made if there is none.
    ///
    /// # Panics
    /// When the runner is closed.
    pub fn get_loop(&self) -> EventLoop {
        EventLoop(self.open())
    }

    /// Cancels the tasks that are left, and closes the loop when they have ended, and the threads of
    /// [`to_thread`](super::to_thread) too: as at the end of [`run`]. Of a runner without a loop, nothing happens.
    ///
    /// # Panics
    /// When a loop runs on this thread.
    pub fn close(&self) {
        let home = match &*self.0.borrow() {
            State::Initialized(home) => home.clone(),
            State::Created | State::Closed => return,
        };
        refuse_inside("Runner::close");
        home.close();
        self.0.replace(State::Closed);
    }

    /// As [`Runner::close`], but what is left is dropped.
    pub(super) fn abandon(&self) {
        if let State::Initialized(home) = self.0.replace(State::Closed) {
            home.abandon();
        }
    }

    fn open(&self) -> Rc<Loop> {
        let mut state = self.0.borrow_mut();
        match &*state {
            State::Initialized(home) => home.clone(),
            State::Closed => panic!("the runner is closed"),
            State::Created => {
                let home = Loop::new();
                *state = State::Initialized(home.clone());
                home
            }
        }
    }
}

/// As [`Runner::close`]; while the thread unwinds nothing runs any more, and what is left is dropped.
impl Drop for Runner {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.close();
        }
        self.abandon();
    }
}

/// The loop of a [`Runner`], for who is not in it.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::Runner;
///
/// let runner = Runner::new();
/// let task = runner.get_loop().create_task(async { 2 });
/// assert_eq!(runner.run(async { 1 + task.or_raise().await }), 3);
/// ```
#[derive(Clone)]
pub struct EventLoop(Rc<Loop>);

impl EventLoop {
    /// As [`create_task`](super::create_task): it begins when the loop runs.
    ///
    /// # Panics
    /// When the loop is closed.
    pub fn create_task<F>(&self, future: F) -> Task<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.open().create_task(future)
    }

    /// Has `callback` called when the tasks that are ready now have had their turn.
    ///
    /// # Panics
    /// When the loop is closed.
    pub fn call_soon(&self, callback: impl FnOnce() + 'static) {
        self.open().call_soon(callback);
    }

    fn open(&self) -> &Rc<Loop> {
        assert!(!self.0.is_closed(), "the event loop is closed");
        &self.0
    }
}

fn refuse_inside(call: &str) {
    assert!(running::running().is_none(), "`{call}` cannot be called where an event loop runs");
}

fn returned<T>(end: End<T>) -> T {
    match end {
        End::Returned(value) => value,
        End::Raised(raised) => raised.raise(),
        End::Cancelled(error) => panic!("main was {error}: nobody is left to whom that could be told"),
    }
}
