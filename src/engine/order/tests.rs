//! What hands on what, by the orderings.

use super::*;
use Ordering::{AcqRel, Acquire, Relaxed, Release};

const FLAG: u64 = 0;

/// Two tasks, of which the first has done something before it hands on the flag.
struct Two {
    order: Order,
    tasks: [TaskId; 3],
    time: u32,
}

impl Two {
    fn new() -> Self {
        let mut order = Order::new(true);
        order.widen(3);
        order.begin();
        let tasks = [0, 1, 2].map(TaskId::new);
        order.spawn(tasks[0], tasks[1]);
        order.spawn(tasks[0], tasks[2]);
        let time = order.now(tasks[1]);
        Two { order, tasks, time }
    }

    fn flag(&mut self, task: usize) -> Edges<'_> {
        self.order.edges(self.tasks[task], ObjectId::new(1))
    }

    fn has_seen(&self) -> bool {
        self.order.has_seen(self.tasks[2], self.tasks[1], self.time)
    }
}

#[test]
fn a_release_store_is_seen_by_an_acquire_load_and_nothing_weaker() {
    for (store, load, sees) in
        [(Release, Acquire, true), (Relaxed, Acquire, false), (Release, Relaxed, false)]
    {
        let mut two = Two::new();
        two.flag(1).store(FLAG, store);
        two.flag(2).load(FLAG, load);
        assert_eq!(two.has_seen(), sees, "{store:?} {load:?}");
    }
}

#[test]
fn fences_stand_in_for_both() {
    for (before, after, sees) in
        [(Some(Release), Some(Acquire), true), (None, Some(Acquire), false), (Some(Release), None, false)]
    {
        let mut two = Two::new();
        before.into_iter().for_each(|order| two.order.fence(two.tasks[1], order));
        two.flag(1).store(FLAG, Relaxed);
        two.flag(2).load(FLAG, Relaxed);
        after.into_iter().for_each(|order| two.order.fence(two.tasks[2], order));
        assert_eq!(two.has_seen(), sees, "{before:?} {after:?}");
    }
}

#[test]
fn what_comes_after_a_release_fence_is_not_handed_on_by_a_relaxed_store() {
    let mut two = Two::new();
    two.order.fence(two.tasks[1], Release);
    two.time = two.order.now(two.tasks[1]);
    two.flag(1).store(FLAG, Relaxed);
    two.flag(2).load(FLAG, Acquire);
    assert!(!two.has_seen());
}

#[test]
fn a_release_sequence_goes_through_updates_and_ends_at_a_store() {
    for (is_update, sees) in [(true, true), (false, false)] {
        let mut two = Two::new();
        two.flag(1).store(FLAG, Release);
        match is_update {
            true => two.flag(0).update(FLAG, Relaxed),
            false => two.flag(0).store(FLAG, Relaxed),
        }
        two.flag(2).load(FLAG, Acquire);
        assert_eq!(two.has_seen(), sees);
    }
}

#[test]
fn a_task_is_not_seen_beyond_what_it_released() {
    let mut two = Two::new();
    two.flag(1).update(FLAG, AcqRel);
    two.time = two.order.now(two.tasks[1]);
    two.flag(2).update(FLAG, AcqRel);
    assert!(!two.has_seen());
    two.order.join(two.tasks[2], two.tasks[1]);
    assert!(two.has_seen());
}
