//! What futures need: [`block_on`] and [`AtomicWaker`].

mod atomic_waker;
mod waker;

pub use self::atomic_waker::AtomicWaker;

use self::waker::Wakeup;
use conccheck::sync::Arc;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll};

/// Runs a future to its end, as one thread of a model. It may be polled once more for no reason, as any executor may.
///
/// ```
/// loom::model(|| assert_eq!(loom::future::block_on(async { 7 }), 7));
/// ```
#[track_caller]
pub fn block_on<F>(f: F) -> F::Output
where
    F: Future,
{
    let mut future = pin!(f);
    let wakeup = Arc::new(Wakeup::of_this_thread());
    let waker = waker::of(Arc::clone(&wakeup));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        wakeup.wait();
    }
}
