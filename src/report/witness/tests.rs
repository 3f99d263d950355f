//! Whole texts, as they are read.

use super::sample::Sample;
use super::{Options, render_with};
use crate::witness::ObjectKind::{Atomic, Condvar, Mutex};
use crate::witness::{Effect, Witness};

pub(super) const VISITS: &str = r#"
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::{check, thread};

static COUNTER: AtomicU32 = AtomicU32::new(0);

fn visit(counter: &AtomicU32) {
    let seen = counter.load(SeqCst);
    counter.store(seen + 1, SeqCst);
}

#[test]
fn visits_are_counted() {
    check(|| {
        let t1 = thread::spawn(|| visit(&COUNTER));
        let t2 = thread::spawn(|| visit(&COUNTER)); // two
        t1.join().unwrap();
        t2.join().unwrap();
        assert_eq!(COUNTER.load(SeqCst), 2);
    });
}
"#;

pub(super) fn lost_update() -> Sample {
    let mut sample = Sample::new(VISITS);
    sample.ends("panics: assertion `left == right` failed\n  left: 1\n right: 2");
    sample.object(Atomic, None);
    sample.about(0, "spawn", 1, "thread::spawn").about(
        0,
        "spawn",
        2,
        "thread::spawn(|| visit(&COUNTER)); // two",
    );
    sample.load(1, 0, "0", "load(");
    sample.preempting(|sample| {
        sample.load(2, 0, "0", "load(");
    });
    sample.store(2, 0, ("0", "1"), "store(").done(2, "end", None, "");
    sample.store(1, 0, ("1", "1"), "store(").done(1, "end", None, "");
    sample.about(0, "join", 1, "join().unwrap();\n        t2").about(
        0,
        "join",
        2,
        "join().unwrap();\n        assert",
    );
    sample.load(0, 0, "1", "load(SeqCst), 2");
    sample.panics(0, "assertion `left == right` failed\n  left: 1\n right: 2", "assert_eq!");
    sample
}

fn text(sample: &Sample, options: &Options) -> String {
    render_with(&sample.witness, options, &sample.sources())
}

#[test]
fn show() {
    println!(
        "{}",
        text(
            &lost_update(),
            &Options { replay: Some("conccheck replay cc1-8k2m".into()), ..Options::default() }
        )
    );
    println!("{}", text(&lost_update(), &Options { ascii: true, ..Options::default() }));
}
