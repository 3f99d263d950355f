//! What its owner does with one end of a connection.

use super::connection::{Address, Connection, Kind, Parcel, Side, State, Which};
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
const SHUTDOWN: Call = Call::changes(&"shutdown");
const CLOSE: Call = Call::changes(&"close");
const CANCEL: Call = Call::takes(&"cancel");

/// One end of a connection, or a part of it. Dropping the last part closes the end.
pub(in crate::tokio::net) struct End {
    connection: Arc<Connection>,
    which: Which,
    place: Place,
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
    pub(super) fn pair(kind: Kind, addresses: [Address; 2], places: [Place; 2]) -> [End; 2] {
        let connection = Connection::new(kind, addresses, places);
        [0, 1].map(|which| End { connection: connection.clone(), which, place: places[which] })
    }

    /// Both ends of a new connection of a family that knows it at once.
    pub(in crate::tokio::net) fn unix_pair(place: Place) -> [End; 2] {
        End::pair(Kind::Unix, [Address::Unix(None), Address::Unix(None)], [place; 2])
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
        &self.connection.side(1 - self.which).address
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
        let read = self.read(buffer.remaining(), self.place, true, |state| state.readers.poll(context));
        task::look_who_was_woken();
        read.map_ok(|bytes| buffer.put_slice(&bytes))
    }

    pub(in crate::tokio::net) fn poll_peek(
        &self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
        place: Place,
    ) -> Poll<io::Result<usize>> {
        self.read(buffer.remaining(), place, false, |state| state.readers.poll(context)).map_ok(|bytes| {
            buffer.put_slice(&bytes);
            bytes.len()
        })
    }

    pub(in crate::tokio::net) fn try_read(&self, count_max: usize, place: Place) -> io::Result<Vec<u8>> {
        match self.read(count_max, place, true, |_| {}) {
            Poll::Ready(read) => read,
            Poll::Pending => Err(ErrorKind::WouldBlock.into()),
        }
    }

    /// Reads at most so many bytes, and keeps nobody else from it if it only peeks. Who has to wait does `wait`.
    fn read(
        &self,
        count_max: usize,
        place: Place,
        takes: bool,
        wait: impl FnOnce(&mut State),
    ) -> Poll<io::Result<Vec<u8>>> {
        let mut roomless = Vec::new();
        let found = self.side().read.poll_told(
            if takes { READ } else { PEEK },
            place,
            || {
                let mut state = self.state();
                if !state.late.is_empty() && count_max > 0 {
                    wait(&mut state);
                    return Poll::Pending;
                }
                if !state.arrived.is_empty() || count_max == 0 {
                    let count = count_max.min(state.arrived.len());
                    let bytes: Vec<u8> = state.arrived.iter().take(count).copied().collect();
                    if takes {
                        state.arrived.drain(..count);
                        state.consumed += count;
                        state.unread = state.unread.saturating_sub(count);
                        roomless = state.roomless.take();
                    }
                    return Poll::Ready(Found::Bytes(bytes));
                }
                match (state.is_ended, state.is_reset) {
                    (true, _) => Poll::Ready(Found::End),
                    (false, true) => Poll::Ready(Found::Reset),
                    (false, false) => {
                        wait(&mut state);
                        Poll::Pending
                    }
                }
            },
            |found| match found {
                Found::Bytes(bytes) => told_of_read(count_max > 0)(&Ok(bytes.len())),
                Found::End => told_of_read(true)(&Ok(0)),
                Found::Reset => Told { is_change: false, text: "reset".to_string() },
            },
        );
        wake(roomless);
        found.map(|found| match found {
            Found::Bytes(bytes) if takes => Ok(self.shorten(bytes, place)),
            Found::Bytes(bytes) => Ok(bytes),
            Found::End => Ok(Vec::new()),
            Found::Reset => self.take_error(place).map_or(Ok(Vec::new()), |error| Err(error.into())),
        })
    }

    /// Of what was read, what the reader gets: the rest comes later.
    fn shorten(&self, mut bytes: Vec<u8>, place: Place) -> Vec<u8> {
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
        self.side().read.call(PUT_BACK, place, || {
            let mut state = self.state();
            state.unread += rest.len();
            state.consumed -= rest.len();
            state.late = rest;
        });
        let (connection, which) = (Arc::clone(&self.connection), self.which);
        later(move || connection.deliver_late(which, place));
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
                if let Some(error) = state.error.take() {
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
            Poll::Ready(Ok(Room::Unknown)) => match self.poll_room(bytes.len(), place, context) {
                Poll::Ready(count) => count,
                Poll::Pending => return Poll::Pending,
            },
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

    /// For how many bytes of so many there is room, at least one; who has to wait is woken by the reader.
    fn poll_room(&self, count: usize, place: Place, context: Option<&mut Context<'_>>) -> Poll<usize> {
        let reader = self.connection.side(1 - self.which);
        let written = self.state().written;
        let room = reader.read.poll_told(
            ROOM_CALL,
            place,
            || {
                let mut state = own(&reader.state);
                let room = ROOM - (written - state.consumed);
                if room > 0 {
                    return Poll::Ready(count.min(room));
                }
                if let Some(context) = context {
                    state.roomless.poll(context);
                }
                Poll::Pending
            },
            |count| told_of_write(&Ok(*count)),
        );
        if let Poll::Ready(count) = room {
            self.state().written += count;
        }
        room
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
    pub(in crate::tokio::net) fn shutdown_here(&self) -> io::Result<()> {
        self.shutdown(self.place)
    }

    /// The same, in a destructor.
    pub(in crate::tokio::net) fn shutdown_at_end(&self) {
        if self.side().owned.is_here() {
            // Where it is broken there is nothing to be said.
            _ = self.shutdown(self.place);
        }
    }

    fn shutdown(&self, place: Place) -> io::Result<()> {
        let _turn = self.side().way.turn();
        let was_open = self.side().write.try_call(SHUTDOWN, place, || {
            let mut state = self.state();
            if state.is_broken && self.connection.kind == Kind::Tcp {
                return Err(io::Error::from(ErrorKind::NotConnected));
            }
            Ok(!std::mem::replace(&mut state.is_shut, true))
        })?;
        if was_open {
            self.connection.send(self.which, Parcel::End, place);
        }
        Ok(())
    }

    /// Whether it can be read from or written to, as `interest` asks; who has to wait is woken when it is. Who polls has no
    /// `number`, who awaits has one from its first poll on.
    pub(in crate::tokio::net) fn poll_ready(
        &self,
        interest: Interest,
        mut waiting: Option<&mut Waiting<'_>>,
        context: &mut Context<'_>,
        place: Place,
    ) -> Poll<Ready> {
        let mut ready = Ready::EMPTY;
        if interest.is_readable() {
            let number = waiting.as_deref_mut().map(|waiting| &mut waiting.reads);
            ready |= self.poll_one(&self.side().read, READABLE, place, |state| {
                let mut found = Ready::EMPTY;
                if !state.late.is_empty() {
                    wait(&mut state.readers, number, context);
                } else if state.is_ended || state.is_reset {
                    found |= Ready::READABLE | Ready::READ_CLOSED;
                } else if !state.arrived.is_empty() {
                    found |= Ready::READABLE;
                } else {
                    wait(&mut state.readers, number, context);
                }
                found
            });
        }
        if interest.is_writable() {
            let number = waiting.map(|waiting| &mut waiting.writes);
            let written = self.state().written;
            ready |= self.poll_one(&self.side().write, WRITABLE, place, |state| {
                if state.is_broken || state.is_shut {
                    return Ready::WRITABLE | Ready::WRITE_CLOSED;
                }
                if written < ROOM {
                    return Ready::WRITABLE;
                }
                wait(&mut state.writers, number, context);
                Ready::EMPTY
            });
            if ready.is_empty()
                && interest.is_writable()
                && self.poll_room(0, place, Some(context)).is_ready()
            {
                ready |= Ready::WRITABLE;
            }
        }
        task::look_who_was_woken();
        if ready.is_empty() { Poll::Pending } else { Poll::Ready(ready) }
    }

    fn poll_one(
        &self,
        callee: &Callee,
        call: Call,
        place: Place,
        look: impl FnOnce(&mut State) -> Ready,
    ) -> Ready {
        let polled = callee.poll(call, place, || match look(&mut self.state()) {
            Ready::EMPTY => Poll::Pending,
            ready => Poll::Ready(ready),
        });
        if let Poll::Ready(ready) = polled { ready } else { Ready::EMPTY }
    }

    /// Waits until it can be read from or written to, as `interest` asks.
    pub(in crate::tokio::net) async fn ready(&self, interest: Interest, place: Place) -> Ready {
        let mut waiting = Waiting { end: self, place, reads: None, writes: None };
        poll_fn(|context| {
            let polled = self.poll_ready(interest, Some(&mut waiting), context, place);
            if polled.is_ready() {
                (waiting.reads, waiting.writes) = (None, None);
            }
            polled
        })
        .await
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

/// Who awaits that an end is ready. It is not woken any more once this is dropped.
pub(in crate::tokio::net) struct Waiting<'a> {
    end: &'a End,
    place: Place,
    reads: Option<u64>,
    writes: Option<u64>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let side = self.end.side();
        if let Some(number) = self.reads.take() {
            side.read.end(CANCEL, self.place, || self.end.state().readers.leave(number));
        }
        if let Some(number) = self.writes.take() {
            side.write.end(CANCEL, self.place, || self.end.state().writers.leave(number));
        }
    }
}

/// Who has no number polls, who has one or is to get one awaits.
fn wait(waiters: &mut Waiters, number: Option<&mut Option<u64>>, context: &Context<'_>) {
    match number {
        None => waiters.poll(context),
        Some(number) => *number = Some(waiters.wait(*number, context)),
    }
}
