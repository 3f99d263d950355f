//! Faults of async Rust as people have reported them, each told again as a small program: the faulty one fails, and what
//! is said of it names the cause; the mended one passes, in so many executions, which are all.

mod pools;
mod primitives;
mod wakers;
mod with_tokio;

use conccheck::{Checker, panic};

/// Why a program fails, in one line.
#[track_caller]
fn fails(program: impl Fn() + Send + Sync + 'static) -> String {
    let check = panic::AssertUnwindSafe(|| Checker::new().check(program));
    let text = panic::message(&*panic::catch_unwind(check).expect_err("it is faulty"));
    let (_, told) = text.split_once("\n\n").expect("an empty line before the witness");
    let sentence = told.split("\n  outcome").next().unwrap_or_default();
    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A program never fails, and this is how many executions it has.
#[track_caller]
fn passes(program: impl Fn() + Send + Sync + 'static) -> u64 {
    let report = Checker::new().explore(program);
    assert!(report.is_complete() && report.outcomes().count() == 1, "{report}");
    assert_eq!(report.verdict(), conccheck::Verdict::Pass, "{report}");
    report.executions()
}
