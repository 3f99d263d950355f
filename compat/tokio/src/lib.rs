//! tokio's interface on [conccheck]: a crate that uses tokio takes this in its place, by one line in its manifest, and its
//! async tests run under conccheck.
//!
//! ```
//! use tokio::{spawn, sync::Semaphore};
//! use std::sync::Arc;
//!
//! conccheck::check(|| {
//!     tokio::runtime::Runtime::new().unwrap().block_on(async {
//!         let permits = Arc::new(Semaphore::new(1));
//!         let theirs = permits.clone();
//!         let other = spawn(async move { drop(theirs.acquire_owned().await) });
//!         drop(permits.acquire().await.unwrap());
//!         other.await.unwrap();
//!     });
//! });
//! ```
//!
//! It is [`conccheck::tokio`], under tokio's name: outside of a check it is tokio. What is more is [`test`](macro@test).
//!
//! * It is a path in the manifest of who takes it. `[patch.crates-io]` does not give it to others: conccheck itself has tokio
//!   from there, and cargo does not have two of one name from one place.
//! * What it takes of the standard library is seen only if it is conccheck's: `extern crate std_on_conccheck as std;` in the
//!   root of a crate does that (`compat/std`).
//! * All of tokio's features can be asked for; what there is does not depend on them.

pub use conccheck::tokio::*;

mod explored;

/// As [`conccheck::test`]: in place of one execution, all.
///
/// Other people's tests may be large. The search of each ends after as many seconds as `CONCCHECK_TOKIO_SECONDS` says, 20 if it
/// says nothing; what was seen until then has passed, and a line on stderr tells that it was not all. With
/// `CONCCHECK_TOKIO_LOG` set, another tells how many executions each test had.
///
/// ```
/// # mod tests {
/// #[tokio::test]
/// async fn a_permit_comes_back() {
///     let permits = tokio::sync::Semaphore::new(1);
///     drop(permits.acquire().await);
///     assert_eq!(permits.available_permits(), 1);
/// }
/// # }
/// ```
pub use conccheck::__drop_in_test as test;

/// What the attribute takes for conccheck.
#[doc(hidden)]
pub mod __conccheck {
    pub use crate::explored::__test;
    pub use conccheck::{__test_with, tokio};
}
