//! Threads that borrow from the one that spawned them, the same under every backend: a thread that
//! the scope is sure to join before what it borrows is gone.

use super::{JoinHandle, Result, Thread, spawn};
use crate::panic;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};

/// Spawns threads that may borrow whatever outlives the scope.
pub struct Scope<'scope, 'env: 'scope> {
    threads: Mutex<Vec<Arc<Running>>>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// One thread of a scope, until somebody joins it: its handle's owner, or the scope's end. The locks
/// here are std's: they are held for a moment only, never across an operation of the facade.
struct Running {
    handle: Mutex<Option<JoinHandle<()>>>,
    joined_by_hand: Mutex<bool>,
}

/// The right to wait for a scoped thread's result.
pub struct ScopedJoinHandle<'scope, T> {
    running: Arc<Running>,
    result: Arc<Mutex<Option<T>>>,
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
        let handle = lock(&thread.handle).take();
        panicked |= handle.is_some_and(|handle| handle.join().is_err()) && !*lock(&thread.joined_by_hand);
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
        let result = Arc::new(Mutex::new(None));
        let packet = Arc::clone(&result);
        let body: Box<dyn FnOnce() + Send + 'scope> = Box::new(move || {
            let value = body();
            *lock(&packet) = Some(value);
        });
        // SAFETY: only the lifetime changes. `scope` joins every thread in `threads` before it
        // returns or unwinds, and the thread is put there before `spawn` returns, so nothing that
        // `body` borrows ends before the thread does. If a checker gives the execution up, it never
        // runs any of its stacks again, neither the borrower's nor the lender's.
        let body: Box<dyn FnOnce() + Send + 'static> = unsafe { std::mem::transmute(body) };
        let handle = spawn(body);
        let thread = handle.thread().clone();
        let running =
            Arc::new(Running { handle: Mutex::new(Some(handle)), joined_by_hand: Mutex::new(false) });
        lock(&self.threads).push(Arc::clone(&running));
        ScopedJoinHandle { running, result, thread, scope: PhantomData }
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits until the thread has ended.
    ///
    /// # Errors
    /// The payload of its panic.
    ///
    /// # Panics
    /// When the scope's end already waits for the thread, which a handle cannot outlive.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        *lock(&self.running.joined_by_hand) = true;
        let handle = lock(&self.running.handle).take().expect("only this handle joins before the scope ends");
        handle.join()?;
        Ok(lock(&self.result).take().expect("a thread that did not panic has left its result"))
    }

    /// The thread.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// Whether the thread has ended; does not wait.
    pub fn is_finished(&self) -> bool {
        lock(&self.running.handle).as_ref().is_none_or(JoinHandle::is_finished)
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
