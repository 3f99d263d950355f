//! Waiting is done without the lock, so two threads of one interpreter can wait at once. Each waits
//! here until the other one waits too: where waits cannot overlap, nobody goes on.

use super::{Attached, eager_interpreter, on_two_threads};
use crate::sync::Barrier;

/// Always `both waited at once`.
pub fn io_overlaps() -> String {
    wait_on_two_threads(|attached, both| attached.allow_threads(|| meet(both)))
}

/// Broken: waits with the lock held, as an extension does that forgets `Py_BEGIN_ALLOW_THREADS`:
/// always a hang. For checkers only.
pub fn waits_with_the_lock() -> String {
    wait_on_two_threads(|_, both| meet(both))
}

fn wait_on_two_threads(wait: fn(&Attached<'_>, &Barrier)) -> String {
    let both = Barrier::new(2);
    on_two_threads(eager_interpreter(), move |attached| wait(attached, &both));
    "both waited at once".to_string()
}

fn meet(both: &Barrier) {
    both.wait();
}
