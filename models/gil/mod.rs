//! CPython's global interpreter lock: which threads share one ([`Setting`], [`Interpreters`]), and
//! how a thread holds it ([`Attached`]). How the lock is handed over is in `lock`. A wrapper
//! around the models that use threads; what is done under the lock is their business.
//!
//! A thread attaches to an interpreter, runs with its lock held, offers the lock at check points
//! (CPython: where the bytecode loop looks at its `eval_breaker`) and lets go of it while it waits
//! (CPython: `Py_BEGIN_ALLOW_THREADS`).

mod lock;

pub mod cpu_overlap;
pub mod every_waiter_gets_it;
pub mod io_overlaps;
pub mod never_two_holders;
pub mod racy_update;

pub(super) mod programs;

use crate::panic;
use lock::{Gil, Release, ThreadId};
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

/// CPython's switch interval, as `sys.getswitchinterval()` gives it.
pub const DEFAULT_SWITCH_INTERVAL: Duration = Duration::from_millis(5);

/// Which lock the interpreters have (PEP 684, PEP 703).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// None: the free-threaded build.
    Off,
    /// One for each interpreter: each worker has its own interpreter, and workers run in parallel.
    PerInterpreter {
        /// How long a waiter waits before it asks for the lock; zero: it asks at once, and waits.
        switch_interval: Duration,
    },
    /// One for all.
    Shared {
        /// How long a waiter waits before it asks for the lock; zero: it asks at once, and waits.
        switch_interval: Duration,
    },
}

/// The interpreters of one run of a workload.
pub struct Interpreters {
    setting: Setting,
    /// The lock that all of them have, under [`Setting::Shared`].
    shared: Option<Arc<Gil>>,
}

impl Interpreters {
    /// Interpreters whose locks are as `setting` says, held by nobody.
    pub fn new(setting: Setting) -> Self {
        let shared = match setting {
            Setting::Shared { switch_interval } => Some(Arc::new(Gil::new(switch_interval))),
            Setting::Off | Setting::PerInterpreter { .. } => None,
        };
        Interpreters { setting, shared }
    }

    /// The interpreter of one more worker.
    pub fn interpreter(&self) -> Interpreter {
        Interpreter(match self.setting {
            Setting::PerInterpreter { switch_interval } => Some(Arc::new(Gil::new(switch_interval))),
            Setting::Off | Setting::Shared { .. } => self.shared.clone(),
        })
    }
}

/// What a thread attaches to. Clones are the same interpreter.
#[derive(Clone)]
pub struct Interpreter(Option<Arc<Gil>>);

impl Interpreter {
    /// Takes the interpreter's lock, when it can be had, for as long as the returned value lives.
    ///
    /// A thread that attaches a second time waits for itself, for ever.
    ///
    /// ```
    /// use conccheck::models::gil::{DEFAULT_SWITCH_INTERVAL, Interpreters, Setting};
    /// # use std::time::Duration;
    ///
    /// let setting = Setting::Shared { switch_interval: DEFAULT_SWITCH_INTERVAL };
    /// let interpreter = Interpreters::new(setting).interpreter();
    /// let attached = interpreter.attach();
    /// for _ in 0..1000 {
    ///     // … some work that only one thread may do at a time …
    ///     attached.check_point();
    /// }
    /// let answer = attached.allow_threads(|| 42); // waits: others run meanwhile
    /// # assert_eq!(answer, 42);
    /// ```
    pub fn attach(&self) -> Attached<'_> {
        let hold = self.0.as_deref().map(|gil| {
            let thread = gil.take_first();
            Hold { gil, thread, held: Cell::new(true) }
        });
        Attached(hold)
    }
}

/// A thread's hold on its interpreter. Dropped, it lets go, also while unwinding.
pub struct Attached<'a>(Option<Hold<'a>>);

/// One thread's use of one lock.
struct Hold<'a> {
    gil: &'a Gil,
    thread: ThreadId,
    /// Not within [`Attached::allow_threads`].
    held: Cell<bool>,
}

impl Attached<'_> {
    /// Attached to an interpreter without a lock.
    pub fn unlocked() -> Self {
        Attached(None)
    }

    /// Hands over to a waiter, if one has asked, and takes the lock again when its turn comes. Costs
    /// one atomic load if nobody has. Does nothing within [`Attached::allow_threads`].
    pub fn check_point(&self) {
        if let Some(hold) = self.holding()
            && hold.gil.is_drop_requested()
        {
            hold.gil.release(hold.thread, Release::Suspend);
            hold.gil.take(hold.thread);
        }
    }

    /// Runs `wait` without the lock and takes it again, also if `wait` panics. Within itself it only
    /// runs `wait`.
    pub fn allow_threads<T>(&self, wait: impl FnOnce() -> T) -> T {
        let Some(hold) = self.holding() else { return wait() };
        hold.gil.release(hold.thread, Release::Suspend);
        hold.held.set(false);
        // Not a guard that takes the lock when it is dropped: a checker that stops an execution
        // unwinds through here, and nobody may wait for a lock on that way.
        let result = panic::catch_unwind(panic::AssertUnwindSafe(wait));
        hold.gil.take(hold.thread);
        hold.held.set(true);
        result.unwrap_or_else(|payload| panic::resume_unwind(payload))
    }

    /// The lock that this thread holds now.
    fn holding(&self) -> Option<&Hold<'_>> {
        self.0.as_ref().filter(|hold| hold.held.get())
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        if let Some(hold) = self.holding() {
            hold.gil.release(hold.thread, Release::Final);
        }
    }
}

/// Runs `body` on two threads of one interpreter, the calling one and one more: the frame of this
/// model's programs. The switch interval is zero, since timeouts never fire under the checkers.
fn on_two_threads(interpreter: Interpreter, body: impl Fn(&Attached<'_>) + Send + Sync + 'static) {
    let (body, other) = (Arc::new(body), interpreter.clone());
    let thread = crate::thread::spawn({
        let body = body.clone();
        move || body(&other.attach())
    });
    body(&interpreter.attach());
    // The programs' bodies do not panic, so there is no failure to pass on.
    let _ = thread.join();
}

/// An interpreter whose waiters ask for the lock at once.
fn eager_interpreter() -> Interpreter {
    Interpreters::new(Setting::Shared { switch_interval: Duration::ZERO }).interpreter()
}
