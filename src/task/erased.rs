//! Futures and acts in boxes, so that what runs them is compiled for what they come to, and not for each of them: a test
//! binary has thousands. Knows nothing of runtimes.

#[cfg(feature = "check")]
use std::future::Future;
#[cfg(feature = "check")]
use std::pin::Pin;

/// A future that may go to another thread.
#[cfg(feature = "check")]
pub(super) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A future that stays on its thread.
#[cfg(feature = "check")]
pub(super) type LocalBoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// What `$future` comes to, which `$run` runs to its end. No function, so that a panic names the place of the caller.
macro_rules! to_end {
    ($future:ident => $run:expr) => {{
        let mut output = None;
        {
            let $future = std::pin::pin!(async { output = Some($future.await) });
            let $future: std::pin::Pin<&mut dyn Future<Output = ()>> = $future;
            $run;
        }
        output.expect("the future has come to its end")
    }};
}
pub(super) use to_end;

/// A task of tokio's own. In a build that is optimized it is given as it is, and costs what it costs with tokio.
#[cfg(all(feature = "check", not(debug_assertions)))]
pub(super) mod real {
    use std::future::Future;

    pub(in super::super) fn sent<F: Future + Send + 'static>(future: F) -> F {
        future
    }

    pub(in super::super) fn local<F: Future + 'static>(future: F) -> F {
        future
    }

    pub(in super::super) fn act<R, F: FnOnce() -> R + Send + 'static>(act: F) -> F {
        act
    }
}

/// A task of tokio's own. In a build for tests it is in a box: tokio's runtime is compiled once.
#[cfg(all(feature = "check", debug_assertions))]
pub(super) mod real {
    use super::{BoxFuture, LocalBoxFuture};
    use std::future::Future;

    pub(in super::super) fn sent<F: Future + Send + 'static>(future: F) -> BoxFuture<F::Output> {
        Box::pin(future)
    }

    pub(in super::super) fn local<F: Future + 'static>(future: F) -> LocalBoxFuture<F::Output> {
        Box::pin(future)
    }

    pub(in super::super) fn act<R, F: FnOnce() -> R + Send + 'static>(
        act: F,
    ) -> Box<dyn FnOnce() -> R + Send> {
        Box::new(act)
    }
}
