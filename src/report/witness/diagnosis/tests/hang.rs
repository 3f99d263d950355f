//! Executions that do not end.

use super::{assert_says, assert_unsure, sample, sentence};
use crate::report::witness::sample::Sample;
use crate::witness::Effect::{Waits, Woke};
use crate::witness::ObjectKind::{Atomic, Channel, Condvar, Mutex};

#[test]
fn a_read_that_never_changes_is_a_livelock() {
    let mut sample = sample(&[Atomic]);
    sample.ends("livelock: T1 polls for ever");
    sample.done(0, "end", None, "").done(2, "end", None, "");
    for _ in 0..50 {
        sample.load(1, 0, "false", "").done(1, "yield_now", None, "");
    }
    assert_says(
        &sample,
        "livelock: T1 reads false of `atomic 1` again and again, and nobody is left to change that",
    );
}

#[test]
fn a_loop_that_waits_for_nobody_is_a_livelock() {
    let mut sample = sample(&[Atomic]);
    sample.ends("livelock: T1 polls for ever");
    sample.done(2, "end", None, "").load(1, 0, "false", "").done(1, "yield_now", None, "");
    sample.load(1, 0, "false", "").waits(0, "join", None, &[1], "");
    assert_says(
        &sample,
        "livelock: T1 reads false of `atomic 1` again and again, and nobody is left to change that",
    );
    let mut writes = super::sample(&[Atomic]);
    writes.ends("livelock: T1 polls for ever").store(1, 0, ("0", "0"), "");
    assert_unsure(&writes);
}

/// main spins; T1 has been spawned, and T2 has ended.
fn spinning(with_yield: bool) -> Sample {
    let mut sample = sample(&[Atomic]);
    sample.ends("livelock: T1 polls for ever");
    sample.done(2, "end", None, "");
    for _ in 0..50 {
        sample.load(0, 0, "false", "");
        if with_yield {
            sample.done(0, "yield_now", None, "");
        } else {
            sample.load(0, 0, "false", "");
        }
    }
    sample
}

#[test]
fn a_loop_that_lets_nobody_go_on_is_told_to_yield() {
    assert_says(
        &spinning(false),
        "livelock: main reads false of `atomic 1` again and again and never lets T1 go on, \
         which may change it: call thread::yield_now in the loop",
    );
    assert_unsure(&spinning(true));
    // A step that is not told does not make it an end that the engine foresaw.
    let mut short = spinning(false);
    short.ends("livelock: T1 polls for ever");
    assert!(sentence(&short).is_some_and(|sentence| sentence.contains("never lets T1 go on")));
}

#[test]
fn tasks_that_undo_each_other_are_in_a_livelock() {
    let mut sample = sample(&[Atomic]);
    sample.ends("livelock: T1 polls for ever").done(0, "end", None, "");
    for _ in 0..25 {
        sample.store(1, 0, ("0", "1"), "").store(2, 0, ("1", "0"), "");
    }
    assert_says(
        &sample,
        "livelock: T1 writes 1 to `atomic 1` again and again, T2 writes 0 to `atomic 1` again and again, \
         and nobody is left to change that",
    );
}

#[test]
fn a_loop_that_gets_on_is_no_livelock() {
    let mut sample = sample(&[Atomic]);
    sample.ends("livelock: T1 polls for ever");
    for value in 0..100 {
        sample.load(1, 0, &value.to_string(), "");
    }
    assert_unsure(&sample);
}

#[test]
fn who_waits_for_whom_in_a_circle_is_a_deadlock() {
    let mut sample = sample(&[Mutex, Mutex]);
    sample.done(1, "lock", Some(0), "").done(2, "lock", Some(1), "");
    sample.waits(0, "join", None, &[1], "");
    sample.waits(1, "lock", Some(1), &[2], "").waits(2, "lock", Some(0), &[1], "");
    assert_says(
        &sample,
        "deadlock: T1 holds `mutex 1` and waits for `mutex 2`, T2 holds `mutex 2` and waits for `mutex 1`",
    );
}

#[test]
fn a_join_can_be_part_of_the_circle() {
    let mut sample = sample(&[Mutex]);
    sample.done(0, "lock", Some(0), "");
    sample.waits(0, "join", None, &[1], "").waits(1, "lock", Some(0), &[0], "");
    assert_says(&sample, "deadlock: main holds `mutex 1` and waits for T1 to end, T1 waits for `mutex 1`");
}

#[test]
fn a_task_can_wait_for_itself() {
    let mut sample = sample(&[Mutex]);
    sample.done(1, "lock", Some(0), "").waits(1, "lock", Some(0), &[1], "");
    assert_says(&sample, "deadlock: T1 waits for `mutex 1`, which it holds itself since step 1");
}

#[test]
fn a_lock_that_an_ended_task_has_is_never_given_back() {
    let mut sample = sample(&[Mutex]);
    sample.done(1, "lock", Some(0), "").done(1, "end", None, "").waits(2, "lock", Some(0), &[1], "");
    assert_says(&sample, "deadlock: T2 waits for `mutex 1`, which T1 took at step 1 and never gave back");
}

#[test]
fn a_task_that_waits_for_help_with_a_lock_keeps_the_helpers_out() {
    let mut sample = sample(&[Mutex, Condvar]);
    sample.done(1, "lock", Some(0), "").step(1, "wait", Some(1), Waits, "");
    sample.waits(1, "wait", Some(1), &[], "").waits(2, "lock", Some(0), &[1], "");
    assert_says(
        &sample,
        "deadlock: T1 holds `mutex 1` while it waits to be notified of `condvar 1`, T2 waits for `mutex 1`",
    );
}

/// T2 notifies before T1 waits; T1 does `between` after the notification.
fn notified_too_early(between: impl FnOnce(&mut Sample)) -> Sample {
    let mut sample = sample(&[Condvar, Mutex, Atomic]);
    sample.load(1, 2, "false", "").step(2, "notify_one", Some(0), Woke(vec![]), "");
    between(&mut sample);
    sample.step(1, "wait", Some(0), Waits, "").waits(1, "wait", Some(0), &[], "");
    sample
}

#[test]
fn a_notification_before_the_wait_is_a_lost_wakeup() {
    let mut sample = notified_too_early(|_| ());
    assert_says(
        &sample,
        "lost wakeup: T2 notifies `condvar 1` at step 2, when nobody waits; \
         T1 begins to wait at step 3 and is never woken",
    );
    sample = notified_too_early(|sample| _ = sample.done(1, "lock", Some(1), ""));
    assert!(sentence(&sample).is_some_and(|sentence| sentence.starts_with("lost wakeup: ")));
}

#[test]
fn a_waiter_that_looked_after_the_notification_lost_nothing() {
    let unheard = |sentence: Option<String>| {
        let sentence = sentence.expect("nobody notifies later");
        assert!(
            sentence.starts_with("deadlock: T1 waits to be notified of `condvar 1` since step "),
            "{sentence}"
        );
    };
    unheard(sentence(&notified_too_early(|sample| _ = sample.load(1, 2, "true", ""))));
    // Another consumer took what was announced.
    unheard(sentence(&notified_too_early(|sample| {
        sample.done(2, "lock", Some(1), "").done(2, "unlock", Some(1), "").done(1, "lock", Some(1), "");
    })));
}

#[test]
fn a_wakeup_of_a_task_that_waits_again_is_lost() {
    let mut sample = sample(&[Condvar]);
    sample.step(1, "wait", Some(0), Waits, "").step(2, "wait", Some(0), Waits, "");
    sample.step(0, "notify_one", Some(0), Woke(vec![2]), "").step(2, "wait", Some(0), Waits, "");
    sample.waits(1, "wait", Some(0), &[], "").waits(2, "wait", Some(0), &[], "");
    assert_says(
        &sample,
        "lost wakeup: main's notify_one at step 3 wakes T2, which only waits again; \
         T1 waits since step 1 and is never woken",
    );
}

#[test]
fn a_wakeup_of_one_leaves_the_other_waiting() {
    let woken = |again: bool| {
        let mut sample = sample(&[Condvar]);
        sample.step(1, "wait", Some(0), Waits, "").step(2, "wait", Some(0), Waits, "");
        sample.step(0, "notify_one", Some(0), Woke(vec![2]), "").done(2, "end", None, "");
        if again {
            sample.step(1, "wait", Some(0), Waits, "");
        }
        sample.waits(1, "wait", Some(0), &[], "");
        sample
    };
    assert_says(
        &woken(false),
        "deadlock: T1 waits to be notified of `condvar 1` since step 1, and the last notification, \
         main's notify_one at step 3, wakes only T2",
    );
    assert!(
        sentence(&woken(true)).is_some_and(|sentence| sentence.contains("nobody notifies it after that"))
    );
}

#[test]
fn a_message_that_nobody_can_send_is_waited_for_in_vain() {
    let mut sample = sample(&[Channel]);
    sample.waits(1, "recv", Some(0), &[], "").waits(0, "join", None, &[1], "");
    assert_says(
        &sample,
        "deadlock: T1 waits for a message of `channel 1`, and whoever could send one waits too or has ended",
    );
}

#[test]
fn a_receiver_that_is_left_alone_has_a_sender_that_was_not_dropped() {
    let mut sample = sample(&[Channel]);
    sample.done(1, "end", None, "").waits(0, "recv", Some(0), &[], "");
    assert!(!sentence(&sample).is_some_and(|sentence| sentence.contains("dropped")), "T2 has not ended");
    sample.done(2, "end", None, "");
    assert_says(
        &sample,
        "deadlock: main waits for a message of `channel 1` when everybody else has ended; \
         some sender was never dropped, else recv would return",
    );
}

#[test]
fn senders_through_two_full_channels_are_both_named() {
    let mut sample = sample(&[Channel, Channel]);
    sample.waits(0, "join", None, &[1], "");
    sample.waits(1, "send", Some(0), &[], "").waits(2, "send", Some(1), &[], "");
    assert_says(
        &sample,
        "deadlock: T1 waits for room in `channel 1`, T2 waits for room in `channel 2`, \
         and whoever could take one waits too or has ended",
    );
}

#[test]
fn a_join_with_a_lock_keeps_the_helper_out() {
    let mut sample = sample(&[Mutex, Channel]);
    sample.done(0, "lock", Some(0), "");
    sample.waits(0, "join", None, &[1], "").waits(1, "recv", Some(1), &[], "");
    sample.waits(2, "lock", Some(0), &[0], "");
    assert_says(
        &sample,
        "deadlock: main holds `mutex 1` while it waits for T1 to end, T1 waits for a message of `channel 1`, \
         T2 waits for `mutex 1`",
    );
}
