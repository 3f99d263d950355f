//! A connection: what has arrived at its two sides, and what an arrival does. What their owners do is `end`'s.
//!
//! As Linux has it: what was sent before an end was closed can be read, then the end of it, and what is written to that end
//! is answered by a reset. Who closes with something unread resets at once. A reset is told once, to who reads or writes
//! next, but not to who had read the end before; then a read finds the end, and a write a broken pipe. A Unix stream
//! knows at once that nobody has the other end, and tells a reset to who reads only.

use super::own;
use super::waiters::{Waiters, wake};
use super::way::Way;
use crate::backend::{self, Call, Callee};
use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::panic::Location;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex};

type Place = &'static Location<'static>;

const ARRIVE: Call = Call::changes(&"arrive");
const DELIVER: Call = Call::changes(&"deliver");
const END: Call = Call::changes(&"end of stream");
const RESET: Call = Call::changes(&"reset");

/// Of what family a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tokio::net) enum Kind {
    Tcp,
    Unix,
}

impl Kind {
    /// What one of its ends is called.
    fn what(self) -> &'static str {
        match self {
            Kind::Tcp => "a TcpStream",
            Kind::Unix => "a UnixStream",
        }
    }
}

/// Where an end is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::tokio::net) enum Address {
    Tcp(SocketAddr),
    /// `None` if it has no name.
    Unix(Option<PathBuf>),
}

/// What one side sees of where the two are.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) address: Address,
    pub(super) peer: Address,
}

pub(super) struct Connection {
    pub(super) kind: Kind,
    sides: [Side; 2],
}

/// Names one of the two sides.
pub(super) type Which = usize;

pub(super) struct Side {
    /// What has arrived: `arrived`, `late`, `late_at`, `is_ended`, `is_reset`, `is_readable`, `consumed`, `readers`, `roomless`.
    pub(super) read: Callee,
    /// What can be written: `error`, `is_broken`, `is_shut`, `is_full`, `written`, `writers`.
    pub(super) write: Callee,
    /// Who has it: `owners`, `unread`.
    pub(super) owned: Callee,
    pub(super) state: Mutex<State>,
    /// To the other side.
    pub(super) way: Way,
    pub(super) address: Address,
    /// Where the other side is, as seen from here.
    pub(super) peer: Address,
    pub(super) options: Options,
}

/// What was set of an end, which makes no difference.
pub(in crate::tokio::net) struct Options {
    pub(in crate::tokio::net) nodelay: AtomicBool,
    pub(in crate::tokio::net) quickack: AtomicBool,
    pub(in crate::tokio::net) ttl: AtomicU32,
}

impl Default for Options {
    fn default() -> Self {
        Options { nodelay: AtomicBool::new(false), quickack: AtomicBool::new(true), ttl: AtomicU32::new(64) }
    }
}

#[derive(Default)]
pub(super) struct State {
    pub(super) arrived: VecDeque<u8>,
    /// What comes in the middle of that, after so many bytes, and is late: nothing can be read until it is there.
    pub(super) late: Vec<u8>,
    pub(super) late_at: usize,
    /// Nothing more arrives, as the other side has said.
    pub(super) is_ended: bool,
    pub(super) is_reset: bool,
    /// The runtime takes it for readable: something has arrived, and nobody has found since that nothing is left.
    pub(super) is_readable: bool,
    /// How many bytes were read.
    pub(super) consumed: usize,
    pub(super) readers: Waiters,
    /// Who writes on the other side and waits for room.
    pub(super) roomless: Waiters,

    /// What the next who asks is told.
    pub(super) error: Option<ErrorKind>,
    /// Nothing can be written any more.
    pub(super) is_broken: bool,
    /// Its owner has said that nothing more is written.
    pub(super) is_shut: bool,
    /// Who wrote has found that there is no more room.
    pub(super) is_full: bool,
    /// How many bytes were written.
    pub(super) written: usize,
    pub(super) writers: Waiters,

    /// How many have a part of it.
    pub(super) owners: usize,
    /// How many bytes the other side sent that are not read; of TCP, those that have arrived.
    pub(super) unread: usize,
    /// It is to be reset when it is closed.
    pub(super) is_aborted: bool,
    /// Nobody has it.
    pub(super) is_gone: bool,
}

/// What is sent from one side to the other.
pub(super) enum Parcel {
    Bytes(Vec<u8>),
    /// Nothing more comes, as the sender says; who still has its end.
    End,
    /// Nobody has that end any more.
    Closed,
    Reset,
}

impl Connection {
    pub(super) fn new(kind: Kind, [one, other]: [Seen; 2], places: [Place; 2]) -> Arc<Self> {
        let sides = [Side::new(kind, one, places[0]), Side::new(kind, other, places[1])];
        Arc::new(Connection { kind, sides })
    }

    pub(super) fn side(&self, which: Which) -> &Side {
        &self.sides[which]
    }

    /// Sends something to the other side. The caller has announced what it follows from, and has the turn.
    pub(super) fn send(self: &Arc<Self>, from: Which, parcel: Parcel, place: Place) {
        let connection = Arc::clone(self);
        self.sides[from].way.send(move || connection.arrive(1 - from, parcel, place));
    }

    fn arrive(self: &Arc<Self>, to: Which, parcel: Parcel, place: Place) {
        let side = &self.sides[to];
        match parcel {
            Parcel::Bytes(bytes) => self.arrive_bytes(to, bytes, place),
            Parcel::End => side.end(place),
            Parcel::Closed => {
                if self.kind == Kind::Unix {
                    side.break_down(|_| None, place);
                }
                side.end(place);
            }
            Parcel::Reset => side.reset(self.kind, place),
        }
    }

    fn arrive_bytes(self: &Arc<Self>, to: Which, mut bytes: Vec<u8>, place: Place) {
        let side = &self.sides[to];
        if self.kind == Kind::Tcp {
            let ways = if bytes.len() > 1 { 2 } else { 1 };
            let way = backend::disconnection(ways, place);
            if way > 0 {
                bytes.truncate(way as usize - 1);
                self.deliver(to, &bytes, place);
                side.reset(self.kind, place);
                return self.send_reset(to, place);
            }
            let turn = side.way.turn();
            let is_gone = side.owned.call(ARRIVE, place, || {
                let mut state = own(&side.state);
                state.unread += bytes.len();
                state.is_gone
            });
            if is_gone {
                return self.send(to, Parcel::Reset, place);
            }
            drop(turn);
        }
        self.deliver(to, &bytes, place);
    }

    fn send_reset(self: &Arc<Self>, from: Which, place: Place) {
        let _turn = self.sides[from].way.turn();
        self.send(from, Parcel::Reset, place);
    }

    /// What is late is there.
    pub(super) fn deliver_late(&self, to: Which, place: Place) {
        let side = &self.sides[to];
        wake(side.read.call(DELIVER, place, || {
            let mut state = own(&side.state);
            let (late, at) = (std::mem::take(&mut state.late), state.late_at);
            let after = state.arrived.split_off(at);
            state.arrived.extend(late.into_iter().chain(after));
            state.is_readable = true;
            state.readers.take()
        }));
    }

    fn deliver(&self, to: Which, bytes: &[u8], place: Place) {
        if bytes.is_empty() {
            return;
        }
        let side = &self.sides[to];
        wake(side.read.call(DELIVER, place, || {
            let mut state = own(&side.state);
            if !state.is_reset {
                state.arrived.extend(bytes);
                state.is_readable = true;
            }
            state.readers.take()
        }));
    }
}

impl State {
    /// These were not read after all.
    pub(super) fn put_back(&mut self, bytes: &[u8]) {
        bytes.iter().rev().for_each(|byte| self.arrived.push_front(*byte));
        self.unread += bytes.len();
        self.consumed -= bytes.len();
        if !self.late.is_empty() {
            self.late_at += bytes.len();
        }
    }

    /// What has arrived is late from the place `at` on; one at a time is so.
    pub(super) fn delay(&mut self, at: usize) -> bool {
        let is_late = self.late.is_empty() && at < self.arrived.len();
        if is_late {
            (self.late, self.late_at) = (self.arrived.split_off(at).into(), at);
        }
        is_late
    }
}

impl Side {
    fn new(kind: Kind, Seen { address, peer }: Seen, place: Place) -> Self {
        let [read, write, owned] = [(); 3].map(|()| Callee::made_at(kind.what(), place));
        let state = Mutex::new(State { owners: 1, ..State::default() });
        Side { read, write, owned, state, way: Way::default(), address, peer, options: Options::default() }
    }

    /// Nothing more arrives here.
    fn end(&self, place: Place) {
        wake(self.read.call(END, place, || {
            let mut state = own(&self.state);
            state.is_ended |= !state.is_reset;
            state.readers.take()
        }));
    }

    fn reset(&self, kind: Kind, place: Place) {
        // Where the end of a TCP stream has come before, no more is told than that the pipe is broken. Whether it has is what
        // came on the same way, before this.
        let error = |state: &State| match kind {
            Kind::Tcp if state.is_ended => Some(ErrorKind::BrokenPipe),
            _ => Some(ErrorKind::ConnectionReset),
        };
        self.break_down(error, place);
        wake(self.read.call(RESET, place, || {
            let mut state = own(&self.state);
            state.is_reset = true;
            state.readers.take()
        }));
    }

    /// Nothing can be written here any more.
    fn break_down(&self, error: impl FnOnce(&State) -> Option<ErrorKind>, place: Place) {
        wake(self.write.call(RESET, place, || {
            let mut state = own(&self.state);
            if !state.is_broken {
                state.error = error(&state);
            }
            state.is_broken = true;
            state.writers.take()
        }));
    }
}
