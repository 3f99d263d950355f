//! Whole texts, as they are read.

use super::sample::Sample;
use super::{Options, render, render_with};
use crate::witness::ObjectKind::{Atomic, Channel, Condvar, Mutex};
use crate::witness::{Effect, Place};

const VISITS: &str = r#"
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

const MESSAGE: &str = "assertion `left == right` failed\n  left: 1\n right: 2";

fn lost_update() -> Sample {
    let mut sample = Sample::new(VISITS);
    sample.object(Atomic, Some("AtomicU32::new"));
    sample.about(0, "spawn", 1, "thread::spawn");
    sample.about(0, "spawn", 2, "thread::spawn(|| visit(&COUNTER)); // two");
    sample.load(1, 0, "0", "load(");
    sample.preempting(|sample| _ = sample.load(2, 0, "0", "load("));
    sample.store(2, 0, ("0", "1"), "store(").done(2, "end", None, "");
    sample.store(1, 0, ("1", "1"), "store(").done(1, "end", None, "");
    sample.about(0, "join", 1, "join().unwrap();\n        t2");
    sample.about(0, "join", 2, "join().unwrap();\n        assert");
    sample.load(0, 0, "1", "load(SeqCst), 2").panics(0, MESSAGE, "assert_eq!");
    sample.ends(&format!("panics: {MESSAGE}"));
    sample
}

const ACCOUNTS: &str = r#"
fn transfer(from: &Mutex<u32>, to: &Mutex<u32>) {
    let mut source = from.lock().unwrap();
    let mut target = to.lock().unwrap();
    *source -= 1;
    *target += 1;
}

fn main() {
    let savings = Mutex::new(10);
    let checking = Mutex::new(20);
    thread::scope(|scope| {
        scope.spawn(|| transfer(&savings, &checking));
        scope.spawn(|| transfer(&checking, &savings));
    });
}
"#;

fn deadlock() -> Sample {
    let mut sample = Sample::new(ACCOUNTS);
    sample.object(Mutex, Some("Mutex::new(10)")).object(Mutex, Some("Mutex::new(20)"));
    sample.about(0, "spawn", 1, "spawn(").about(0, "spawn", 2, "spawn(|| transfer(&checking");
    sample.done(1, "lock", Some(0), "lock(");
    sample.preempting(|sample| _ = sample.done(2, "lock", Some(1), "lock("));
    sample.waits(0, "join", None, &[1, 2], "scope(");
    sample.waits(1, "lock", Some(1), &[2], "lock().unwrap();\n    *source");
    sample.waits(2, "lock", Some(0), &[1], "lock().unwrap();\n    *source");
    sample.ends("deadlock: main, T1, T2 cannot go on");
    sample
}

const INBOX: &str = r#"
impl Inbox {
    fn take(&self) -> Letter {
        while !self.full.load(SeqCst) {
            let guard = self.door.lock().unwrap();
            drop(self.rings.wait(guard));
        }
        self.letter()
    }

    fn put(&self, letter: Letter) {
        self.full.store(true, SeqCst);
        self.rings.notify_one();
    }
}
"#;

fn lost_wakeup() -> Sample {
    let mut sample = Sample::new(INBOX);
    sample.object(Atomic, None).object(Mutex, None).object(Condvar, None);
    sample.about(0, "spawn", 1, "").about(0, "spawn", 2, "");
    sample.load(1, 0, "false", "load(").done(1, "lock", Some(1), "lock(");
    sample.preempting(|sample| _ = sample.store(2, 0, ("false", "true"), "store("));
    sample.step(2, "notify_one", Some(2), Effect::Woke(vec![]), "notify_one(").done(2, "end", None, "");
    sample.step(1, "wait", Some(2), Effect::Waits, "wait(guard");
    sample.waits(0, "join", None, &[1], "").waits(1, "wait", Some(2), &[], "wait(guard");
    sample.ends("deadlock: main, T1 cannot go on");
    sample
}

/// Philosophers, all of whom have one fork: more lanes than fit.
fn philosophers() -> Sample {
    let mut sample = Sample::new("forks[left].lock(); forks[right].lock();");
    for name in ["T3", "T4", "T5", "T6", "T7"] {
        sample.task(name);
    }
    for fork in 0..7 {
        sample.object(Mutex, None).done(fork + 1, "lock", Some(fork), "lock(");
    }
    for philosopher in 0..7 {
        let other = (philosopher + 1) % 7;
        sample.waits(philosopher + 1, "lock", Some(other), &[other + 1], "lock();");
    }
    sample.ends("deadlock: T1, T2, T3, T4, T5, T6, T7 cannot go on");
    sample
}

/// A lost update at the end of much that has nothing to do with it.
fn long() -> Sample {
    let mut sample = Sample::new("log.send(line); counter.load(SeqCst); counter.store(seen, SeqCst);");
    sample.object(Channel, None).object(Atomic, None);
    for line in 0..60 {
        let effect = Effect::Wrote { before: line.to_string(), after: (line + 1).to_string() };
        sample.step(1 + line % 2, "send", Some(0), effect, "send(");
    }
    for _ in 0..9 {
        sample.load(1, 1, "7", "load(").done(1, "yield_now", None, "");
    }
    sample.preempting(|sample| _ = sample.load(2, 1, "7", "load("));
    sample.store(2, 1, ("7", "8"), "store(").store(1, 1, ("8", "8"), "store(");
    sample.load(0, 1, "8", "").ends("8");
    sample
}

fn text(sample: &Sample, options: &Options) -> String {
    render_with(&sample.witness, options, &sample.sources())
}

/// Compares a text of a hundred columns with `snapshots/witness/<name>.snap`.
fn assert_text(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/witness"));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
    for line in text.lines().filter(|line| !line.contains(" ━")) {
        assert!(super::theme::width(line) <= 100, "too wide: {line}");
    }
}

#[test]
fn a_lost_update_is_seen_at_a_glance() {
    let replay = Some("conccheck replay cc1-8k2m4q0v7e".to_string());
    assert_text("lost_update", &text(&lost_update(), &Options { replay, ..Options::default() }));
}

#[test]
fn without_unicode_it_says_the_same() {
    let ascii = text(&lost_update(), &Options { ascii: true, ..Options::default() });
    assert!(ascii.is_ascii(), "{ascii}");
    assert_text("lost_update_ascii", &ascii);
}

#[test]
fn a_deadlock_shows_who_waits_for_whom() {
    assert_text("deadlock", &text(&deadlock(), &Options::default()));
}

#[test]
fn a_lost_wakeup_shows_the_notification_that_nobody_heard() {
    assert_text("lost_wakeup", &text(&lost_wakeup(), &Options::default()));
}

#[test]
fn more_tasks_than_lanes_become_a_list() {
    assert_text("philosophers", &text(&philosophers(), &Options::default()));
}

#[test]
fn a_long_witness_is_folded() {
    let right = vec!["9".to_string()];
    let text = text(&long(), &Options { right, ..Options::default() });
    assert!(text.lines().count() <= 60, "{text}");
    assert_text("folded", &text);
}

#[test]
fn a_loop_without_end_is_one_line() {
    let source = "while !ready.load(SeqCst) { thread::yield_now(); }";
    let mut sample = Sample::new(source);
    sample.object(Atomic, None).about(0, "spawn", 1, "").done(2, "end", None, "");
    for _ in 0..500 {
        sample.load(1, 0, "false", "load(").done(1, "yield_now", None, "thread::yield_now");
    }
    sample.waits(0, "join", None, &[1], "").ends("livelock: T1 polls for ever");
    assert_text("livelock", &text(&sample, &Options::default()));
}

#[test]
fn without_the_source_there_is_no_excerpt() {
    // The file is nowhere to be found.
    let text = render(&lost_update().witness, &Options::default());
    assert!(text.contains("load atomic 1 → 0"), "{text}");
    assert!(!text.contains("let seen"), "{text}");
}

#[test]
fn without_a_diagnosis_the_outcome_comes_first() {
    let mut sample = Sample::new("x.load(a); y.load(b); assert!(");
    sample.object(Atomic, None).object(Atomic, None).load(1, 0, "1", "load(a");
    sample.preempting(|sample| _ = sample.load(2, 1, "2", "load(b"));
    sample.panics(2, "no", "assert!").ends("panics: no");
    assert_text("no_diagnosis", &text(&sample, &Options::default()));
}

#[test]
fn a_right_outcome_has_no_diagnosis() {
    let mut sample = lost_update();
    sample.ends("1");
    let right = vec!["1".to_string(), "2".to_string()];
    let shown = text(&sample, &Options { right, ..Options::default() });
    assert!(shown.starts_with("1\n  right is  1, or 2\n"), "{shown}");
    let right = vec!["2".to_string()];
    let shown = text(&sample, &Options { right, ..Options::default() });
    assert!(shown.starts_with("lost update: "), "{shown}");
}

#[test]
fn a_message_of_hundreds_of_words_leaves_room_for_the_rest() {
    let mut sample = lost_update();
    sample.ends(&format!("panics: {}", "left is not right ".repeat(200)));
    for right in [vec!["2".to_string()], vec![sample.witness.outcome.clone()]] {
        let shown = text(&sample, &Options { right, ..Options::default() });
        assert!(shown.lines().count() < 45, "{shown}");
        assert!(shown.contains("right…\n"), "{shown}");
    }
}

#[test]
fn in_a_narrow_terminal_objects_keep_their_names() {
    let at = |file: &'static str, width: usize| {
        let mut sample = deadlock();
        sample.witness.steps[2].place = Some(Place { file, line: 7, column: 1 });
        text(&sample, &Options { width, ..Options::default() })
    };
    assert!(at("src/other.rs", 100).contains("lock savings   other.rs:7 "), "{}", at("src/other.rs", 100));
    let long_name = "src/a_file_of_which_the_name_is_as_long_as_a_sentence.rs";
    for width in [60, 100] {
        let shown = at(long_name, width);
        assert!(shown.contains("lock savings ") && !shown.contains("a_file"), "{shown}");
    }
    for sample in [&lost_update(), &lost_wakeup(), &philosophers(), &long()] {
        assert_narrow(&text(sample, &Options { width: 60, ..Options::default() }));
    }
}

#[track_caller]
fn assert_narrow(text: &str) {
    // Lines of the source are as long as they are.
    let lanes = text.lines().take_while(|line| !line.contains('╭'));
    for line in lanes {
        assert!(super::theme::width(line) <= 60, "too wide: {line}\n{text}");
    }
}

#[test]
fn steps_of_the_facade_have_no_place() {
    let mut sample = deadlock();
    sample.witness.steps[2].place = Some(Place { file: "src/sync/mutex.rs", line: 7, column: 1 });
    let shown = text(&sample, &Options::default());
    assert!(shown.contains("lock savings") && !shown.contains("mutex.rs"), "{shown}");
}

#[test]
fn colours_change_no_word() {
    let plain = text(&lost_update(), &Options::default());
    let coloured = text(&lost_update(), &Options { color: true, ..Options::default() });
    assert_ne!(plain, coloured);
    let mut shown = String::new();
    for piece in coloured.split('\u{1b}') {
        shown += piece.split_once('m').filter(|_| piece.starts_with('[')).map_or(piece, |(_, text)| text);
    }
    assert_eq!(trimmed(&shown), trimmed(&plain));
}

fn trimmed(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
