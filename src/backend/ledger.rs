//! What an execution has made and not let go of yet, so that what is left at its end can be told.

use std::collections::BTreeMap;
use std::panic::Location;

/// Something that somebody has to let go of.
pub(crate) struct Entry {
    /// "an Arc".
    pub(crate) what: &'static str,
    pub(crate) made_at: &'static Location<'static>,
    /// Where it is, if that tells it from others.
    pub(crate) address: Option<usize>,
}

#[derive(Default)]
pub(super) struct Ledger {
    entries: BTreeMap<u64, Entry>,
    /// The numbers of those that have an address.
    addresses: BTreeMap<usize, u64>,
    next: u64,
    /// The tasks that make the value of a static, which lives on; as often as they do.
    makers: Vec<usize>,
}

impl Ledger {
    /// Its number; none if nobody has to let go of it.
    pub(super) fn made(&mut self, entry: Entry, maker: usize) -> Option<u64> {
        if self.makers.contains(&maker) {
            return None;
        }
        self.next += 1;
        if let Some(address) = entry.address
            && let Some(before) = self.addresses.insert(address, self.next)
        {
            // It was given back by other means.
            self.gone(before);
        }
        self.entries.insert(self.next, entry);
        Some(self.next)
    }

    /// The task makes the value of a static.
    pub(super) fn begin_static(&mut self, maker: usize) {
        self.makers.push(maker);
    }

    /// The task has made the value of a static.
    pub(super) fn end_static(&mut self, maker: usize) {
        if let Some(at) = self.makers.iter().rposition(|&other| other == maker) {
            self.makers.remove(at);
        }
    }

    pub(super) fn gone(&mut self, number: u64) {
        self.entries.remove(&number);
    }

    pub(super) fn gone_from(&mut self, address: usize) {
        if let Some(number) = self.addresses.remove(&address) {
            self.gone(number);
        }
    }

    /// What there still is: "an Arc made at src/lib.rs:3:14", by place.
    pub(super) fn left(&self) -> Vec<String> {
        let mut by_place: BTreeMap<_, usize> = BTreeMap::new();
        for Entry { what, made_at, .. } in self.entries.values() {
            *by_place.entry((made_at.file(), made_at.line(), made_at.column(), *what)).or_default() += 1;
        }
        let told = by_place.into_iter().map(|((file, line, column, what), count)| match count {
            1 => format!("{what} made at {file}:{line}:{column}"),
            _ => format!("{count} times {what} made at {file}:{line}:{column}"),
        });
        told.collect()
    }
}
