//! Threads whose backend is chosen when they are spawned. Under a checker each also has a record
//! in the running execution: its name, whether it has ended, and how.

use super::identity::{HANDLE, Identity, NativeId, Thread};
use super::packet::Packet;
use super::scope::{Scope, ScopedJoinHandle};
use crate::backend::{self, Backend, TaskId, locals};
use crate::panic;
use std::any::Any;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::panic::Location;
use std::sync::Arc;
use std::thread::Result;

/// Starts a thread.
///
/// # Panics
/// When the operating system has no thread left; [`Builder::spawn`] returns that as an error.
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Builder::new().spawn(body).expect("failed to spawn thread")
}

/// What a thread is to be, before it starts.
#[derive(Debug, Default)]
#[must_use = "nothing starts before `spawn`"]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
}

impl Builder {
    /// A thread without a name, with a stack of the usual size.
    pub fn new() -> Self {
        Builder::default()
    }

    /// Names the thread.
    ///
    /// Spawning it panics if the name has a null byte in it.
    pub fn name(mut self, name: String) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the size of the stack, in bytes. Checkers choose their own.
    pub fn stack_size(mut self, stack_size: usize) -> Self {
        self.stack_size = Some(stack_size);
        self
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// When the operating system has no thread left.
    ///
    /// # Panics
    /// If the name has a null byte in it.
    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let has_null = self.name.as_ref().is_some_and(|name| name.contains('\0'));
        assert!(!has_null, "thread name may not contain interior null bytes");
        match backend::current() {
            Backend::Real => self.spawn_real(Box::new(body)),
            #[allow(unreachable_patterns, reason = "with no checker compiled in, every thread is real")]
            Backend::Native => Ok(self.spawn_native(body)),
            #[allow(unreachable_patterns, reason = "with no checker compiled in, every thread is real")]
            _ => Ok(self.spawn_recorded(body)),
        }
    }

    /// Starts a thread that may borrow whatever outlives the scope, and that the scope waits for.
    ///
    /// # Errors
    /// When the operating system has no thread left.
    ///
    /// # Panics
    /// If the name has a null byte in it.
    #[track_caller]
    pub fn spawn_scoped<'scope, F, T>(
        self,
        scope: &'scope Scope<'scope, '_>,
        body: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        scope.spawn_as(self, body)
    }

    /// Starts a thread of the system. That its body is in a box costs little beside that, and what all bodies have in
    /// common is compiled once.
    fn spawn_real<T: Send + 'static>(self, body: Box<dyn FnOnce() -> T + Send>) -> io::Result<JoinHandle<T>> {
        let mut builder = std::thread::Builder::new();
        if let Some(name) = self.name {
            builder = builder.name(name);
        }
        if let Some(stack_size) = self.stack_size {
            builder = builder.stack_size(stack_size);
        }
        let handle = builder.spawn(body)?;
        let thread = Thread(Identity::Real(handle.thread().clone()));
        Ok(JoinHandle { handle: Handle::Real(handle), thread, record: None })
    }

    /// Starts a task of the native engine: as few allocations as possible, since it is done so often.
    #[track_caller]
    fn spawn_native<F, T>(self, body: F) -> JoinHandle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let name: Option<Arc<str>> = self.name.as_deref().map(Arc::from);
        let (left, packet) = Left::of(Packet::of::<T>());
        let mut given = Some((body, packet));
        let (task, number) = backend::native::spawn(Location::caller(), name.clone(), &mut |number| {
            let (body, packet) = given.take().expect("a task has one body");
            backend::native::body(move || {
                let (kept, message) = keep(catch(body));
                packet.leave(kept);
                end_native(number, packet, message);
            })
        });
        let id = NativeId::new(task);
        let handle = Handle::Native(Native { id, number, left });
        JoinHandle { handle, thread: Thread(Identity::Native(id, name)), record: None }
    }

    /// Starts a thread of another checker, which keeps no record of it.
    fn spawn_recorded<F, T>(self, body: F) -> JoinHandle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let (left, packet) = Left::of(Packet::plain());
        let body = Box::new(move || {
            let (kept, message) = keep(locals::drop_all(catch(body)));
            packet.leave(kept);
            message
        });
        let (handle, thread, record) = self.spawn_boxed(body);
        JoinHandle { handle: Handle::Recorded(handle, left), thread, record: Some(record) }
    }

    /// Starts a thread that comes to no result, but to a message if it panics. None gets out: that would end the exploration.
    fn spawn_boxed(self, body: Box<dyn FnOnce() -> Option<String> + Send>) -> (Recorded, Thread, Record) {
        let execution = backend::execution();
        let task = execution.begin_task(self.name.as_deref());
        let record = Record { execution, task };
        let kept = record.clone();
        let body = move || record.execution.end_task(record.task, body());
        const NEVER: &str = "a checker's threads cost it nothing that can run out";
        let (handle, thread) = match backend::current() {
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => {
                let mut builder = shuttle::thread::Builder::new();
                if let Some(name) = self.name {
                    builder = builder.name(name);
                }
                let handle = builder.spawn(body).expect(NEVER);
                let thread = Identity::Shuttle(handle.thread().clone());
                (Recorded::Shuttle(handle), thread)
            }
            #[cfg(feature = "loom")]
            Backend::Loom => {
                let mut builder = loom::thread::Builder::new().stack_size(backend::loom::STACK_WORDS);
                if let Some(name) = self.name {
                    builder = builder.name(name);
                }
                let handle = backend::loom::operation(|| builder.spawn(body)).expect(NEVER);
                let thread = Identity::Loom(handle.thread().clone());
                (Recorded::Loom(handle), thread)
            }
            _ => backend::not_compiled_in(),
        };
        (handle, Thread(thread), kept)
    }
}

fn catch<T>(body: impl FnOnce() -> T) -> Result<T> {
    panic::catch_unwind(panic::AssertUnwindSafe(body))
}

/// A result to leave behind, and the message of its panic.
fn keep<T: Send + 'static>(result: Result<T>) -> (Kept, Option<String>) {
    let message = result.as_ref().err().map(|payload| panic::message(&**payload));
    (Box::new(result), message)
}

/// The end of a task of the native engine that has left its result.
fn end_native(number: TaskId, left: Packet<Kept>, message: Option<String>) {
    // If its handle is gone the result is dropped here, where the thread still has its thread-locals. If that
    // panics, std aborts.
    let dropped = panic::catch_unwind(panic::AssertUnwindSafe(|| drop(left)));
    let ended = locals::drop_all(dropped);
    let message = message.or_else(|| ended.err().map(|payload| panic::message(&*payload)));
    backend::native::end_task(number, message);
}

const RESULT: &str = "a task that has ended has left its result";

/// The right to wait for a thread's result. Dropping it leaves the thread alone.
pub struct JoinHandle<T> {
    handle: Handle<T>,
    thread: Thread,
    record: Option<Record>,
}

enum Handle<T> {
    Real(std::thread::JoinHandle<T>),
    Native(Native<T>),
    Recorded(Recorded, Left<T>),
}

/// A task of the native engine.
struct Native<T> {
    id: NativeId,
    number: TaskId,
    left: Left<T>,
}

/// A thread of a checker that keeps no record of it.
enum Recorded {
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::thread::JoinHandle<()>),
    #[cfg(feature = "loom")]
    Loom(loom::thread::JoinHandle<()>),
}

impl Recorded {
    fn join(self) -> Result<()> {
        match self {
            #[cfg(feature = "shuttle")]
            Recorded::Shuttle(handle) => handle.join(),
            #[cfg(feature = "loom")]
            Recorded::Loom(handle) => backend::loom::operation(|| handle.join()),
        }
    }
}

/// What a thread leaves behind.
struct Left<T> {
    packet: Packet<Kept>,
    /// Makes a result of it again.
    open: fn(Kept) -> Result<T>,
}

impl<T: 'static> Left<T> {
    /// In that packet, of which the thread gets the other half.
    #[track_caller]
    fn of(packet: Packet<Kept>) -> (Self, Packet<Kept>) {
        let other = packet.clone();
        (Left { packet, open: |kept| *kept.downcast().expect(RESULT) }, other)
    }
}

impl<T> Left<T> {
    fn take(self) -> Result<T> {
        (self.open)(self.packet.take().expect(RESULT))
    }
}

/// A result of any type: a handle can be sent and shared whatever it is to.
type Kept = Box<dyn Any + Send>;

impl<T> Native<T> {
    #[track_caller]
    fn join(self) -> Result<T> {
        let panicked = backend::native::join(self.id.task, self.number, Location::caller());
        let result = self.left.take();
        // A thread-local's destructor may have panicked after the result was left.
        match panicked {
            Some(message) => result.and_then(|_| Err(Box::new(message) as Kept)),
            None => result,
        }
    }
}

/// Where a checker's thread is written down.
#[derive(Clone)]
struct Record {
    execution: backend::Running,
    task: TaskId,
}

impl Record {
    /// Refuses a thread of another execution.
    fn expect_here(&self) {
        backend::expect(self.execution.backend, HANDLE);
        if !Arc::ptr_eq(&self.execution, &backend::execution()) {
            let what = format!("{HANDLE} of an earlier execution");
            backend::unsupported(&what, "make it inside the checked program");
        }
    }

    fn has_ended(&self) -> bool {
        self.expect_here();
        self.execution.has_ended(self.task)
    }
}

/// Tells whether a checker's thread has ended, without the right to wait for it.
#[derive(Clone)]
pub(super) struct Ending(Ends);

#[derive(Clone)]
enum Ends {
    Native(NativeId),
    Recorded(Record),
}

impl Ending {
    #[track_caller]
    pub(super) fn has_come(&self) -> bool {
        match &self.0 {
            Ends::Native(id) => id.has_ended(),
            Ends::Recorded(record) => record.has_ended(),
        }
    }
}

impl<T> JoinHandle<T> {
    /// The program is over without the thread's end, where the checker knows of such threads.
    #[cfg(feature = "tokio")]
    pub(crate) fn put_in_background(&self) {
        match (&self.handle, &self.record) {
            (Handle::Native(Native { id, .. }), _) => backend::native::put_in_background(id.task),
            (_, Some(record)) => record.execution.put_in_background(record.task),
            _ => {}
        }
    }

    /// What tells whether the thread has ended; `None` if it is std's.
    pub(super) fn ending(&self) -> Option<Ending> {
        let native = match &self.handle {
            Handle::Native(native) => Some(Ends::Native(native.id)),
            _ => None,
        };
        native.or_else(|| self.record.clone().map(Ends::Recorded)).map(Ending)
    }

    /// Waits until the thread has ended.
    ///
    /// # Errors
    /// The payload of its panic.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        if let Some(record) = &self.record {
            record.expect_here();
            // From here on the panic, if there is one, is this caller's to handle.
            record.execution.expect_join(record.task);
        }
        match self.handle {
            Handle::Real(handle) => {
                backend::expect_real(HANDLE);
                handle.join()
            }
            Handle::Native(native) => {
                native.id.expect_here();
                native.join()
            }
            Handle::Recorded(handle, left) => handle.join().and_then(|()| left.take()),
        }
    }

    /// The thread.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// Whether the thread has ended; does not wait.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        match (&self.handle, &self.record) {
            (Handle::Real(handle), _) => {
                backend::expect_real(HANDLE);
                handle.is_finished()
            }
            (Handle::Native(native), _) => native.id.has_ended(),
            #[allow(unreachable_patterns, reason = "with no checker compiled in, every thread is real")]
            (_, Some(record)) => record.has_ended(),
            #[allow(unreachable_patterns, reason = "with no checker compiled in, every thread is real")]
            (_, None) => unreachable!("a checker's thread has a record"),
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("thread", &self.thread).finish_non_exhaustive()
    }
}

/// How many threads can run at once. Two under a checker, so that a program does not depend on the
/// machine that checks it.
///
/// # Errors
/// When the operating system does not tell.
pub fn available_parallelism() -> io::Result<NonZeroUsize> {
    match backend::current() {
        Backend::Real => std::thread::available_parallelism(),
        _ => Ok(NonZeroUsize::MIN.saturating_add(1)),
    }
}
