//! tokio's world, path by path: `use conccheck::tokio::sync::Semaphore` for `use tokio::sync::Semaphore`.
//! Needs the feature `tokio`.
//!
//! Outside of a check everything here is tokio. Inside one, [`runtime`] and [`task`] are this crate's own,
//! and keep to what tokio's do; [`sync`] still is tokio's own code: each call, each poll of a future and each
//! end of something that matters is an operation of the checker, and between two of them the code of tokio
//! runs, with its fairness, its cancellation and its closing.
//!
//! ```
//! use conccheck::tokio::{runtime::Runtime, sync::Semaphore, task::spawn};
//! use conccheck::{Checker, sync::atomic::{AtomicU32, Ordering::SeqCst}};
//! use std::sync::Arc;
//!
//! Checker::new().check(|| {
//!     Runtime::new().unwrap().block_on(async {
//!         let (one_at_a_time, inside) = (Arc::new(Semaphore::new(1)), Arc::new(AtomicU32::new(0)));
//!         let tasks = [1, 2].map(|_| {
//!             let (one_at_a_time, inside) = (one_at_a_time.clone(), inside.clone());
//!             spawn(async move {
//!                 let _permit = one_at_a_time.acquire().await.unwrap();
//!                 assert_eq!(inside.fetch_add(1, SeqCst), 0);
//!                 inside.fetch_sub(1, SeqCst);
//!             })
//!         });
//!         for task in tasks {
//!             task.await.unwrap();
//!         }
//!     });
//! });
//! ```

#[cfg(feature = "check")]
pub mod io;
#[cfg(feature = "check")]
pub mod net;
#[cfg(feature = "check")]
pub mod runtime;
#[cfg(feature = "check")]
pub mod signal;
#[cfg(feature = "check")]
pub mod sync;
#[cfg(feature = "check")]
pub mod task;
#[cfg(feature = "check")]
pub mod time;

#[cfg(feature = "check")]
mod macros;
#[cfg(feature = "check")]
mod one_each;

#[cfg(feature = "check")]
pub use self::task::spawn;
#[cfg(feature = "check")]
#[doc(inline)]
pub use self::{macros::select, task::task_local};

#[cfg(not(feature = "check"))]
pub use ::tokio::{io, net, runtime, select, signal, spawn, sync, task, task_local, time};

pub use ::tokio::{join, pin, try_join};
/// A function that a runtime runs, and a test that one runs: once, for real. A test that is checked is a
/// [`conccheck::test`](macro@crate::test).
pub use ::tokio::{main, test};

#[cfg(feature = "check")]
#[doc(hidden)]
pub use self::macros::__start;
/// For the macros.
#[doc(hidden)]
pub use ::tokio as __tokio;
