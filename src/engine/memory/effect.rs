//! What tasks do besides their accesses of atomics that decides what these may come to: written down as it happens, so
//! that it can be done again without the program ([`Attempt`](super::Attempt)).

use super::super::{ObjectId, TaskId};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Something that orders events, or begins to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// An object's view is seen, added to, or forgotten: see [`Edges`](crate::engine::order::Edges).
    Acquire(TaskId, ObjectId, u64),
    Release(TaskId, ObjectId, u64),
    Forget(ObjectId, u64),
    /// The first task spawns the second.
    Spawn(TaskId, TaskId),
    /// The first task goes on after the end of the second.
    Join(TaskId, TaskId),
    Fence(TaskId, Ordering),
    /// The task does something else than to access an atomic.
    Leave(TaskId),
    /// An atomic is used for the first time, and holds this.
    Begin(ObjectId, u64),
    /// An atomic is changed by who has it alone.
    Set(ObjectId, u64),
}

impl Effect {
    /// The object that it is about.
    pub(crate) fn object(&self) -> Option<ObjectId> {
        match *self {
            Effect::Acquire(_, object, _) | Effect::Release(_, object, _) => Some(object),
            Effect::Forget(object, _) | Effect::Begin(object, _) | Effect::Set(object, _) => Some(object),
            Effect::Spawn(..) | Effect::Join(..) | Effect::Fence(..) | Effect::Leave(_) => None,
        }
    }

    /// The same of another object.
    pub(crate) fn of(self, object: ObjectId) -> Self {
        match self {
            Effect::Acquire(task, _, slot) => Effect::Acquire(task, object, slot),
            Effect::Release(task, _, slot) => Effect::Release(task, object, slot),
            Effect::Forget(_, slot) => Effect::Forget(object, slot),
            Effect::Begin(_, value) => Effect::Begin(object, value),
            Effect::Set(_, value) => Effect::Set(object, value),
            Effect::Spawn(..) | Effect::Join(..) | Effect::Fence(..) | Effect::Leave(_) => self,
        }
    }
}

/// Effects in a row, shared by all that have the same: there may be thousands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effects(Option<Arc<[Effect]>>);

impl Effects {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Effect> {
        self.0.iter().flat_map(|effects| effects.iter())
    }

    /// They become these.
    pub(crate) fn set(&mut self, effects: &[Effect]) {
        if self.0.as_deref().unwrap_or_default() != effects {
            self.0 = (!effects.is_empty()).then(|| effects.into());
        }
    }

    /// Each is about another object, or the same.
    pub(crate) fn change_objects(&mut self, change: impl Fn(ObjectId) -> ObjectId) {
        let changes = |object: ObjectId| change(object) != object;
        if self.iter().filter_map(Effect::object).any(changes) {
            let of_another =
                |effect: &Effect| effect.object().map_or(*effect, |object| effect.of(change(object)));
            self.0 = Some(self.iter().map(of_another).collect());
        }
    }
}
