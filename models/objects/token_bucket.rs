//! A rate limiter without a clock: a bucket of tokens, which somebody refills from time to time, up to a limit.

use super::{ConcurrentObject, SeededFault, object};
use crate::property::Object;
use crate::sync::atomic::{AtomicUsize, Ordering::Relaxed};

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "token_bucket",
    about: "a rate limiter whose tokens are refilled explicitly",
    check: || bucket(None).run(),
    clients: &[],
    faults: &[
        SeededFault::new("looks_then_takes", "take looks whether there are enough, and then takes", || {
            bucket(Some(Fault::LooksThenTakes)).run()
        }),
        SeededFault::new(
            "refill_overwrites",
            "refill stores what it makes of the tokens that it saw",
            || bucket(Some(Fault::RefillOverwrites)).run(),
        ),
        SeededFault::new(
            "limited_late",
            "refill adds first, and removes what is over the limit then",
            || bucket(Some(Fault::LimitedLate)).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    LooksThenTakes,
    RefillOverwrites,
    LimitedLate,
}

/// How many tokens there may be.
const LIMIT: usize = 3;

fn bucket(fault: Option<Fault>) -> Object<Bucket, usize> {
    let specified_take = |tokens: &mut usize, count| {
        let left = tokens.checked_sub(count);
        *tokens = left.unwrap_or(*tokens);
        left.is_some()
    };
    object(move || Bucket::new(fault), || 1)
        .operation_with("take", 1..=LIMIT, Bucket::take, specified_take)
        .operation_with("refill", 1..=LIMIT, Bucket::refill, |tokens, more| {
            *tokens = LIMIT.min(*tokens + more)
        })
}

struct Bucket {
    tokens: AtomicUsize,
    fault: Option<Fault>,
}

impl Bucket {
    fn new(fault: Option<Fault>) -> Self {
        Bucket { tokens: AtomicUsize::new(1), fault }
    }

    /// Takes so many; none if there are fewer. Whether it did.
    fn take(&self, count: usize) -> bool {
        if self.fault == Some(Fault::LooksThenTakes) {
            let is_enough = self.tokens.load(Relaxed) >= count;
            if is_enough {
                self.tokens.fetch_sub(count, Relaxed);
            }
            return is_enough;
        }
        self.tokens.fetch_update(Relaxed, Relaxed, |tokens| tokens.checked_sub(count)).is_ok()
    }

    fn refill(&self, more: usize) {
        let refilled = |tokens: usize| LIMIT.min(tokens + more);
        match self.fault {
            Some(Fault::RefillOverwrites) => {
                let tokens = self.tokens.load(Relaxed);
                self.tokens.store(refilled(tokens), Relaxed);
            }
            Some(Fault::LimitedLate) => {
                let tokens = self.tokens.fetch_add(more, Relaxed) + more;
                self.tokens.fetch_sub(tokens.saturating_sub(LIMIT), Relaxed);
            }
            _ => {
                let update = self.tokens.fetch_update(Relaxed, Relaxed, |tokens| Some(refilled(tokens)));
                update.expect("it is always updated");
            }
        }
    }
}
