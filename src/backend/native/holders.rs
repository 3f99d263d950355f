//! Who has a part of something of a library, which the engine does not know: its calls tell.

use crate::witness::{Effect, ObjectKind, Step, Witness};

const TAKES: [&str; 12] = [
    "lock",
    "try_lock",
    "read",
    "try_read",
    "write",
    "try_write",
    "acquire",
    "acquire_many",
    "try_acquire",
    "try_acquire_many",
    "reserve",
    "try_reserve",
];
const GIVES: [&str; 3] = ["unlock", "release", "forget"];

/// Whether who waits in this function waits for what others have.
pub(super) fn is_kept_out(function: &str) -> bool {
    TAKES.contains(&function)
}

/// Who has taken a part of the object and not given it back, in the order of their taking. A part that one task took and
/// another gave back is that of the first.
pub(super) fn holders(steps: &[Step], object: usize) -> Vec<usize> {
    let mut holders: Vec<usize> = Vec::new();
    for step in steps.iter().filter(|step| step.object == Some(object)) {
        match step.function {
            // From then on everybody is let in, to be told so.
            "close" => return Vec::new(),
            taken if TAKES.contains(&taken) && step.effect == Effect::Done => holders.push(step.task),
            given if GIVES.contains(&given) => {
                let own = holders.iter().rposition(|&holder| holder == step.task);
                // What is forgotten or given to another task was taken by somebody.
                if let Some(at) = own.or((!holders.is_empty()).then_some(0)) {
                    holders.remove(at);
                }
            }
            _ => {}
        }
    }
    holders.dedup();
    holders
}

/// The lock that is kept beside a watch channel's value is the channel, to readers. It was made where the channel was; if
/// several were, it is not known which it is of.
pub(super) fn are_of_watches(witness: &mut Witness) {
    let all = &witness.objects;
    let made = |kind: ObjectKind, at| {
        let mut objects = (0..all.len()).filter(|&object| {
            let object = &all[object];
            object.kind == kind && object.made_at.is_some() && object.made_at == at
        });
        objects.next().filter(|_| objects.next().is_none())
    };
    let watch_of = |lock: usize| {
        let at = all[lock].made_at;
        let is_alone = made(ObjectKind::RwLock, at) == Some(lock);
        made(ObjectKind::Callee("watch"), at).filter(|_| is_alone)
    };
    let watches: Vec<Option<usize>> = (0..all.len()).map(watch_of).collect();
    let steps = witness.steps.iter_mut().map(|step| &mut step.object);
    for object in steps.chain(witness.waits.iter_mut().map(|wait| &mut wait.object)) {
        *object = object.map(|object| watches[object].unwrap_or(object));
    }
}
