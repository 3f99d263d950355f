//! Statics that are made at their first use: [`lazy_static!`](crate::lazy_static!), made anew in each execution.

use conccheck::sync::LazyLock;
use std::fmt;

pub use crate::thread::{AccessError, panicking, yield_now};

/// Declares statics that are made at their first use, as `lazy_static::lazy_static!` does.
///
/// ```
/// use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
///
/// loom::lazy_static! {
///     static ref HITS: AtomicUsize = AtomicUsize::new(0);
/// }
///
/// loom::model(|| {
///     let other = loom::thread::spawn(|| HITS.fetch_add(1, SeqCst));
///     HITS.fetch_add(1, SeqCst);
///     other.join().unwrap();
///     assert_eq!(HITS.load(SeqCst), 2); // each execution begins with zero
/// });
/// ```
#[macro_export]
macro_rules! lazy_static {
    () => {};
    ($(#[$attribute:meta])* $visibility:vis static ref $name:ident: $type:ty = $init:expr; $($rest:tt)*) => {
        #[allow(non_camel_case_types, dead_code, missing_copy_implementations)]
        $(#[$attribute])*
        $visibility struct $name {
            __private: (),
        }
        #[doc(hidden)]
        $visibility static $name: $name = $name { __private: () };
        impl ::core::ops::Deref for $name {
            type Target = $type;
            fn deref(&self) -> &$type {
                static VALUE: $crate::lazy_static::Lazy<$type> = $crate::lazy_static::Lazy::declared(|| $init);
                VALUE.get()
            }
        }
        $crate::lazy_static!($($rest)*);
    };
}

/// A value that is made at its first use. [`lazy_static!`](crate::lazy_static!) declares it.
pub struct Lazy<T>(LazyLock<T>);

// SAFETY: it is used in a model only, as `get` sees to, and each execution has its own.
unsafe impl<T> Sync for Lazy<T> {}

impl<T> Lazy<T> {
    /// What `lazy_static!` declares.
    #[doc(hidden)]
    #[track_caller]
    pub const fn declared(init: fn() -> T) -> Self {
        Lazy(LazyLock::new(init))
    }
}

impl<T: 'static> Lazy<T> {
    /// The value, which is made now if there is none.
    ///
    /// # Panics
    /// Outside of a model.
    #[track_caller]
    pub fn get(&'static self) -> &'static T {
        crate::model::expect("a lazy static is used");
        LazyLock::force(&self.0)
    }
}

impl<T> fmt::Debug for Lazy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lazy").finish_non_exhaustive()
    }
}
