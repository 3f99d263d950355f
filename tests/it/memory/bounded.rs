//! Preemptions are bounded under the memory model of Rust as under sequential consistency; an old value needs none.

use super::{Found, expect_none, explore, rust, store_buffering};
use conccheck::sync::atomic::Ordering::Relaxed;
use conccheck::{Incomplete, Outcome};

#[test]
fn a_bound_on_preemptions_leaves_out_only_what_needs_more_and_says_so() {
    expect_none(|litmus| {
        if litmus.rust.is_racy {
            return None;
        }
        let all = Found::expected(&litmus.rust);
        // Plain dfs explores every order of every access: of larger programs, many.
        let within = |bound: usize| explore(rust().preemptions_max(bound).executions_max(500), litmus);
        let [none, many] = [0, 50].map(within);
        let only_that = [Incomplete::PreemptionsMax(0)];
        let is_right = Found::of(&none).outcomes.iter().all(|row| all.outcomes.contains(row))
            && (Found::of(&none) == all
                || none.incomplete_because() == only_that
                || none.executions() == 500)
            && (Found::of(&many) == all || many.executions() == 500);
        (!is_right).then(|| format!("{none}\n{many}"))
    });
}

#[test]
fn an_old_value_needs_no_preemption() {
    let report = rust().preemptions_max(0).explore(|| store_buffering(Relaxed, Relaxed)());
    assert!(report.outcomes().any(|outcome| *outcome == Outcome::Returned((0, 0))), "{report}");
}
