//! With what an operation that had to wait is in a reversible race: not with what enabled it, which can
//! never come after it, but with what had made it wait, or could have been made to wait by it.

use super::clock::Clocks;
use super::dependence::dependent;
use super::{Access, Action, Event, Trace};

/// The competitors of `event`, whose past is `clocks[clock]` and which `causes` enabled, or which still waits
/// (`None`): positions in the trace, and whether it is that one together with all readers of the lock that
/// came after it.
pub(super) fn competitors(
    trace: &Trace,
    event: &Event,
    clocks: &Clocks,
    clock: usize,
    causes: Option<&[usize]>,
) -> Vec<(usize, bool)> {
    match event.operation.action {
        Action::Lock => of_lock(trace, event, clocks, clock),
        _ => of_others(trace, event, clocks, clock, causes),
    }
}

/// A lock competes with the last one that took it, not with the release between, which can never come
/// after it. If those were readers: with each that the others do not wait for, and with all together.
fn of_lock(trace: &Trace, event: &Event, clocks: &Clocks, clock: usize) -> Vec<(usize, bool)> {
    let is_unseen = |&at: &usize| trace.events[at].task != event.task && !trace.has_seen(clocks, clock, at);
    let mut readers = Vec::new();
    for &at in trace.accesses(event.operation.object).iter().rev() {
        let at = at as usize;
        match trace.events[at].access {
            Access::Acquire if readers.is_empty() => {
                return Some((at, false)).filter(|(at, _)| is_unseen(at)).into_iter().collect();
            }
            Access::Acquire => break,
            Access::AcquireShared if is_unseen(&at) => readers.push(at),
            _ => {}
        }
    }
    let all = readers.last().filter(|_| readers.len() > 1).map(|&first| (first, true));
    readers.iter().map(|&at| (at, false)).chain(all).collect()
}

/// Anything else competes with what it may not be swapped with and was not needed for it to happen; and a
/// sender that waited for room with the last one that took some.
fn of_others(
    trace: &Trace,
    event: &Event,
    clocks: &Clocks,
    clock: usize,
    causes: Option<&[usize]>,
) -> Vec<(usize, bool)> {
    let is_waiting = causes.is_none();
    let causes = causes.unwrap_or_default();
    let mut found: Vec<(usize, bool)> = Vec::new();
    let mut has_sender = false;
    let mut release: Option<usize> = None;
    for &at in trace.accesses(event.operation.object).iter().rev() {
        let at = at as usize;
        let earlier = &trace.events[at];
        if !dependent(earlier, event) || earlier.task == event.task {
            continue;
        }
        if event.operation.action == Action::ReadLock && earlier.access == Access::Release {
            release = Some(at);
            continue;
        }
        if is_waiting && earlier.access == Access::Full {
            // There was no room before that either.
            continue;
        }
        let takes_room = matches!(earlier.access, Access::Send | Access::TrySend);
        let is_last_sender = event.operation.action == Action::Send && takes_room && !has_sender;
        has_sender |= takes_room;
        let is_holder = event.operation.action == Action::ReadLock && earlier.access == Access::Acquire;
        let is_needed = causes.iter().chain(&release).any(|&cause| trace.happens_before(at, cause));
        let is_hidden = found.iter().any(|&(first, _)| trace.happens_before(at, first));
        let is_free = !is_needed || is_last_sender && !causes.contains(&at);
        if (is_free || is_holder) && !is_hidden && !trace.has_seen(clocks, clock, at) {
            found.push((at, false));
        }
        if is_holder {
            break;
        }
    }
    found
}
