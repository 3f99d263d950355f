//! What another thread can see of a running execution: that it goes on, and whose turn it is. Relaxed stores of one
//! writer, so that a step costs no more for it.

use super::TaskId;
use std::panic::Location;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering::Relaxed};

#[derive(Debug, Default)]
pub(crate) struct Pulse {
    /// Whether an execution is going on.
    beats: AtomicBool,
    count: AtomicU64,
    task: AtomicUsize,
    /// Where in the program it did what it did last; null if it has not done anything.
    place: AtomicPtr<Location<'static>>,
}

/// Where an execution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beat {
    count: u64,
    pub(crate) task: TaskId,
    pub(crate) place: Option<&'static Location<'static>>,
}

impl Pulse {
    /// An execution begins.
    pub(crate) fn begin(&self) {
        self.place.store(ptr::null_mut(), Relaxed);
        self.turn(TaskId::MAIN);
        self.beats.store(true, Relaxed);
    }

    /// It has ended, or nothing of the program runs, but the search thinks.
    pub(crate) fn rest(&self) {
        self.beats.store(false, Relaxed);
    }

    /// After a rest it goes on.
    pub(crate) fn resume(&self) {
        self.beats.store(true, Relaxed);
    }

    /// A task goes on.
    pub(crate) fn turn(&self, task: TaskId) {
        self.task.store(task.index(), Relaxed);
        self.count.store(self.count.load(Relaxed).wrapping_add(1), Relaxed);
    }

    /// A task does something.
    pub(crate) fn beat(&self, task: TaskId, place: &'static Location<'static>) {
        self.place.store(ptr::from_ref(place).cast_mut(), Relaxed);
        self.turn(task);
    }

    /// Where the execution is, if one is going on.
    pub(crate) fn now(&self) -> Option<Beat> {
        let place = self.place.load(Relaxed);
        // SAFETY: it is null, or was made from a reference that lives for ever; what that points to is never written.
        let place = unsafe { place.as_ref() };
        let (count, task) = (self.count.load(Relaxed), TaskId::new(self.task.load(Relaxed)));
        self.beats.load(Relaxed).then_some(Beat { count, task, place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_that_goes_on_is_told_from_one_that_does_not() {
        let pulse = Pulse::default();
        assert_eq!(pulse.now(), None);
        pulse.begin();
        let begun = pulse.now().expect("it has begun");
        assert_eq!((begun.task, begun.place, pulse.now()), (TaskId::MAIN, None, Some(begun)));
        let here = Location::caller();
        pulse.beat(TaskId::new(1), here);
        let beat = pulse.now().expect("it goes on");
        assert_eq!((beat.task, beat.place), (TaskId::new(1), Some(here)));
        // The same again is another step.
        pulse.beat(TaskId::new(1), here);
        assert_ne!(pulse.now(), Some(beat));
        pulse.rest();
        assert_eq!(pulse.now(), None);
    }
}
