//! Runtimes, as in `tokio::runtime`.
//!
//! Inside a check a current-thread runtime switches tasks at `await` only, and takes them in the order in
//! which tokio does: what [`Runtime::block_on`] waits for is polled, if it was woken, then tasks, first come,
//! first served, until none is ready or 61 were polled, then those go on that gave way by `yield_now`. Where
//! its future and tasks were woken by other threads while it slept, either may be first: both are explored.
//! Of a multi-thread runtime each task is a thread to the checker, which may switch anywhere, and so is what
//! [`spawn_blocking`](crate::tokio::task::spawn_blocking) runs.
//!
//! Tasks of a multi-thread runtime run whether somebody waits for the runtime or not, those of a
//! current-thread runtime only while somebody is in [`Runtime::block_on`], which may be one thread after the
//! other. Tasks are dropped with their runtime, not when `block_on` returns.
//!
//! ```
//! use conccheck::tokio::runtime::Runtime;
//! use conccheck::tokio::sync::mpsc;
//! use conccheck::{Checker, thread};
//!
//! Checker::new().check(|| {
//!     let runtime = Runtime::new().unwrap();
//!     let (sender, mut numbers) = mpsc::channel(1);
//!     let sum = runtime.spawn(async move {
//!         let mut sum = 0;
//!         while let Some(number) = numbers.recv().await {
//!             sum += number;
//!         }
//!         sum
//!     });
//!     let outside = thread::spawn(move || sender.blocking_send(42).unwrap());
//!     assert_eq!(runtime.block_on(sum).unwrap(), 42);
//!     outside.join().unwrap();
//! });
//! ```
//!
//! # Ends
//!
//! A current-thread runtime that ends drops its tasks in one of tokio's orders: these are kept in four lists by their ids,
//! which go on from whatever ran before in the process, so that any of the lists may come first. Each is explored where
//! that makes a difference; what others of the process spawn *meanwhile* is not seen. A multi-thread runtime has its tasks
//! dropped in any order, and where its end is not waited for, some time. A drop first drops tasks and then waits for what
//! blocks, also while the thread unwinds (under shuttle not then);
//! [`shutdown_timeout`](Runtime::shutdown_timeout) first waits.
//!
//! A runtime that nobody drops, as one in a static, ends with the program: when main has returned, and the program's
//! threads have come to their ends, which may still use it. What it still does is not waited for; its tasks are dropped,
//! where in a real run the process would end. (Under loom that is so as soon as main has returned.)
//!
//! Who sleeps in [`Handle::block_on`] on a current-thread runtime does so only while somebody is in [`Runtime::block_on`],
//! as with tokio; and panics when the runtime has ended.
//!
//! Not explored is that tokio takes every 31st task from those that other threads made ready, which here come
//! when none of the loop's own is ready; and that to block in place takes one of the threads for what blocks.
//!
//! Not there are `metrics`, and what tokio calls unstable. A [`LocalRuntime`] is there for real runs only. Of a tokio runtime's tuning nothing has a meaning inside a check: see
//! [`Builder`].

pub use crate::task::{
    builder::Builder,
    handle::{EnterGuard, Handle, Id, RuntimeFlavor, TryCurrentError},
    local_runtime::{LocalOptions, LocalRuntime},
    runtime::Runtime,
};
