//! Cases that failed, remembered in proptest's file of regressions beside the test.

use super::seed::SEED_REST;
use proptest::test_runner::{Config, FailurePersistence, FileFailurePersistence, PersistedSeed};
use std::fmt::{self, Debug};
use std::panic::Location;

/// The regressions of the tests of one source file.
pub(crate) struct Regressions {
    file: Box<dyn FailurePersistence>,
    source: &'static str,
}

impl Regressions {
    /// Those of the test at `place`; `None` if the environment says that there are none.
    pub(crate) fn of(place: &Location<'static>) -> Option<Self> {
        Config::default().failure_persistence?;
        let source = place.file();
        // Beside `src` as proptest does it; elsewhere, as in `tests`, beside the source.
        let is_in_src = source.split(['/', '\\']).any(|part| part == "src");
        let file = match is_in_src {
            true => FileFailurePersistence::SourceParallel("proptest-regressions"),
            false => FileFailurePersistence::WithSource("proptest-regressions"),
        };
        Some(Regressions { file: Box::new(file), source })
    }

    /// What fixes the cases that failed before, of all tests of the source file.
    pub(crate) fn seeds(&self) -> Vec<u64> {
        let seeds = self.file.load_persisted_failures2(Some(self.source));
        seeds.iter().filter_map(|seed| parse(&seed.to_string())).collect()
    }

    /// Remembers a case, with what a reader should know of it.
    pub(crate) fn save(&mut self, seed: u64, about: &str) {
        if self.seeds().contains(&seed) {
            return;
        }
        if let Ok(seed) = text(seed).parse::<PersistedSeed>() {
            self.file.save_persisted_failure2(Some(self.source), seed, &About(about));
        }
    }
}

/// Words that stand for themselves.
struct About<'a>(&'a str);

impl Debug for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A seed as proptest writes it: `xs` and four words of 32 bits.
fn text(seed: u64) -> String {
    let words = [seed, SEED_REST].map(|half| format!("{} {}", half & u64::from(u32::MAX), half >> 32));
    format!("xs {} {}", words[0], words[1])
}

/// The seed of a case of ours, if it is one.
fn parse(text: &str) -> Option<u64> {
    let words = text.strip_prefix("xs ")?.split(' ').map(|word| word.parse::<u32>().ok());
    let [low, high, rest_low, rest_high] = words.collect::<Option<Vec<u32>>>()?.try_into().ok()?;
    let join = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    (join(rest_low, rest_high) == SEED_REST).then(|| join(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_reads_as_it_was_written() {
        for seed in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef] {
            let written = text(seed);
            assert_eq!(written.parse::<PersistedSeed>().unwrap().to_string(), written);
            assert_eq!(parse(&written), Some(seed));
        }
    }

    #[test]
    fn seeds_of_others_are_left_alone() {
        for other in ["xs 1 2 3 4", "cc 00ff", "xs 1 2", ""] {
            assert_eq!(parse(other), None);
        }
    }
}
