//! The signals of a checked program: who listens for which, and how they come. Each comes by a thread that does nothing
//! else, so that the moment is explored as an order of threads. Listeners are tokio's own: a `watch` of its.

use crate::backend::{self, Call, Callee};
use crate::thread;
use crate::tokio::one_each::{self, OneEach};
use crate::tokio::sync::announced::{Announced, Owner, Place, Shared, is_real};
use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::watch;

const LISTEN: Call = Call::changes(&"listen");
const RAISE: Call = Call::changes(&"raise");
const ARRIVE: Call = Call::changes(&"arrives");
const RECV: Call = Call::takes(&"recv");
const CANCEL: Call = Call::takes(&"cancel");

thread_local! {
    static PROCESS: OneEach<Process> = const { OneEach::new() };
}

pub(super) struct Process {
    callee: Callee,
    /// By their numbers.
    kinds: Mutex<BTreeMap<i32, Arc<Kind>>>,
}

/// A kind of signal.
struct Kind {
    shared: Shared,
    listeners: watch::Sender<()>,
}

impl Process {
    /// That of the running execution.
    ///
    /// # Panics
    /// Outside of a check.
    #[track_caller]
    pub(super) fn of_execution() -> Arc<Process> {
        assert!(!is_real(), "a signal is raised outside of a check: send it by the operating system's means");
        one_each::current(&PROCESS, || {
            backend::when_main_returns(|| one_each::end(&PROCESS));
            Process { callee: Callee::new("the process's signals"), kinds: Mutex::default() }
        })
    }

    /// Hears what comes from now on. The first of its kind is sent for.
    #[track_caller]
    pub(super) fn listen(&self, number: i32) -> Listener {
        self.listen_at(number, Location::caller())
    }

    /// As [`Process::listen`], for who knows where the user calls.
    pub(super) fn listen_at(&self, number: i32, place: Place) -> Listener {
        let (kind, is_new) = self.kind(LISTEN, number, place);
        let receiver = kind.shared.call_at(LISTEN, place, || kind.listeners.subscribe());
        let listener = Listener::new(kind.shared.clone(), place, receiver);
        if is_new {
            kind.come(place);
        }
        listener
    }

    /// Sends one.
    #[track_caller]
    pub(super) fn raise(&self, number: i32) {
        let place = Location::caller();
        self.kind(RAISE, number, place).0.come(place);
    }

    /// Whether nobody had asked for it before.
    fn kind(&self, call: Call, number: i32, place: Place) -> (Arc<Kind>, bool) {
        let make = || {
            Arc::new(Kind { shared: Shared::made_at("a signal", place), listeners: watch::Sender::new(()) })
        };
        self.callee.call(call, place, || {
            let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
            let is_new = !kinds.contains_key(&number);
            (kinds.entry(number).or_insert_with(make).clone(), is_new)
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Whom the end of these would wake is of an execution that was left in its middle.
        if !self.callee.is_here() {
            std::mem::forget(std::mem::take(&mut self.kinds));
        }
    }
}

impl Kind {
    /// One comes, whenever the checker likes.
    fn come(self: Arc<Self>, place: Place) {
        thread::spawn(move || {
            self.shared.call_at(ARRIVE, place, || {
                self.listeners.send_modify(|()| {});
                backend::draw_order();
            });
        });
    }
}

/// Hears signals of a kind.
pub(super) struct Listener {
    kind: Shared,
    place: Place,
    /// Waits for the next, and gives what waits for the one after it.
    next: Mutex<Next>,
}

type Next = Pin<Box<dyn Future<Output = watch::Receiver<()>> + Send>>;

impl Listener {
    fn new(kind: Shared, place: Place, receiver: watch::Receiver<()>) -> Self {
        let next = Mutex::new(next(kind.clone(), place, receiver));
        Listener { kind, place, next }
    }

    pub(super) fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Listener { kind, place, next: waits } = self;
        let waits = waits.get_mut().unwrap_or_else(PoisonError::into_inner);
        waits.as_mut().poll(context).map(|receiver| *waits = next(kind.clone(), place, receiver))
    }
}

fn next(kind: Shared, place: Place, mut receiver: watch::Receiver<()>) -> Next {
    let changed = async move {
        // Its sender is the process's: when that is gone, nothing comes any more.
        if receiver.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
        receiver
    };
    Box::pin(Announced::new(kind, RECV, Some(CANCEL), place, changed))
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signal").finish_non_exhaustive()
    }
}
