//! The pool's own [queue](crate::models::pool), the very code that its workers wait in. What is broken here is how
//! jobs are put into it and how it is shut down, which its users compose of locking and doing.

use super::{ConcurrentObject, SeededFault, object};
use crate::models::pool::{Queued, queue::Queue};
use crate::property::Object;
use std::collections::VecDeque;

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "job_queue",
    about: "the pool's queue, in which workers wait for jobs until it is shut down",
    check: || jobs(None).run(),
    clients: &[],
    faults: &[
        SeededFault::new(
            "looks_then_pushes",
            "submitting lets go of the lock after it saw the queue open",
            || jobs(Some(Fault::LooksThenPushes)).run(),
        ),
        SeededFault::new("pushes_silently", "a job is put into the queue without waking a worker", || {
            jobs(Some(Fault::PushesSilently)).run()
        }),
        SeededFault::new("shuts_down_silently", "the queue is shut down without waking its workers", || {
            jobs(Some(Fault::ShutsDownSilently)).run()
        }),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    LooksThenPushes,
    PushesSilently,
    ShutsDownSilently,
}

fn jobs(fault: Option<Fault>) -> Object<Jobs, Specified> {
    object(move || Jobs { queue: Queue::new(), fault }, Specified::default)
        .operation_with("submit", 1..4_u8, Jobs::submit, Specified::submit)
        .blocking("next", |jobs| jobs.queue.next(), Specified::next)
        .operation("shut_down", |jobs| jobs.shut_down(Queued::Run), |jobs| jobs.shut_down(Queued::Run))
        .operation("cancel", |jobs| jobs.shut_down(Queued::Cancel), |jobs| jobs.shut_down(Queued::Cancel))
}

struct Jobs {
    queue: Queue<u8>,
    fault: Option<Fault>,
}

impl Jobs {
    /// Whether the job was accepted.
    fn submit(&self, job: u8) -> bool {
        let mut state = self.queue.lock();
        if state.shut_down {
            return false;
        }
        if self.fault == Some(Fault::LooksThenPushes) {
            drop(state);
            state = self.queue.lock();
        }
        match self.fault {
            Some(Fault::PushesSilently) => state.jobs.push_back(job),
            _ => drop(self.queue.push(&mut state, job)),
        }
        true
    }

    /// The jobs that nobody will do.
    fn shut_down(&self, queued: Queued) -> VecDeque<u8> {
        let mut state = self.queue.lock();
        if self.fault == Some(Fault::ShutsDownSilently) {
            state.shut_down = true;
            return if queued == Queued::Cancel { std::mem::take(&mut state.jobs) } else { VecDeque::new() };
        }
        self.queue.shut_down(&mut state, queued)
    }
}

#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Specified {
    jobs: VecDeque<u8>,
    is_shut_down: bool,
}

impl Specified {
    fn submit(&mut self, job: u8) -> bool {
        self.jobs.extend((!self.is_shut_down).then_some(job));
        !self.is_shut_down
    }

    fn next(&mut self) -> Option<Option<u8>> {
        (self.is_shut_down || !self.jobs.is_empty()).then(|| self.jobs.pop_front())
    }

    fn shut_down(&mut self, queued: Queued) -> VecDeque<u8> {
        self.is_shut_down = true;
        if queued == Queued::Cancel { std::mem::take(&mut self.jobs) } else { VecDeque::new() }
    }
}
