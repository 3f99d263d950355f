//! A barrier: all wait for the last.

use super::announced::{Announced, Owner};
use crate::backend::{self, Call, Callee};
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::pin;
use tokio::sync::{Barrier as Tokio, BarrierWaitResult};

const WHAT: &str = "barrier";

const WAIT: Call = Call::tries(&"wait");

/// [`tokio::sync::Barrier`](Tokio), under every backend. Who waited goes on in an order that tokio draws by lot; inside a
/// check it is that of their spawning.
///
/// ```
/// use conccheck::tokio::{sync::Barrier, task::spawn};
/// use conccheck::{Checker, task::Runtime};
/// use std::sync::Arc;
///
/// Checker::new().check(|| {
///     Runtime::multi_thread(2).block_on(async {
///         let barrier = Arc::new(Barrier::new(2));
///         let other = barrier.clone();
///         let other = spawn(async move { other.wait().await.is_leader() });
///         let leads = barrier.wait().await.is_leader();
///         assert!(leads != other.await.unwrap());
///     });
/// });
/// ```
pub struct Barrier {
    callee: Callee,
    tokio: Tokio,
}

impl Owner for Barrier {
    fn callee(&self) -> Option<&Callee> {
        Some(&self.callee)
    }

    fn what(&self) -> &'static str {
        WHAT
    }
}

impl Barrier {
    /// One for so many tasks; none is as one.
    #[track_caller]
    pub fn new(count: usize) -> Self {
        Barrier { callee: Callee::new(WHAT), tokio: Tokio::new(count) }
    }

    /// Waits until as many tasks wait as it is for. One of them is the leader. A future that is dropped meanwhile has
    /// come nevertheless.
    #[track_caller]
    pub fn wait(&self) -> impl Future<Output = BarrierWaitResult> {
        let place = Location::caller();
        async move {
            let waited = async {
                let mut waited = pin!(self.tokio.wait());
                poll_fn(|context| {
                    let polled = waited.as_mut().poll(context);
                    backend::draw_order();
                    polled
                })
                .await
            };
            Announced::new(self, WAIT, None, place, waited).await
        }
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}
