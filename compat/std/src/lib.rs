//! The standard library, with [conccheck]'s facade in the place of what it has of concurrency. A crate whose root says
//!
//! ```
//! extern crate std_on_conccheck as std;
//!
//! use std::sync::{Arc, Mutex};
//!
//! fn main() {
//!     let lock = Arc::new(Mutex::new(1));
//!     *lock.lock().unwrap() += 1;
//! }
//! ```
//!
//! is checked with all that it takes from `std::sync` and `std::thread`, and no other line of it is changed.
//!
//! [`sync::Arc`] and [`sync::Weak`] are std's own, since others want to have them (`acquire_owned`, `Waker::from`), so that their
//! counts are not explored. What is in scope without being named, `thread_local!`, is std's too.

pub use ::std::*;

pub mod sync {
    //! `std::sync`.

    pub use conccheck::sync::*;

    pub use ::std::sync::{Arc, Weak};
}

pub use conccheck::{thread, thread_local};

pub mod time {
    //! `std::time`.

    pub use ::std::time::*;

    pub use conccheck::time::Instant;
}
