//! Executions that end with something wrong.

use super::{assert_says, assert_unsure, sample, sentence};
use crate::report::witness::sample::Sample;
use crate::witness::Effect;
use crate::witness::ObjectKind::{Atomic, Mutex};

fn wrote(before: &str, after: &str) -> Effect {
    Effect::Wrote { before: before.to_string(), after: after.to_string() }
}

#[test]
fn two_that_read_before_either_writes_lose_an_update() {
    let mut sample = sample(&[Atomic]);
    sample.load(1, 0, "0", "").load(2, 0, "0", "").store(2, 0, ("0", "1"), "").store(1, 0, ("1", "1"), "");
    sample.load(0, 0, "1", "");
    assert_says(
        &sample,
        "lost update: T1 and T2 both read 0 of `atomic 1` before either wrote; \
         T1's write at step 4 overwrites T2's at step 3",
    );
}

#[test]
fn an_atomic_update_in_between_is_lost_too() {
    let mut sample = sample(&[Atomic]);
    sample.load(1, 0, "0", "").step(2, "fetch_add", Some(0), wrote("0", "1"), "");
    sample.store(1, 0, ("1", "1"), "").load(0, 0, "1", "");
    assert_says(
        &sample,
        "lost update: T1 reads 0 of `atomic 1` at step 1 and writes 1 at step 3, over T2's fetch_add at step 2",
    );
}

/// Two tasks read 0 and write 1, one over the other.
fn overwritten() -> Sample {
    let mut sample = sample(&[Atomic]);
    sample.load(1, 0, "0", "").load(2, 0, "0", "").store(2, 0, ("0", "1"), "").store(1, 0, ("1", "1"), "");
    sample
}

#[test]
fn an_overwritten_update_that_nobody_misses_is_not_to_blame() {
    assert_unsure(&overwritten());

    let mut by_preemption = overwritten();
    by_preemption.witness.steps[1].preempts = true;
    assert_unsure(&by_preemption);

    let mut overwritten_again = overwritten();
    overwritten_again.store(0, 0, ("1", "0"), "").load(0, 0, "0", "");
    assert_unsure(&overwritten_again);

    let mut before_it_is_read = overwritten();
    before_it_is_read.panics(2, "unrelated", "").load(0, 0, "1", "");
    assert_unsure(&before_it_is_read);

    let mut read_by_who_cannot_tell = overwritten();
    read_by_who_cannot_tell.load(0, 0, "1", "").task("T3").panics(3, "unrelated", "");
    assert_unsure(&read_by_who_cannot_tell);

    let mut told = overwritten();
    told.load(0, 0, "1", "").panics(0, "not 2", "");
    assert!(sentence(&told).is_some_and(|sentence| sentence.starts_with("lost update: ")));
}

#[test]
fn no_update_is_lost_where_each_reads_what_it_overwrites() {
    let mut one_after_another = sample(&[Atomic]);
    one_after_another.load(1, 0, "0", "").store(1, 0, ("0", "1"), "");
    one_after_another.load(2, 0, "1", "").store(2, 0, ("1", "2"), "");
    assert_unsure(&one_after_another);

    let mut reads_again = sample(&[Atomic]);
    reads_again.load(1, 0, "0", "").load(2, 0, "0", "").store(2, 0, ("0", "1"), "");
    reads_again.load(1, 0, "1", "").store(1, 0, ("1", "2"), "");
    assert_unsure(&reads_again);

    let mut atomic = sample(&[Atomic]);
    atomic.load(1, 0, "0", "").load(2, 0, "0", "").store(2, 0, ("0", "1"), "");
    atomic.step(1, "fetch_add", Some(0), wrote("1", "2"), "");
    assert_unsure(&atomic);

    let mut different_objects = sample(&[Atomic, Atomic]);
    different_objects.load(1, 0, "0", "").load(2, 0, "0", "").store(2, 1, ("0", "1"), "");
    different_objects.store(1, 1, ("1", "1"), "");
    assert_unsure(&different_objects);
}

#[test]
fn a_check_that_another_task_outdates_is_an_atomicity_violation() {
    let mut sample = sample(&[Atomic]);
    sample.load(1, 0, "false", "");
    sample.preempting(|sample| _ = sample.load(2, 0, "false", ""));
    sample.store(2, 0, ("false", "true"), "").store(1, 0, ("true", "true"), "");
    assert_says(
        &sample,
        "atomicity violation: T1 finds false in `atomic 1` at step 1 and acts on it at step 4, \
         but T2 has made it true at step 3",
    );
}

#[test]
fn a_task_that_waits_of_itself_between_check_and_act_may_mean_it() {
    let mut sample = sample(&[Atomic]);
    sample.load(1, 0, "false", "").store(2, 0, ("false", "true"), "").store(1, 0, ("true", "false"), "");
    assert_unsure(&sample);
}

/// T1 looks at an atomic and takes one off it; T2 does so in between, or before.
fn takes_one(is_between: bool) -> Sample {
    let mut sample = sample(&[Atomic]);
    let take = |sample: &mut Sample, task: usize, before: &str, after: &str| {
        sample.step(task, "fetch_sub", Some(0), wrote(before, after), "");
    };
    if is_between {
        sample.load(1, 0, "1", "").preempting(|sample| _ = sample.load(2, 0, "1", ""));
        take(&mut sample, 2, "1", "0");
        take(&mut sample, 1, "0", "-1");
    } else {
        sample.load(2, 0, "2", "");
        take(&mut sample, 2, "2", "1");
        sample.preempting(|sample| _ = sample.load(1, 0, "1", ""));
        take(&mut sample, 1, "1", "0");
    }
    sample
}

#[test]
fn an_update_on_an_outdated_condition_is_an_atomicity_violation() {
    assert_says(
        &takes_one(true),
        "atomicity violation: T1 finds 1 in `atomic 1` at step 1 and goes on to fetch_sub at step 4, \
         but T2 has made it 0 at step 3",
    );
}

#[test]
fn an_update_after_a_look_that_nobody_outdates_is_none() {
    assert_unsure(&takes_one(false));
    let mut about_something_else = takes_one(true);
    about_something_else.object(Atomic, None).load(1, 1, "0", "").load(2, 1, "0", "");
    assert_unsure(&about_something_else);
    let mut waits_of_itself = takes_one(true);
    waits_of_itself.witness.steps[1].preempts = false;
    assert_unsure(&waits_of_itself);
}

#[test]
fn an_exchange_that_finds_its_value_again_is_aba() {
    let mut sample = sample(&[Atomic, Atomic]);
    sample.load(1, 0, "A", "").load(1, 1, "B", "").store(2, 0, ("A", "B"), "");
    sample.store(2, 1, ("B", "0"), "").store(2, 0, ("B", "A"), "");
    sample.step(1, "compare_exchange", Some(0), wrote("A", "C"), "");
    assert_says(
        &sample,
        "ABA: T1 reads A of `atomic 1` at step 1, and its compare_exchange at step 6 finds A again, \
         although it was changed and changed back in between (step 3 and step 5)",
    );
}

#[test]
fn an_exchange_that_fails_or_comes_undisturbed_is_not_aba() {
    let mut fails = sample(&[Atomic]);
    fails.load(1, 0, "A", "").store(2, 0, ("A", "B"), "");
    fails.step(1, "compare_exchange", Some(0), Effect::Read("B".into()), "");
    assert_unsure(&fails);

    let mut only_a_lock = sample(&[Atomic]);
    only_a_lock.load(1, 0, "free", "").store(2, 0, ("free", "taken"), "").store(2, 0, ("taken", "free"), "");
    only_a_lock.step(1, "compare_exchange", Some(0), wrote("free", "taken"), "");
    assert_unsure(&only_a_lock);

    let mut undisturbed = sample(&[Atomic]);
    undisturbed.load(1, 0, "A", "").step(1, "compare_exchange", Some(0), wrote("A", "C"), "");
    assert_unsure(&undisturbed);
}

/// T1 gives a mutex back and takes it again; T2 has it in between or after.
fn two_sections(is_between: bool) -> Sample {
    let mut sample = sample(&[Mutex]);
    sample.done(1, "lock", Some(0), "").done(1, "unlock", Some(0), "");
    let second = |sample: &mut Sample| _ = sample.done(1, "lock", Some(0), "").done(1, "unlock", Some(0), "");
    let other = |sample: &mut Sample| _ = sample.done(2, "lock", Some(0), "").done(2, "unlock", Some(0), "");
    if is_between {
        sample.preempting(other);
        second(&mut sample);
    } else {
        second(&mut sample);
        sample.preempting(other);
    }
    sample
}

#[test]
fn a_lock_given_back_too_early_is_an_atomicity_violation() {
    assert_says(
        &two_sections(true),
        "atomicity violation: T1 gives `mutex 1` back at step 2 and takes it again at step 5, \
         and T2 has it in between, at step 3",
    );
}

#[test]
fn sections_that_nobody_tears_apart_are_none() {
    assert_unsure(&two_sections(false));
    let mut two_preemptions = two_sections(true);
    two_preemptions.witness.preemptions = 2;
    assert_unsure(&two_preemptions);
    let mut about_something_else = two_sections(true);
    about_something_else.object(Atomic, None).load(1, 1, "0", "").load(2, 1, "0", "");
    assert_unsure(&about_something_else);
}

/// T1 writes two atomics, and is preempted in between; T2 reads these values and panics.
fn half_written(first: &str, second: &str) -> Sample {
    let mut sample = sample(&[Atomic, Atomic]);
    sample.store(1, 0, ("0", "1"), "");
    sample.preempting(|sample| _ = sample.load(2, 0, first, ""));
    sample.load(2, 1, second, "").panics(2, "torn", "").store(1, 1, ("0", "-1"), "");
    sample
}

#[test]
fn a_reader_that_sees_one_write_of_two_shows_an_atomicity_violation() {
    assert_says(
        &half_written("1", "0"),
        "atomicity violation: T1 writes `atomic 1` at step 1 and `atomic 2` at step 5; \
         T2 reads both in between, one new (1) and one old (0)",
    );
}

#[test]
fn a_reader_that_has_read_more_since_may_panic_of_that() {
    let mut sample = half_written("1", "0");
    sample.object(Atomic, None);
    sample.load(2, 2, "0", "");
    let last = sample.witness.steps.pop().expect("the load");
    sample.witness.steps.insert(3, last);
    assert_unsure(&sample);
}

#[test]
fn what_is_read_before_it_is_first_written_is_an_order_violation() {
    let mut sample = sample(&[Atomic]);
    sample.load(1, 0, "0x0", "").panics(1, "null", "").store(0, 0, ("0x0", "A"), "");
    assert_says(
        &sample,
        "order violation: T1 reads 0x0 of `atomic 1` at step 1, before main sets it at step 3",
    );
}

#[test]
fn a_lock_given_back_since_does_not_hide_the_order_violation() {
    let mut sample = sample(&[Atomic, Mutex]);
    sample.done(1, "lock", Some(1), "").load(1, 0, "0x0", "").done(1, "unlock", Some(1), "");
    sample.panics(1, "null", "").store(0, 0, ("0x0", "A"), "");
    assert!(sentence(&sample).is_some_and(|sentence| sentence.starts_with("order violation: ")));
}

#[test]
fn a_panic_after_another_read_or_a_first_write_is_no_order_violation() {
    let mut written = sample(&[Atomic]);
    written.store(0, 0, ("0", "1"), "").load(1, 0, "1", "").panics(1, "no", "").store(0, 0, ("1", "2"), "");
    assert_unsure(&written);

    let mut never_set = sample(&[Atomic]);
    never_set.load(1, 0, "0", "").panics(1, "no", "");
    assert_unsure(&never_set);

    let mut unrelated = sample(&[Atomic, Mutex]);
    unrelated.load(1, 0, "0", "").done(1, "lock", Some(1), "").panics(1, "no", "");
    unrelated.store(0, 0, ("0", "1"), "");
    assert_unsure(&unrelated);
}
