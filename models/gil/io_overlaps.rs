//! Waiting is done without the lock, so two threads of one interpreter can wait at once.

use super::{eager_interpreter, on_two_threads};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering};

/// The greatest number of threads seen waiting at once: 1 or 2.
pub fn io_overlaps() -> usize {
    let waits = Arc::new(Waits::default());
    let seen = waits.clone();
    on_two_threads(eager_interpreter(), move |attached| attached.allow_threads(|| seen.pass()));
    waits.most.load(Ordering::SeqCst)
}

/// Broken: waits with the lock held, as an extension does that forgets `Py_BEGIN_ALLOW_THREADS`:
/// always 1.
pub fn waits_with_the_lock() -> usize {
    let waits = Arc::new(Waits::default());
    let seen = waits.clone();
    on_two_threads(eager_interpreter(), move |_| seen.pass());
    waits.most.load(Ordering::SeqCst)
}

/// How many threads wait, and the most that ever did.
#[derive(Default)]
struct Waits {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Waits {
    fn pass(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}
