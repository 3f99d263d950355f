//! Each diagnosis, with a witness that has it and with some that only look as if.

mod hang;
mod race;
mod wrong;

use super::diagnose;
use crate::report::witness::sample::Sample;
use crate::witness::ObjectKind::{self, Atomic};

/// A witness of an execution that ended wrongly, with objects but no steps.
fn sample(objects: &[ObjectKind]) -> Sample {
    let mut sample = Sample::new("");
    sample.ends("wrong");
    for kind in objects {
        sample.object(*kind, None);
    }
    sample
}

fn sentence(sample: &Sample) -> Option<String> {
    diagnose(&sample.witness, &sample.names()).map(|diagnosis| diagnosis.sentence)
}

#[track_caller]
fn assert_says(sample: &Sample, expected: &str) {
    assert_eq!(sentence(sample).as_deref(), Some(expected));
}

#[track_caller]
fn assert_unsure(sample: &Sample) {
    assert_eq!(sentence(sample), None);
}

#[test]
fn an_outcome_without_a_pattern_has_no_diagnosis() {
    let mut sample = sample(&[Atomic, Atomic]);
    sample.store(1, 0, ("0", "1"), "").load(1, 1, "0", "");
    sample.store(2, 1, ("0", "1"), "").load(2, 0, "1", "");
    assert_unsure(&sample);
}
