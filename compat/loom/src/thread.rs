//! Threads: conccheck's, which may take what is not `Send`, as loom's may; and whose panic fails the model, whoever joins
//! them, as in loom.

use std::fmt;
use std::io;

pub use conccheck::thread::{AccessError, LocalKey, Thread, ThreadId, current, panicking, park, yield_now};

/// A value that goes from one thread of a model to another, whatever it is.
struct Taken<T>(T);

// SAFETY: it is made by `spawn` only, in a model, all of whose threads are coroutines of one thread of the system.
unsafe impl<T> Send for Taken<T> {}

impl<T> Taken<T> {
    /// The value. A closure that uses this has all of it, and not the field alone.
    fn take(self) -> T {
        self.0
    }
}

/// The right to wait for a thread's result.
pub struct JoinHandle<T>(conccheck::thread::JoinHandle<Taken<T>>);

impl<T> JoinHandle<T> {
    /// Waits until the thread has ended.
    ///
    /// # Errors
    /// None: the type is std's.
    ///
    /// # Panics
    /// If the thread did.
    #[track_caller]
    pub fn join(self) -> std::thread::Result<T> {
        Ok(self.0.join().expect("a thread of the model panicked").take())
    }

    /// The thread.
    pub fn thread(&self) -> &Thread {
        self.0.thread()
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("thread", self.thread()).finish_non_exhaustive()
    }
}

/// Starts a thread of the model.
///
/// ```
/// use std::{cell::Cell, rc::Rc};
///
/// loom::model(|| {
///     let count = Rc::new(Cell::new(1)); // not `Send`
///     let other = loom::thread::spawn({ let count = count.clone(); move || count.get() });
///     assert_eq!(other.join().unwrap(), 1);
/// });
/// ```
///
/// # Panics
/// Outside of a model.
#[track_caller]
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    spawn_as(conccheck::thread::Builder::new(), f)
}

#[track_caller]
fn spawn_as<F, T>(builder: conccheck::thread::Builder, f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    crate::model::expect("a thread is spawned");
    let f = Taken(f);
    let handle = builder.spawn(move || Taken(f.take()()));
    JoinHandle(handle.expect("a model's threads need nothing of the system that could run out"))
}

/// What a thread is to be, before it starts.
#[derive(Debug)]
#[must_use = "nothing starts before `spawn`"]
pub struct Builder(conccheck::thread::Builder);

impl Builder {
    /// A thread without a name.
    #[allow(clippy::new_without_default, reason = "as std's and loom's")]
    pub fn new() -> Builder {
        Builder(conccheck::thread::Builder::new())
    }

    /// Names the thread.
    pub fn name(self, name: String) -> Builder {
        Builder(self.0.name(name))
    }

    /// The size of the stack, which conccheck chooses itself.
    pub fn stack_size(self, size: usize) -> Builder {
        Builder(self.0.stack_size(size))
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// None: the type is std's.
    ///
    /// # Panics
    /// Outside of a model.
    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        Ok(spawn_as(self.0, f))
    }
}
