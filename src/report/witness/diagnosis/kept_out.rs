//! Hangs in which a reader waits behind a writer that waits for readers.

use super::super::history::held_since;
use super::{Case, Diagnosis, number};
use crate::witness::{ObjectKind, Wait};

/// A reader is kept out by a writer, who waits for somebody that waits, in the end, for the reader.
pub(super) fn kept_out(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let object = wait.object.filter(|_| case.kind(wait) == Some(ObjectKind::RwLock))?;
    let writer = wait.held_by.iter().find_map(|&task| {
        case.wait_of(task)
            .filter(|writer| writer.object == Some(object) && writer.function.starts_with("write"))
    })?;
    if !wait.function.starts_with("read") {
        return None;
    }
    let lock = case.object(object);
    let &holder = writer.held_by.first()?;
    let since = held_since(case.witness, holder, object)?;
    let (reader, writes) = (case.waiter(wait), case.waiter(writer));
    let since_when = number(since);
    let who = if holder == wait.task {
        format!(
            "{reader} reads {lock} since {since_when} and wants to read it again, and {writes} waits to write it"
        )
    } else {
        let waits =
            case.wait_of(holder).map_or(String::new(), |held| format!(" and {}", case.waits_for(held)));
        let holder = case.names.task(holder);
        format!(
            "{reader} wants to read {lock}, {writes} waits to write it, and {holder} reads it since \
             {since_when}{waits}"
        )
    };
    let sentence = format!("deadlock: {who}: a lock may keep readers out while a writer waits");
    Some(case.hang(sentence, &[(since, format!("reads {lock}"))], &[writer, wait]))
}
