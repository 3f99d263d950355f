//! Data races, and what would have ordered the two accesses. T1 writes a cell, T2 reads it.

use super::{assert_says, sample};
use crate::report::witness::sample::Sample;
use crate::witness::Effect::{self, Done, Read};
use crate::witness::ObjectKind::{Atomic, Cell, Mutex};
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release};

fn wrote(before: &str, after: &str) -> Effect {
    Effect::Wrote { before: before.to_string(), after: after.to_string() }
}

const NOTHING: &str = ", and nothing makes one wait for the other";

fn begun() -> Sample {
    let mut sample = sample(&[Cell, Atomic, Mutex]);
    sample.ends("data race: on a cell").step(1, "write", Some(0), Done, "");
    sample
}

/// An access of the atomic, or a fence.
fn with(sample: &mut Sample, task: usize, function: &'static str, effect: Effect, order: Ordering) {
    let object = (function != "fence").then_some(1);
    sample.step(task, function, object, effect, "").witness.steps.last_mut().expect("a step").ordering =
        Some(order);
}

#[track_caller]
fn assert_race(sample: &mut Sample, expected: &str) {
    sample.step(2, "read", Some(0), Done, "");
    let last = sample.witness.steps.len() - 1;
    sample.witness.race = Some([0, last]);
    let number = last + 1;
    let sentence = match expected {
        NOTHING => format!("data race: T1 writes `cell 1` and T2 reads it{NOTHING} (steps 1 and {number})"),
        repairs => {
            format!("data race: T1 writes `cell 1` at step 1 and T2 reads it at step {number}{repairs}")
        }
    };
    assert_says(sample, &sentence);
}

/// T1 hands a flag on, and T2 sees it.
fn published(store: Ordering, load: Ordering) -> Sample {
    let mut sample = begun();
    with(&mut sample, 1, "store", wrote("0", "1"), store);
    with(&mut sample, 2, "load", Read("1".to_string()), load);
    sample
}

#[test]
fn accesses_between_which_nothing_passes_are_told_as_they_are() {
    assert_race(&mut begun(), NOTHING);
    let mut locked_before = begun();
    locked_before.done(2, "lock", Some(2), "").done(1, "lock", Some(2), "");
    assert_race(&mut locked_before, NOTHING);
}

#[test]
fn the_relaxed_side_of_a_publication_is_named() {
    assert_race(
        &mut published(Relaxed, Acquire),
        "; for an order T1's store of `atomic 1` at step 2 would have to be Release (it is Relaxed)",
    );
    assert_race(
        &mut published(Release, Relaxed),
        "; for an order T2's load of `atomic 1` at step 3 would have to be Acquire (it is Relaxed)",
    );
    assert_race(
        &mut published(Relaxed, Relaxed),
        "; for an order T1's store of `atomic 1` at step 2 would have to be Release (it is Relaxed) \
         and T2's load of `atomic 1` at step 3 Acquire (it is Relaxed)",
    );
}

#[test]
fn a_fence_on_the_wrong_side_is_named() {
    let mut sample = begun();
    with(&mut sample, 1, "store", wrote("0", "1"), Relaxed);
    with(&mut sample, 1, "fence", Done, Release);
    with(&mut sample, 2, "load", Read("1".to_string()), Acquire);
    assert_race(
        &mut sample,
        "; for an order T1's store of `atomic 1` at step 2 would have to be Release (it is Relaxed), \
         or the fence at step 3 before it",
    );
}

#[test]
fn a_fence_on_the_right_side_is_enough() {
    let mut sample = begun();
    with(&mut sample, 1, "fence", Done, Release);
    with(&mut sample, 1, "store", wrote("0", "1"), Relaxed);
    with(&mut sample, 2, "load", Read("1".to_string()), Relaxed);
    assert_race(
        &mut sample,
        "; for an order T2's load of `atomic 1` at step 4 would have to be Acquire (it is Relaxed), \
         or an Acquire fence after it",
    );
}

#[test]
fn a_count_that_is_released_but_not_acquired_needs_both() {
    let mut sample = begun();
    with(&mut sample, 1, "fetch_sub", wrote("2", "1"), Release);
    with(&mut sample, 2, "fetch_sub", wrote("1", "0"), Release);
    assert_race(
        &mut sample,
        "; for an order T2's fetch_sub of `atomic 1` at step 3 would have to be AcqRel (it is Release), \
         or an Acquire fence after it",
    );
}

#[test]
fn a_plain_store_ends_a_release_sequence_and_an_update_does_not() {
    let mut ended = begun();
    with(&mut ended, 1, "store", wrote("0", "1"), Release);
    with(&mut ended, 0, "store", wrote("1", "2"), Relaxed);
    with(&mut ended, 2, "load", Read("2".to_string()), Acquire);
    assert_race(
        &mut ended,
        "; for an order main's store of `atomic 1` at step 3 would have to be a read-modify-write, as swap is, \
         for a plain store ends the release sequence",
    );
    let mut goes_on = begun();
    with(&mut goes_on, 1, "store", wrote("0", "1"), Release);
    with(&mut goes_on, 0, "swap", wrote("1", "2"), Relaxed);
    with(&mut goes_on, 2, "load", Read("2".to_string()), Relaxed);
    assert_race(
        &mut goes_on,
        "; for an order T2's load of `atomic 1` at step 4 would have to be Acquire (it is Relaxed)",
    );
}

#[test]
fn what_is_read_of_somebody_else_needs_no_repair() {
    // T2 reads what was there before T1's store.
    let mut sample = begun();
    with(&mut sample, 2, "load", Read("0".to_string()), Relaxed);
    with(&mut sample, 1, "swap", wrote("0", "1"), AcqRel);
    assert_race(&mut sample, NOTHING);
}
