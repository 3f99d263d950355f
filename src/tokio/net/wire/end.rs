//! What its owner does with one end of a connection.

use super::connection::{Address, Connection, Kind, Options, Parcel, Seen, Side, State, Which};
use super::waiters::{Waiters, wake};
use super::way::later;
use super::{ROOM, own};
use crate::backend::{self, Call, Callee, Told};
use crate::task;
use crate::tokio::io::{told_of_read, told_of_write};
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::panic::Location;
use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll};
use tokio::io::{Interest, ReadBuf, Ready};

type Place = &'static Location<'static>;

const READ: Call = Call::takes(&"read");
const PEEK: Call = Call::takes(&"peek");
const READABLE: Call = Call::takes(&"readable");
const PUT_BACK: Call = Call::counts(&"put back");
const TAKE_ERROR: Call = Call::takes(&"take_error");
const WRITE: Call = Call::takes(&"write");
const ROOM_CALL: Call = Call::takes(&"room");
const PUSH: Call = Call::changes(&"push");
const WRITABLE: Call = Call::takes(&"writable");
const FULL: Call = Call::takes(&"full");
const ROOM_AGAIN: Call = Call::takes(&"room again");
const SHUTDOWN: Call = Call::changes(&"shutdown");
const CLOSE: Call = Call::changes(&"close");
const CANCEL: Call = Call::takes(&"cancel");

/// One end of a connection, or a part of it. Dropping the last part closes the end.
pub(in crate::tokio::net) struct End {
    connection: Arc<Connection>,
    which: Which,
    place: Place,
}

/// How something is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// By a poll, which knows that nothing is left where it has got less than it had room for.
    Poll,
    /// By a try, which knows nothing of the kind.
    Try,
    /// Only looked at.
    Peek,
}

impl How {
    fn call(self) -> Call {
        if self == How::Peek { PEEK } else { READ }
    }
}

/// What a read found.
enum Found {
    Bytes(Vec<u8>),
    End,
    Reset,
}

/// What a write found.
enum Room {
    /// So many bytes go.
    For(usize),
    /// It depends on how much the other side has read.
    Unknown,
}

impl End {
    /// Both ends of a new connection.
    pub(super) fn pair(kind: Kind, seen: [Seen; 2], places: [Place; 2]) -> [End; 2] {
        let connection = Connection::new(kind, seen, places);
        [0, 1].map(|which| End { connection: connection.clone(), which, place: places[which] })
    }

    /// Both ends of a new connection of a family that knows it at once.
    pub(in crate::tokio::net) fn unix_pair(place: Place) -> [End; 2] {
        let seen = Seen { address: Address::Unix(None), peer: Address::Unix(None) };
        End::pair(Kind::Unix, [seen.clone(), seen], [place; 2])
    }

    /// It is its owner's from that place on.
    pub(super) fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Another part of it, for who has it alone.
    pub(in crate::tokio::net) fn share(&self) -> End {
        own(&self.side().state).owners += 1;
        End { connection: self.connection.clone(), which: self.which, place: self.place }
    }

    /// Whether both are parts of one end.
    pub(in crate::tokio::net) fn is_same(&self, other: &End) -> bool {
        Arc::ptr_eq(&self.connection, &other.connection) && self.which == other.which
    }

    pub(in crate::tokio::net) fn address(&self) -> &Address {
        &self.side().address
    }

    pub(in crate::tokio::net) fn peer_address(&self) -> &Address {
        &self.side().peer
    }

    pub(in crate::tokio::net) fn options(&self) -> &Options {
        &self.side().options
    }

    /// The runtime takes it for readable, whether it is or not, as tokio does of what is accepted.
    pub(super) fn assume_readable(&self) {
        self.state().is_readable = true;
    }

    fn side(&self) -> &Side {
        self.connection.side(self.which)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        own(&self.side().state)
    }

    pub(in crate::tokio::net) fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = self.read(buffer.remaining(), self.place, How::Poll, |state| state.readers.poll(context));
        task::look_who_was_woken();
        read.map_ok(|bytes| buffer.put_slice(&bytes))
    }

    pub(in crate::tokio::net) fn poll_peek(
        &self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
        place: Place,
    ) -> Poll<io::Result<usize>> {
        let peeked = self.read(buffer.remaining(), place, How::Peek, |state| state.readers.poll(context));
        task::look_who_was_woken();
        peeked.map_ok(|bytes| {
            buffer.put_slice(&bytes);
            bytes.len()
        })
    }

    /// As [`End::poll_peek`], of several who await it each.
    pub(in crate::tokio::net) async fn peek(&self, buffer: &mut [u8], place: Place) -> io::Result<usize> {
        let mut waiting = Waiting::new(self, place);
        let bytes = poll_fn(|context| {
            let number = &mut waiting.reads;
            let peeked = self.read(buffer.len(), place, How::Peek, |state| {
                wait(&mut state.readers, Some(number), context);
            });
            task::look_who_was_woken();
            peeked
        })
        .await?;
        // What arrives wakes all, who wait no more then.
        waiting.reads = None;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }

    pub(in crate::tokio::net) fn try_read(&self, count_max: usize, place: Place) -> io::Result<Vec<u8>> {
        match self.read(count_max, place, How::Try, |_| {}) {
            Poll::Ready(read) => read,
            Poll::Pending => Err(ErrorKind::WouldBlock.into()),
        }
    }

    /// Reads at most so many bytes. Who has to wait does `wait`.
    fn read(
        &self,
        count_max: usize,
        place: Place,
        how: How,
        wait: impl FnOnce(&mut State),
    ) -> Poll<io::Result<Vec<u8>>> {
        let mut roomless = Vec::new();
        let found = self.side().read.poll_told(
            how.call(),
            place,
            || {
                let mut state = self.state();
                let is_over = state.is_ended || state.is_reset;
                if !state.late.is_empty() || state.arrived.is_empty() && !is_over {
                    state.is_readable = false;
                    wait(&mut state);
                    return Poll::Pending;
                }
                if state.arrived.is_empty() {
                    // What came first is told first with TCP.
                    let is_reset = state.is_reset && (self.connection.kind == Kind::Unix || !state.is_ended);
                    return Poll::Ready(if is_reset { Found::Reset } else { Found::End });
                }
                let count = count_max.min(state.arrived.len());
                let bytes: Vec<u8> = state.arrived.iter().take(count).copied().collect();
                if how != How::Peek {
                    state.arrived.drain(..count);
                    state.consumed += count;
                    state.unread = state.unread.saturating_sub(count);
                    roomless = state.roomless.take();
                }
                state.is_readable &= how != How::Poll || count == count_max;
                Poll::Ready(Found::Bytes(bytes))
            },
            |found| match found {
                Found::Bytes(bytes) => told_of_read(count_max > 0)(&Ok(bytes.len())),
                Found::End => told_of_read(true)(&Ok(0)),
                Found::Reset => Told { is_change: false, text: "reset".to_string() },
            },
        );
        wake(roomless);
        found.map(|found| match found {
            Found::Bytes(bytes) => Ok(self.shorten(bytes, how, place)),
            Found::End => Ok(Vec::new()),
            Found::Reset => self.take_error(place).map_or(Ok(Vec::new()), |error| Err(error.into())),
        })
    }

    /// Of what was read, what the reader gets: the rest comes later.
    fn shorten(&self, mut bytes: Vec<u8>, how: How, place: Place) -> Vec<u8> {
        let ways = match bytes.len() {
            0 | 1 => return bytes,
            2 => 1,
            _ => 2,
        };
        let rest = match backend::short_read(ways, place) {
            0 => return bytes,
            1 => bytes.split_off(1),
            _ => bytes.split_off(bytes.len() - 1),
        };
        let is_late = self.side().read.call(PUT_BACK, place, || {
            let mut state = self.state();
            state.is_readable &= how != How::Poll;
            if how != How::Peek {
                state.put_back(&rest);
            }
            // After what was got, unless that is still there, or somebody else has taken some of it meanwhile.
            let at = if how == How::Peek { bytes.len().min(state.arrived.len()) } else { 0 };
            state.delay(at)
        });
        if is_late {
            let (connection, which) = (Arc::clone(&self.connection), self.which);
            later(move || connection.deliver_late(which, place));
        }
        bytes
    }

    /// What went wrong, which is told once.
    pub(in crate::tokio::net) fn take_error(&self, place: Place) -> Option<ErrorKind> {
        self.side().write.call(TAKE_ERROR, place, || self.state().error.take())
    }

    pub(in crate::tokio::net) fn poll_write(
        &self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.write(bytes, self.place, Some(context));
        task::look_who_was_woken();
        written
    }

    pub(in crate::tokio::net) fn try_write(&self, bytes: &[u8], place: Place) -> io::Result<usize> {
        match self.write(bytes, place, None) {
            Poll::Ready(written) => written,
            Poll::Pending => Err(ErrorKind::WouldBlock.into()),
        }
    }

    /// Writes some of these bytes.
    fn write(
        &self,
        bytes: &[u8],
        place: Place,
        context: Option<&mut Context<'_>>,
    ) -> Poll<io::Result<usize>> {
        let is_short = bytes.len() > 1 && backend::is_short_write(place);
        let bytes = if is_short { &bytes[..1] } else { bytes };
        let _turn = self.side().way.turn();
        let room = self.side().write.poll_told(
            WRITE,
            place,
            || {
                let mut state = self.state();
                let is_told_first = self.connection.kind == Kind::Tcp;
                if is_told_first && let Some(error) = state.error.take() {
                    return Poll::Ready(Err(error.into()));
                }
                if state.is_broken || state.is_shut {
                    return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
                }
                if state.written + bytes.len() <= ROOM {
                    state.written += bytes.len();
                    return Poll::Ready(Ok(Room::For(bytes.len())));
                }
                if let Some(context) = &context {
                    state.writers.poll(context);
                }
                Poll::Ready(Ok(Room::Unknown))
            },
            |room: &io::Result<Room>| match room {
                Ok(Room::For(count)) => told_of_write(&Ok(*count)),
                Ok(Room::Unknown) => {
                    Told { is_change: false, text: "more than there may be room for".into() }
                }
                Err(error) => told_of_write(&Err(error.kind().into())),
            },
        );
        let count = match room {
            Poll::Ready(Ok(Room::For(count))) => count,
            Poll::Ready(Ok(Room::Unknown)) => {
                let is_poll = context.is_some();
                let room = self.poll_room(bytes.len(), place, |reader| {
                    if let Some(context) = context {
                        reader.roomless.poll(context);
                    }
                });
                // A poll knows, too, that there is no more room where not all went.
                if room.is_pending() || is_poll && room != Poll::Ready(bytes.len()) {
                    self.side().write.call(FULL, place, || self.state().is_full = true);
                }
                let Poll::Ready(count) = room else { return Poll::Pending };
                count
            }
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            Poll::Pending => return Poll::Pending,
        };
        if self.connection.kind == Kind::Unix && !self.push(count, place) {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        if count > 0 {
            self.connection.send(self.which, Parcel::Bytes(bytes[..count].to_vec()), place);
        }
        Poll::Ready(Ok(count))
    }

    /// For how many bytes of so many there is room, at least one; who has to wait does `wait`, at the reader's side.
    fn poll_room(&self, count: usize, place: Place, wait: impl FnOnce(&mut State)) -> Poll<usize> {
        let reader = self.connection.side(1 - self.which);
        reader.read.poll_told(
            ROOM_CALL,
            place,
            || {
                let mut own_state = self.state();
                let mut state = own(&reader.state);
                let room = ROOM - (own_state.written - state.consumed);
                if room == 0 {
                    wait(&mut state);
                    return Poll::Pending;
                }
                own_state.written += count.min(room);
                Poll::Ready(count.min(room))
            },
            |count| told_of_write(&Ok(*count)),
        )
    }

    /// Whether there is somebody to read so many bytes more.
    fn push(&self, count: usize, place: Place) -> bool {
        let reader = self.connection.side(1 - self.which);
        reader.owned.call(PUSH, place, || {
            let mut state = own(&reader.state);
            state.unread += count;
            !state.is_gone
        })
    }

    /// Says that nothing more is written, as the place where this end is its owner's.
    pub(in crate::tokio::net) fn shutdown_here(&self) {
        self.shutdown(self.place);
    }

    /// The same, in a destructor.
    pub(in crate::tokio::net) fn shutdown_at_end(&self) {
        if self.side().owned.is_here() {
            self.shutdown(self.place);
        }
    }

    fn shutdown(&self, place: Place) {
        let _turn = self.side().way.turn();
        let was_open = self.side().write.call(SHUTDOWN, place, || {
            let mut state = self.state();
            // A connection that is broken has nothing to shut down, of which tokio says nothing.
            let is_gone = state.is_broken && self.connection.kind == Kind::Tcp;
            !is_gone && !std::mem::replace(&mut state.is_shut, true)
        });
        if was_open {
            self.connection.send(self.which, Parcel::End, place);
        }
    }

    /// Whether it can be read from or written to, as `interest` asks, as far as the runtime knows: it takes what was so
    /// for what is so until somebody finds that it is not. Who has to wait is woken when it is. Who polls has no `waiting`.
    pub(in crate::tokio::net) fn poll_ready(
        &self,
        interest: Interest,
        mut waiting: Option<&mut Waiting<'_>>,
        context: &mut Context<'_>,
        place: Place,
    ) -> Poll<Ready> {
        let mut ready = Ready::EMPTY;
        if interest.is_readable() {
            let mut number = waiting.as_deref_mut().map(|waiting| &mut waiting.reads);
            ready |= self.poll_readable(number.as_deref_mut(), context, place);
            // What arrives wakes all, who wait no more then.
            if !ready.is_empty()
                && let Some(number) = number
            {
                *number = None;
            }
        }
        if interest.is_writable() {
            ready |= self.poll_writable(waiting, context, place);
        }
        task::look_who_was_woken();
        if ready.is_empty() { Poll::Pending } else { Poll::Ready(ready) }
    }

    fn poll_readable(&self, number: Option<&mut Option<u64>>, context: &Context<'_>, place: Place) -> Ready {
        poll_one(&self.side().read, READABLE, place, || {
            let mut state = self.state();
            if state.late.is_empty() && (state.is_ended || state.is_reset) {
                return Ready::READABLE | Ready::READ_CLOSED;
            }
            if state.is_readable {
                return Ready::READABLE;
            }
            wait(&mut state.readers, number, context);
            Ready::EMPTY
        })
    }

    fn poll_writable(&self, waiting: Option<&mut Waiting<'_>>, context: &Context<'_>, place: Place) -> Ready {
        let (writes, mut rooms) = match waiting {
            Some(Waiting { writes, rooms, .. }) => (Some(writes), Some(rooms)),
            None => (None, None),
        };
        let ready = poll_one(&self.side().write, WRITABLE, place, || {
            let mut state = self.state();
            if state.is_broken || state.is_shut {
                return Ready::WRITABLE | Ready::WRITE_CLOSED;
            }
            if !state.is_full {
                return Ready::WRITABLE;
            }
            wait(&mut state.writers, writes, context);
            Ready::EMPTY
        });
        if !ready.is_empty() {
            return ready;
        }
        let number = rooms.as_deref_mut();
        match self.poll_room(0, place, |reader| wait(&mut reader.roomless, number, context)) {
            Poll::Ready(_) => {
                // Who reads wakes all.
                if let Some(number) = rooms {
                    *number = None;
                }
                self.side().write.call(ROOM_AGAIN, place, || self.state().is_full = false);
                Ready::WRITABLE
            }
            Poll::Pending => Ready::EMPTY,
        }
    }

    /// Waits until it can be read from or written to, as `interest` asks.
    pub(in crate::tokio::net) async fn ready(&self, interest: Interest, place: Place) -> Ready {
        if !interest.is_readable() && !interest.is_writable() {
            backend::unsupported(
                "to wait for what is neither readable nor writable",
                "wait for either: it is told there how a connection ends",
            );
        }
        let mut waiting = Waiting::new(self, place);
        poll_fn(|context| self.poll_ready(interest, Some(&mut waiting), context, place)).await
    }

    /// Closes the end as one that nobody ever had.
    pub(super) fn abort(self) {
        self.reset_at_end();
    }

    /// Resets the connection when it is closed.
    pub(in crate::tokio::net) fn reset_at_end(&self) {
        self.state().is_aborted = true;
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let side = self.side();
        // What outlives its execution goes without notice.
        if !side.owned.is_here() {
            return;
        }
        let _turn = side.way.turn();
        let parcel = side.owned.end(CLOSE, self.place, || {
            let mut state = self.state();
            state.owners -= 1;
            if state.owners > 0 {
                return None;
            }
            state.is_gone = true;
            let is_known = state.is_shut && self.connection.kind == Kind::Tcp;
            match state.unread > 0 || state.is_aborted {
                true => Some(Parcel::Reset),
                false => (!is_known).then_some(Parcel::Closed),
            }
        });
        if let Some(parcel) = parcel {
            self.connection.send(self.which, parcel, self.place);
        }
    }
}

/// Announces a look for what is ready, and does it.
fn poll_one(callee: &Callee, call: Call, place: Place, look: impl FnOnce() -> Ready) -> Ready {
    let polled = callee.poll(call, place, || match look() {
        Ready::EMPTY => Poll::Pending,
        ready => Poll::Ready(ready),
    });
    if let Poll::Ready(ready) = polled { ready } else { Ready::EMPTY }
}

/// Who awaits that an end is ready, by numbers among those who do. It is not woken any more once this is dropped.
pub(in crate::tokio::net) struct Waiting<'a> {
    end: &'a End,
    place: Place,
    reads: Option<u64>,
    writes: Option<u64>,
    /// At the reader's side.
    rooms: Option<u64>,
}

impl<'a> Waiting<'a> {
    fn new(end: &'a End, place: Place) -> Self {
        Waiting { end, place, reads: None, writes: None, rooms: None }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let End { connection, which, .. } = self.end;
        let (side, reader) = (connection.side(*which), connection.side(1 - *which));
        let leave = |callee: &Callee, side: &Side, waiters: fn(&mut State) -> &mut Waiters, number| {
            if let Some(number) = number {
                callee.end(CANCEL, self.place, || waiters(&mut own(&side.state)).leave(number));
            }
        };
        leave(&side.read, side, |state| &mut state.readers, self.reads);
        leave(&side.write, side, |state| &mut state.writers, self.writes);
        leave(&reader.read, reader, |state| &mut state.roomless, self.rooms);
    }
}

/// Who has no number polls, who has one or is to get one awaits.
fn wait(waiters: &mut Waiters, number: Option<&mut Option<u64>>, context: &Context<'_>) {
    match number {
        None => waiters.poll(context),
        Some(number) => *number = Some(waiters.wait(*number, context)),
    }
}
