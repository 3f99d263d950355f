//! Loops that poll: a task that yields again and again at one place, having only read between, goes on
//! only when another task has changed what it read. So such a loop does not go round for nothing, of
//! which there would be no end, and waits for ever if there is nobody to change anything: a livelock.
//!
//! A first yield at a place is free: what comes after it may be no loop at all.

use super::trace::News;
use super::{Event, ObjectId};
use std::panic::Location;

/// What a task did since it last yielded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Polling {
    yielded_at: Option<&'static Location<'static>>,
    /// What it read, and the position of the reading.
    reads: Vec<(ObjectId, usize)>,
    /// Whether it did anything else.
    has_acted: bool,
    /// What it waits for, if it has yielded in a loop.
    pub(crate) patience: Option<Patience>,
    /// What it has waited for and heard.
    pub(crate) heard: Option<News>,
}

/// What a task that polls waits for.
#[derive(Clone, Debug)]
pub(crate) enum Patience {
    /// A change of what it read.
    News(News),
    /// Any step of another task, if there is one that can make a step.
    Step,
}

impl Polling {
    /// Notes what the task did.
    pub(crate) fn perform(&mut self, event: &Event, position: usize) {
        if self.yielded_at.is_some() {
            match event.access.is_read() {
                true => self.reads.push((event.operation.object, position)),
                false => self.has_acted = true,
            }
        }
    }

    /// The task yields; whether it is in a loop, so that it has to be patient.
    pub(crate) fn begin_again(&mut self, place: &'static Location<'static>) -> bool {
        let is_loop = self.yielded_at == Some(place);
        if is_loop {
            let objects = std::mem::take(&mut self.reads);
            self.patience = Some(match self.has_acted || objects.is_empty() {
                true => Patience::Step,
                false => Patience::News(News { objects }),
            });
        }
        self.yielded_at = Some(place);
        self.reads.clear();
        self.has_acted = false;
        is_loop
    }

    /// Another task did this: whether the patience has an end.
    pub(crate) fn hear(&mut self, event: &Event) -> bool {
        let hears = match &self.patience {
            None => false,
            Some(Patience::Step) => true,
            Some(Patience::News(News { objects })) => {
                !event.access.is_read() && objects.iter().any(|(object, _)| *object == event.operation.object)
            }
        };
        if hears && let Some(Patience::News(news)) = self.patience.take() {
            self.heard = Some(news);
        }
        hears
    }
}
