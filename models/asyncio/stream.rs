//! Two ends of a connection in memory, and what goes from one to the other: the transports of asyncio, whose rules for what
//! is called when are those that `tests/python/memory.py` gives CPython's streams. Knows bytes, not lines.

use super::event::Event;
use super::running::{self, Loop};
use super::stream_reader::StreamReader;
use super::stream_writer::StreamWriter;
use super::waiters::Waiters;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// How much is kept where.
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    /// How long a line may be that is read; of twice as much that is not read, no more is taken from the other end.
    pub line_max: usize,
    /// Of how much that is written and not taken, [`drain`](StreamWriter::drain) waits.
    pub high_water: usize,
}

/// Python's.
impl Default for StreamLimits {
    fn default() -> Self {
        StreamLimits { line_max: 1 << 16, high_water: 1 << 16 }
    }
}

/// The two ends of a connection. What is written at one is read at the other, a turn later.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{StreamLimits, run, stream_pair};
///
/// let line = run(async {
///     let ((mut reader, _other_writer), (_other_reader, writer)) = stream_pair(StreamLimits::default());
///     writer.write(b"hello\nworld");
///     reader.readline().await
/// });
/// assert_eq!(line.unwrap(), b"hello\n");
/// ```
pub fn stream_pair(limits: StreamLimits) -> ((StreamReader, StreamWriter), (StreamReader, StreamWriter)) {
    let ends = [(); 2].map(|()| Rc::new(Transport::new(limits)));
    ends[0].other.replace(Rc::downgrade(&ends[1]));
    ends[1].other.replace(Rc::downgrade(&ends[0]));
    let handles = |end: usize| {
        // What is written arrives also when nobody has a handle of the other end any more: each keeps both.
        let both = Rc::new(Connection { end: ends[end].clone(), _other: ends[1 - end].clone() });
        (StreamReader::new(both.clone()), StreamWriter::new(both))
    };
    (handles(0), handles(1))
}

/// One end, for its handles, with the other kept alive.
pub(super) struct Connection {
    pub(super) end: Rc<Transport>,
    _other: Rc<Transport>,
}

/// One end.
pub(super) struct Transport {
    /// That in which it was made.
    home: Option<Rc<Loop>>,
    other: RefCell<Weak<Transport>>,
    pub(super) limits: StreamLimits,
    /// What has arrived and was not read.
    pub(super) incoming: RefCell<Vec<u8>>,
    /// Nothing will arrive any more.
    pub(super) is_at_end: Cell<bool>,
    /// Who reads, and waits for more.
    pub(super) reader: Waiters,
    /// Too much has arrived that was not read.
    is_reading_paused: Cell<bool>,
    /// What is written, and was not taken.
    outgoing: RefCell<Vec<u8>>,
    is_delivery_scheduled: Cell<bool>,
    /// More is written than should be.
    pub(super) is_writing_paused: Cell<bool>,
    pub(super) drains: Waiters,
    ends_writing: Cell<bool>,
    has_told_end: Cell<bool>,
    pub(super) is_closing: Cell<bool>,
    pub(super) is_lost: Cell<bool>,
    pub(super) closed: Event,
}

impl Transport {
    fn new(limits: StreamLimits) -> Self {
        Transport {
            home: running::running(),
            other: RefCell::default(),
            limits,
            incoming: RefCell::default(),
            is_at_end: Cell::default(),
            reader: Waiters::default(),
            is_reading_paused: Cell::default(),
            outgoing: RefCell::default(),
            is_delivery_scheduled: Cell::default(),
            is_writing_paused: Cell::default(),
            drains: Waiters::default(),
            ends_writing: Cell::default(),
            has_told_end: Cell::default(),
            is_closing: Cell::default(),
            is_lost: Cell::default(),
            closed: Event::new(),
        }
    }

    pub(super) fn write(self: &Rc<Self>, data: &[u8]) {
        if data.is_empty() || self.ends_writing.get() || self.is_lost.get() {
            return;
        }
        self.outgoing.borrow_mut().extend_from_slice(data);
        self.schedule_delivery();
        if self.outgoing.borrow().len() > self.limits.high_water {
            self.is_writing_paused.set(true);
        }
    }

    pub(super) fn write_eof(self: &Rc<Self>) {
        self.ends_writing.set(true);
        self.schedule_delivery();
    }

    pub(super) fn close(self: &Rc<Self>) {
        if !self.is_closing.replace(true) {
            self.write_eof();
        }
    }

    /// Takes from the other end again, if who reads has little enough.
    pub(super) fn resume_reading(&self) {
        if self.is_reading_paused.replace(false)
            && let Some(other) = self.other.borrow().upgrade()
        {
            other.schedule_delivery();
        }
    }

    pub(super) fn resume_reading_if_little_is_left(&self) {
        if self.incoming.borrow().len() <= self.limits.line_max {
            self.resume_reading();
        }
    }

    fn schedule_delivery(self: &Rc<Self>) {
        if !self.is_delivery_scheduled.replace(true) {
            let end = self.clone();
            self.call_soon(move || end.deliver());
        }
    }

    /// Takes all that is written to the other end, and then tells the end of it.
    fn deliver(self: &Rc<Self>) {
        self.is_delivery_scheduled.set(false);
        let Some(other) = self.other.borrow().upgrade() else { return };
        if other.is_lost.get() {
            self.outgoing.take();
            return self.lose_soon();
        }
        if other.is_reading_paused.get() {
            return;
        }
        let data = self.outgoing.take();
        if !data.is_empty() {
            other.arrive(&data);
        }
        if self.is_writing_paused.replace(false) {
            self.drains.wake(usize::MAX);
        }
        if self.ends_writing.get() && !self.has_told_end.replace(true) {
            other.end();
        }
        if self.is_closing.get() {
            self.lose_soon();
        }
    }

    fn arrive(&self, data: &[u8]) {
        self.incoming.borrow_mut().extend_from_slice(data);
        self.reader.wake(1);
        if self.incoming.borrow().len() > 2 * self.limits.line_max {
            self.is_reading_paused.set(true);
        }
    }

    fn end(&self) {
        self.is_at_end.set(true);
        self.reader.wake(1);
    }

    fn lose_soon(self: &Rc<Self>) {
        let end = self.clone();
        self.call_soon(move || end.lose());
    }

    fn call_soon(&self, callback: impl FnOnce() + 'static) {
        running::call_soon(self.home.as_ref(), callback);
    }

    /// The connection is gone.
    fn lose(&self) {
        if self.is_lost.replace(true) {
            return;
        }
        self.is_closing.set(true);
        self.end();
        self.closed.set();
        if self.is_writing_paused.get() {
            self.drains.wake(usize::MAX);
        }
    }
}
