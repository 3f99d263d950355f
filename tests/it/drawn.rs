//! Claims about drawn values: proptest draws them, and shrinks one that contradicts the claim.
//!
//! `CONCCHECK_CASES` multiplies the number of cases, `CONCCHECK_SEED` draws others. A case that failed
//! is kept in `tests/it/drawn.proptest-regressions` and comes first from then on.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestCaseError, TestError, TestRunner};
use std::fmt::Debug;

/// Whether a claim holds for one case; if not, what contradicts it.
pub type Claim = Result<(), String>;

/// Checks `claim` for so many values of `strategy`, times `CONCCHECK_CASES`.
///
/// Panics with the smallest case that contradicts it, why it does, and how to see that again.
pub fn for_all<S>(test: &str, cases: u32, strategy: S, claim: impl Fn(&S::Value) -> Claim)
where
    S: Strategy<Value: Debug>,
{
    let seed = number("CONCCHECK_SEED").unwrap_or(1);
    let times = number("CONCCHECK_CASES").unwrap_or(1);
    let config = Config {
        cases: cases.saturating_mul(u32::try_from(times).unwrap_or(u32::MAX)),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/it/drawn.proptest-regressions",
        ))),
        max_shrink_time: 30_000,
        ..Config::default()
    };
    let ended = TestRunner::new(config).run(&strategy, |value| claim(&value).map_err(TestCaseError::fail));
    match ended {
        Ok(()) => {}
        Err(TestError::Fail(reason, smallest)) => panic!(
            "{reason}\n\nthe smallest case that shows it: {smallest:#?}\n\n\
             again: CONCCHECK_SEED={seed} CONCCHECK_CASES={times} cargo test --test it {test}"
        ),
        Err(TestError::Abort(reason)) => panic!("the cases could not be drawn: {reason}"),
    }
}

/// The smallest case of `strategy` that contradicts the claim; `None` if none of so many does.
///
/// For claims that are wrong on purpose: nothing is kept.
pub fn counterexample<S>(cases: u32, strategy: S, claim: impl Fn(&S::Value) -> Claim) -> Option<S::Value>
where
    S: Strategy<Value: Debug>,
{
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        // As long as it takes: what comes of it must not depend on the machine.
        max_shrink_time: 0,
        ..Config::default()
    };
    match TestRunner::new(config).run(&strategy, |value| claim(&value).map_err(TestCaseError::fail)) {
        Ok(()) => None,
        Err(TestError::Fail(_, smallest)) => Some(smallest),
        Err(TestError::Abort(reason)) => panic!("the cases could not be drawn: {reason}"),
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text}: it takes a number")))
}
