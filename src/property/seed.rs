//! Where proptest's draws begin: all from one number, so that a case can be drawn again.

use proptest::prelude::Rng;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The half of proptest's own seed that is always the same: no seed may be all zeros.
pub(super) const SEED_REST: u64 = 0x636f_6e63_6368_6563;

/// Draws what `seed` fixes.
pub(super) fn runner(seed: u64) -> TestRunner {
    let words = [seed, SEED_REST].map(u64::to_le_bytes).concat();
    TestRunner::new_with_rng(config(), TestRng::from_seed(RngAlgorithm::XorShift, &words))
}

/// So many seeds, which `seed` fixes; if there is none, others each time, unless the environment fixes
/// proptest's.
pub(super) fn seeds(seed: Option<u64>, count: u32) -> Vec<u64> {
    let mut runner = seed.map_or_else(|| TestRunner::new(config()), runner);
    (0..count).map(|_| runner.rng().next_u64()).collect()
}

/// How many cases the environment asks for; so many, if it does not.
pub(super) fn cases_or(count: u32) -> u32 {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config::default().cases,
        None => count,
    }
}

fn config() -> Config {
    Config { failure_persistence: None, ..Config::default() }
}
