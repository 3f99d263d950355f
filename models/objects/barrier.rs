//! A barrier for two that is used again and again, with arriving and waiting apart, as C++ has it: a phase ends
//! when two have arrived, and whoever waits for a phase waits until that one has ended.

use super::{ConcurrentObject, SeededFault, object};
use crate::property::Object;
use crate::sync::{Condvar, Mutex, MutexGuard};

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "barrier",
    about: "a phase ends when two have arrived, and another begins",
    check: || barrier(None).run(),
    clients: &[],
    faults: &[
        SeededFault::new(
            "waits_for_none",
            "who waits goes on only while nobody has arrived for the next phase",
            || barrier(Some(Fault::WaitsForNone)).run(),
        ),
        SeededFault::new("wakes_one", "the end of a phase wakes only one of those who wait for it", || {
            barrier(Some(Fault::WakesOne)).run()
        })
        .needs(3, 4, "two wait for the same phase, and a third task ends it"),
        SeededFault::new(
            "arrives_in_two_steps",
            "the arrivals are read and written under the mutex, but not at once",
            || barrier(Some(Fault::ArrivesInTwoSteps)).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    WaitsForNone,
    WakesOne,
    ArrivesInTwoSteps,
}

/// How many arrivals end a phase.
const PARTIES: usize = 2;

fn barrier(fault: Option<Fault>) -> Object<Barrier, Arrivals> {
    let specified_arrive = |arrivals: &mut Arrivals| {
        let phase = arrivals.phase;
        arrivals.add(arrivals.count);
        phase
    };
    let specified_wait = |arrivals: &mut Arrivals, phase| (arrivals.phase > phase).then_some(());
    object(move || Barrier::new(fault), Arrivals::default)
        .operation("arrive", Barrier::arrive, specified_arrive)
        .blocking_with("wait", 0..2_usize, Barrier::wait, specified_wait)
}

struct Barrier {
    arrivals: Mutex<Arrivals>,
    /// Notified when a phase ends.
    ended: Condvar,
    fault: Option<Fault>,
}

#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Arrivals {
    phase: usize,
    /// In this phase.
    count: usize,
}

impl Arrivals {
    /// One more than `count`. Whether that ends the phase.
    fn add(&mut self, count: usize) -> bool {
        self.count = (count + 1) % PARTIES;
        let is_end = self.count == 0;
        self.phase += usize::from(is_end);
        is_end
    }
}

impl Barrier {
    fn new(fault: Option<Fault>) -> Self {
        Barrier { arrivals: Mutex::default(), ended: Condvar::new(), fault }
    }

    /// Gives the phase to wait for.
    fn arrive(&self) -> usize {
        let mut arrivals = self.lock();
        let Arrivals { phase, count } = *arrivals;
        if self.fault == Some(Fault::ArrivesInTwoSteps) {
            drop(arrivals);
            arrivals = self.lock();
        }
        if arrivals.add(count) {
            match self.fault {
                Some(Fault::WakesOne) => self.ended.notify_one(),
                _ => self.ended.notify_all(),
            }
        }
        phase
    }

    fn wait(&self, phase: usize) {
        let mut arrivals = self.lock();
        while !self.is_ended(&arrivals, phase) {
            arrivals = self.ended.wait(arrivals).unwrap();
        }
    }

    fn is_ended(&self, arrivals: &Arrivals, phase: usize) -> bool {
        match self.fault {
            Some(Fault::WaitsForNone) => arrivals.phase > phase && arrivals.count == 0,
            _ => arrivals.phase > phase,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Arrivals> {
        self.arrivals.lock().unwrap()
    }
}
