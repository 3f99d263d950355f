//! One operation of an object under check, with its arguments: what the object does, and what the specification.

use super::answer::Answer;
use crate::panic::{self, AssertUnwindSafe, catch_unwind};
use crate::property::Step;
use crate::property::Value;
use std::fmt::{self, Debug};
use std::sync::Arc;

/// A call of an object `O` whose specification is an `M`.
pub(crate) struct Call<O, M> {
    /// As one writes it: `push(1)`.
    text: Arc<str>,
    act: Arc<Act<O>>,
    specify: Arc<Specify<M>>,
}

type Act<O> = dyn Fn(&O) -> Answer + Send + Sync;
type Specify<M> = dyn Fn(&mut M) -> Step<Answer> + Send + Sync;

impl<O, M> Call<O, M> {
    /// A call whose answers are values of one type. Where the specification gives none, it blocks.
    pub(crate) fn new<R: Value + Sync>(
        text: String,
        act: impl Fn(&O) -> R + Send + Sync + 'static,
        specify: impl Fn(&mut M) -> Option<R> + Send + Sync + 'static,
    ) -> Self {
        let act = move |object: &O| match catch_unwind(AssertUnwindSafe(|| act(object))) {
            Ok(value) => Answer::returned(value),
            Err(payload) => Answer::Panicked(panic::message(&*payload)),
        };
        let specify = move |model: &mut M| match catch_unwind(AssertUnwindSafe(|| specify(model))) {
            Ok(Some(value)) => Step::Answers(Answer::returned(value)),
            Ok(None) => Step::Blocks,
            Err(payload) => Step::Answers(Answer::Panicked(panic::message(&*payload))),
        };
        Call { text: text.into(), act: Arc::new(act), specify: Arc::new(specify) }
    }

    pub(crate) fn act(&self, object: &O) -> Answer {
        (self.act)(object)
    }

    pub(crate) fn specify(&self, model: &mut M) -> Step<Answer> {
        (self.specify)(model)
    }

    pub(crate) fn text(&self) -> &Arc<str> {
        &self.text
    }
}

impl<O, M> Clone for Call<O, M> {
    fn clone(&self) -> Self {
        let Call { text, act, specify } = self;
        Call { text: Arc::clone(text), act: Arc::clone(act), specify: Arc::clone(specify) }
    }
}

impl<O, M> fmt::Debug for Call<O, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A call as one writes it: the arguments of a tuple are several.
pub(crate) fn text(name: &str, arguments: &impl Debug) -> String {
    let arguments = format!("{arguments:?}");
    if arguments.starts_with('(') && arguments.ends_with(')') {
        format!("{name}{arguments}")
    } else {
        format!("{name}({arguments})")
    }
}
