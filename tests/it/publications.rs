//! Data that one thread hands to another by an atomic whose ordering is too weak: a data race, with both accesses and
//! what is missing. Each has a twin that is mended so, and passes.

use super::diagnoses::{reviewed, says};
use conccheck::cell::UnsafeCell;
use conccheck::sync::Arc;
use conccheck::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release};
use conccheck::sync::atomic::{AtomicBool, AtomicUsize, fence};
use conccheck::{Checker, Outcome, thread};

/// Plain memory of which only the accesses matter.
#[derive(Default)]
struct Memory(UnsafeCell<()>);

// SAFETY: nothing is ever read or written; whether the accesses are ordered is what the checks find out.
unsafe impl Sync for Memory {}

impl Memory {
    #[track_caller]
    fn write(&self) {
        self.0.with_mut(|_| ());
    }

    #[track_caller]
    fn read(&self) {
        self.0.with(|_| ());
    }
}

/// What is shared: the data, and the flag or count that says whose it is.
#[derive(Default)]
struct Shared {
    data: Memory,
    flag: AtomicUsize,
}

/// The broken one races and says so, with these words among others; the mended one passes.
#[track_caller]
fn assert_needs(name: &str, broken: fn(), mended: fn(), words: &[&str]) {
    let sentence = reviewed(name, &says(broken));
    assert!(sentence.starts_with("data race: "), "{sentence}");
    for needed in words {
        assert!(sentence.contains(needed), "{needed:?} is not in {sentence:?}");
    }
    Checker::new().check(mended);
}

/// A fence, if there is to be one.
#[track_caller]
fn fence_if(order: Option<Ordering>) {
    if let Some(order) = order {
        fence(order);
    }
}

/// One thread writes and sets a flag; the other reads when it sees it.
fn message(store: Ordering, load: Ordering) {
    let shared = Arc::new(Shared::default());
    let other = Arc::clone(&shared);
    let writer = thread::spawn(move || {
        other.data.write();
        other.flag.store(1, store);
    });
    if shared.flag.load(load) == 1 {
        shared.data.read();
    }
    writer.join().unwrap();
}

const NO_RELEASE: &str = "store of `flag` at step 3 would have to be Release (it is Relaxed)";

#[test]
fn a_flag_has_to_be_set_with_release_and_read_with_acquire() {
    let mended = || message(Release, Acquire);
    assert_needs("relaxed_store", || message(Relaxed, Acquire), mended, &[NO_RELEASE]);
    let no_acquire = "main's load of `flag` at step 5 would have to be Acquire (it is Relaxed)";
    assert_needs("relaxed_load", || message(Release, Relaxed), mended, &[no_acquire]);
    let both = [NO_RELEASE, "and main's load of `flag` at step 5 Acquire (it is Relaxed)"];
    assert_needs("relaxed_store_and_load", || message(Relaxed, Relaxed), mended, &both);
}

/// A second thread sees the flag and sets another one, which the reader sees.
fn relayed(by_update: bool) {
    let shared = Arc::new(Shared::default());
    let (one, two) = (Arc::clone(&shared), Arc::clone(&shared));
    let writer = thread::spawn(move || {
        one.data.write();
        one.flag.store(1, Release);
    });
    let relay = thread::spawn(move || match by_update {
        true => _ = two.flag.compare_exchange(1, 2, Relaxed, Relaxed),
        false if two.flag.load(Relaxed) == 1 => two.flag.store(2, Relaxed),
        false => {}
    });
    if shared.flag.load(Acquire) == 2 {
        shared.data.read();
    }
    writer.join().unwrap();
    relay.join().unwrap();
}

#[test]
fn a_plain_store_ends_a_release_sequence() {
    let words = ["T2's store of `flag`", "a read-modify-write", "ends the release sequence"];
    assert_needs("release_sequence", || relayed(false), || relayed(true), &words);
}

/// As `message`, with fences before and after the store and after the load.
fn fenced([before, after, read]: [Option<Ordering>; 3]) {
    let shared = Arc::new(Shared::default());
    let other = Arc::clone(&shared);
    let writer = thread::spawn(move || {
        other.data.write();
        fence_if(before);
        other.flag.store(1, Relaxed);
        fence_if(after);
    });
    if shared.flag.load(Relaxed) == 1 {
        fence_if(read);
        shared.data.read();
    }
    writer.join().unwrap();
}

#[test]
fn a_fence_has_to_be_on_both_sides_and_on_the_right_one_of_the_store() {
    let mended = || fenced([Some(Release), None, Some(Acquire)]);
    let reader = || fenced([Some(Release), None, None]);
    assert_needs(
        "no_acquire_fence",
        reader,
        mended,
        &["main's load of `flag`", "or an Acquire fence after it"],
    );
    let writer = || fenced([None, None, Some(Acquire)]);
    assert_needs("no_release_fence", writer, mended, &[NO_RELEASE, "or a Release fence before it"]);
    let wrong_side = || fenced([None, Some(Release), Some(Acquire)]);
    assert_needs("fence_after_store", wrong_side, mended, &[NO_RELEASE, "or the fence at step 4 before it"]);
}

/// The last of two owners frees the data, as an `Arc` does.
fn counted(drop: Ordering, last: Option<Ordering>) {
    let shared = Arc::new(Shared::default());
    shared.flag.store(2, Relaxed);
    let owners: [_; 2] = std::array::from_fn(|_| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            shared.data.read();
            if shared.flag.fetch_sub(1, drop) == 1 {
                fence_if(last);
                shared.data.write();
            }
        })
    });
    owners.into_iter().for_each(|owner| owner.join().unwrap());
}

#[test]
fn the_last_owner_has_to_acquire_what_the_others_released() {
    let words = ["fetch_sub of `flag`", "AcqRel (it is Release), or an Acquire fence after it"];
    assert_needs(
        "count_without_acquire",
        || counted(Release, None),
        || counted(Release, Some(Acquire)),
        &words,
    );
    Checker::new().check(|| counted(AcqRel, None));
}

/// A spin lock around the data.
fn locked(unlock: Ordering) {
    let shared = Arc::new((Memory::default(), AtomicBool::new(false)));
    let users: [_; 2] = std::array::from_fn(|_| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            let (data, lock) = &*shared;
            while lock.compare_exchange(false, true, Acquire, Relaxed).is_err() {
                thread::yield_now();
            }
            data.write();
            lock.store(false, unlock);
        })
    });
    users.into_iter().for_each(|user| user.join().unwrap());
}

#[test]
fn a_spin_lock_has_to_be_given_back_with_release() {
    let words = ["store of `lock`", "would have to be Release (it is Relaxed)"];
    assert_needs("relaxed_unlock", || locked(Relaxed), || locked(Release), &words);
}

/// The flag is set before the data is written, or after.
fn announced(too_early: bool) {
    let shared = Arc::new(Shared::default());
    let other = Arc::clone(&shared);
    let writer = thread::spawn(move || {
        if too_early {
            other.flag.store(1, Release);
        }
        other.data.write();
        other.flag.store(1, Release);
    });
    if shared.flag.load(Acquire) == 1 {
        shared.data.read();
    }
    writer.join().unwrap();
}

#[test]
fn what_no_ordering_would_mend_is_told_without_advice() {
    let words = ["and nothing makes one wait for the other"];
    assert_needs("announced_too_early", || announced(true), || announced(false), &words);
}

/// As `message`, but the flag is set while the access still lasts, and something else is done before it ends.
fn handed_on_too_early(is_early: bool) {
    let shared = Arc::new(Shared::default());
    let other = Arc::clone(&shared);
    let writer = thread::spawn(move || {
        other.data.0.with_mut(|_| {
            if is_early {
                other.flag.store(1, Release);
                other.flag.fetch_add(0, Release);
            }
        });
        other.flag.store(1, Release);
    });
    if shared.flag.load(Acquire) == 1 {
        shared.data.read();
    }
    writer.join().unwrap();
}

/// A guard that gives back what it guards, and has still not ended its access.
fn given_back_before_its_end() {
    let shared = Arc::new(Shared::default());
    let other = Arc::clone(&shared);
    let writer = thread::spawn(move || {
        let access = other.data.0.get_mut_ptr();
        other.flag.store(1, Release);
        drop(access);
    });
    if shared.flag.load(Acquire) == 1 {
        shared.data.write();
    }
    writer.join().unwrap();
}

#[test]
fn an_access_lasts_until_its_closure_returns() {
    Checker::new().check(|| handed_on_too_early(false));
    Checker::new().check(given_back_before_its_end);
    let report = Checker::new().explore(|| handed_on_too_early(true));
    assert!(report.outcomes().any(|outcome| matches!(outcome, Outcome::DataRace { .. })), "{report}");
}

/// An atomic that is looked at by a plain access, which a store may come beside.
fn looked_at(is_joined: bool) {
    let value = Arc::new(AtomicUsize::new(0));
    let other = Arc::clone(&value);
    let writer = thread::spawn(move || other.store(1, Release));
    if is_joined {
        writer.join().unwrap();
    }
    // SAFETY: that is what the check finds out.
    let seen = unsafe { value.unsync_load() };
    assert!(!is_joined || seen == 1);
}

#[test]
fn a_plain_access_of_an_atomic_races_with_its_stores() {
    Checker::new().check(|| looked_at(true));
    let sentence = says(|| looked_at(false));
    let words = "data race: ";
    assert!(sentence.starts_with(words) && sentence.contains("main reads"), "{sentence}");
    assert!(sentence.contains("T1 writes"), "{sentence}");
}
