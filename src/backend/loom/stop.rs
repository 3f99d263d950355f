//! What loom means when it panics by itself: that is how it tells of everything.

use super::super::execution::Abandoned;
use crate::panic;
use std::any::Any;

/// Why loom cannot go on with an execution, nor with the exploration.
pub(super) enum Stop {
    Blocked,
    Endless,
    /// Two tasks, in the order in which they came, and where in the program.
    DataRace {
        tasks: [usize; 2],
        places: String,
    },
    GivenUp(String),
}

/// What loom means by a panic of its own; `None` for one of ours.
pub(super) fn classify(payload: &(dyn Any + Send)) -> Option<Stop> {
    if payload.is::<Abandoned>() {
        return None;
    }
    let message = panic::message(payload);
    Some(if message.starts_with("deadlock; threads") {
        Stop::Blocked
    } else if message.contains("maximum number of branches") {
        Stop::Endless
    } else {
        Stop::GivenUp(reason(&message))
    })
}

/// Why loom could not do what it was asked for.
fn reason(message: &str) -> String {
    let is_one_of = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
    if is_one_of(&["PoisonError"]) {
        // loom unwraps its own lock, also when the program's holder panicked while another task waited.
        "the loom backend cannot do this: a lock whose holder panicked; check this program under shuttle"
            .to_string()
    } else if is_one_of(&["invalid internal loom state", "RwLock state corrupt"]) {
        // loom knows who reads, and not how often: the first guard that is dropped gives all back.
        "the loom backend cannot do this: a thread that reads an RwLock which it is reading already; check this \
         program under native or shuttle"
            .to_string()
    } else {
        format!(
            "loom stopped by itself: {message} (a program that is not the same every time does this to it: \
             one that reads a clock, an address or a random number)"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_broke_is_told_from_a_program_that_is_not_the_same() {
        assert!(reason("invalid internal loom state").contains("reads an RwLock"));
        assert!(!reason("Is the model fully deterministic?").contains("RwLock"));
    }
}
