//! Whether a program comes to nothing else where its futures are dropped while they wait: cancel-safety, as a relation of
//! a program to itself.

use super::agreement::{Agreement, UNCANCELLED};
use super::{Relation, RelationError, Value, is_one_of};
use crate::outcome::Incomplete;
use crate::{Checker, replay};
use std::panic::Location;
use std::sync::Arc;

impl Checker {
    /// Explores `program` twice, without a cancellation and with up to
    /// [`cancellations_max`](Checker::cancellations_max), and says whether it comes to nothing else with them: every value
    /// has to be one that there is without, and nothing may panic or hang, with or without.
    ///
    /// What is cancelled are the futures that the program makes [`cancellable`](crate::task::cancellable); a function that
    /// is called again when it was cancelled, as in a loop around a `select!`, is called by
    /// [`retried`](crate::task::retried). Let the program return what came of it and the state that it left.
    ///
    /// ```
    /// use conccheck::tokio::sync::mpsc;
    /// use conccheck::{Checker, Verdict, task};
    ///
    /// /// Two messages are one record.
    /// struct Records {
    ///     parts: mpsc::Receiver<u32>,
    ///     first: Option<u32>,
    /// }
    ///
    /// impl Records {
    ///     fn new() -> Records {
    ///         let (sender, parts) = mpsc::channel(1);
    ///         task::spawn_local(async move {
    ///             for part in 1..=2 {
    ///                 sender.send(part).await.unwrap();
    ///             }
    ///         });
    ///         Records { parts, first: None }
    ///     }
    ///
    ///     /// Not cancel-safe: the first part is lost if it is dropped where it waits for the second.
    ///     async fn next(&mut self) -> Option<[u32; 2]> {
    ///         Some([self.parts.recv().await?, self.parts.recv().await?])
    ///     }
    ///
    ///     /// Cancel-safe: the first part is kept where it outlives the future.
    ///     async fn next_safely(&mut self) -> Option<[u32; 2]> {
    ///         if self.first.is_none() {
    ///             self.first = Some(self.parts.recv().await?);
    ///         }
    ///         let second = self.parts.recv().await?;
    ///         Some([self.first.take()?, second])
    ///     }
    /// }
    ///
    /// let safe = Checker::new().cancel_safe(|| task::block_on(async {
    ///     let mut records = Records::new();
    ///     task::retried(async || records.next_safely().await).await
    /// }));
    /// safe.assert();
    ///
    /// let loses = Checker::new().cancel_safe(|| task::block_on(async {
    ///     let mut records = Records::new();
    ///     task::retried(async || records.next().await).await
    /// }));
    /// assert_eq!(loses.verdict(), Verdict::Fail);
    /// assert!(loses.to_string().contains("! None\n      without a cancellation it is Some([1, 2])"));
    /// ```
    ///
    /// That no such future ever waits, so that there is nothing to drop, is an error: [`Agreement::error`] says so.
    ///
    /// # Panics
    /// As [`Checker::agrees`] does.
    #[track_caller]
    pub fn cancel_safe<T: Value>(&self, program: impl Fn() -> T + Send + Sync + 'static) -> Agreement<T> {
        let name = replay::check_name(Location::caller());
        let program = Arc::new(program);
        let cancelled = Arc::clone(&program);
        let (report, is_replay) = self.explore_or_replay(&name, move || cancelled());
        let was_done = !report.incomplete.iter().any(|why| matches!(why, Incomplete::Unsupported(_)));
        let is_vacuous = was_done && !is_replay && !report.has_cancellable;
        let uncancelled = self.clone().cancellations_max(0);
        let mut agreement = uncancelled.compare(move || program(), report, CancelSafe, UNCANCELLED);
        if is_vacuous {
            agreement.refuse(RelationError::NothingCancellable);
        }
        agreement.named(name, is_replay)
    }
}

/// Equal to one of the values without a cancellation.
struct CancelSafe;

impl<T: Value> Relation<T> for CancelSafe {
    fn name(&self) -> &'static str {
        "cancel-safe"
    }

    fn judge(&self, uncancelled: &[&T], value: &T) -> Result<(), String> {
        is_one_of(UNCANCELLED.there, uncancelled, value)
    }
}
