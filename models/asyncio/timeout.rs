//! Time limits. Port of CPython's `asyncio.timeouts`: when the time is up the task is cancelled, and the limit turns that
//! one cancellation, and no other, into an error. So limits nest, and a cancellation by others wins.

use super::cancellation::catch_cancelled;
use super::control::{self, Cancel, Control};
use super::errors::{TimeoutError, WaitForError};
use super::future::LoopFuture;
use super::running::{TimerHandle, call_later};
use super::task::IntoTask;
use crate::panic;
use crate::time::Instant;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

/// Awaits `body` for at most `delay`; `None` is no limit. When the time is up, the task is cancelled at the `await` at
/// which it is in `body`.
///
/// # Errors
/// If the time was up.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{TimeoutError, run, timeout};
/// use std::time::Duration;
///
/// let limit = Some(Duration::from_millis(1));
/// assert_eq!(run(timeout(limit, std::future::pending::<()>())), Err(TimeoutError));
/// ```
pub async fn timeout<T>(delay: Option<Duration>, body: impl Future<Output = T>) -> Result<T, TimeoutError> {
    Timeout::after(delay).limit(body).await
}

/// As [`timeout`], until `when`.
///
/// # Errors
/// If the time was up.
pub async fn timeout_at<T>(when: Option<Instant>, body: impl Future<Output = T>) -> Result<T, TimeoutError> {
    Timeout::at(when).limit(body).await
}

/// A time limit that can be moved while it runs: `async with timeout(…) as cm`. Its clones are one.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{Timeout, run};
/// use std::time::Duration;
///
/// let timeout = Timeout::after(Some(Duration::from_millis(1)));
/// let moved = timeout.clone();
/// let body = async move { moved.reschedule(None) };
/// assert!(run(async move { timeout.limit(body).await.is_ok() && !timeout.expired() }));
/// ```
#[derive(Clone)]
pub struct Timeout(Rc<Limit>);

struct Limit {
    phase: Cell<Phase>,
    /// Known when it is entered, if a delay was given.
    when: Cell<When>,
    timer: RefCell<Option<TimerHandle>>,
    task: RefCell<Option<Rc<Control>>>,
}

#[derive(Clone, Copy)]
enum When {
    After(Option<Duration>),
    At(Option<Instant>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Created,
    Entered,
    Expiring,
    Expired,
    Exited,
}

impl Timeout {
    /// A limit of `delay` from this call on.
    pub fn after(delay: Option<Duration>) -> Self {
        Self::new(When::After(delay))
    }

    /// A limit until `when`.
    pub fn at(when: Option<Instant>) -> Self {
        Self::new(When::At(when))
    }

    fn new(when: When) -> Self {
        Timeout(Rc::new(Limit {
            phase: Cell::new(Phase::Created),
            when: Cell::new(when),
            timer: RefCell::default(),
            task: RefCell::default(),
        }))
    }

    /// When the time is up; `None` if there is no limit.
    pub fn when(&self) -> Option<Instant> {
        match self.0.when.get() {
            When::After(delay) => delay.map(|delay| Instant::now() + delay),
            When::At(when) => when,
        }
    }

    /// Moves the limit. One that is not running, or whose time was up, cannot be moved.
    pub fn reschedule(&self, when: Option<Instant>) -> bool {
        if self.0.phase.get() != Phase::Entered {
            return false;
        }
        let now = Instant::now();
        self.0.when.set(When::At(when));
        self.start(when.map(|when| when.saturating_duration_since(now)));
        true
    }

    /// Whether the time was up.
    pub fn expired(&self) -> bool {
        matches!(self.0.phase.get(), Phase::Expiring | Phase::Expired)
    }

    /// Awaits `body`, until the time is up. Once only: a limit that has been used is none any more.
    ///
    /// # Errors
    /// If the time was up.
    pub async fn limit<T>(&self, body: impl Future<Output = T>) -> Result<T, TimeoutError> {
        let Some(task) = control::current().filter(|_| self.0.phase.get() == Phase::Created) else {
            return Ok(body.await);
        };
        let requests = task.requests();
        self.enter(task.clone());
        // A future that is dropped on its way leaves the task as it was.
        let entered = Entered(&self.0);
        let ended = catch_cancelled(panic::catch_unwind_async(body)).await;
        drop(entered);
        let is_expired = self.0.phase.get() == Phase::Expired;
        match ended {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(payload)) => panic::resume_unwind(payload),
            Err(_) if is_expired && task.requests() <= requests => Err(TimeoutError),
            Err(error) => error.raise().await,
        }
    }

    fn enter(&self, task: Rc<Control>) {
        self.0.phase.set(Phase::Entered);
        self.0.task.replace(Some(task));
        let now = Instant::now();
        let delay = match self.0.when.get() {
            When::After(delay) => delay,
            When::At(when) => when.map(|when| when.saturating_duration_since(now)),
        };
        self.0.when.set(When::At(delay.map(|delay| now + delay)));
        self.start(delay);
    }

    fn start(&self, delay: Option<Duration>) {
        let limit = self.0.clone();
        let timer = delay.map(|delay| call_later(delay, move || limit.expire()));
        let before = self.0.timer.replace(timer);
        before.iter().for_each(TimerHandle::cancel);
    }
}

impl Limit {
    fn expire(&self) {
        let task = self.task.borrow().clone();
        task.into_iter().for_each(|task| {
            task.cancel(&Default::default());
        });
        self.phase.set(Phase::Expiring);
        self.timer.take();
    }
}

/// Ends the limit, and takes back its own cancellation.
struct Entered<'l>(&'l Limit);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let Entered(limit) = self;
        limit.timer.take().iter().for_each(TimerHandle::cancel);
        let task = limit.task.take();
        if limit.phase.get() == Phase::Expiring {
            limit.phase.set(Phase::Expired);
            task.inspect(|task| {
                task.uncancel();
            });
        } else {
            limit.phase.set(Phase::Exited);
        }
    }
}

/// Awaits `awaitable` for at most `timeout`, which is `None` for no limit. When the time is up, it is cancelled, and this
/// waits until it has ended: should it catch that and return, what it returned is given. So is a cancellation of who waits
/// passed on. A future is awaited in the current task; with no time at all, it is not even begun.
///
/// # Errors
/// If the time was up; or, of a task, if it failed.
pub async fn wait_for<A>(awaitable: A, timeout: Option<Duration>) -> Result<A::Output, WaitForError>
where
    A: IntoTask<Output: 'static>,
{
    if timeout.is_none_or(|timeout| !timeout.is_zero()) {
        return Ok(Timeout::after(timeout).limit(awaitable.in_place()).await??);
    }
    let task = awaitable.into_task();
    if !task.done() {
        let ended = LoopFuture::new();
        let over = ended.clone();
        task.add_done_callback(move || over.set_result(()));
        task.cancel();
        ended.wait().await;
    }
    let was_cancelled = task.cancelled();
    match task.result() {
        Err(_) if was_cancelled => Err(WaitForError::TimedOut),
        result => Ok(result?),
    }
}
