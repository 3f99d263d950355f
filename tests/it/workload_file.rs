//! A workload file that is wrong is refused with its name, the place and what would be right.

use crate::cli::{assert_snapshot, conccheck};
use conccheck::models::workload::{Sharing, Step, Workload};
use std::fs;
use std::path::Path;
use std::time::Duration;

#[test]
fn a_file_says_all_that_a_workload_can_be() {
    let text = r#"
        name = "thumbnails"
        about = "pictures of five pages"
        workers = 3
        [[jobs]]
        name = "page"
        count = 2
        steps = [{ io = 1 }, { io = 0.5 }, { cpu = 5000000 }]
        [[jobs]]
        steps = [{ shared = { cell = "hits", add = -1, how = "racy" } }, { fail = "no route" }]
    "#;
    let workload = Workload::from_toml(text.as_bytes(), "file").expect("a workload");
    assert_eq!(workload.name, "thumbnails");
    assert_eq!(workload.workers, Some(3));
    let names: Vec<&str> = workload.jobs.iter().map(|job| job.name.as_str()).collect();
    assert_eq!(names, ["page 1", "page 2", "job"]);
    let io = |seconds| Step::Io(Duration::from_secs_f64(seconds));
    assert_eq!(workload.jobs[1].steps, [io(1.0), io(0.5), Step::Cpu(5_000_000)]);
    let update = Step::Shared { cell: "hits".to_string(), add: -1, sharing: Sharing::Racy };
    assert_eq!(workload.jobs[2].steps, [update, Step::Fail("no route".to_string())]);
}

/// Files that are no workloads, by what is wrong with them.
const WRONG: [(&str, &[u8]); 29] = [
    ("empty", b""),
    ("no_jobs", b"name = \"x\"\njobs = []\n"),
    ("not_toml", b"[[jobs]]\nsteps = [ { io = 1 }\nname = 3"),
    ("not_utf8", b"name = \"caf\xe9\""),
    ("wrong_type_of_jobs", b"jobs = 3"),
    ("wrong_type_of_steps", b"[[jobs]]\nsteps = \"io\""),
    ("wrong_type_of_name", b"name = 3\n[[jobs]]\nsteps = [{ io = 0 }]"),
    ("wrong_type_of_io", b"[[jobs]]\nsteps = [{ io = \"1 s\" }]"),
    ("wrong_type_of_cpu", b"[[jobs]]\nsteps = [{ cpu = 1.5 }]"),
    ("negative_cpu", b"[[jobs]]\nsteps = [{ cpu = -5 }]"),
    ("unknown_step", b"[[jobs]]\nsteps = [{ io = 1 }, { oi = 1.0 }]"),
    ("two_steps_in_one", b"[[jobs]]\nsteps = [{ io = 1, cpu = 1 }]"),
    ("no_step", b"[[jobs]]\nsteps = [{}]"),
    ("unknown_key", b"worker = 3\n[[jobs]]\nsteps = [{ io = 0 }]"),
    ("unknown_key_of_job", b"[[jobs]]\nstep = []"),
    ("negative_duration", b"[[jobs]]\nsteps = [{ io = -0.5 }]"),
    ("duration_nan", b"[[jobs]]\nsteps = [{ io = nan }]"),
    ("duration_infinite", b"[[jobs]]\nsteps = [{ io = inf }]"),
    ("duration_absurd", b"[[jobs]]\nsteps = [{ io = 1e12 }]"),
    ("zero_workers", b"workers = 0\n[[jobs]]\nsteps = [{ io = 0 }]"),
    ("zero_count", b"[[jobs]]\ncount = 0\nsteps = [{ io = 0 }]"),
    ("huge_count", b"[[jobs]]\ncount = 9999999999\nsteps = [{ io = 0 }]"),
    ("unknown_sharing", b"[[jobs]]\nsteps = [{ shared = { cell = \"a\", add = 1, how = \"fast\" } }]"),
    ("no_steps", b"[[jobs]]\nsteps = [{ io = 1 }]\n\n[[jobs]]\nname = \"b\"\n"),
    ("empty_steps", b"[[jobs]]\nsteps = []"),
    ("control_character", b"name = \"a\\tb\"\n[[jobs]]\nsteps = [{ io = 0 }]"),
    ("huge_wait", b"[[jobs]]\nsteps = [{ io = 1e300 }]"),
    ("huge_cpu", b"[[jobs]]\nsteps = [{ cpu = 99999999999999999999999999999999999999999 }]"),
    ("empty_name", b"name = \"\"\n[[jobs]]\nsteps = [{ io = 0 }]"),
];

#[test]
fn a_wrong_file_is_refused_with_the_place_and_exit_2() {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, bytes) in WRONG {
        fs::write(directory.path().join(format!("{name}.toml")), bytes).expect("a file");
    }
    fs::create_dir(directory.path().join("directory.toml")).expect("a directory");
    let all: Vec<&str> = WRONG.iter().map(|(name, _)| *name).chain(["directory", "missing"]).collect();
    let mut messages = String::new();
    for name in all {
        let run = conccheck().current_dir(directory.path()).args(["run", &format!("{name}.toml")]).output();
        let output = run.expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{name}");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains(name), "{message:?} names the file");
        messages += &message;
    }
    let large = directory.path().join("large.toml");
    fs::File::create(&large).and_then(|file| file.set_len(1_000_001)).expect("a file");
    for (path, why) in [(large.as_path(), "at most 1000000"), (Path::new("/dev/zero"), "is a device")] {
        let output = conccheck().arg("run").arg(path).output().expect("the program starts");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && message.contains(why), "{message}");
    }
    assert_snapshot("wrong_files", &messages, &[]);
}
