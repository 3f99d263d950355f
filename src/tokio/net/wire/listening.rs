//! Somebody who listens at an address, and the connections that nobody has accepted yet.

use super::connection::{Address, Kind, Seen};
use super::end::End;
use super::own;
use super::waiters::{Waiters, wake};
use super::way::Way;
use crate::backend::{Call, Callee};
use crate::task;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::panic::Location;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

type Place = &'static Location<'static>;

const CONNECT: Call = Call::changes(&"connect");
const ARRIVE: Call = Call::changes(&"arrive");
const ACCEPT: Call = Call::tries(&"accept");
const CLOSE: Call = Call::changes(&"close");
const CANCEL: Call = Call::takes(&"cancel");

/// The port of the first who connects to the first who listens; each listener has so many.
const FIRST_PORT: u16 = 49_152;
const PORTS: u16 = 512;
/// Up to the last that there is.
const PORTS_IN_ALL: u32 = 16_384;

pub(in crate::tokio::net) struct Listening {
    pub(super) kind: Kind,
    pub(super) address: Address,
    /// How many listened before it, in this execution.
    rank: u16,
    pub(super) place: Place,
    /// Who may still connect: `is_closed`, `connected`.
    open: Callee,
    /// Who can be accepted: `queue`, `accepters`, `is_over`.
    queue: Callee,
    state: Mutex<State>,
    way: Way,
}

#[derive(Default)]
struct State {
    is_closed: bool,
    /// How many have connected.
    connected: u32,
    queue: VecDeque<End>,
    accepters: Waiters,
    is_over: bool,
}

impl Listening {
    pub(super) fn new(kind: Kind, address: Address, rank: u16, place: Place) -> Arc<Self> {
        let what = match kind {
            Kind::Tcp => "a TcpListener",
            Kind::Unix => "a UnixListener",
        };
        let [open, queue] = [(); 2].map(|()| Callee::made_at(what, place));
        Arc::new(Listening {
            kind,
            address,
            rank,
            place,
            open,
            queue,
            state: Mutex::default(),
            way: Way::default(),
        })
    }

    pub(in crate::tokio::net) fn address(&self) -> &Address {
        &self.address
    }

    /// Somebody connects, to `to`, from an address of its own if it has one: its end, unless this is closed.
    pub(super) fn connect(
        self: &Arc<Self>,
        from: Option<SocketAddr>,
        to: Address,
        place: Place,
    ) -> Option<End> {
        let _turn = self.way.turn();
        let number = self.open.call(CONNECT, place, || {
            let mut state = own(&self.state);
            state.connected += 1;
            (!state.is_closed).then_some(state.connected - 1)
        })?;
        let from = match &to {
            Address::Unix(_) => Address::Unix(None),
            Address::Tcp(to) => Address::Tcp(from.map(|from| from_to(from, to)).unwrap_or_else(|| {
                let later =
                    (u32::from(self.rank) * u32::from(PORTS) + number % u32::from(PORTS)) % PORTS_IN_ALL;
                let port = u16::try_from(u32::from(FIRST_PORT) + later).unwrap_or(FIRST_PORT);
                SocketAddr::new(to.ip(), port)
            })),
        };
        let (far_sees, far_peer) = (self.as_seen_here(&to), self.as_seen_here(&from));
        let seen = [Seen { address: from, peer: to }, Seen { address: far_sees, peer: far_peer }];
        let [near, far] = End::pair(self.kind, seen, [place, self.place]);
        far.assume_readable();
        let listening = Arc::clone(self);
        self.way.send(move || listening.arrive(far, place));
        Some(near)
    }

    /// An address of the fourth version is one of the sixth to who listens at that.
    fn as_seen_here(&self, address: &Address) -> Address {
        match (&self.address, address) {
            (Address::Tcp(SocketAddr::V6(_)), Address::Tcp(SocketAddr::V4(address))) => {
                Address::Tcp((address.ip().to_ipv6_mapped(), address.port()).into())
            }
            (_, address) => address.clone(),
        }
    }

    fn arrive(&self, end: End, place: Place) {
        let mut end = Some(end);
        wake(self.queue.call(ARRIVE, place, || {
            let mut state = own(&self.state);
            if !state.is_over {
                state.queue.extend(end.take());
            }
            state.accepters.take()
        }));
        end.into_iter().for_each(End::abort);
    }

    /// The next connection.
    pub(in crate::tokio::net) async fn accept(&self, place: Place) -> End {
        let mut waiting = Waiting { listening: self, number: None, place };
        poll_fn(|context| {
            let polled = self.poll(place, |state| {
                waiting.number = Some(state.accepters.wait(waiting.number, context));
            });
            if polled.is_ready() {
                waiting.number = None;
            }
            polled
        })
        .await
    }

    /// As [`Listening::accept`], for who writes a future.
    pub(in crate::tokio::net) fn poll_accept(&self, context: &mut Context<'_>, place: Place) -> Poll<End> {
        self.poll(place, |state| state.accepters.poll(context))
    }

    fn poll(&self, place: Place, wait: impl FnOnce(&mut State)) -> Poll<End> {
        let polled = self.queue.poll(ACCEPT, place, || {
            let mut state = own(&self.state);
            match state.queue.pop_front() {
                Some(end) => Poll::Ready(end),
                None => {
                    wait(&mut state);
                    Poll::Pending
                }
            }
        });
        task::look_who_was_woken();
        if polled.is_ready() {
            task::expect_io();
        }
        polled.map(|end| end.at(place))
    }

    /// Nobody connects any more, and who was not accepted is reset.
    pub(super) fn close(&self) {
        self.open.end(CLOSE, self.place, || own(&self.state).is_closed = true);
        let left = self.queue.end(CLOSE, self.place, || {
            let mut state = own(&self.state);
            state.is_over = true;
            std::mem::take(&mut state.queue)
        });
        left.into_iter().for_each(End::abort);
    }

    /// Whether somebody of the running execution can notice what is done to it.
    pub(super) fn is_here(&self) -> bool {
        self.open.is_here()
    }
}

/// Where one connects from to there who has any address.
fn from_to(from: SocketAddr, to: &SocketAddr) -> SocketAddr {
    if from.ip().is_unspecified() { SocketAddr::new(to.ip(), from.port()) } else { from }
}

/// Who awaits a connection.
struct Waiting<'a> {
    listening: &'a Listening,
    number: Option<u64>,
    place: Place,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let Listening { queue, state, .. } = self.listening;
        if let Some(number) = self.number {
            queue.end(CANCEL, self.place, || own(state).accepters.leave(number));
        }
    }
}
