//! What a crate of somebody else sees, whose dependency conccheck is: it checks its own queue as the README says, finds
//! its bug, and replays it; what `cargo test` shows of checks that cannot pass in silence; and what it has to build.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const MANIFEST: &str = r#"
[package]
name = "NAME"
version = "0.1.0"
edition = "2024"

[dependencies]
conccheck = { path = "@", default-features = false }

[dev-dependencies]
conccheck = { path = "@", default-features = false, features = ["property"] }

[workspace]
"#;

/// A program with an input, appended to the README's code: with two adders or more an update can be lost.
const WITH_AN_INPUT: &str = r#"
#[cfg(test)]
mod inputs {
    use conccheck::sync::{Arc, Mutex};
    use conccheck::{Checker, thread};

    #[test]
    fn every_adder_counts() {
        Checker::new().for_all(1..5_u32, |adders| {
            let total = Arc::new(Mutex::new(0));
            let add = |_| {
                let total = Arc::clone(&total);
                thread::spawn(move || {
                    let seen = *total.lock().unwrap();
                    *total.lock().unwrap() = seen + 1;
                })
            };
            let threads: Vec<_> = (0..adders).map(add).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            assert_eq!(*total.lock().unwrap(), adders);
        });
    }
}
"#;

/// The README's Rust code that has `text` in it.
fn readme_code(text: &str) -> String {
    let readme = include_str!("../../README.md");
    let blocks = readme.split("```rust\n").skip(1).filter_map(|block| block.split("```").next());
    blocks.filter(|code| code.contains(text)).map(str::to_string).next().expect("the README has such code")
}

/// Makes the crate in `folder`, with `code` as its library. (One name in two folders is one crate to cargo.)
fn make(folder: &Path, name: &str, code: &str) {
    let here = env!("CARGO_MANIFEST_DIR");
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("Cargo.toml"), MANIFEST.replace('@', here).replace("NAME", name)).unwrap();
    // The same versions as ours, which are there.
    fs::copy(Path::new(here).join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    fs::write(folder.join("src/lib.rs"), code).unwrap();
}

fn cargo_test(folder: &Path, test: &str, replay: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command.args(["test", "--offline", "--lib", test]).current_dir(folder);
    // Kept, so that only the first run of these tests builds conccheck once more.
    command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside"));
    command.env_remove("CONCCHECK_REPLAY").env("RUST_BACKTRACE", "0");
    command.env("PROPTEST_RNG_SEED", "1");
    if let Some(token) = replay {
        command.env("CONCCHECK_REPLAY", token);
    }
    command.output().unwrap()
}

/// What the test itself said.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let from = text.find("FAIL: ").or_else(|| text.find("FAIL under"));
    let from = from.unwrap_or_else(|| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)));
    let to = text[from..].find("note: run with").map_or(text.len(), |at| from + at);
    text[from..to].to_string()
}

const QUEUE: &str = "tests::the_queue_is_linearizable";
const ADDERS: &str = "inputs::every_adder_counts";

/// Of a program with an input. (The queue's seed would fail it too, and be known, so it is forgotten.)
fn the_smallest_input_is_found_and_replayed(folder: &Path) {
    fs::remove_file(folder.join("proptest-regressions/lib.txt")).unwrap();
    let failed = said(&cargo_test(folder, ADDERS, None));
    tell!("{failed}");
    assert!(failed.contains("atomicity violation: T1 gives `total` back"), "{failed}");
    let (_, replay) = failed.split_once("replay: CONCCHECK_REPLAY=").expect("it says how to replay");
    let (token, name) = replay.lines().next().unwrap().split_once(" cargo test ").unwrap();
    assert_eq!(name, ADDERS);
    let replayed = cargo_test(folder, ADDERS, Some(token));
    let text = String::from_utf8_lossy(&replayed.stdout).into_owned();
    assert!(text.contains("for the input 2:") && text.contains("atomicity violation"), "{text}");
    let remembered = fs::read_to_string(folder.join("proptest-regressions/lib.txt")).unwrap();
    assert!(remembered.contains(&format!("shrinks to 2, replay: CONCCHECK_REPLAY={token}")), "{remembered}");
}

#[test]
fn a_crate_of_its_own_finds_its_bug_shows_it_replays_it_and_passes_when_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let code = readme_code("the_queue_is_linearizable");
    make(folder, "queue", &(code.clone() + WITH_AN_INPUT));

    let failed = cargo_test(folder, QUEUE, None);
    assert_eq!(failed.status.code(), Some(101));
    let text = said(&failed);
    tell!("{text}");
    let (witness, replay) = text.split_once("replay: CONCCHECK_REPLAY=").expect("it says how to replay");
    assert!(witness.starts_with("FAIL: not linearizable; shrunk from "), "{witness}");
    assert!(witness.contains("pop() → None does not fit"), "{witness}");
    assert!(witness.contains("src/lib.rs"), "{witness}");

    // The very execution again.
    let (token, name) = replay.lines().next().unwrap().split_once(" cargo test ").unwrap();
    assert_eq!(name, QUEUE);
    let replayed = said(&cargo_test(folder, QUEUE, Some(token)));
    let lanes = &witness[witness.find("\n\n").unwrap()..];
    assert!(replayed.contains(lanes.trim()), "{replayed}\nis not\n{lanes}");

    // It is remembered, and tried first.
    let remembered = fs::read_to_string(folder.join("proptest-regressions/lib.txt")).unwrap();
    assert!(remembered.contains(token), "{remembered}");
    let again = said(&cargo_test(folder, QUEUE, None));
    assert_eq!(again.split("; shrunk").next(), text.split("; shrunk").next());

    the_smallest_input_is_found_and_replayed(folder);

    // Mended, it passes, and the token says that it is no longer the same code.
    let mended = code.replace(
        "        self.items.lock().unwrap().push_back(item);\n        self.len.fetch_add(1, SeqCst);",
        "        let mut items = self.items.lock().unwrap();\n        items.push_back(item);\n        self.len.fetch_add(1, SeqCst);",
    );
    let mended = mended.replace(
        "        let item = self.items.lock().unwrap().pop_front()?;\n",
        "        let mut items = self.items.lock().unwrap();\n        let item = items.pop_front()?;\n",
    );
    assert_ne!(mended, code);
    make(folder, "queue", &mended);
    let passed = cargo_test(folder, QUEUE, None);
    assert!(passed.status.success(), "{}", String::from_utf8_lossy(&passed.stdout));
    let stale = cargo_test(folder, QUEUE, Some(token));
    assert_eq!(stale.status.code(), Some(101));
    let text = String::from_utf8_lossy(&stale.stdout).into_owned();
    assert!(text.contains("CONCCHECK_REPLAY cannot be replayed: diverged at step"), "{text}");
}

/// What a check cannot pass in silence: it did not see everything; a guard is alive where an assertion fails; a lock is
/// std's.
const NOT_SILENT: &str = r#"
#[cfg(test)]
mod tests {
    use conccheck::sync::{Arc, Mutex, atomic::{AtomicU32, Ordering::SeqCst}};
    use conccheck::{Checker, thread};

    #[test]
    fn cut() {
        let visits = || {
            let visits = Arc::new(AtomicU32::new(0));
            let others: Vec<_> = (0..5)
                .map(|_| Arc::clone(&visits))
                .map(|visits| thread::spawn(move || visits.fetch_add(1, SeqCst)))
                .collect();
            others.into_iter().for_each(|other| assert!(other.join().unwrap() < 5));
        };
        Checker::new().executions_max(100).check(visits);
    }

    #[test]
    fn guard_alive() {
        conccheck::check(|| {
            let total = Arc::new(Mutex::new(0));
            let other = thread::spawn({
                let total = Arc::clone(&total);
                move || *total.lock().unwrap() += 1
            });
            {
                let total = total.lock().unwrap();
                assert_eq!(*total, 0, "nobody was here before");
            }
            other.join().unwrap();
        });
    }

    #[test]
    fn stds_lock() {
        let total = || {
            let total = Arc::new(std::sync::Mutex::new(AtomicU32::new(0)));
            let other = thread::spawn({
                let total = Arc::clone(&total);
                move || total.lock().unwrap().fetch_add(1, SeqCst)
            });
            total.lock().unwrap().fetch_add(1, SeqCst);
            other.join().unwrap();
        };
        Checker::new().time_max(std::time::Duration::from_secs(2)).check(total);
    }
}
"#;

#[test]
fn what_a_check_cannot_pass_in_silence_is_seen_in_the_output_of_cargo_test() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), "not_silent", NOT_SILENT);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/outside");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"finished in [0-9.]+s", "finished in [time]");
    settings.add_filter(r"\([0-9]+\) panicked at", "([thread]) panicked at");
    settings.add_filter(r"cc1-[0-9a-z]+", "[token]");
    settings.bind(|| {
        for test in ["cut", "guard_alive", "stds_lock"] {
            let output = cargo_test(folder.path(), test, None);
            let [harness, told] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
            let of_cargo = |line: &&str| line.starts_with("   ") || line.starts_with("error: test failed");
            let told: Vec<&str> = told.lines().filter(|line| !of_cargo(line)).collect();
            insta::assert_snapshot!(test, format!("{}\n{}", told.join("\n"), harness.trim()).trim());
        }
    });
}

#[test]
fn without_check_nothing_more_is_built_and_with_it_no_tokio() {
    let dependencies = |features: &str| {
        let mut command = Command::new(env!("CARGO"));
        command.args(["tree", "--offline", "--locked", "--prefix", "none", "--edges", "normal,build"]);
        command.args(["--no-default-features", "--features", features]);
        let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().skip(1).map(str::to_string).collect::<Vec<_>>()
    };
    let has_tokio = |features| dependencies(features).iter().any(|package| package.starts_with("tokio "));
    assert_eq!(dependencies(""), Vec::<String>::new());
    assert!(dependencies("check").len() > 5 && !has_tokio("check"));
    assert!(has_tokio("tokio") && has_tokio("check,tokio"));
}
