//! What loom finds is told in conccheck's words: a data race is one, with its two places; what loom is known to get
//! wrong is said beside it; and where loom breaks, that is no fault of the program.

use conccheck::cell::UnsafeCell;
use conccheck::sync::atomic::{AtomicBool, Ordering, fence};
use conccheck::sync::{Arc, RwLock};
use conccheck::{Backend, Checker, Incomplete, Outcome, Report, Verdict, thread};
use std::fmt::Debug;

use Ordering::{Acquire, Relaxed, Release, SeqCst};

fn explore<T: Ord + Debug + Send + 'static>(program: impl Fn() -> T + Send + Sync + 'static) -> Report<T> {
    Checker::new().backend(Backend::Loom).explore(program)
}

/// What `conccheck::check` panics with.
fn failure(program: impl Fn() + Send + Sync + 'static) -> String {
    let check = || Checker::new().backend(Backend::Loom).check(program);
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).expect_err("it should fail");
    conccheck::panic::message(&*payload)
}

#[derive(Default)]
struct Message {
    is_there: AtomicBool,
    text: UnsafeCell<u32>,
}

// SAFETY: the checks are to find out.
unsafe impl Sync for Message {}

/// Where `send_by` writes, and where it reads.
const LINES: [u32; 2] = [line!() + 7, line!() + 12];

fn send_by(publish: Ordering) {
    let message = Arc::new(Message::default());
    let receiver = Arc::clone(&message);
    let sender = thread::Builder::new().name("sender".to_string()).spawn(move || {
        // SAFETY: under a checker one task runs at a time.
        message.text.with_mut(|text| unsafe { *text = 1 });
        message.is_there.store(true, publish);
    });
    if receiver.is_there.load(Acquire) {
        // SAFETY: as above.
        assert_eq!(receiver.text.with(|text| unsafe { *text }), 1);
    }
    sender.unwrap().join().unwrap();
}

#[test]
fn a_relaxed_publication_is_a_data_race() {
    let report = explore(|| send_by(Relaxed));
    assert_eq!(report.verdict(), Verdict::Fail);
    let race = Outcome::DataRace { tasks: ["sender".to_string(), "main".to_string()] };
    assert_eq!(report.outcomes().filter(|outcome| **outcome == race).count(), 1, "{report}");
    assert_eq!(report.incomplete(), Some(&Incomplete::FirstDataRace));
    assert_eq!(explore(|| send_by(Release)).verdict(), Verdict::Pass);
}

#[test]
fn both_places_of_a_data_race_are_told() {
    let text = failure(|| send_by(Relaxed));
    assert!(text.contains("data race: sender and main access a cell at the same time"), "{text}");
    let [write, read] = LINES;
    let places = format!(", at {0}:{write}:22 and {0}:{read}:34\n", file!());
    assert!(text.contains(&places), "{text}");
}

#[test]
fn a_cell_that_two_write_and_one_reads_is_a_race_unless_the_writers_are_joined() {
    let program = |joins_first: bool| {
        explore(move || {
            let message = Arc::new(Message::default());
            let write = |message: &Arc<Message>| {
                let message = Arc::clone(message);
                // SAFETY: as above.
                thread::spawn(move || message.text.with_mut(|text| unsafe { *text += 1 }))
            };
            let one = write(&message);
            let one = if joins_first { one.join().map(|()| None).unwrap() } else { Some(one) };
            let other = write(&message);
            other.join().unwrap();
            if let Some(one) = one {
                one.join().unwrap();
            }
            // SAFETY: as above.
            message.text.with(|text| unsafe { *text })
        })
    };
    assert_eq!(program(true).verdict_against(&2), Verdict::Pass);
    let racing = program(false);
    let race = Outcome::DataRace { tasks: ["T1".to_string(), "T2".to_string()] };
    let other_way = Outcome::DataRace { tasks: ["T2".to_string(), "T1".to_string()] };
    assert!(racing.outcomes().any(|outcome| *outcome == race || *outcome == other_way), "{racing}");
}

/// Whether each of two threads saw that the other had not come.
fn store_buffering(order: Ordering, has_fences: bool) -> bool {
    let flags = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
    let come = move |flags: &[AtomicBool; 2], me: usize| {
        flags[me].store(true, order);
        if has_fences {
            fence(SeqCst);
        }
        !flags[1 - me].load(order)
    };
    let other = Arc::clone(&flags);
    let thread = thread::spawn(move || come(&other, 1));
    let is_alone = come(&flags, 0);
    thread.join().unwrap() && is_alone
}

#[test]
fn where_loom_takes_seqcst_for_less_the_verdict_says_so_and_what_to_do() {
    let report = explore(|| store_buffering(SeqCst, false));
    assert_eq!(report.verdict_against(&false), Verdict::Fail);
    for told in
        [report.note().unwrap(), report.to_string(), failure(|| assert!(!store_buffering(SeqCst, false)))]
    {
        assert!(told.contains("loom takes SeqCst loads and stores for AcqRel"), "{told}");
        assert!(told.contains("fence(SeqCst)") && told.contains("native"), "{told}");
    }
    let native = Checker::new().backend(Backend::Native).explore(|| store_buffering(SeqCst, false));
    assert_eq!((native.verdict_against(&false), native.note()), (Verdict::Pass, None));
}

#[test]
fn a_failure_that_is_one_and_a_program_with_fences_come_without_that_note() {
    assert_eq!(explore(|| store_buffering(Relaxed, true)).verdict_against(&false), Verdict::Pass);
    let relaxed = explore(|| store_buffering(Relaxed, false));
    assert_eq!((relaxed.verdict_against(&false), relaxed.note()), (Verdict::Fail, None));
}

/// One thread reads a lock, twice at a time if it is to, while another writes.
fn read(twice: bool) {
    let lock = Arc::new(RwLock::new(0));
    let other = Arc::clone(&lock);
    let writer = thread::spawn(move || *other.write().unwrap() += 1);
    let first = lock.read().unwrap();
    if twice {
        drop(lock.read().unwrap());
    }
    drop(first);
    writer.join().unwrap();
}

#[test]
fn a_lock_of_looms_that_breaks_is_no_panic_of_the_program() {
    let report = explore(|| read(true));
    assert_eq!(report.verdict(), Verdict::Skip);
    let text = report.to_string();
    assert!(text.contains("the loom backend cannot do this: a thread that reads an RwLock"), "{text}");
    assert_eq!(explore(|| read(false)).verdict(), Verdict::Pass);
}
