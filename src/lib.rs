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
//! use conccheck::{Checker, thread};
//!
//! let visits = || {
//!     let visits = Arc::new(AtomicU32::new(0));
//!     let visit = |visits: Arc<AtomicU32>| move || visits.store(visits.load(SeqCst) + 1, SeqCst);
//!     let other = thread::spawn(visit(Arc::clone(&visits)));
//!     visit(Arc::clone(&visits))();
//!     other.join().unwrap();
//!     visits.load(SeqCst)
//! };
//! let report = Checker::new().explore(visits);
//! assert_eq!(report.to_string(), "explored    complete\n\noutcomes    2\n    1\n    2\n\nhangs       none\npanics      none\nraces       none");
//! ```
//!
//! New here? Read the [`guide`].
//!
//! # The map
//!
//! * [`sync`], [`thread`], [`thread_local!`], [`task`], [`tokio`](mod@tokio), [`time`], [`cell`], [`alloc`], [`hint`], [`panic`](mod@panic): the facade. `process`: worker processes.
//! * `backend`: what is behind the facade: real, native, shuttle, loom.
//! * `engine` and `strategy`: conccheck's own checker, and who runs next under it.
//! * [`Checker`], [`Strategy`], [`Outcome`] and [`Report`]: what to explore, and what was found.
//!   [`Witness`], [`Schedule`] and [`Token`]: one execution, shown, and told so that it can be run again.
//! * [`property`]: what "correct" means: relations to a sequential run, and objects against a specification.
//!   `snapshot`: sets of outcomes, kept for review.
//! * `models`: sequential, threads, pool, processes, asyncio and the GIL, each written once on the
//!   facade; workloads as data; small programs that show each promise, each with a broken twin.
//! * `measure`: real runs: statistics, the limit that no schedule beats, advice.
//! * `cli`: the command line. Environment and files are read there; elsewhere only `CONCCHECK_REPLAY`, by a
//!   failing test, and the source that a witness quotes.
//!
//! # What is never so
//!
//! * No model knows a backend, and no backend knows a model. (The table of programs, which are there to
//!   be checked, knows what a check of each concludes.)
//! * A failure is a value: nothing panics to report one but what is for a `#[test]`: [`Checker::check`],
//!   `Checker::for_all`, `Object::check` and [`Agreement::assert`](property::Agreement::assert).
//! * What a backend cannot do ends the check with a reason, as [`Verdict::Skip`]; it is not done otherwise.
//! * Without the feature `check`, the facade is re-exports of std and tokio. [`task`] and [`tokio`](mod@tokio) are there with
//!   the feature `tokio`.
//!
//! # The backends
//!
//! | | real | native | shuttle | loom |
//! |---|---|---|---|---|
//! | memory model | the hardware's | [Rust's](Memory::Rust), or sequential consistency | sequential consistency | C11 without load buffering; SeqCst as AcqRel |
//! | what it sees | samples | all, each trace class once; or samples | samples; with dfs all | all |
//! | `notify_one` wakes | as the system likes | any waiter, each explored | any waiter | the oldest waiter |
//! | timeouts | fire | at most [`timeouts_max`](Checker::timeouts_max) of an execution fire, 1 if nothing is said | never fire | never fire |
//! | time | the clock's | virtual: passes where a sleep or a timed wait ends | virtual: passes where a sleep ends | the same |
//! | thread-locals | a thread's | a task's, made anew in each execution; its destructors are explored | the same | the same |
//! | weak compare-exchange fails without a reason | on some machines | up to [`weak_failures_max`](Checker::weak_failures_max) times, 0 if nothing is said | never | never |
//! | a condvar's wait ends without a reason | rarely | up to [`spurious_wakeups_max`](Checker::spurious_wakeups_max) times, 0 if nothing is said | never | never |
//! | `park` returns without a reason | rarely | as a condvar's wait ends | yes | no |
//! | `try_lock` fails | when it is taken | when it is taken | when it is taken | not when its holder only locks and unlocks |
//! | poisoning | yes | yes | yes | refused |
//! | while a task unwinds | others go on | others go on, explored | others only if it blocks | others only if it blocks |
//! | a panicking thread | `join` gives `Err` | the same | the same | the same |
//! | data races on a [`cell`] | undefined | an outcome | not looked for | a panic |
//! | tasks | the system's limit | no limit | no limit | 5, `main` included |
//! | async tasks of one thread | tokio | an event loop, in tokio's order; switches only at `await` | the same | the same |
//! | async tasks of several threads | tokio | a thread each | the same | the same |
//! | what [`spawn_blocking`](crate::tokio::task::spawn_blocking) runs | on tokio's threads | a thread each | the same | the same |
//! | [`tokio`](mod@tokio)'s primitives | tokio's code | tokio's code; each call, poll and end is explored | the same | the same |
//! | a [`duplex`](crate::tokio::io::duplex) pipe | tokio's | tokio's; each poll and end is explored | the same | the same |
//! | sockets ([`tokio::net`]) | the system's | a network of the execution's own: all arrives at any later moment, in order | the same, sampled | the same, as far as 5 tasks go: each thing that is on its way takes one |
//! | a read of a socket brings less than there is | as the system likes | the first byte, or all but the last, up to [`short_reads_max`](Checker::short_reads_max) times, 1 if nothing is said | drawn, as often | refused, unless that is 0 |
//! | a write to a socket takes less than it is given | as the system likes | the first byte, up to [`short_writes_max`](Checker::short_writes_max) times, 0 if nothing is said | drawn, as often | refused, unless that is 0 |
//! | a TCP connection breaks | as it happens | at any arrival, up to [`disconnections_max`](Checker::disconnections_max) times, 0 if nothing is said | drawn, as often | refused, unless that is 0 |
//! | a signal ([`tokio::signal`]) | the system's | one of each kind that is listened for comes, at any later moment; more if the program raises them | the same, sampled | the same |
//! | where a `select!` starts | drawn | explored | drawn | refused, but for `biased;` |
//! | a `task::cancellable` future is dropped where it waits | never | at each await and moment, up to [`cancellations_max`](Checker::cancellations_max) times, 1 if nothing is said | drawn, as often | refused, unless that is 0 |
//! | statics | live on | made anew in each execution | the same | the same |
//! | an [`sync::Arc`]'s owners | as they come and go | explored where somebody can notice | as they happen to come and go | the same |
//! | a reader where a writer waits | as the system likes | let in; or kept out, where that ends in a hang | let in | let in |
//! | a loop that waits and that nobody ends | runs on | a livelock, found at once | bounded by `steps_max` | the same |
//! | after an execution without end | it stops | it stops | it goes on | it stops |
//! | a program that does not repeat | is not looked for | [`Verdict::Flaky`] | is not looked for | is not looked for |
//!
//! What an execution holds that is left in its middle (a deadlock) is leaked.

#![cfg_attr(
    not(all(feature = "shuttle", feature = "loom")),
    allow(unused, unreachable_code, reason = "some of it serves a checker that is not compiled in")
)]
#![cfg_attr(
    not(all(feature = "check", feature = "property", feature = "tokio")),
    allow(rustdoc::broken_intra_doc_links, reason = "what is told of may be what is not compiled in")
)]

pub mod alloc;
pub mod cell;
pub mod hint;
pub mod panic;
#[cfg(feature = "models")]
pub mod process;
pub mod sync;
#[cfg(feature = "tokio")]
pub mod task;
pub mod thread;
pub mod time;
#[cfg(feature = "tokio")]
pub mod tokio;

#[cfg(not(feature = "check"))]
pub use std::thread_local;

/// For the macros: who calls them may have another `std`.
#[doc(hidden)]
pub use ::std as __std;

#[cfg(feature = "check")]
mod backend;
#[cfg(feature = "check")]
mod checker;
#[cfg(feature = "check")]
mod engine;
#[cfg(feature = "check")]
mod outcome;
#[cfg(feature = "check")]
pub mod property;
#[cfg(feature = "check")]
mod replay;
#[cfg(feature = "check")]
pub mod report;
#[cfg(feature = "check")]
mod schedule;
#[cfg(feature = "insta")]
pub mod snapshot;
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
#[doc = include_str!("guide.md")]
pub mod guide {}

#[cfg(feature = "check")]
pub use self::{
    backend::{Backend, Progress, UnknownBackend},
    checker::{Checker, SettingsError, check},
    outcome::{Diverged, Incomplete, Outcome, Seen, Verdict},
    report::{Change, Need, OrderingRow, Orderings, Remedy, Report},
    schedule::{Memory, Schedule},
    strategy::Strategy,
    token::{Token, TokenError},
    witness::Witness,
};

#[cfg(feature = "tokio")]
mod async_test;
#[cfg(all(feature = "tokio", feature = "check"))]
#[doc(hidden)]
pub use self::async_test::__test_with;
#[cfg(feature = "tokio")]
#[doc(hidden)]
pub use self::async_test::{__Passes, __test};
#[cfg(feature = "tokio")]
#[doc(hidden)]
pub use conccheck_macros::__drop_in_test;
#[cfg(feature = "tokio")]
pub use conccheck_macros::test;

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
