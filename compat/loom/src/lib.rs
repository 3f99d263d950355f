//! loom's interface on [conccheck]: a crate that is tested under loom takes this in its place, by one line
//! in its manifest, and its loom tests run under conccheck, in the memory model of Rust.
//!
//! ```
//! use loom::sync::atomic::{AtomicUsize, Ordering::{Acquire, Relaxed, Release}};
//! use loom::{sync::Arc, thread};
//!
//! loom::model(|| {
//!     let (data, ready) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
//!     let writer = thread::spawn({
//!         let (data, ready) = (data.clone(), ready.clone());
//!         move || {
//!             data.store(7, Relaxed);
//!             ready.store(1, Release); // with `Relaxed` the assertion fails, and the test with it
//!         }
//!     });
//!     if ready.load(Acquire) == 1 {
//!         assert_eq!(data.load(Relaxed), 7);
//!     }
//!     writer.join().unwrap();
//! });
//! ```
//!
//! A model that fails panics with conccheck's report, which shows the execution step by step, and a command that runs it
//! again. One that passes is silent, unless not all of its executions were seen: then a line on stderr says why.
//!
//! # What is not as in loom
//!
//! * There may be any number of threads; [`MAX_THREADS`] is there for those who ask.
//! * A thread that panics fails the model, as loom's does; but others go on meanwhile, as std's do.
//! * [`lazy_static!`]'s values live on, as Rust's do; what their initializers make is no leak. loom drops them where `main`
//!   ends, and fails who looks at them later.
//! * Locks are poisoned by a panic, `Barrier` works, and so does `recv_timeout`. One timed wait of an execution may end
//!   because its time is up (loom's never do), and one wait for a [`Condvar`](sync::Condvar) or [`park`](thread::park)
//!   for no reason.
//! * [`stop_exploring`], [`explore()`] and [`skip_branch`] do nothing: what loom would leave out is explored.
//! * [`model::Builder`] says what comes of loom's settings and of the variables `LOOM_*`.
//!
//! This knows loom's names and what they promise, and nothing of engines: all of it is on conccheck's facade.

pub mod alloc;
pub mod cell;
#[cfg(feature = "futures")]
pub mod future;
pub mod hint;
pub mod lazy_static;
pub mod model;
pub mod sync;
pub mod thread;

pub use crate::model::model;
pub use conccheck::thread_local;

/// How many threads loom can have in a model, `main` included. Here there may be more.
pub const MAX_THREADS: usize = 5;

/// To loom: explore no other choices from here on. Here they are explored.
pub fn stop_exploring() {}

/// To loom: explore from here on. Here all is explored.
pub fn explore() {}

/// To loom: explore no other choices in this execution. Here they are explored.
pub fn skip_branch() {}
