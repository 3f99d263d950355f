//! Values that go with a future: they are there while it is polled, whoever does that.
//!
//! The value is in a thread-local of the facade's for as long as a poll takes. (tokio's own has it in one of std's, which
//! all tasks of a check would share: there they are on one thread of the machine, and take turns in the middle of polls.)

use crate::thread;
use pin_project_lite::pin_project;
use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Declares values that go with a future: [`tokio::task_local!`](::tokio::task_local).
///
/// ```
/// use conccheck::tokio::{task::spawn, task_local};
/// use conccheck::{Checker, task::Runtime};
///
/// task_local! {
///     static REQUEST: u32;
/// }
///
/// Checker::new().check(|| {
///     Runtime::multi_thread(2).block_on(async {
///         let other = spawn(REQUEST.scope(1, async { REQUEST.get() }));
///         assert_eq!(REQUEST.scope(2, async { REQUEST.get() }).await, 2);
///         assert_eq!(other.await.unwrap(), 1);
///         assert!(REQUEST.try_with(|_| ()).is_err());
///     });
/// });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __tokio_task_local {
    () => {};
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty $(; $($rest:tt)*)?) => {
        $(#[$attribute])*
        $visibility static $name: $crate::tokio::task::LocalKey<$type> = {
            $crate::thread_local! {
                static VALUE: $crate::__std::cell::RefCell<$crate::__std::option::Option<$type>> =
                    const { $crate::__std::cell::RefCell::new($crate::__std::option::Option::None) };
            }
            $crate::tokio::task::LocalKey::declared(&VALUE)
        };
        $($crate::__tokio_task_local!($($rest)*);)?
    };
}

#[doc(hidden)]
pub use __tokio_task_local as task_local;

/// What [`task_local!`](crate::tokio::task_local) declares: [`tokio::task::LocalKey`], under every backend.
pub struct LocalKey<T: 'static> {
    current: &'static thread::LocalKey<RefCell<Option<T>>>,
}

impl<T: 'static> LocalKey<T> {
    /// What `task_local!` declares.
    #[doc(hidden)]
    pub const fn declared(current: &'static thread::LocalKey<RefCell<Option<T>>>) -> Self {
        LocalKey { current }
    }

    /// The future with this value.
    pub fn scope<F: Future>(&'static self, value: T, future: F) -> TaskLocalFuture<T, F> {
        TaskLocalFuture { key: self, value: Some(value), future: Some(future) }
    }

    /// What `act` comes to with this value.
    ///
    /// # Panics
    /// If the value is borrowed.
    #[track_caller]
    pub fn sync_scope<R>(&'static self, value: T, act: impl FnOnce() -> R) -> R {
        let mut value = Some(value);
        let _there = There::put(self, &mut value);
        act()
    }

    /// What `act` makes of the value.
    ///
    /// # Panics
    /// If there is none: no future of [`LocalKey::scope`] is being polled.
    #[track_caller]
    pub fn with<R>(&'static self, act: impl FnOnce(&T) -> R) -> R {
        match self.try_with(act) {
            Ok(made) => made,
            Err(AccessError) => panic!("a task-local is asked for its value outside of its `scope`"),
        }
    }

    /// As [`LocalKey::with`], but does not panic.
    ///
    /// # Errors
    /// When there is no value.
    pub fn try_with<R>(&'static self, act: impl FnOnce(&T) -> R) -> Result<R, AccessError> {
        let made = self.current.try_with(|current| current.borrow().as_ref().map(act));
        made.ok().flatten().ok_or(AccessError)
    }

    /// A copy of the value.
    ///
    /// # Panics
    /// As [`LocalKey::with`].
    #[track_caller]
    pub fn get(&'static self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// A copy of the value.
    ///
    /// # Errors
    /// When there is no value.
    pub fn try_get(&'static self) -> Result<T, AccessError>
    where
        T: Clone,
    {
        self.try_with(T::clone)
    }
}

/// A value that is where the key looks for it, for as long as this is there.
struct There<'a, T: 'static> {
    key: &'static LocalKey<T>,
    outer: &'a mut Option<T>,
}

impl<'a, T: 'static> There<'a, T> {
    fn put(key: &'static LocalKey<T>, value: &'a mut Option<T>) -> Self {
        key.current.with_borrow_mut(|current| mem::swap(current, value));
        There { key, outer: value }
    }

    /// As [`There::put`], if that can be done: the outer value may be borrowed, or the thread ending.
    fn try_put(key: &'static LocalKey<T>, value: &'a mut Option<T>) -> Option<Self> {
        let put = key.current.try_with(|current| {
            current.try_borrow_mut().map(|mut current| mem::swap(&mut *current, value)).is_ok()
        });
        if put.unwrap_or(false) { Some(There { key, outer: value }) } else { None }
    }
}

impl<T: 'static> Drop for There<'_, T> {
    fn drop(&mut self) {
        // Its thread may be ending.
        let _ = self.key.current.try_with(|current| mem::swap(&mut *current.borrow_mut(), self.outer));
    }
}

pin_project! {
    /// A future with a value that it finds by a [`LocalKey`].
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct TaskLocalFuture<T, F>
    where
        T: 'static,
    {
        key: &'static LocalKey<T>,
        value: Option<T>,
        #[pin]
        future: Option<F>,
    }

    impl<T, F> PinnedDrop for TaskLocalFuture<T, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                // What the future drops finds the value too.
                let _there = There::try_put(*this.key, this.value);
                this.future.set(None);
            }
        }
    }
}

impl<T: 'static, F> TaskLocalFuture<T, F> {
    /// The value, if it was not taken before; the future has none from here on.
    pub fn take_value(self: Pin<&mut Self>) -> Option<T> {
        self.project().value.take()
    }
}

impl<T: 'static, F: Future> Future for TaskLocalFuture<T, F> {
    type Output = F::Output;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _there = There::put(*this.key, this.value);
        let polled = match this.future.as_mut().as_pin_mut() {
            Some(future) => future.poll(context),
            None => panic!("a future that is done was polled again"),
        };
        if polled.is_ready() {
            this.future.set(None);
        }
        polled
    }
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

impl<T: 'static + fmt::Debug, F> fmt::Debug for TaskLocalFuture<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskLocalFuture").field("value", &self.value).finish_non_exhaustive()
    }
}

/// There is no value: no future of [`LocalKey::scope`] is being polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessError;

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the task-local has no value here: no future of its `scope` is being polled")
    }
}

impl Error for AccessError {}
