//! A set of outcomes as text for review: sorted, the same on every machine and in every run, and each
//! outcome that is not right with its least execution. What an outcome is worth is for the caller to say.

use super::{Judged, Report, witness};
use crate::outcome::{Incomplete, Outcome};
use crate::witness::Witness;
use std::fmt::Debug;

/// So many outcomes of a kind are shown.
const SHOWN_MAX: usize = 50;

/// The outcomes of `report`, as `judge` judges and `tell` tells them.
pub(crate) fn text<T: Ord + Debug>(
    report: &Report<T>,
    judge: impl Fn(&Outcome<T>) -> Judged,
    tell: impl Fn(&Outcome<T>) -> String,
) -> String {
    let outcomes: Vec<&Outcome<T>> = report.outcomes().collect();
    let entry = |(number, &outcome): (usize, &&Outcome<T>)| Entry {
        number,
        mark: outcome.mark(),
        judged: judge(outcome),
        text: tell(outcome),
    };
    let entries = outcomes.iter().enumerate().map(entry).collect();
    let explored = explored(report.is_sampled(), report.incomplete_because());
    let note = report.note_for_review();
    let explain = |number: usize| report.witness(outcomes[number]);
    in_sections(entries, &explored, note.as_deref(), report.has_lints(), &explain)
}

/// The text of entries, whatever the outcomes are of. The note is there if it `is_due`, or if more can happen than one right
/// thing.
fn in_sections(
    mut entries: Vec<Entry>,
    explored: &str,
    note: Option<&str>,
    is_due: bool,
    explain: Explain,
) -> String {
    entries.sort_by(|one, other| one.key().cmp(&other.key()));
    let mut text = format!("explored    {explored}\n\n");
    let of_kind = |kind: &[char]| -> Vec<&Entry> {
        entries.iter().filter(|entry| kind.contains(&entry.mark)).collect()
    };
    let mut sections = SECTIONS.map(|(title, kind)| section(title, &of_kind(kind), explain));
    sections[0].push('\n');
    text.extend(sections);
    let (title, kind) = LEAKS;
    let leaks = of_kind(kind);
    text.extend((!leaks.is_empty()).then(|| section(title, &leaks, explain)));
    if is_due || entries.len() > 1 || entries.iter().any(|entry| !"= ".contains(entry.judged.mark)) {
        text.extend(note.iter().flat_map(|note| note.lines()).map(|note| format!("\n{note}")));
    }
    text.trim_end().to_string()
}

/// How much was looked at, without numbers that say how long it took.
pub(crate) fn explored(is_sampled: bool, incomplete: &[Incomplete]) -> String {
    let is_by_number =
        |why: &Incomplete| matches!(why, Incomplete::ExecutionsMax(_) | Incomplete::TimeMax(_));
    let (first, others) = match incomplete {
        [] => return "complete".to_string(),
        [Incomplete::Unsupported(why), ..] => return format!("not: {why}"),
        [why @ Incomplete::Flaky { .. }, ..] => return format!("in vain: {why}"),
        [first, others @ ..] if is_sampled && is_by_number(first) => ("sampled".to_string(), others),
        [first, others @ ..] => (format!("bounded, {}", bound(first)), others),
    };
    others.iter().fold(first, |text, other| format!("{text}, {}", bound(other)))
}

fn bound(why: &Incomplete) -> String {
    match why {
        Incomplete::ExecutionsMax(_) => "by executions".to_string(),
        Incomplete::TimeMax(_) => "by time".to_string(),
        why => why.to_string(),
    }
}

/// What each section shows: the marks of its outcomes, before anybody judges them.
const SECTIONS: [(&str, &[char]); 4] =
    [("outcomes", &[' ']), ("hangs", &['H']), ("panics", &['P']), ("races", &['R'])];

/// Of what is looked for only if somebody asks, a section without any would say more than is known.
const LEAKS: (&str, &[char]) = ("leaks", &['L']);

/// How the outcome of that number comes about.
type Explain<'a> = &'a dyn Fn(usize) -> Option<Witness>;

struct Entry {
    number: usize,
    /// Before anybody judges it.
    mark: char,
    judged: Judged,
    text: String,
}

impl Entry {
    /// Right ones first, then by their text.
    fn key(&self) -> (bool, char, &str) {
        (!"= ".contains(self.judged.mark), self.judged.mark, &self.text)
    }

    /// The lines of a longer text begin with a bar, which tells them from what is said of it.
    fn line(&self) -> String {
        let mut lines = self.text.lines();
        let first = lines.next().unwrap_or_default();
        let others: String = lines.map(|line| format!("    | {}\n", line.trim())).collect();
        format!("  {} {first}\n{others}", self.judged.mark)
    }
}

/// One kind of outcomes: how many, and each with what there is to say of it.
fn section(title: &str, entries: &[&Entry], explain: Explain) -> String {
    if entries.is_empty() {
        return format!("{title:<12}none\n");
    }
    let mut text = format!("{title:<12}{}\n", entries.len());
    for entry in entries.iter().take(SHOWN_MAX) {
        text += &entry.line();
        if let Some(why) = &entry.judged.why {
            text += &format!("      {why}\n");
        }
        if !"= ".contains(entry.judged.mark)
            && let Some(witness) = explain(entry.number).map(|witness| witness::one_line(&witness))
            && !witness.is_empty()
        {
            text += &format!("      {witness}\n");
        }
    }
    let rest = &entries[SHOWN_MAX.min(entries.len())..];
    if !rest.is_empty() {
        let lines: String = rest.iter().map(|entry| entry.line()).collect();
        text += &format!("  … and {} more, fnv1a {:016x}\n", rest.len(), fnv1a(lines.as_bytes()));
    }
    text
}

/// The 64-bit Fowler–Noll–Vo hash, variant 1a: small, and the same everywhere.
fn fnv1a(bytes: &[u8]) -> u64 {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    bytes.iter().fold(OFFSET_BASIS, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
