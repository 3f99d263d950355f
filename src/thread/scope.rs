//! Threads that borrow from the one that spawned them, the same under every backend: a thread that
//! the scope is sure to join before what it borrows is gone.

use super::packet::Packet;
use super::spawn::Ending;
use super::{Builder, JoinHandle, Result, Thread};
use crate::{backend, panic, sync};
use std::any::Any;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Spawns threads that may borrow whatever outlives the scope.
pub struct Scope<'scope, 'env: 'scope> {
    threads: Mutex<Vec<Arc<Running>>>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// One thread of a scope. Its handle's owner, which may be another thread of the scope, and the scope's
/// end both wait for it. The locks of std are held for a moment only, never across an operation of the
/// facade.
struct Running {
    /// Locked while it is joined, so that whoever else wants to know waits as well.
    handle: sync::Mutex<Option<JoinHandle<()>>>,
    /// Of a real thread.
    ended: Arc<AtomicBool>,
    /// Of a checker's.
    ending: Option<Ending>,
    panic: Mutex<Option<Payload>>,
    joined_by_hand: AtomicBool,
}

type Payload = Box<dyn Any + Send>;

impl Running {
    fn join(&self) {
        let mut handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = handle.take()
            && let Err(payload) = handle.join()
        {
            *lock(&self.panic) = Some(payload);
        }
    }
}

/// Says that a thread has ended, also when it panics.
struct Ended(Arc<AtomicBool>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// The right to wait for a scoped thread's result.
pub struct ScopedJoinHandle<'scope, T> {
    running: Arc<Running>,
    packet: Packet<T>,
    thread: Thread,
    scope: PhantomData<&'scope ()>,
}

/// Calls `body` with a scope, and waits for all threads that it spawned there.
///
/// # Panics
/// When `body` does, or a thread that nobody joined did.
#[track_caller]
pub fn scope<'env, F, T>(body: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let scope = Scope { threads: Mutex::new(Vec::new()), scope: PhantomData, env: PhantomData };
    let result = panic::catch_unwind(panic::AssertUnwindSafe(|| body(&scope)));
    let mut panicked = false;
    loop {
        // A thread may spawn another in the scope while the end of the scope waits for it.
        let Some(thread) = lock(&scope.threads).pop() else {
            break;
        };
        backend::compound(|| thread.join());
        panicked |= lock(&thread.panic).is_some() && !thread.joined_by_hand.load(Ordering::Relaxed);
    }
    match result {
        Err(payload) => panic::resume_unwind(payload),
        Ok(_) if panicked => panic!("a scoped thread panicked"),
        Ok(value) => value,
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread that the scope waits for.
    ///
    /// # Panics
    /// When the operating system has no thread left.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, body: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.spawn_as(Builder::new(), body).expect("failed to spawn thread")
    }

    /// Starts a thread that is to be as `builder` says.
    #[track_caller]
    pub(super) fn spawn_as<F, T>(
        &'scope self,
        builder: Builder,
        body: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let packet = Packet::of::<T>();
        let left = packet.clone();
        let ended = Arc::new(AtomicBool::new(false));
        let told = Ended(Arc::clone(&ended));
        let body: Box<dyn FnOnce() + Send + 'scope> = Box::new(move || {
            let _told = told;
            left.leave(body());
        });
        // SAFETY: only the lifetime changes. `scope` joins every thread in `threads` before it
        // returns or unwinds, and the thread is put there before `spawn` returns, so nothing that
        // `body` borrows ends before the thread does. If a checker gives the execution up, it never
        // runs any of its stacks again, neither the borrower's nor the lender's.
        let body: Box<dyn FnOnce() + Send + 'static> = unsafe { std::mem::transmute(body) };
        let handle = builder.spawn(body)?;
        let thread = handle.thread().clone();
        let ending = handle.ending();
        let running = Arc::new(Running {
            handle: sync::Mutex::new(Some(handle)),
            ended,
            ending,
            panic: Mutex::new(None),
            joined_by_hand: AtomicBool::new(false),
        });
        lock(&self.threads).push(Arc::clone(&running));
        Ok(ScopedJoinHandle { running, packet, thread, scope: PhantomData })
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits until the thread has ended.
    ///
    /// # Errors
    /// The payload of its panic.
    #[allow(clippy::missing_panics_doc, reason = "a thread that did not panic has left its result")]
    #[track_caller]
    pub fn join(self) -> Result<T> {
        self.running.joined_by_hand.store(true, Ordering::Relaxed);
        backend::compound(|| self.running.join());
        if let Some(payload) = lock(&self.running.panic).take() {
            return Err(payload);
        }
        Ok(self.packet.take().expect("a thread that did not panic has left its result"))
    }

    /// The thread.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// Whether the thread has ended; does not wait.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        match &self.running.ending {
            Some(ending) => ending.has_come(),
            None => self.running.ended.load(Ordering::Acquire),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").field("thread", &self.thread).finish_non_exhaustive()
    }
}
