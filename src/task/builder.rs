//! What a runtime is to be.

use super::checked::{self, Limits};
use super::local_runtime::{LocalOptions, LocalRuntime};
use super::runtime::Runtime;
use crate::backend::{self, Backend};
use std::fmt;
use std::io;
use std::time::Duration;

/// Makes runtimes: [`tokio::runtime::Builder`], under every backend.
///
/// Inside a check it matters whether the runtime has one thread or several, and how many of what may block
/// run at the same time. All else is taken and has no meaning there: how many workers there are (each task
/// has a thread, so that no interleaving is left out), names and stacks of threads, what is called when one
/// starts, stops, parks or goes on, and intervals and other tuning. Timers and I/O are there if they are enabled.
pub struct Builder {
    tokio: tokio::runtime::Builder,
    is_multi_thread: bool,
    workers: Option<usize>,
    limits: Limits,
    starts_paused: bool,
}

/// Of a runtime of which nothing is said.
const LIMITS: Limits = Limits { blocking_max: None, has_timers: false, has_io: false };

impl Builder {
    /// A runtime of one thread, the one that calls [`Runtime::block_on`]: tasks switch only at `await`.
    pub fn new_current_thread() -> Builder {
        let tokio = tokio::runtime::Builder::new_current_thread();
        Builder { tokio, is_multi_thread: false, workers: None, limits: LIMITS, starts_paused: false }
    }

    /// A runtime with threads of its own.
    pub fn new_multi_thread() -> Builder {
        let tokio = tokio::runtime::Builder::new_multi_thread();
        Builder { tokio, is_multi_thread: true, workers: None, limits: LIMITS, starts_paused: false }
    }

    /// Makes it.
    ///
    /// # Errors
    /// When the operating system has no threads or timers left.
    ///
    /// # Panics
    /// As tokio, if a runtime of several threads is to [start paused](Builder::start_paused).
    #[track_caller]
    pub fn build(&mut self) -> io::Result<Runtime> {
        match backend::current() {
            Backend::Real => self.tokio.build().map(Runtime::real),
            _ if self.is_multi_thread && self.starts_paused => panic!("{}", checked::ONE_THREAD),
            _ if self.is_multi_thread => {
                Ok(Runtime::checked(checked::Runtime::multi_thread(self.limits, self.workers)))
            }
            _ => {
                let runtime = checked::Runtime::current_thread(self.limits, self.starts_paused);
                Ok(Runtime::checked(runtime))
            }
        }
    }

    /// Makes one that stays on its thread.
    ///
    /// # Errors
    /// When the operating system has no timers left.
    ///
    /// # Panics
    /// If it is to have threads of its own.
    #[track_caller]
    pub fn build_local(&mut self, options: LocalOptions) -> io::Result<LocalRuntime> {
        LocalRuntime::build(&mut self.tokio, options)
    }

    /// At most so many of what may block run at the same time; 512, if nothing is said, and as many as there
    /// are in a check.
    ///
    /// # Panics
    /// If it is zero.
    #[track_caller]
    pub fn max_blocking_threads(&mut self, count: usize) -> &mut Self {
        self.tokio.max_blocking_threads(count);
        self.limits.blocking_max = Some(count);
        self
    }

    /// Whether its clock is frozen when it begins, as by [`pause`](crate::tokio::time::pause).
    pub fn start_paused(&mut self, start_paused: bool) -> &mut Self {
        self.tokio.start_paused(start_paused);
        self.starts_paused = start_paused;
        self
    }

    /// So many threads run tasks.
    ///
    /// # Panics
    /// If it is zero.
    #[track_caller]
    pub fn worker_threads(&mut self, count: usize) -> &mut Self {
        self.tokio.worker_threads(count);
        self.workers = Some(count);
        self
    }

    /// With timers and I/O.
    pub fn enable_all(&mut self) -> &mut Self {
        self.tokio.enable_all();
        (self.limits.has_timers, self.limits.has_io) = (true, true);
        self
    }

    /// With I/O, and signals.
    pub fn enable_io(&mut self) -> &mut Self {
        self.tokio.enable_io();
        self.limits.has_io = true;
        self
    }

    /// With timers.
    pub fn enable_time(&mut self) -> &mut Self {
        self.tokio.enable_time();
        self.limits.has_timers = true;
        self
    }

    /// With a name for its threads.
    pub fn thread_name(&mut self, name: impl Into<String>) -> &mut Self {
        self.tokio.thread_name(name);
        self
    }

    /// With a name for each of its threads.
    pub fn thread_name_fn(&mut self, name: impl Fn() -> String + Send + Sync + 'static) -> &mut Self {
        self.tokio.thread_name_fn(name);
        self
    }

    /// With a name.
    pub fn name(&mut self, name: impl Into<String>) -> &mut Self {
        self.tokio.name(name);
        self
    }

    /// With threads whose stacks have that size, in bytes.
    pub fn thread_stack_size(&mut self, size: usize) -> &mut Self {
        self.tokio.thread_stack_size(size);
        self
    }

    /// Threads for what may block end when they had nothing to do for that long.
    pub fn thread_keep_alive(&mut self, duration: Duration) -> &mut Self {
        self.tokio.thread_keep_alive(duration);
        self
    }

    /// Each thread calls this first.
    pub fn on_thread_start(&mut self, act: impl Fn() + Send + Sync + 'static) -> &mut Self {
        self.tokio.on_thread_start(act);
        self
    }

    /// Each thread calls this at last.
    pub fn on_thread_stop(&mut self, act: impl Fn() + Send + Sync + 'static) -> &mut Self {
        self.tokio.on_thread_stop(act);
        self
    }

    /// Each thread calls this before it waits.
    pub fn on_thread_park(&mut self, act: impl Fn() + Send + Sync + 'static) -> &mut Self {
        self.tokio.on_thread_park(act);
        self
    }

    /// Each thread calls this when it has waited.
    pub fn on_thread_unpark(&mut self, act: impl Fn() + Send + Sync + 'static) -> &mut Self {
        self.tokio.on_thread_unpark(act);
        self
    }

    /// After so many tasks one is taken that other threads made ready.
    ///
    /// # Panics
    /// If it is zero.
    #[track_caller]
    pub fn global_queue_interval(&mut self, count: u32) -> &mut Self {
        self.tokio.global_queue_interval(count);
        self
    }

    /// After so many tasks timers and I/O are looked at.
    pub fn event_interval(&mut self, count: u32) -> &mut Self {
        self.tokio.event_interval(count);
        self
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tokio.fmt(f)
    }
}
