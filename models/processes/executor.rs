//! The pool: a queue of calls, and for each worker process one thread of the parent that takes a call,
//! sends it, and waits for the answer. A thread for each keeps the talk with a worker in one place, in
//! order and without an event loop, and a thread that waits costs nothing beside a process; CPython
//! does it with two threads for all workers and a pipe that these fight for.
//!
//! It leaves to `worker` what a call does, to `future` how its caller waits.

use super::conversation::{Call, Trouble, converse};
use super::function::{BrokenProcessPool, CallError, Function, Functions, encode};
use super::future::future;
use super::worker::{ToWorker, serve};
use super::{Map, ProcessFuture, Queued, Wait};
use crate::models::workload::{Cells, LocalCells};
use crate::panic::{AssertUnwindSafe, catch_unwind, message};
use crate::process::{Killer, Launch, Process};
use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use crate::thread::{self, JoinHandle, ThreadId};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// A pool of worker processes, as `concurrent.futures.ProcessPoolExecutor`.
///
/// A worker that dies breaks the pool: every call that is not done then, and every later one, fails with
/// [`BrokenProcessPool`], and the other workers are killed. The death of a worker that has nothing to do
/// is noticed when it is given its next call. A function that panics fails its own call only.
///
/// Dropped, it lets the calls that it was given be done, and waits until all workers have ended.
pub struct ProcessPoolExecutor {
    shared: Arc<Shared>,
    max_workers: usize,
    /// The dispatchers to join. Held while joining, so that whoever else shuts down waits as well.
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared {
    launch: Launch,
    functions: Functions,
    cells: Arc<dyn Cells>,
    state: Mutex<State>,
    /// There is a call to take, or none will come.
    changed: Condvar,
}

struct State {
    calls: VecDeque<Call>,
    phase: Phase,
    workers: Vec<Killer>,
    /// Every thread that talks to a worker.
    dispatchers: Vec<ThreadId>,
}

enum Phase {
    Open,
    ShutDown,
    Broken(BrokenProcessPool),
}

impl ProcessPoolExecutor {
    /// A pool of at most `max_workers` processes, started by `launch` as calls are submitted. The workers
    /// serve `functions`: a task these, a child process those that it calls [`super::serve_if_worker`] with.
    ///
    /// # Panics
    /// When `max_workers` is zero.
    pub fn new(max_workers: usize, launch: Launch, functions: Functions) -> Self {
        Self::with_cells(max_workers, launch, functions, Arc::new(LocalCells::new([])))
    }

    /// A pool whose workers reach `cells`, which are in the memory of this process.
    ///
    /// # Panics
    /// When `max_workers` is zero.
    pub fn with_cells(
        max_workers: usize,
        launch: Launch,
        functions: Functions,
        cells: Arc<dyn Cells>,
    ) -> Self {
        assert!(max_workers > 0, "max_workers must be greater than 0");
        let state = State {
            calls: VecDeque::new(),
            phase: Phase::Open,
            workers: Vec::new(),
            dispatchers: Vec::new(),
        };
        let (state, changed) = (Mutex::new(state), Condvar::new());
        ProcessPoolExecutor {
            shared: Arc::new(Shared { launch, functions, cells, state, changed }),
            max_workers,
            threads: Mutex::new(Vec::new()),
        }
    }

    /// Has a worker call `function` with `argument`, first in, first out. What goes wrong, then or later,
    /// the future says.
    pub fn submit<A, R>(&self, function: &Function<A, R>, argument: &A) -> ProcessFuture<R>
    where
        A: Serialize,
    {
        self.submit_as(format!("calling `{}`", function.name()), function, argument)
    }

    /// Calls `function` with each of the arguments; the results come in the order of these. All are
    /// submitted at once. The iterator ends with the first failure; the calls after it that no worker
    /// has taken are cancelled then, as they are when it is dropped.
    pub fn map<A, R>(
        &self,
        function: &Function<A, R>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Map<ProcessFuture<R>>
    where
        A: Serialize,
        R: DeserializeOwned,
    {
        let mut map = Map::default();
        for argument in arguments {
            map.push(self.submit(function, &argument));
        }
        map
    }

    /// Accepts no more calls, and lets the workers end when none is left. A call that a worker has taken
    /// is never interrupted. May be called again. A future's callback may be called by a thread that
    /// waits for a worker: there, it does not wait.
    pub fn shutdown(&self, wait: Wait, queued: Queued) {
        let mut state = self.shared.locked();
        if let Phase::Open = state.phase {
            state.phase = Phase::ShutDown;
        }
        let cancelled = match queued {
            Queued::Run => VecDeque::new(),
            Queued::Cancel => std::mem::take(&mut state.calls),
        };
        let is_dispatcher = state.dispatchers.contains(&thread::current().id());
        drop(state);
        self.shared.changed.notify_all();
        // A future's callbacks are called as it is cancelled, and may use the pool.
        cancelled.into_iter().for_each(|call| call.promise.cancel());
        if wait == Wait::ForWorkers && !is_dispatcher {
            self.join();
        }
    }

    /// Kills the workers that there are, in the middle of whatever they do.
    pub fn kill_workers(&self) {
        let workers = self.shared.locked().workers.clone();
        workers.iter().for_each(Killer::kill);
    }

    /// The operating system's numbers of the worker processes started so far; tasks have none.
    pub fn process_ids(&self) -> Vec<u32> {
        self.shared.locked().workers.iter().filter_map(Killer::process_id).collect()
    }

    /// [`ProcessPoolExecutor::submit`], with words for what the worker is doing.
    pub(super) fn submit_as<A, R>(
        &self,
        doing: String,
        function: &Function<A, R>,
        argument: &A,
    ) -> ProcessFuture<R>
    where
        A: Serialize,
    {
        self.submit_all(doing, function, std::slice::from_ref(argument))
    }

    /// One call, by one worker, for all of the arguments. The future's outcome has their answers in order.
    pub(super) fn submit_all<A, R>(
        &self,
        doing: String,
        function: &Function<A, R>,
        arguments: &[A],
    ) -> ProcessFuture<R>
    where
        A: Serialize,
    {
        let (promise, future) = future();
        let encoded = arguments.iter().map(encode).collect::<Result<Vec<_>, _>>().and_then(|arguments| {
            encode(&ToWorker::Call { function: function.name().to_string(), arguments })
        });
        match encoded {
            Ok(frame) => {
                self.enqueue(Call { frame, argument_count: arguments.len(), doing, promise });
            }
            Err(error) => promise.finish(Err(CallError::Refused(format!(
                "the argument of `{}` cannot be sent: {error}",
                function.name()
            )))),
        }
        future
    }

    fn enqueue(&self, call: Call) {
        let mut state = self.shared.locked();
        let refused = match &state.phase {
            Phase::Open => None,
            Phase::ShutDown => Some(CallError::Refused("cannot submit a call after shutdown".to_string())),
            Phase::Broken(broken) => Some(broken.clone().into()),
        };
        if let Some(refused) = refused {
            drop(state);
            return call.promise.finish(Err(refused));
        }
        state.calls.push_back(call);
        let started = self.start_dispatcher(&mut state);
        drop(state);
        match started {
            Ok(()) => self.shared.changed.notify_one(),
            Err(error) => {
                self.shared.break_down(0, format!("did not start: no thread to talk to it: {error}"));
            }
        }
    }

    /// Starts one more worker, through the thread that talks to it, if there may be more.
    fn start_dispatcher(&self, state: &mut State) -> io::Result<()> {
        let worker = state.dispatchers.len();
        if worker == self.max_workers {
            return Ok(());
        }
        let shared = self.shared.clone();
        let name = format!("process-pool-{worker}");
        match thread::Builder::new().name(name).spawn(move || shared.dispatch_or_break(worker)) {
            Ok(dispatcher) => {
                state.dispatchers.push(dispatcher.thread().id());
                self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(dispatcher);
            }
            // The workers that there are will come to the call.
            Err(_) if worker > 0 => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn join(&self) {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for dispatcher in threads.drain(..) {
            // It catches its panics, and has told them to the futures.
            let _ = dispatcher.join();
        }
    }
}

impl Drop for ProcessPoolExecutor {
    fn drop(&mut self) {
        self.shutdown(Wait::ForWorkers, Queued::Run);
    }
}

impl Shared {
    /// The state. It is whole also when a thread panicked with the lock: nothing of ours does.
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the thread of a worker does. A fault of the dispatcher must not leave calls behind.
    fn dispatch_or_break(&self, worker: usize) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.dispatch(worker))) {
            self.break_down(worker, format!("was lost: {}", message(&*payload)));
        }
    }

    /// Starts a worker and gives it one call after another.
    fn dispatch(&self, worker: usize) {
        let functions = self.functions;
        let mut process = match Process::start(&self.launch, move |pipe| serve(pipe, functions)) {
            Ok(process) => process,
            Err(error) => {
                self.break_down(worker, format!("did not start: {error}"));
                return;
            }
        };
        self.locked().workers.push(process.killer());
        while let Some(call) = self.next_call() {
            let reason = match converse(&mut process, &call, &*self.cells) {
                Ok(answers) => {
                    call.promise.finish(Ok(answers));
                    continue;
                }
                Err(Trouble::Call(error)) => {
                    call.promise.finish(Err(error));
                    continue;
                }
                Err(Trouble::Gone) => format!("{} while {}", process.wait(), call.doing),
                Err(Trouble::Nonsense(error)) => format!(
                    "sent what is not an answer ({error}) while {}; \
                     a function must not write to standard output",
                    call.doing
                ),
            };
            // In this order: who sees the call fail finds the pool broken.
            let broken = self.break_down(worker, reason);
            return call.promise.finish(Err(broken.into()));
        }
    }

    /// Waits for a call to give to a worker; `None` when no more will come.
    fn next_call(&self) -> Option<Call> {
        let mut state = self.locked();
        loop {
            if let Phase::Broken(_) = state.phase {
                return None;
            }
            while let Some(call) = state.calls.pop_front() {
                if call.promise.start() {
                    return Some(call);
                }
            }
            if let Phase::ShutDown = state.phase {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Breaks the pool, unless it is broken: fails the calls that wait, kills the other workers, so that
    /// the calls which they perform fail as well. Gives what broke it first.
    fn break_down(&self, worker: usize, reason: String) -> BrokenProcessPool {
        let mut state = self.locked();
        if let Phase::Broken(broken) = &state.phase {
            return broken.clone();
        }
        let broken = BrokenProcessPool { worker, reason };
        state.phase = Phase::Broken(broken.clone());
        let calls = std::mem::take(&mut state.calls);
        let workers = state.workers.clone();
        drop(state);
        self.changed.notify_all();
        workers.iter().for_each(Killer::kill);
        for call in calls {
            call.promise.finish(Err(broken.clone().into()));
        }
        broken
    }
}
