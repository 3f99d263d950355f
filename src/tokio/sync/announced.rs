//! What the primitives are made of: futures whose polls are announced, guards whose end is, and the callee of a channel,
//! which its ends share. Knows no primitive.

use crate::backend::{self, Backend, Call, Callee, SharedHome, Told};
use crate::sync::Shallow;
use crate::task;
use pin_project_lite::pin_project;
use std::future::Future;
use std::ops::DerefMut;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

pub(in crate::tokio) type Place = &'static Location<'static>;

/// Whoever has a primitive.
pub(in crate::tokio) trait Owner {
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

    /// As [`Owner::poll`], of one that says what came of it.
    fn poll_told<T>(
        &self,
        call: Call,
        place: Place,
        poll: impl FnOnce() -> Poll<T>,
        told: impl FnOnce(&T) -> Told,
    ) -> Poll<T> {
        match self.callee_or_real() {
            Some(callee) => callee.poll_told(call, place, poll, told),
            None => poll(),
        }
    }

    /// Announces a call, which the caller does at once.
    fn announce(&self, call: Call, place: Place) {
        if let Some(callee) = self.callee_or_real() {
            callee.announce(call, place);
        }
    }

    /// Announces that something comes to its end, in a destructor, and does that.
    fn end<R>(&self, call: Call, place: Place, end: impl FnOnce() -> R) -> R {
        match self.callee() {
            Some(callee) => callee.end(call, place, end),
            None => end(),
        }
    }

    /// How often it was changed for good, inside checks.
    fn changes(&self) -> u64 {
        self.callee().map_or(0, Callee::changes)
    }

    /// Announces that something comes to its end which had waited since the callee was changed so often, and does that.
    fn end_wait<R>(&self, call: Call, place: Place, since: u64, end: impl FnOnce() -> R) -> R {
        match self.callee() {
            Some(callee) => callee.end_wait(call, place, since, end),
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

/// The owner of a primitive of which only a part is lent out.
#[derive(Clone, Copy)]
pub(in crate::tokio) struct Part<'a>(pub(in crate::tokio) &'a Callee);

impl Owner for Part<'_> {
    fn callee(&self) -> Option<&Callee> {
        Some(self.0)
    }

    fn what(&self) -> &'static str {
        self.0.what()
    }
}

/// The callee that the ends of a channel share. For real there is none, so that a channel costs no more than tokio's.
#[derive(Clone)]
pub(in crate::tokio) struct Shared {
    callee: Option<Arc<Callee>>,
    what: &'static str,
}

impl Shared {
    #[track_caller]
    pub(in crate::tokio) fn new(what: &'static str) -> Self {
        let callee = match backend::current() {
            Backend::Real => None,
            _ => Some(Arc::new(Callee::new(what))),
        };
        Shared { callee, what }
    }

    /// As [`Shared::new`], inside a check, for who knows where the user made it.
    pub(in crate::tokio) fn made_at(what: &'static str, place: Place) -> Self {
        Shared { callee: Some(Arc::new(Callee::made_at(what, place))), what }
    }

    /// Whether it was made inside a check.
    pub(in crate::tokio) fn is_checked(&self) -> bool {
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
pub(in crate::tokio) struct Lazily<T>(SharedHome<OnceLock<Arc<T>>>);

impl<T> Lazily<T> {
    pub(in crate::tokio) const fn unmade() -> Self {
        Lazily(SharedHome::new(OnceLock::new()))
    }

    pub(in crate::tokio) fn made(value: T) -> Self {
        Lazily(SharedHome::new(OnceLock::from(Arc::new(value))))
    }

    pub(in crate::tokio) fn get(&self, make: impl FnOnce() -> T) -> &Arc<T> {
        self.0.get().get_or_init(|| Arc::new(make()))
    }
}

/// Whether the caller is outside of a check, where tokio's own calls know what to do.
pub(in crate::tokio) fn is_real() -> bool {
    backend::current() == Backend::Real
}

/// Waits for `future` without a runtime; `for_real` as tokio does.
#[track_caller]
pub(in crate::tokio) fn block_on<T>(for_real: impl FnOnce() -> T, future: impl Future<Output = T>) -> T {
    if is_real() { for_real() } else { task::wait_blocking(future) }
}

pin_project! {
    /// A future of tokio's, each poll of which is announced as `call`, and its end as `cancel` if it waited.
    #[must_use = "futures do nothing unless they are awaited"]
    pub(in crate::tokio) struct Announced<O, F>
    where
        O: Owner,
    {
        owner: O,
        call: Call,
        // `None` where nobody can notice the end.
        cancel: Option<Call>,
        place: Place,
        is_pending: bool,
        // How often the owner had been changed when it was last seen to wait.
        since: u64,
        // Whether code of the user's is part of it, which other tasks may interrupt.
        is_open: bool,
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
                    let (since, place) = (*this.since, *this.place);
                    this.owner.end_wait(*cancel, place, since, || this.future.set(None));
                }
                _ => {}
            }
        }
    }
}

impl<O: Owner, F> Announced<O, F> {
    pub(in crate::tokio) fn new(owner: O, call: Call, cancel: Option<Call>, place: Place, future: F) -> Self {
        Announced {
            owner,
            call,
            cancel,
            place,
            is_pending: false,
            since: 0,
            is_open: false,
            future: Some(future),
        }
    }

    /// As [`Announced::new`], of a future of which code of the user's is part.
    pub(in crate::tokio) fn open(
        owner: O,
        call: Call,
        cancel: Option<Call>,
        place: Place,
        future: F,
    ) -> Self {
        let mut announced = Announced::new(owner, call, cancel, place, future);
        announced.is_open = true;
        announced
    }

    /// Does something with tokio's future, which is not over.
    pub(in crate::tokio) fn with<R>(
        self: Pin<&mut Self>,
        call: Call,
        place: Place,
        act: impl FnOnce(Pin<&mut F>) -> R,
    ) -> R {
        let this = self.project();
        let future = this.future.as_pin_mut().expect("it goes with this");
        // It may stand in a queue from here on.
        *this.is_pending = true;
        let (owner, since) = (&*this.owner, this.since);
        owner.call_at(call, place, || {
            let done = act(future);
            *since = owner.changes();
            done
        })
    }
}

impl<O: Owner, F: Future> Future for Announced<O, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let future = this.future.as_pin_mut().expect("it goes with this");
        let polled = if *this.is_open {
            this.owner.announce(*this.call, this.place);
            poll_unconstrained(future, context)
        } else {
            let (owner, since) = (&*this.owner, this.since);
            owner.poll(*this.call, this.place, || {
                let polled = poll_unconstrained(future, context);
                *since = owner.changes();
                polled
            })
        };
        *this.is_pending = polled.is_pending();
        polled
    }
}

/// Polls without the budget that a runtime of tokio's may be in: the check may be called by one of its tasks. What a waker of
/// the user's own does comes after the calls of tokio's that wake it.
pub(in crate::tokio) fn poll_unconstrained<F: Future>(
    future: Pin<&mut F>,
    context: &mut Context<'_>,
) -> Poll<F::Output> {
    if is_real() {
        return future.poll(context);
    }
    let future = pin!(tokio::task::coop::unconstrained(future));
    task::poll_library(context, |context| future.poll(context))
}

/// Something of tokio's whose end is announced: a guard, a permit, an end of a channel.
pub(in crate::tokio) struct Ended<O: Owner, G> {
    owner: O,
    call: Call,
    place: Place,
    inner: Option<G>,
    /// Done just before that.
    before: Option<fn(&mut G)>,
}

impl<O: Owner, G> Ended<O, G> {
    /// Its end is a `call`, and told to have been made at `place`.
    pub(in crate::tokio) fn new(owner: O, call: Call, place: Place, inner: G) -> Self {
        Ended { owner, call, place, inner: Some(inner), before: None }
    }

    pub(in crate::tokio) fn owner(&self) -> &O {
        &self.owner
    }

    pub(in crate::tokio) fn place(&self) -> Place {
        self.place
    }

    pub(in crate::tokio) fn get(&self) -> &G {
        self.inner.as_ref().expect("it goes with this")
    }

    pub(in crate::tokio) fn get_mut(&mut self) -> &mut G {
        self.inner.as_mut().expect("it goes with this")
    }

    /// Tokio's own, from where this is dropped.
    pub(in crate::tokio) fn take(&mut self) -> Option<G> {
        self.inner.take()
    }

    /// Tokio's own, which does not come to its end by this.
    pub(in crate::tokio) fn into_inner(mut self) -> G {
        self.inner.take().expect("it goes with this")
    }
}

impl<O: Owner, G> Drop for Ended<O, G> {
    fn drop(&mut self) {
        if let Some(mut inner) = self.inner.take() {
            if let Some(before) = self.before {
                before(&mut inner);
            }
            self.owner.end(self.call, self.place, || drop(inner));
        }
    }
}

/// What gives the part of some data that a guard is to have. If it panics, tokio gives the lock back, which is announced
/// here just before that.
pub(in crate::tokio) struct Parting<O: Owner> {
    owner: O,
    unlock: Call,
    place: Place,
}

impl<O: Owner> Parting<O> {
    /// For a guard whose end is an `unlock`.
    pub(in crate::tokio) fn new(owner: O, unlock: Call, place: Place) -> Self {
        Parting { owner, unlock, place }
    }

    /// What `part` gives of `data`.
    pub(in crate::tokio) fn of<D, R>(self, part: impl FnOnce(D) -> R, data: D) -> R {
        let given = part(data);
        std::mem::forget(self);
        given
    }
}

impl<O: Owner> Drop for Parting<O> {
    fn drop(&mut self) {
        self.owner.end(self.unlock, self.place, || {});
    }
}

/// A guard through which data can be changed. The checker sees who takes a lock, not what is done under it; a loop that
/// waits for a change has to be told of these.
pub(in crate::tokio) struct Changing<G> {
    guard: G,
    /// What the data was like before it was given out to be changed.
    before: Option<Shallow>,
}

impl<G: DerefMut> Changing<G> {
    /// A guard with its end.
    pub(in crate::tokio) fn ended<O: Owner>(owner: O, call: Call, place: Place, guard: G) -> Ended<O, Self> {
        let inner = Some(Changing { guard, before: None });
        Ended { owner, call, place, inner, before: Some(Self::settle) }
    }

    pub(in crate::tokio) fn get(&self) -> &G::Target {
        &self.guard
    }

    pub(in crate::tokio) fn get_mut(&mut self) -> &mut G::Target {
        if self.before.is_none() {
            self.before = Shallow::of(&*self.guard);
        }
        &mut self.guard
    }

    pub(in crate::tokio) fn into_guard(mut self) -> G {
        self.settle();
        self.guard
    }

    fn settle(&mut self) {
        if let Some(before) = self.before.take() {
            before.tell_change(&*self.guard);
        }
    }
}

/// What a guard shows of its data, which it gives as `$get`.
macro_rules! gives_data {
    ($guard:ident [$($generic:tt)*] [$($name:tt)*] $data:ident, $this:ident => $get:expr) => {
        impl<$($generic)*> std::ops::Deref for $guard<$($name)*> {
            type Target = $data;

            fn deref(&self) -> &$data {
                let $this = self;
                $get
            }
        }

        impl<$($generic)*> std::fmt::Debug for $guard<$($name)*>
        where
            $data: std::fmt::Debug,
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<$($generic)*> std::fmt::Display for $guard<$($name)*>
        where
            $data: std::fmt::Display,
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                (**self).fmt(f)
            }
        }
    };
}

/// As [`gives_data`], of a guard around an [`Ended`] [`Changing`].
macro_rules! gives_data_to_change {
    ($guard:ident [$($generic:tt)*] [$($name:tt)*] $data:ident) => {
        $crate::tokio::sync::announced::gives_data!(
            $guard [$($generic)*] [$($name)*] $data, this => this.0.get().get()
        );

        impl<$($generic)*> std::ops::DerefMut for $guard<$($name)*> {
            fn deref_mut(&mut self) -> &mut $data {
                self.0.get_mut().get_mut()
            }
        }
    };
}

pub(in crate::tokio) use {gives_data, gives_data_to_change};
