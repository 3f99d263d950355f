//! Who listens where, and how one connects.

use super::connection::{Address, Kind};
use super::end::End;
use super::listening::Listening;
use super::own;
use crate::backend::{self, Call, Callee};
use crate::task::{self, Waiter};
use crate::thread;
use crate::tokio::one_each::{self, OneEach};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::panic::Location;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

type Place = &'static Location<'static>;

const BIND: Call = Call::tries(&"bind");
const LOOK_UP: Call = Call::looks(&"look up");
const UNBIND: Call = Call::changes(&"unbind");
const CONNECT: Call = Call::tries(&"connect");
const CONNECTED: Call = Call::changes(&"connected");
const CANCEL: Call = Call::takes(&"cancel");

/// The port that the first gets who does not say which.
const FIRST_PORT: u16 = 40_000;

thread_local! {
    static NETWORK: OneEach<Network> = const { OneEach::new() };
}

pub(in crate::tokio::net) struct Network {
    callee: Callee,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    listening: BTreeMap<Address, Arc<Listening>>,
    /// Who ever listened.
    listened: u16,
    /// Files of sockets that nobody listens at any more.
    files: Vec<Address>,
    /// What sockets have that neither listen nor are connected.
    reserved: Vec<Arc<Reservation>>,
}

impl Network {
    /// That of the running execution.
    pub(in crate::tokio::net) fn of_execution() -> Arc<Network> {
        one_each::current(&NETWORK, || Network {
            callee: Callee::new("the network"),
            state: Mutex::default(),
        })
    }

    /// Listens at an address, or at any port of it if that is 0.
    pub(in crate::tokio::net) fn bind(&self, address: Address, place: Place) -> io::Result<Arc<Listening>> {
        if let Address::Tcp(address) = &address {
            expect_own(address)?;
        }
        // As tokio's, which lets addresses be used again.
        self.listen(address, true, None, place)
    }

    /// Takes an address, or any port of it if that is 0, which others may take too if all say that it is `shared`, as long
    /// as nobody listens there.
    pub(in crate::tokio::net) fn reserve(
        self: Arc<Self>,
        address: SocketAddr,
        shared: bool,
        place: Place,
    ) -> io::Result<Reserved> {
        expect_own(&address)?;
        let reservation = self.callee.try_call(BIND, place, || {
            let mut state = own(&self.state);
            let address = state.with_port(address);
            if state.is_used(&Address::Tcp(address)) || state.is_reserved(&address, shared, None) {
                return Err(io::Error::from(ErrorKind::AddrInUse));
            }
            let reservation = Arc::new(Reservation { address, shared });
            state.reserved.push(reservation.clone());
            Ok(reservation)
        })?;
        Ok(Reserved { network: self, reservation, place })
    }

    /// Listens at an address that is one's own if one has `reserved` it.
    fn listen(
        &self,
        address: Address,
        shared: bool,
        reserved: Option<&Arc<Reservation>>,
        place: Place,
    ) -> io::Result<Arc<Listening>> {
        let bound = self.callee.try_call(BIND, place, || {
            let mut state = own(&self.state);
            let (kind, address) = match address {
                Address::Tcp(address) => (Kind::Tcp, Address::Tcp(state.with_port(address))),
                address => (Kind::Unix, address),
            };
            let is_reserved = |address: &Address| match address {
                Address::Tcp(address) => state.is_reserved(address, shared, reserved),
                Address::Unix(_) => false,
            };
            if state.is_used(&address) || is_reserved(&address) {
                return Err(io::Error::from(ErrorKind::AddrInUse));
            }
            let listening = Listening::new(kind, address.clone(), state.listened, place);
            state.listened += 1;
            if address != Address::Unix(None) {
                state.listening.insert(address, listening.clone());
            }
            Ok(listening)
        })?;
        task::expect_io();
        Ok(bound)
    }

    /// Nobody listens there any more.
    pub(in crate::tokio::net) fn close(listening: &Listening) {
        if !listening.is_here() {
            return;
        }
        let network = Network::of_execution();
        network.callee.end(UNBIND, listening.place, || {
            let mut state = own(&network.state);
            state.listening.remove(&listening.address);
            if listening.kind == Kind::Unix {
                state.files.push(listening.address.clone());
            }
        });
        listening.close();
    }

    /// Connects to an address, from an address of one's own if one has one.
    pub(in crate::tokio::net) fn connect(
        self: Arc<Self>,
        from: Option<SocketAddr>,
        to: Address,
        place: Place,
    ) -> Connecting {
        if let Address::Tcp(to) = &to
            && !(to.ip().is_loopback() || to.ip().is_unspecified())
        {
            backend::unsupported(
                &format!("a connection to {to}, which is not of this machine"),
                "listen at a loopback address inside the checked program, and connect to that",
            );
        }
        task::expect_io();
        let answer =
            Arc::new(Answer { callee: Callee::made_at("a connection", place), state: Mutex::default() });
        let courier = answer.clone();
        thread::spawn(move || courier.give(self.ask(from, to, place), place));
        Connecting { answer, place, is_over: false }
    }

    fn ask(&self, from: Option<SocketAddr>, to: Address, place: Place) -> io::Result<End> {
        let to = match to {
            // Linux takes this for itself.
            Address::Tcp(to) if to.ip().is_unspecified() => {
                Address::Tcp(SocketAddr::new(loopback(to), to.port()))
            }
            to => to,
        };
        let found = self.callee.call(LOOK_UP, place, || own(&self.state).look_up(&to));
        found.and_then(|listening| {
            listening.connect(from, to, place).ok_or_else(|| ErrorKind::ConnectionRefused.into())
        })
    }
}

impl State {
    /// With the next free port, if it has none.
    fn with_port(&self, mut address: SocketAddr) -> SocketAddr {
        if address.port() == 0 {
            let is_free = |port: &u16| {
                let address = SocketAddr::new(address.ip(), *port);
                !self.is_used(&Address::Tcp(address)) && !self.is_reserved(&address, false, None)
            };
            let from = FIRST_PORT + self.listened % 8_000;
            address.set_port((from..).find(is_free).unwrap_or(from));
        }
        address
    }

    fn is_used(&self, address: &Address) -> bool {
        let Address::Tcp(address) = address else {
            return *address != Address::Unix(None)
                && (self.listening.contains_key(address) || self.files.contains(address));
        };
        let is_same = |other: &Address| match other {
            Address::Tcp(other) => is_same_place(other, address),
            Address::Unix(_) => false,
        };
        self.listening.keys().any(is_same)
    }

    /// Whether another socket has the address, of those that are not `but`, and either does not share it.
    fn is_reserved(&self, address: &SocketAddr, shared: bool, but: Option<&Arc<Reservation>>) -> bool {
        self.reserved.iter().any(|other| {
            let is_other = !but.is_some_and(|but| Arc::ptr_eq(other, but));
            is_other && !(shared && other.shared) && is_same_place(&other.address, address)
        })
    }

    fn look_up(&self, to: &Address) -> io::Result<Arc<Listening>> {
        let exact = self.listening.get(to);
        let found = exact.or_else(|| match to {
            Address::Tcp(to) => {
                let (four, six) = (Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into());
                let at = |any: IpAddr| self.listening.get(&Address::Tcp(SocketAddr::new(any, to.port())));
                // Linux takes what is at any address of the sixth version for one at any of the fourth, too.
                at(if to.is_ipv4() { four } else { six }).or_else(|| at(six))
            }
            Address::Unix(_) => None,
        });
        let is_no_file = matches!(to, Address::Unix(_)) && !self.files.contains(to);
        let error = if is_no_file { ErrorKind::NotFound } else { ErrorKind::ConnectionRefused };
        found.cloned().ok_or_else(|| error.into())
    }
}

fn loopback(address: SocketAddr) -> IpAddr {
    match address {
        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    }
}

/// An address that is of another machine cannot be taken.
fn expect_own(address: &SocketAddr) -> io::Result<()> {
    match address.ip().is_loopback() || address.ip().is_unspecified() {
        true => Ok(()),
        false => Err(ErrorKind::AddrNotAvailable.into()),
    }
}

/// Whether who has one of two addresses keeps others from the other one.
fn is_same_place(one: &SocketAddr, other: &SocketAddr) -> bool {
    let is_part =
        |all: &SocketAddr, part: &SocketAddr| all.ip().is_unspecified() && (all.is_ipv6() || part.is_ipv4());
    one.port() == other.port() && (one.ip() == other.ip() || is_part(one, other) || is_part(other, one))
}

struct Reservation {
    address: SocketAddr,
    /// Others may have it too.
    shared: bool,
}

/// An address that a socket has which neither listens nor is connected. Dropping it gives the address back.
pub(in crate::tokio::net) struct Reserved {
    network: Arc<Network>,
    reservation: Arc<Reservation>,
    place: Place,
}

impl Reserved {
    pub(in crate::tokio::net) fn address(&self) -> SocketAddr {
        self.reservation.address
    }

    /// Listens there.
    pub(in crate::tokio::net) fn listen(self, place: Place) -> io::Result<Arc<Listening>> {
        let Reservation { address, shared } = *self.reservation;
        self.network.listen(Address::Tcp(address), shared, Some(&self.reservation), place)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let Network { callee, state } = &*self.network;
        if callee.is_here() {
            let is_other = |other: &Arc<Reservation>| !Arc::ptr_eq(other, &self.reservation);
            callee.end(UNBIND, self.place, || own(state).reserved.retain(is_other));
        }
    }
}

impl fmt::Debug for Reserved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address().fmt(f)
    }
}

/// What comes of an attempt to connect.
struct Answer {
    callee: Callee,
    state: Mutex<Given>,
}

#[derive(Default)]
struct Given {
    answer: Option<io::Result<End>>,
    waiter: Option<Waiter>,
    /// Nobody wants it any more.
    is_dropped: bool,
}

impl Answer {
    fn give(&self, answer: io::Result<End>, place: Place) {
        let mut answer = Some(answer);
        let waiter = self.callee.call(CONNECTED, place, || {
            let mut given = own(&self.state);
            if !given.is_dropped {
                given.answer = answer.take();
            }
            given.waiter.take()
        });
        waiter.into_iter().for_each(Waiter::wake);
    }
}

/// A connection that is being made.
#[must_use = "futures do nothing unless they are awaited"]
pub(in crate::tokio::net) struct Connecting {
    answer: Arc<Answer>,
    place: Place,
    is_over: bool,
}

impl Future for Connecting {
    type Output = io::Result<End>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Answer { callee, state } = &*self.answer;
        let polled = callee.poll(CONNECT, self.place, || {
            let mut given = own(state);
            match given.answer.take() {
                Some(answer) => Poll::Ready(answer),
                None => {
                    given.waiter = Some(Waiter::new(context.waker()));
                    Poll::Pending
                }
            }
        });
        task::look_who_was_woken();
        self.is_over = polled.is_ready();
        polled
    }
}

impl Drop for Connecting {
    fn drop(&mut self) {
        let Answer { callee, state } = &*self.answer;
        if self.is_over || !callee.is_here() {
            return;
        }
        let answer = callee.end(CANCEL, self.place, || {
            let mut given = own(state);
            given.is_dropped = true;
            given.answer.take()
        });
        drop(answer);
    }
}
