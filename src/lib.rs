//! Concurrency models, run for real and explored: the same code on the operating system's threads
//! and tokio, and under checkers that choose the interleavings.
//!
//! A program is written against [`sync`], [`thread`] and [`task`], which have the names and paths of
//! std and tokio. Outside of a check they are std and tokio. Inside one, the checker that runs the
//! program decides who goes next, again and again in another way, and a [`Report`] says how the
//! program can end.
//!
//! ```
//! use conccheck::sync::{Arc, atomic::{AtomicU32, Ordering::SeqCst}};
//! use conccheck::{Backend, Checker, thread};
//!
//! let visits = || {
//!     let visits = Arc::new(AtomicU32::new(0));
//!     let visit = |visits: Arc<AtomicU32>| move || visits.store(visits.load(SeqCst) + 1, SeqCst);
//!     let other = thread::spawn(visit(Arc::clone(&visits)));
//!     visit(Arc::clone(&visits))();
//!     other.join().unwrap();
//!     visits.load(SeqCst)
//! };
//! let report = Checker::new().backend(Backend::Loom).explore(visits);
//! assert_eq!(report.to_string(), "explored    complete\noutcomes    2\n    1\n    2");
//! ```
//!
//! # The map
//!
//! * [`sync`], [`thread`], [`task`], [`time`], [`panic`](mod@panic): the facade. `process`: worker processes.
//! * `backend`: what is behind the facade: real, native, shuttle, loom.
//! * `engine` and `strategy`: conccheck's own checker, and who runs next under it.
//! * [`Checker`], [`Strategy`], [`Outcome`] and [`Report`]: what to explore, and what was found.
//!   [`Witness`], [`Schedule`] and [`Token`]: one execution, shown, and told so that it can be run again.
//! * `models`: sequential, threads, pool, processes, asyncio and the GIL, each written once on the
//!   facade; workloads as data; small programs that show each promise, each with a broken twin.
//! * `measure`: real runs: statistics, the limit that no schedule beats, advice.
//! * `cli`: the command line. Environment and files are read there and nowhere else; but a failing test
//!   is replayed by what it finds in `CONCCHECK_REPLAY`.
//!
//! # What is never so
//!
//! * No model knows a backend, and no backend knows a model. (The table of programs, which are there to
//!   be checked, knows what a check of each concludes.)
//! * A failure is a value: nothing but [`Checker::check`] panics to report one.
//! * What a backend cannot do ends the check with a reason, as [`Verdict::Skip`]; it is not done otherwise.
//! * Without the feature `check`, the facade is re-exports of std and tokio.
//!
//! # The backends
//!
//! | | real | native | shuttle | loom |
//! |---|---|---|---|---|
//! | memory model | the hardware's | sequential consistency | sequential consistency | C11 without load buffering; SeqCst as AcqRel |
//! | what it sees | samples | all, each trace class once | samples; with dfs all | all |
//! | what it has | all | atomics, `Mutex`, threads without `park`, `yield_now` and `is_finished`; the rest is refused | all | all |
//! | `notify_one` wakes | as the system likes | refused | any waiter | the oldest waiter |
//! | timeouts | fire | refused | never fire | never fire |
//! | weak compare-exchange fails without a reason | on some machines | never | never | never |
//! | `park` returns without a reason | rarely | refused | yes | no |
//! | poisoning | yes | yes | yes | refused |
//! | while a task unwinds | others go on | nobody else goes on; it may unlock, nothing else | others only if it blocks | others only if it blocks |
//! | a panicking thread | `join` gives `Err` | the same | the same | the same |
//! | tasks | the system's limit | no limit | no limit | 5, `main` included |
//! | async tasks of one thread | tokio's `LocalSet` | refused | an event loop; switches only at `await` | the same |
//! | async tasks of several threads | tokio | refused | a thread each | a thread each |
//! | statics (in a [`sync::LazyLock`]) | live on | refused | made anew in each execution | the same |
//! | after an execution without end | it stops | it stops | it goes on | it stops |
//!
//! What an execution holds that is left in its middle (a deadlock) is leaked.

#![cfg_attr(
    not(all(feature = "shuttle", feature = "loom")),
    allow(unused, unreachable_code, reason = "some of it serves a checker that is not compiled in")
)]
#![cfg_attr(not(feature = "check"), allow(rustdoc::broken_intra_doc_links))]

pub mod cell;
pub mod panic;
#[cfg(feature = "models")]
pub mod process;
pub mod sync;
pub mod task;
pub mod thread;
pub mod time;

#[cfg(feature = "check")]
mod backend;
#[cfg(feature = "check")]
mod checker;
#[cfg(feature = "check")]
mod engine;
#[cfg(feature = "check")]
mod outcome;
#[cfg(feature = "check")]
mod replay;
#[cfg(feature = "check")]
pub mod report;
#[cfg(feature = "check")]
mod schedule;
#[cfg(feature = "check")]
mod strategy;
#[cfg(feature = "check")]
mod token;
#[cfg(feature = "check")]
pub mod witness;

#[cfg(feature = "models")]
#[path = "../models/mod.rs"]
pub mod models;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod measure;

#[cfg(feature = "check")]
pub use self::{
    backend::{Backend, Progress, UnknownBackend},
    checker::{Checker, SettingsError, check},
    outcome::{Diverged, Incomplete, Outcome, Seen, Verdict},
    report::Report,
    schedule::Schedule,
    strategy::Strategy,
    token::{Token, TokenError},
    witness::Witness,
};

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
