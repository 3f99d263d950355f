//! The pool: a queue of jobs and the threads that take from it. As in CPython, jobs are begun in the
//! order of submission, threads are started when a job finds none idle, and never more than
//! `max_workers` of them. Where jobs wait is [`queue`](super::queue); what a job's future tells, and to whom, is
//! [`future`](super::future).

use super::queue::{Queue, State};
use super::{Future, JobError, Map};
use crate::panic;
use crate::sync::{Mutex, PoisonError};
use crate::thread::{self, JoinHandle};
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Runs jobs on at most `max_workers` threads. Dropped, it lets the jobs that it was given end, and
/// waits for that.
///
/// ```
/// use conccheck::models::pool::{ThreadPoolExecutor, as_completed};
/// use std::num::NonZeroUsize;
///
/// let pool = ThreadPoolExecutor::new(NonZeroUsize::new(3).unwrap());
/// let futures = [3, 1, 2].map(|number| pool.submit(move || number * number).unwrap());
/// assert_eq!(futures[0].result(), Ok(9));
///
/// let mut squares: Vec<i32> = as_completed(futures).map(|future| future.result().unwrap()).collect();
/// squares.sort();
/// assert_eq!(squares, [1, 4, 9]);
/// ```
///
/// A job must not wait for another job of its own pool: when all workers do so, none is left to do
/// what they wait for ([`waits_for_own_pool`](super::waits_for_own_pool)).
pub struct ThreadPoolExecutor {
    max_workers: NonZeroUsize,
    queue: Arc<Queue<Box<dyn Work>>>,
    /// The threads to join. Held while joining, so that whoever else shuts down waits as well.
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// Whether [`ThreadPoolExecutor::shutdown`] waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Until every worker has ended.
    ForWorkers,
    /// Not at all; the workers end by themselves.
    No,
}

/// What [`ThreadPoolExecutor::shutdown`] does with the jobs that have not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queued {
    /// They are still done.
    Run,
    /// They are cancelled.
    Cancel,
}

/// Why a job was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The pool accepts no jobs any more.
    #[error("cannot submit a job after shutdown")]
    ShutDown,
    /// There is no worker, and the operating system refuses one.
    #[error("failed to start the pool's first thread: {0}")]
    NoThread(#[source] io::Error),
}

/// A job in the queue, whatever its result.
trait Work: Send {
    fn run(self: Box<Self>);
    fn cancel(self: Box<Self>);
}

struct WorkItem<T, F> {
    job: F,
    future: Future<T>,
}

impl ThreadPoolExecutor {
    /// A pool that has no thread yet and starts at most `max_workers`.
    pub fn new(max_workers: NonZeroUsize) -> Self {
        ThreadPoolExecutor { max_workers, queue: Arc::new(Queue::new()), threads: Mutex::new(Vec::new()) }
    }

    /// Has `job` done by a worker. If it panics, its own future fails and nothing else.
    ///
    /// # Errors
    /// If the pool was shut down, or has no thread and cannot start one.
    pub fn submit<T, F>(&self, job: F) -> Result<Future<T>, SubmitError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let future = Future::pending();
        let mut state = self.queue.lock();
        if state.shut_down {
            return Err(SubmitError::ShutDown);
        }
        let is_for_idle = self.queue.push(&mut state, Box::new(WorkItem { job, future: future.clone() }));
        if !is_for_idle && state.workers.len() < self.max_workers.get() {
            self.start_worker(&mut state)?;
        }
        Ok(future)
    }

    /// Does `job` for each item; gives the results in the items' order, however they finish. All are
    /// submitted now.
    ///
    /// # Errors
    /// As [`submit`](ThreadPoolExecutor::submit); the items that were submitted are cancelled.
    pub fn map<I, T, F>(
        &self,
        items: impl IntoIterator<Item = I>,
        job: F,
    ) -> Result<Map<Future<T>>, SubmitError>
    where
        I: Send + 'static,
        T: Clone + Send + 'static,
        F: Fn(I) -> T + Send + Sync + 'static,
    {
        let job = Arc::new(job);
        let mut map = Map::default();
        for item in items {
            let job = job.clone();
            map.push(self.submit(move || job(item))?);
        }
        Ok(map)
    }

    /// Accepts no more jobs, and lets the workers end when none is left. Running jobs are never
    /// interrupted. May be called again. A worker cannot wait for its own end: called by a job of this
    /// pool, it does not wait.
    pub fn shutdown(&self, wait: Wait, queued: Queued) {
        let mut state = self.queue.lock();
        let is_worker = state.workers.contains(&thread::current().id());
        let cancelled = self.queue.shut_down(&mut state, queued);
        drop(state);
        // A future's callbacks are called as it is cancelled, and may use the pool.
        cancelled.into_iter().for_each(|work| catch(|| work.cancel()));
        if wait == Wait::ForWorkers && !is_worker {
            self.join();
        }
    }

    /// Starts a worker for the job that was queued last.
    fn start_worker(&self, state: &mut State<Box<dyn Work>>) -> Result<(), SubmitError> {
        let queue = self.queue.clone();
        let name = format!("pool-{}", state.workers.len());
        match thread::Builder::new().name(name).spawn(move || work(&queue)) {
            Ok(thread) => {
                state.workers.push(thread.thread().id());
                self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
            }
            // The workers that there are will come to the job.
            Err(_) if !state.workers.is_empty() => {}
            Err(error) => {
                state.jobs.pop_back();
                return Err(SubmitError::NoThread(error));
            }
        }
        Ok(())
    }

    fn join(&self) {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            // A worker catches its jobs' panics and has none of its own.
            let _ = thread.join();
        }
    }
}

impl Drop for ThreadPoolExecutor {
    fn drop(&mut self) {
        self.shutdown(Wait::ForWorkers, Queued::Run);
    }
}

/// What a worker does all its life.
fn work(queue: &Queue<Box<dyn Work>>) {
    while let Some(work) = queue.next() {
        catch(|| work.run());
    }
}

impl<T, F> Work for WorkItem<T, F>
where
    T: Send,
    F: FnOnce() -> T + Send,
{
    fn run(self: Box<Self>) {
        let WorkItem { job, future } = *self;
        if future.start() {
            let result = panic::catch_unwind(panic::AssertUnwindSafe(job));
            future.finish(result.map_err(|payload| JobError::Failed(panic::message(&*payload))));
        }
    }

    fn cancel(self: Box<Self>) {
        self.future.cancel();
    }
}

/// Ignores a panic of what a job leaves behind: what it captured, or a result that nobody waits for,
/// may panic when it is dropped. The job's own panic has been told to its future.
fn catch(end_job: impl FnOnce()) {
    let _ = panic::catch_unwind(panic::AssertUnwindSafe(end_job));
}

impl From<SubmitError> for io::Error {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::NoThread(error) => error,
            SubmitError::ShutDown => io::Error::other(error),
        }
    }
}
