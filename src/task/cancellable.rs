//! Futures that a check may drop where they wait: what `select!`, `timeout` and `abort` do to a future, at every await
//! and every moment, without one of these. When that is, [`checked`](super::checked) knows.

use pin_project_lite::pin_project;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

#[cfg(feature = "check")]
use super::checked::Cancellation;

/// A future that a check may drop where it waits: it gives then [`Cancelled`]. Outside of a check it is the future itself.
///
/// Inside a check, whenever it waits, it is explored that it is dropped there: before anybody else has a turn, or at any
/// moment after that, such as just when it was woken. (At once only, where no runtime of this crate runs.) So it happens to
/// futures that are a branch of a `select!`, are in a `timeout`, or are part of a task that is aborted: those are dropped
/// at some of their awaits; this one at each. In an execution at most
/// [`Checker::cancellations_max`](crate::Checker::cancellations_max) futures are dropped.
///
/// ```
/// use conccheck::task::{self, cancellable};
/// use conccheck::tokio::sync::Semaphore;
/// use conccheck::{Checker, Outcome};
///
/// // A waiter that is dropped gives its place in the queue back, and the permit if it had got it already.
/// let report = Checker::new().explore(|| {
///     task::block_on(async {
///         let permits = Semaphore::new(1);
///         let permit = permits.acquire().await.unwrap();
///         let waits = cancellable(permits.acquire());
///         let gives_back = async { drop(permit) };
///         let (waited, ()) = conccheck::tokio::join!(waits, gives_back);
///         let was_dropped = waited.is_err();
///         drop(waited);
///         (was_dropped, permits.available_permits())
///     })
/// });
/// assert!(report.is_complete());
/// let outcomes: Vec<_> = report.outcomes().collect();
/// assert_eq!(outcomes, [&Outcome::Returned((false, 1)), &Outcome::Returned((true, 1))]);
/// ```
#[track_caller]
pub fn cancellable<F: IntoFuture>(future: F) -> Cancellable<F::IntoFuture> {
    Cancellable { future: Some(future.into_future()), fate: Fate::at(Location::caller()) }
}

/// Awaits what `attempt` gives, each a future that is [`cancellable`]; another one whenever one was dropped. What comes of the one
/// that was not. So does who calls a function that is cancel-safe in a loop, in a branch of a `select!`.
///
/// See [`Checker::cancel_safe`](crate::Checker::cancel_safe).
///
/// ```
/// use conccheck::task;
/// use conccheck::tokio::sync::mpsc;
///
/// let received = task::block_on(async {
///     let (sender, mut receiver) = mpsc::channel(1);
///     sender.send(1).await.unwrap();
///     task::retried(async || receiver.recv().await).await
/// });
/// assert_eq!(received, Some(1));
/// ```
pub async fn retried<T>(mut attempt: impl AsyncFnMut() -> T) -> T {
    loop {
        if let Ok(output) = cancellable(attempt()).await {
            return output;
        }
    }
}

pin_project! {
    /// What [`cancellable`] gives.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Cancellable<F> {
        // `None` where it was dropped.
        #[pin]
        future: Option<F>,
        fate: Fate,
    }
}

impl<F: Future> Future for Cancellable<F> {
    type Output = Result<F::Output, Cancelled>;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let future = this.future.as_mut().as_pin_mut();
        let polled = this.fate.poll(context, future.expect("a future is not polled again after it is ready"));
        if let Poll::Ready(Err(Cancelled(()))) = polled {
            this.future.set(None);
        }
        polled
    }
}

impl<F> fmt::Debug for Cancellable<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellable").field("is_cancelled", &self.future.is_none()).finish_non_exhaustive()
    }
}

/// A future that is [`cancellable`] was dropped before it was ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cancelled(());

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the future was dropped where it waited")
    }
}

impl Error for Cancelled {}

/// When the future is dropped.
#[cfg(feature = "check")]
enum Fate {
    /// Never: it was made outside of a check.
    Real,
    Checked(Cancellation),
}

#[cfg(feature = "check")]
impl Fate {
    fn at(place: &'static Location<'static>) -> Self {
        match crate::backend::current() {
            crate::backend::Backend::Real => Fate::Real,
            _ => Fate::Checked(Cancellation::new(place)),
        }
    }

    #[track_caller]
    fn poll<F: Future>(
        &mut self,
        context: &mut Context<'_>,
        future: Pin<&mut F>,
    ) -> Poll<Result<F::Output, Cancelled>> {
        let Fate::Checked(cancellation) = self else { return future.poll(context).map(Ok) };
        if cancellation.is_dropped_before(context.waker(), name_of::<F>) {
            return Poll::Ready(Err(Cancelled(())));
        }
        // No closure: the place is the caller's.
        match future.poll(context) {
            Poll::Ready(output) => {
                cancellation.is_over();
                Poll::Ready(Ok(output))
            }
            Poll::Pending if cancellation.is_dropped_there(context.waker(), name_of::<F>) => {
                Poll::Ready(Err(Cancelled(())))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

/// Without a check it never is.
#[cfg(not(feature = "check"))]
struct Fate;

#[cfg(not(feature = "check"))]
impl Fate {
    fn at(_: &'static Location<'static>) -> Self {
        Fate
    }

    fn poll<F: Future>(
        &mut self,
        context: &mut Context<'_>,
        future: Pin<&mut F>,
    ) -> Poll<Result<F::Output, Cancelled>> {
        future.poll(context).map(Ok)
    }
}

/// The function of which it is the future, if that can be told; or what else it is called.
#[cfg(feature = "check")]
pub(crate) fn name_of<F>() -> String {
    called(std::any::type_name::<F>())
}

#[cfg(feature = "check")]
fn called(type_name: &str) -> String {
    let function = type_name.strip_suffix("::{{closure}}");
    // The type's own parameters are no part of its name, nor are a method's type's.
    let (mut depth, mut name) = (0_usize, String::new());
    for letter in function.unwrap_or(type_name).chars() {
        match letter {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 => name.push(letter),
            _ => {}
        }
    }
    let last = name.rsplit("::").find(|part| !part.is_empty()).unwrap_or_default();
    let is_nameless = last.starts_with('{') || last.is_empty();
    let is_ours = function.is_none() && type_name.starts_with(concat!(env!("CARGO_PKG_NAME"), "::"));
    if is_nameless || is_ours { "the future".to_string() } else { last.to_string() }
}

#[cfg(all(test, feature = "check"))]
mod tests {
    use super::called;

    #[test]
    fn a_future_is_called_by_the_function_that_it_is_of() {
        for (type_name, name) in [
            ("lines::recv_line::{{closure}}", "recv_line"),
            ("lines::Lines<std::string::String>::recv_line::{{closure}}", "recv_line"),
            ("<lines::Lines<u8> as lines::Next>::next::{{closure}}", "next"),
            ("lines::Recv<u8>", "Recv"),
            ("lines::main::{{closure}}::{{closure}}", "the future"),
            ("conccheck::tokio::sync::announced::Announced<u8>", "the future"),
        ] {
            assert_eq!(called(type_name), name);
        }
    }
}
