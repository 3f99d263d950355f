//! A workload on asyncio: jobs arrive one by one, as connections at a server do, and each is
//! performed by a task of its own over a connection of its own.

use super::{AsyncContext, AsyncIterator, TaskError, create_task, gather_return_exceptions, run as run_loop};
use super::{sleep, with};
use crate::models::Setting;
use crate::models::workload::{Context, Job, LocalCells, Results, Workload};
use crate::panic;
use crate::task::{self, Runtime};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use std::vec;

/// Runs the jobs on one thread. A failing job fails alone.
///
/// # Panics
/// When a loop runs on this thread already.
pub fn run(workload: &Workload, setting: &Setting) -> Results {
    run_counted(workload, setting).results
}

/// What a run resulted in, and how crowded it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// As the other models give them.
    pub results: Results,
    /// How many connections were open at once, at most.
    pub connections_peak: usize,
}

/// As [`run`], and counts the connections.
///
/// # Panics
/// As [`run`] does.
pub fn run_counted(workload: &Workload, setting: &Setting) -> Counted {
    let (cells, context) = context(workload, setting);
    let server = Rc::new(Server::default());
    let mut arrivals = Arrivals(workload.jobs.clone().into_iter());
    let serving = server.clone();
    let results = run_loop(async move {
        let mut tasks = Vec::new();
        while let Some(job) = arrivals.next().await {
            let (connection, context) = (Connection::to(&serving), context.clone());
            tasks.push(create_task(with(connection, async move |()| job.perform_async(&context).await)));
        }
        gather_return_exceptions(tasks).await
    });
    let answers = results.into_iter().map(|result| result.map_err(message)).collect();
    Counted { results: Results { answers, cells: cells.values() }, connections_peak: server.peak.get() }
}

/// Runs the jobs as tasks on `setting.workers` threads. A failing job fails alone.
///
/// # Panics
/// If `setting.workers` is zero, and when called inside a runtime.
pub fn run_multi_thread(workload: &Workload, setting: &Setting) -> Results {
    let (cells, context) = context(workload, setting);
    let jobs = workload.jobs.clone();
    let answers = Runtime::multi_thread(setting.workers).block_on(async move {
        let start = |job: Job| {
            let context = context.clone();
            task::spawn(async move { job.perform_async(&context).await })
        };
        let tasks: Vec<_> = jobs.into_iter().map(start).collect();
        let mut answers = Vec::with_capacity(tasks.len());
        for task in tasks {
            answers.push(task.await.map_err(|error| panic::message(&*error.into_panic())));
        }
        answers
    });
    Results { answers, cells: cells.values() }
}

fn context(workload: &Workload, setting: &Setting) -> (Arc<LocalCells>, Context) {
    let cells = Arc::new(workload.cells());
    (cells.clone(), Context { time_scale: setting.time_scale, cells })
}

/// The message of a job's failure, as the other models give it.
fn message(error: TaskError) -> String {
    match error {
        TaskError::Raised(message) => message,
        TaskError::Cancelled => error.to_string(),
    }
}

/// Jobs as they arrive: between two of them, those that are there already have a turn.
struct Arrivals(vec::IntoIter<Job>);

impl AsyncIterator for Arrivals {
    type Item = Job;

    async fn next(&mut self) -> Option<Job> {
        sleep(Duration::ZERO).await;
        self.0.next()
    }
}

/// How many connections are open, and were at most.
#[derive(Default)]
struct Server {
    open: Cell<usize>,
    peak: Cell<usize>,
}

/// A connection, open from its entering until it is left.
struct Connection {
    server: Rc<Server>,
    is_open: bool,
}

impl Connection {
    fn to(server: &Rc<Server>) -> Self {
        Connection { server: server.clone(), is_open: false }
    }

    fn close(&mut self) {
        if self.is_open {
            self.is_open = false;
            self.server.open.set(self.server.open.get() - 1);
        }
    }
}

impl AsyncContext for Connection {
    type Entered = ();

    async fn enter(&mut self) {
        self.is_open = true;
        self.server.open.set(self.server.open.get() + 1);
        self.server.peak.set(self.server.peak.get().max(self.server.open.get()));
    }

    async fn exit(&mut self) {
        self.close();
    }
}

impl Drop for Connection {
    /// A cancelled task closes its connection too.
    fn drop(&mut self) {
        self.close();
    }
}
