//! What the primitives are made of: futures whose polls are announced, guards whose end is, and the callee of a channel,
//! which its ends share. Knows no primitive.

use crate::backend::{self, Backend, Call, Callee, SharedHome};
use crate::task;
use pin_project_lite::pin_project;
use std::future::Future;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

pub(super) type Place = &'static Location<'static>;

/// Whoever has a primitive.
pub(super) trait Owner {
    /// What stands for it to the checkers; `None` where it was made for real, by what has no need of one.
    fn callee(&self) -> Option<&Callee>;

    /// What it is, to the user.
    fn what(&self) -> &'static str;

    /// Announces a call, and does it.
    #[track_caller]
    fn call<R>(&self, call: Call, act: impl FnOnce() -> R) -> R {
        self.call_at(call, Location::caller(), act)
    }

    /// As [`Owner::call`], for who knows where the user calls.
    fn call_at<R>(&self, call: Call, place: Place, act: impl FnOnce() -> R) -> R {
        match self.callee_or_real() {
            Some(callee) => callee.call(call, place, act),
            None => act(),
        }
    }

    /// Announces a call that can fail, and does it.
    #[track_caller]
    fn try_call<T, E>(&self, call: Call, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let place = Location::caller();
        match self.callee_or_real() {
            Some(callee) => callee.try_call(call, place, act),
            None => act(),
        }
    }

    /// Announces a poll, and does it.
    fn poll<T>(&self, call: Call, place: Place, poll: impl FnOnce() -> Poll<T>) -> Poll<T> {
        match self.callee_or_real() {
            Some(callee) => callee.poll(call, place, poll),
            None => poll(),
        }
    }

    /// Announces that something comes to its end, in a destructor, and does that.
    fn end<R>(&self, call: Call, place: Place, end: impl FnOnce() -> R) -> R {
        match self.callee() {
            Some(callee) => callee.end(call, place, end),
            None => end(),
        }
    }

    fn callee_or_real(&self) -> Option<&Callee> {
        let callee = self.callee();
        if callee.is_none() {
            backend::expect_real(self.what());
        }
        callee
    }
}

impl<O: Owner + ?Sized> Owner for &O {
    fn callee(&self) -> Option<&Callee> {
        (**self).callee()
    }

    fn what(&self) -> &'static str {
        (**self).what()
    }
}

impl<O: Owner + ?Sized> Owner for Arc<O> {
    fn callee(&self) -> Option<&Callee> {
        (**self).callee()
    }

    fn what(&self) -> &'static str {
        (**self).what()
    }
}

/// The callee that the ends of a channel share. For real there is none, so that a channel costs no more than tokio's.
#[derive(Clone)]
pub(super) struct Shared {
    callee: Option<Arc<Callee>>,
    what: &'static str,
}

impl Shared {
    #[track_caller]
    pub(super) fn new(what: &'static str) -> Self {
        let callee = match backend::current() {
            Backend::Real => None,
            _ => Some(Arc::new(Callee::new(what))),
        };
        Shared { callee, what }
    }

    /// Whether it was made inside a check.
    pub(super) fn is_checked(&self) -> bool {
        self.callee.is_some()
    }
}

impl Owner for Shared {
    fn callee(&self) -> Option<&Callee> {
        self.callee.as_deref()
    }

    fn what(&self) -> &'static str {
        self.what
    }
}

/// A primitive that `const` code can make and that tokio wants to have in an `Arc`: it is there from its first use on.
pub(super) struct Lazily<T>(SharedHome<OnceLock<Arc<T>>>);

impl<T> Lazily<T> {
    pub(super) const fn unmade() -> Self {
        Lazily(SharedHome::new(OnceLock::new()))
    }

    pub(super) fn made(value: T) -> Self {
        Lazily(SharedHome::new(OnceLock::from(Arc::new(value))))
    }

    pub(super) fn get(&self, make: impl FnOnce() -> T) -> &Arc<T> {
        self.0.get().get_or_init(|| Arc::new(make()))
    }
}

/// Waits for `future` without a runtime; `for_real`, where there is one that tokio knows.
pub(super) fn block_on<T>(for_real: impl FnOnce() -> T, future: impl Future<Output = T>) -> T {
    match backend::current() {
        Backend::Real => for_real(),
        _ => task::wait_blocking(future),
    }
}

pin_project! {
    /// A future of tokio's, each poll of which is announced as `call`, and its end as `cancel` if it waited.
    #[must_use = "futures do nothing unless they are awaited"]
    pub(super) struct Announced<O, F>
    where
        O: Owner,
    {
        owner: O,
        call: Call,
        // `None` where nobody can notice the end.
        cancel: Option<Call>,
        place: Place,
        is_pending: bool,
        #[pin]
        future: Option<F>,
    }

    impl<O, F> PinnedDrop for Announced<O, F>
    where
        O: Owner,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            match this.cancel {
                Some(cancel) if *this.is_pending => {
                    this.owner.end(*cancel, this.place, || this.future.set(None));
                }
                _ => {}
            }
        }
    }
}

impl<O: Owner, F> Announced<O, F> {
    pub(super) fn new(owner: O, call: Call, cancel: Option<Call>, place: Place, future: F) -> Self {
        Announced { owner, call, cancel, place, is_pending: false, future: Some(future) }
    }

    /// Does something with tokio's future, which is not over.
    pub(super) fn with<R>(
        self: Pin<&mut Self>,
        call: Call,
        place: Place,
        act: impl FnOnce(Pin<&mut F>) -> R,
    ) -> R {
        let this = self.project();
        let future = this.future.as_pin_mut().expect("it goes with this");
        // It may stand in a queue from here on.
        *this.is_pending = true;
        this.owner.call_at(call, place, || act(future))
    }
}

impl<O: Owner, F: Future> Future for Announced<O, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let future = this.future.as_pin_mut().expect("it goes with this");
        let polled = this.owner.poll(*this.call, this.place, || poll_unconstrained(future, context));
        *this.is_pending = polled.is_pending();
        polled
    }
}

/// Polls without the budget that a runtime of tokio's may be in: the check may be called by one of its tasks.
pub(super) fn poll_unconstrained<F: Future>(future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
    match backend::current() {
        Backend::Real => future.poll(context),
        _ => pin!(tokio::task::coop::unconstrained(future)).poll(context),
    }
}

/// Something of tokio's whose end is announced: a guard, a permit, an end of a channel.
pub(super) struct Ended<O: Owner, G> {
    owner: O,
    call: Call,
    place: Place,
    inner: Option<G>,
}

impl<O: Owner, G> Ended<O, G> {
    /// Its end is a `call`, and told to have been made at `place`.
    pub(super) fn new(owner: O, call: Call, place: Place, inner: G) -> Self {
        Ended { owner, call, place, inner: Some(inner) }
    }

    pub(super) fn owner(&self) -> &O {
        &self.owner
    }

    pub(super) fn get(&self) -> &G {
        self.inner.as_ref().expect("it goes with this")
    }

    pub(super) fn get_mut(&mut self) -> &mut G {
        self.inner.as_mut().expect("it goes with this")
    }

    /// Tokio's own, which does not come to its end by this.
    pub(super) fn into_inner(mut self) -> G {
        self.inner.take().expect("it goes with this")
    }
}

impl<O: Owner, G> Drop for Ended<O, G> {
    fn drop(&mut self) {
        if let Some(inner) = self.inner.take() {
            self.owner.end(self.call, self.place, || drop(inner));
        }
    }
}
