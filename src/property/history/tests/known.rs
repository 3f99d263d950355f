//! Histories from the literature, and their like. A row is a task; `|--|` is an operation.

use super::objects::{Answer, Call, History, Object};
use crate::property::{Criterion, explain};
use Call::{Dequeue, Enqueue, Lock, Read, TryLock, Unlock, Write};
use Criterion::{Linearizable, QuiescentlyConsistent, SequentiallyConsistent};

/// An operation: task, call, answer (`None`: it never returns), and from when to when.
type Interval = (usize, Call, Option<Answer>, std::ops::Range<usize>);

const DONE: Option<Answer> = Some(None);

const fn value(value: u8) -> Option<Answer> {
    Some(Some(value))
}

fn history<const N: usize>(intervals: [Interval; N]) -> History {
    let mut history = recorded(&intervals);
    history.block_all();
    history
}

/// What got no answer is pending as yet.
fn recorded(intervals: &[Interval]) -> History {
    let end = intervals.iter().map(|(.., time)| time.end).max().unwrap_or_default();
    let mut history = History::new();
    for now in 0..=end {
        for (task, _, answer, _) in intervals.iter().filter(|(.., time)| time.end == now) {
            if let Some(answer) = answer {
                history.answer(*task, *answer);
            }
        }
        for (task, call, ..) in intervals.iter().filter(|(.., time)| time.start == now) {
            history.call(*task, call.clone());
        }
    }
    history
}

/// Which criteria explain it.
fn explained(object: Object, history: &History) -> [bool; 3] {
    [Linearizable, SequentiallyConsistent, QuiescentlyConsistent]
        .map(|criterion| explain(&object, history, criterion).is_ok())
}

/// How it is refused.
fn refusal(object: Object, history: &History, criterion: Criterion) -> String {
    explain(&object, history, criterion).unwrap_err().to_string()
}

/// ```text
/// T1  |--enq 1--|      |--deq 2--|    |--enq 5
/// T2      |--enq 2--|      |--deq 1--|
/// ```
#[test]
fn accepts_a_queue_whose_overlapping_enqueues_took_effect_the_other_way_round() {
    let history = history([
        (1, Enqueue(1), DONE, 0..2),
        (2, Enqueue(2), DONE, 1..3),
        (1, Dequeue, value(2), 4..6),
        (2, Dequeue, value(1), 5..7),
        (1, Enqueue(5), DONE, 8..9),
    ]);
    assert_eq!(explained(Object::Queue, &history), [true, true, true]);
}

/// ```text
/// T1  |--enq 1--|                |--deq 2--|
/// T2               |--enq 2--|
/// ```
/// A queue that is not first in, first out; each task alone sees nothing of it.
#[test]
fn rejects_a_queue_that_gives_the_second_value_first() {
    let history =
        history([(1, Enqueue(1), DONE, 0..1), (2, Enqueue(2), DONE, 2..3), (1, Dequeue, value(2), 4..5)]);
    assert_eq!(explained(Object::Queue, &history), [false, true, false]);
    let expected = "not linearizable: no order of the operations gives these answers
the longest that works: T1 Enqueue(1) → None, T2 Enqueue(2) → None
after it, T1 Dequeue → Some(2) does not fit: it would answer Some(1)";
    assert_eq!(refusal(Object::Queue, &history, Linearizable), expected);
}

/// ```text
/// T1  |--enq 1--|       |--deq 1--|
/// T2     |--enq 2--|        |--deq 1--|
/// ```
#[test]
fn rejects_a_value_that_is_dequeued_twice() {
    let history = history([
        (1, Enqueue(1), DONE, 0..2),
        (2, Enqueue(2), DONE, 1..3),
        (1, Dequeue, value(1), 4..6),
        (2, Dequeue, value(1), 5..7),
    ]);
    assert_eq!(explained(Object::Queue, &history), [false, false, false]);
}

/// ```text
/// T1  |--write 1--|
/// T2                 |--read 0--|
/// ```
#[test]
fn a_stale_read_is_sequentially_consistent_but_not_linearizable() {
    let history = history([(1, Write(0, 1), DONE, 0..1), (2, Read(0), value(0), 2..3)]);
    assert_eq!(explained(Object::Register, &history), [false, true, false]);
}

/// ```text
/// T1  |--write 1--|  |--read 2--|
/// T2     |--write 2--------|
/// T3  |--read 1 ------|  |--read 2--|
/// ```
#[test]
fn accepts_a_register_read_while_it_is_written() {
    let history = history([
        (1, Write(0, 1), DONE, 0..2),
        (2, Write(0, 2), DONE, 1..5),
        (3, Read(0), value(1), 0..3),
        (1, Read(0), value(2), 3..6),
        (3, Read(0), value(2), 4..7),
    ]);
    assert_eq!(explained(Object::Register, &history), [true, true, true]);
}

/// ```text
/// T1  |--enq 1--| |--enq 2--|   |--deq 2--|
/// T2  |------------enq 3------------------------|
/// ```
/// The object is never at rest, so any order will do: but not T1's own.
#[test]
fn a_task_overtaken_by_itself_is_quiescently_but_not_sequentially_consistent() {
    let history = history([
        (1, Enqueue(1), DONE, 0..1),
        (1, Enqueue(2), DONE, 2..3),
        (1, Dequeue, value(2), 4..5),
        (2, Enqueue(3), DONE, 0..6),
    ]);
    assert_eq!(explained(Object::Queue, &history), [false, false, true]);
}

/// ```text
/// T1  |--x.write 1--|  |--y.read 0--|
/// T2  |--y.write 1--|  |--x.read 0--|
/// ```
/// Each register alone is sequentially consistent, both together are not (store buffering).
#[test]
fn sequential_consistency_is_not_decided_register_by_register() {
    let history = history([
        (1, Write(0, 1), DONE, 0..1),
        (2, Write(1, 1), DONE, 0..1),
        (1, Read(1), value(0), 2..3),
        (2, Read(0), value(0), 2..3),
    ]);
    assert_eq!(explained(Object::Registers, &history), [false, false, false]);
    let expected = "not sequentially consistent: no order of the operations gives these answers
the longest that works: T1 Write(0, 1) → None, T1 Read(1) → Some(0), T2 Write(1, 1) → None
after it, T2 Read(0) → Some(0) does not fit: it would answer Some(1)";
    assert_eq!(refusal(Object::Registers, &history, SequentiallyConsistent), expected);
}

/// ```text
/// T1  |--lock--|
/// T2               |--lock …
/// ```
#[test]
fn accepts_a_lock_that_blocks_while_it_is_held() {
    let history = history([(1, Lock, value(1), 0..1), (2, Lock, None, 2..3)]);
    assert_eq!(explained(Object::Lock, &history), [true, true, true]);
}

/// ```text
/// T1  |--lock--|  |--unlock--|
/// T2     |--lock …
/// ```
/// A lost wakeup.
#[test]
fn rejects_a_lock_that_blocks_while_it_is_free() {
    let history = history([(1, Lock, value(1), 0..2), (2, Lock, None, 1..9), (1, Unlock, value(1), 3..4)]);
    assert_eq!(explained(Object::Lock, &history), [false, false, false]);
    let expected = "not linearizable: no order of the operations gives these answers
the longest that works: T1 Lock → Some(1), T1 Unlock → Some(1)
after it, T2 Lock never returns, but it would answer Some(1)";
    assert_eq!(refusal(Object::Lock, &history, Linearizable), expected);
}

/// ```text
/// T1  |--lock--|
/// T2      |--lock--|
/// ```
#[test]
fn rejects_a_lock_that_two_tasks_have() {
    let history = history([(1, Lock, value(1), 0..2), (2, Lock, value(1), 1..3)]);
    assert_eq!(explained(Object::Lock, &history), [false, false, false]);
    let expected = "not linearizable: no order of the operations gives these answers
the longest that works: T1 Lock → Some(1)
after it, T2 Lock → Some(1) does not fit: it would block";
    assert_eq!(refusal(Object::Lock, &history, Linearizable), expected);
}

/// ```text
/// T1  |--deq …
/// T2  |--deq …
/// T3       |--enq 1--|
/// ```
/// One of the two has to get it.
#[test]
fn rejects_two_that_wait_for_a_value_that_is_there() {
    let stuck = [(1, Dequeue, None, 0..9), (2, Dequeue, None, 0..9), (3, Enqueue(1), DONE, 1..2)];
    assert_eq!(explained(Object::WaitingQueue, &history(stuck)), [false, false, false]);
    let served = [(1, Dequeue, None, 0..9), (2, Dequeue, value(1), 0..3), (3, Enqueue(1), DONE, 1..2)];
    assert_eq!(explained(Object::WaitingQueue, &history(served)), [true, true, true]);
}

/// T1's call crashes, and T2 reads these values one after another.
fn read_after_a_crash(call: Call, values: &[u8]) -> History {
    let mut history = History::new();
    history.call(1, call);
    history.crash(1);
    for &value in values {
        history.call(2, Read(0));
        history.answer(2, Some(value));
    }
    history
}

/// ```text
/// T1  |--write 1 (crashed)
/// T2                         |--read--|   |--read--|
/// ```
/// A write that timed out, as in logs of distributed stores.
#[test]
fn a_crashed_write_happens_at_any_time_after_its_call_or_never() {
    for values in [[0, 0], [0, 1], [1, 1]] {
        let history = read_after_a_crash(Write(0, 1), &values);
        assert_eq!(explained(Object::Register, &history), [true, true, true], "{values:?}");
    }
}

/// As Herlihy and Wing have it: a call that was not answered yet happened or did not.
#[test]
fn a_pending_write_happened_or_did_not_and_a_blocked_one_did_not() {
    for (values, is_explained) in [([0, 0], true), ([0, 1], true), ([1, 1], true), ([1, 0], false)] {
        let reads = values.map(|value| (2, Read(0), Some(Some(value))));
        let [(a, b, c), (d, e, f)] = reads;
        let mut history = recorded(&[(1, Write(0, 1), None, 0..9), (a, b, c, 1..2), (d, e, f, 3..4)]);
        assert_eq!(explain(&Object::Register, &history, Linearizable).is_ok(), is_explained, "{values:?}");
        history.block(1);
        assert!(explain(&Object::Register, &history, Linearizable).is_err(), "a write does not block");
    }
}

/// Quiescent consistency forgives it: what crashed is under way for ever, and all reads overlap.
#[test]
fn a_crashed_write_happens_only_once() {
    let history = read_after_a_crash(Write(0, 1), &[1, 0]);
    assert_eq!(explained(Object::Register, &history), [false, false, true]);
    let expected = "not linearizable: no order of the operations gives these answers, \
whether or not the pending one happened
the longest that works: T1 Write(0, 1) (crashed), T2 Read(0) → Some(1)
after it, T2 Read(0) → Some(0) does not fit: it would answer Some(1)";
    assert_eq!(refusal(Object::Register, &history, Linearizable), expected);
}

/// ```text
/// T1  |--read 1--|
/// T2                 |--write 1 (crashed)
/// ```
/// A task's own order says nothing of it.
#[test]
fn a_crashed_write_does_not_happen_before_its_call() {
    let mut history = read_after_a_crash(Read(0), &[1]);
    history.call(3, Write(0, 1));
    history.crash(3);
    assert_eq!(explained(Object::Register, &history), [false, true, true]);
    let expected = "not linearizable: no order of the operations gives these answers, \
whichever of the 2 pending ones happened
none works
at the start, T2 Read(0) → Some(1) does not fit: it would answer Some(0)";
    assert_eq!(refusal(Object::Register, &history, Linearizable), expected);
}

/// ```text
/// T1  |--lock--|
/// T2               |--unlock (crashed)
/// T3               |--lock …
/// ```
/// T3 may wait for ever because the unlock never happened. If T4 gets the lock, it did.
#[test]
fn what_never_returns_may_wait_for_what_crashed() {
    let mut history = recorded(&[(1, Lock, value(1), 0..1), (2, Unlock, None, 2..9), (3, Lock, None, 2..9)]);
    history.crash(2);
    history.block(3);
    assert_eq!(explained(Object::Lock, &history), [true, true, true]);
    history.call(4, Lock);
    history.answer(4, Some(1));
    assert_eq!(explained(Object::Lock, &history), [true, true, true]);
    history.call(4, Lock);
    history.answer(4, Some(1));
    assert_eq!(explained(Object::Lock, &history), [false, false, false]);
}

#[test]
fn when_a_crash_is_recorded_does_not_matter() {
    let early = read_after_a_crash(Write(0, 1), &[0]);
    let mut late = recorded(&[(1, Write(0, 1), None, 0..9), (2, Read(0), value(0), 1..2)]);
    assert_ne!(early, late, "what may still return has not crashed");
    late.crash(1);
    assert_eq!(early, late);
    assert_eq!(early.to_string(), "T1                       T2\nWrite(0, 1) (crashed)    Read(0) → Some(0)");
}

#[test]
fn says_when_the_first_operation_is_wrong() {
    let history = history([(1, TryLock, value(0), 0..1)]);
    let expected = "not linearizable: no order of the operations gives these answers
none works
at the start, T1 TryLock → Some(0) does not fit: it would answer Some(1)";
    assert_eq!(refusal(Object::Lock, &history, Linearizable), expected);
}

#[test]
fn of_a_long_order_the_end_is_named() {
    let mut history = History::new();
    for round in 0..10 {
        history.call(0, Enqueue(round));
        history.answer(0, None);
    }
    history.call(0, Dequeue);
    history.answer(0, None);
    let expected = "the longest that works: (2 before), main Enqueue(2) → None, main Enqueue(3) → None, ";
    let refusal = refusal(Object::Queue, &history, Linearizable);
    assert!(refusal.contains(expected), "{refusal}");
}

#[test]
fn an_empty_history_is_explained() {
    assert_eq!(explained(Object::Queue, &History::new()), [true, true, true]);
}

/// What is equal is equal in what came before what, and only in that.
#[test]
fn histories_are_equal_if_the_same_operations_precede_each_other() {
    let base = [(1, Lock, value(1), 0..2), (2, TryLock, value(0), 1..3), (1, Unlock, value(1), 4..5)];
    let swapped = [(1, Lock, value(1), 1..3), (2, TryLock, value(0), 0..2), (1, Unlock, value(1), 7..8)];
    let apart = [(1, Lock, value(1), 0..1), (2, TryLock, value(0), 1..3), (1, Unlock, value(1), 4..5)];
    let [base, swapped, apart] = [base, swapped, apart].map(history);
    assert_eq!(base, swapped);
    assert_ne!(base, apart);
    assert!(apart.operations()[0].precedes(&apart.operations()[2]));
    assert!(!base.operations()[0].precedes(&base.operations()[2]));
}

#[test]
fn wrong_recording_is_refused_in_words() {
    let message = |record: fn(&mut History)| {
        let recorded = std::panic::catch_unwind(|| record(&mut History::new()));
        *recorded.unwrap_err().downcast::<String>().unwrap()
    };
    let twice = message(|history| (0..2).for_each(|_| history.call(3, Dequeue)));
    assert_eq!(
        twice,
        "T3 cannot call: its last operation has not returned; record the answer first, or let another task go on"
    );
    let unasked = message(|history| history.answer(0, None));
    assert_eq!(unasked, "main cannot be answered: it is in no operation; record the call first");
    let nothing = message(|history| history.crash(2));
    assert_eq!(nothing, "T2 cannot crash: it is in no operation; record the call first");
    let revived = message(|history| {
        history.call(3, Dequeue);
        history.crash(3);
        history.call(3, Dequeue);
    });
    assert_eq!(revived, "T3 cannot call: its last operation has crashed; let another task go on");
    let unblocked = message(|history| {
        history.call(3, Dequeue);
        history.block(3);
        history.answer(3, None);
    });
    assert_eq!(unblocked, "T3 cannot be answered: it is in no operation; record the call first");
}
