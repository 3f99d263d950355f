//! Outcome sets as snapshots that are kept by [insta]: how one that was only sampled is compared.
//!
//! A [`Report`](crate::Report) and an [`Agreement`](crate::property::Agreement) are good snapshots as they stand;
//! what varies from run to run goes into the snapshot's `info`, which a review shows and nothing compares.
//!
//! ```no_run
//! use conccheck::snapshot::Within;
//! use conccheck::sync::{Arc, atomic::{AtomicU32, Ordering::SeqCst}};
//! use conccheck::{Checker, Strategy, thread};
//!
//! let report = Checker::new().strategy(Strategy::Pos { seed: 7 }).explore(|| {
//!     let visits = Arc::new(AtomicU32::new(0));
//!     let visit = |visits: Arc<AtomicU32>| move || visits.store(visits.load(SeqCst) + 1, SeqCst);
//!     let other = thread::spawn(visit(Arc::clone(&visits)));
//!     visit(Arc::clone(&visits))();
//!     other.join().unwrap();
//!     visits.load(SeqCst)
//! });
//! insta::with_settings!({ comparator => Box::new(Within), info => &report.info() }, {
//!     insta::assert_snapshot!("visits", report);
//! });
//! ```

use insta::internals::SnapshotContents;
use insta::{Comparator, Snapshot};
use std::collections::BTreeMap;

/// Accepts a sampled set of outcomes if each was recorded: another sample may see fewer. A set that was
/// explored exhaustively, or within a stated bound on preemptions or timeouts, has to be the recorded one, and
/// so has every text that is no set of outcomes.
///
/// Of a set of which not all outcomes are shown, those that would come after the last that is shown are
/// accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Within;

impl Comparator for Within {
    fn matches(&self, reference: &Snapshot, test: &Snapshot) -> bool {
        match (reference.contents(), test.contents()) {
            (SnapshotContents::Text(recorded), SnapshotContents::Text(seen)) => {
                recorded == seen || is_within(&recorded.to_string(), &seen.to_string())
            }
            (recorded, seen) => recorded == seen,
        }
    }

    fn dyn_clone(&self) -> Box<dyn Comparator> {
        Box::new(*self)
    }
}

/// Whether `seen` is a sampled set of outcomes all of which `recorded` has.
fn is_within(recorded: &str, seen: &str) -> bool {
    let (Some(recorded), Some(seen)) = (Set::parse(recorded), Set::parse(seen)) else {
        return false;
    };
    let has = |section: &Section| {
        let Some(known) = recorded.sections.get(section.title) else {
            return section.outcomes.is_empty();
        };
        (known.is_cut || !section.is_cut) && section.outcomes.iter().all(|outcome| known.has(outcome))
    };
    seen.is_sample() && recorded.about == seen.about && seen.sections.values().all(has)
}

/// The text of a set of outcomes, taken apart.
struct Set<'a> {
    /// What it is of, without what is concluded.
    about: Vec<&'a str>,
    explored: &'a str,
    sections: BTreeMap<&'a str, Section<'a>>,
}

#[derive(Default)]
struct Section<'a> {
    title: &'a str,
    /// Each with all lines of its text, in the order in which they stand.
    outcomes: Vec<String>,
    /// Whether there are more than are shown.
    is_cut: bool,
}

impl<'a> Set<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let lines = || text.lines().map(str::trim_end);
        let explored = lines().find_map(|line| line.strip_prefix("explored "))?.trim();
        let mut set = Set { about: Vec::new(), explored, sections: BTreeMap::new() };
        let mut title = None;
        for line in lines().filter(|line| !line.is_empty()) {
            let word = line.split(' ').next().unwrap_or_default();
            match (word, title) {
                ("outcomes" | "hangs" | "panics" | "races", _) => {
                    title = Some(word);
                    set.sections.insert(word, Section { title: word, ..Section::default() });
                }
                ("explored" | "sequential", None) => {}
                // The relation, which the verdict is by; another sample may come to another verdict.
                ("verdict", None) => {
                    set.about.push(line.split_once('(').map_or("", |(_, relation)| relation))
                }
                (_, None) => set.about.push(line),
                (_, Some(title)) => set.sections.entry(title).or_default().add(line),
            }
        }
        Some(set)
    }

    /// Whether another run may see something else, and this has seen something.
    fn is_sample(&self) -> bool {
        let is_cut = self.explored.starts_with("bounded, ") && !self.explored.starts_with("bounded, at most");
        let is_empty = self.sections.values().all(|section| section.outcomes.is_empty());
        (self.explored.starts_with("sampled") || is_cut) && !is_empty
    }
}

impl Section<'_> {
    fn add(&mut self, line: &str) {
        if let Some(more) = line.strip_prefix("    | ") {
            let last = self.outcomes.last_mut();
            last.into_iter().for_each(|last| last.extend(["\n", more]));
        } else if line.starts_with("  …") {
            self.is_cut = true;
        } else if let Some(outcome) = line.strip_prefix("  ").filter(|line| !line.starts_with("    ")) {
            self.outcomes.push(outcome.to_string());
        }
    }

    fn has(&self, outcome: &String) -> bool {
        let key = |outcome: &str| (!outcome.starts_with(['=', ' ']), outcome.to_string());
        let comes_later = || self.outcomes.last().is_none_or(|last| key(outcome) > key(last));
        self.outcomes.contains(outcome) || self.is_cut && comes_later()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(explored: &str, outcomes: &[&str]) -> String {
        let lines: String = outcomes.iter().map(|line| format!("  {line}\n")).collect();
        format!("explored    {explored}\n\noutcomes    {}\n{lines}\nhangs       none\n", outcomes.len())
    }

    fn accepts(recorded: &[&str], seen: &[&str], explored: &str) -> bool {
        is_within(&set("sampled", recorded), &set(explored, seen))
    }

    #[test]
    fn fewer_outcomes_of_a_sample_are_accepted_and_others_are_not() {
        for explored in ["sampled", "bounded, by time", "bounded, by executions"] {
            assert!(accepts(&["= 1", "! 2"], &["= 1"], explored));
            assert!(accepts(&["= 1", "! 2"], &["= 1", "! 2", "    T1 load"], explored));
            assert!(!accepts(&["= 1"], &["= 1", "! 2"], explored));
            assert!(!accepts(&["= 1"], &["! 1"], explored), "what was right is wrong now");
        }
    }

    #[test]
    fn fewer_outcomes_of_all_that_there_are_are_not_accepted() {
        for explored in ["complete", "bounded, at most 2 preemptions", "bounded, at most 1 timeout"] {
            assert!(!accepts(&["= 1", "! 2"], &["= 1"], explored));
        }
    }

    #[test]
    fn a_check_that_saw_nothing_is_not_accepted() {
        assert!(!accepts(&["= 1"], &[], "sampled"));
        assert!(!accepts(&["= 1"], &["= 1"], "in vain: step 3 was a load"));
        assert!(!accepts(&["= 1"], &["= 1"], "not: the loom backend cannot do this"));
    }

    #[test]
    fn every_line_of_a_message_counts_and_how_it_comes_about_does_not() {
        let recorded = ["P panics: they differ", "  | left: 1", "    T1 load | T2 load"];
        assert!(accepts(&recorded, &["P panics: they differ", "  | left: 1", "    T2 load"], "sampled"));
        assert!(!accepts(&recorded, &["P panics: they differ", "  | left: 2"], "sampled"));
    }

    #[test]
    fn what_a_long_set_does_not_show_may_be_there() {
        let recorded = ["= 1", "= 3", "… and 4 more, fnv1a 0123456789abcdef"];
        assert!(accepts(&recorded, &["= 3", "= 4", "! 0"], "sampled"));
        assert!(!accepts(&recorded, &["= 2"], "sampled"), "it would be shown");
        assert!(!accepts(&recorded[..2], &recorded, "sampled"), "there are more than were recorded");
    }

    #[test]
    fn a_set_of_something_else_is_not_accepted() {
        let of = |about: &str, explored: &str| format!("{about}\n\n{}", set(explored, &["= 1"]));
        assert!(is_within(&of("two tasks", "complete"), &of("two tasks", "sampled")));
        assert!(!is_within(&of("two tasks", "complete"), &of("three tasks", "sampled")));
        let (fails, passes) =
            (of("verdict     FAIL (exact)", "complete"), of("verdict     BOUNDED (exact)", "sampled"));
        assert!(is_within(&fails, &passes));
        assert!(!is_within(&fails, &passes.replace("exact", "refines")));
        assert!(!is_within("some text", "some text that is longer"));
    }
}
