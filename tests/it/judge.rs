//! `conccheck judge`: recorded histories in the forms of Jepsen, against the specifications that have a name.

use crate::cli::{assert_snapshot, conccheck, transcript};
use std::fs;
use std::process::Output;

/// The program in a folder with one log.
fn judge(log: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("history.log"), log).unwrap();
    let mut command = conccheck();
    command.args(["judge", "history.log"]).args(arguments).current_dir(folder.path());
    command.output().unwrap()
}

/// T1's write times out, and T2 reads twice, as JSON, as EDN and in Jepsen's own log.
fn after_a_timeout(reads: [u8; 2]) -> [String; 3] {
    let [first, second] = reads;
    let events = [
        ("0", "invoke", "write", "1"),
        ("1", "invoke", "read", "nil"),
        ("nemesis", "info", "kill", "nil"),
        ("1", "ok", "read", &first.to_string()),
        ("0", "info", "write", "1"),
        ("1", "invoke", "read", "nil"),
        ("1", "ok", "read", &second.to_string()),
    ];
    let json = events.map(|(process, kind, f, value)| {
        let process = process.parse::<u8>().map_or(format!("{process:?}"), |process| process.to_string());
        let value = value.replace("nil", "null");
        format!(r#"{{"process": {process}, "type": "{kind}", "f": "{f}", "value": {value}}}"#)
    });
    let edn = events.map(|(process, kind, f, value)| {
        let process = process.replace("nemesis", ":nemesis");
        format!("{{:process {process}, :type :{kind}, :f :{f}, :value {value}}}")
    });
    let log = events.map(|(process, kind, f, value)| {
        format!(
            "INFO  jepsen.util - {process}\t:{kind}\t:{f}\t{}",
            if kind == "info" { ":timed-out" } else { value }
        )
    });
    [json.join("\n"), edn.join("\n"), format!("INFO  jepsen.core - Running test\n{}\n", log.join("\n"))]
}

#[test]
fn an_operation_of_which_nobody_knows_happened_or_did_not() {
    // What was never written is nil, not 0; after the write it is 1.
    for log in after_a_timeout([1, 1]) {
        let output = judge(&log, &["--spec", "register"]);
        assert_eq!(output.status.code(), Some(0), "{log}\n{}", transcript(&output));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(text, "history.log   PASS: linearizable; 3 operations, 1 pending; 0 failed\n");
    }
    for log in after_a_timeout([1, 0]) {
        assert_eq!(judge(&log, &["--spec", "register"]).status.code(), Some(1), "{log}");
    }
}

/// Processes call and are answered: "0 ok read 3".
fn edn(events: &[&str]) -> String {
    let event = |event: &&str| {
        let [process, kind, f, value] = event.splitn(4, ' ').collect::<Vec<_>>()[..] else {
            panic!("{event}")
        };
        format!("{{:process {process}, :type :{kind}, :f :{f}, :value {value}}}\n")
    };
    events.iter().map(event).collect()
}

#[test]
fn each_specification_explains_what_its_object_does_and_nothing_else() {
    let queue = ["0 invoke enqueue 1", "0 ok enqueue 1", "0 invoke enqueue 2", "0 ok enqueue 2"];
    let first = ["1 invoke dequeue nil", "1 ok dequeue 1"];
    let last = ["1 invoke dequeue nil", "1 ok dequeue 2"];
    let of_a_stack = |text: &str| text.replace("enqueue", "push").replace("dequeue", "pop");
    let queue_first = edn(&[&queue[..], &first].concat());
    let queue_last = edn(&[&queue[..], &last].concat());
    let held = ["0 invoke acquire nil", "0 ok acquire nil", "1 invoke acquire nil"];
    let lock_right =
        edn(&[&held[..], &["0 invoke release nil", "0 ok release nil", "1 ok acquire nil"]].concat());
    let lock_wrong = edn(&[&held[..], &["1 ok acquire nil"]].concat());
    let exchange =
        ["0 invoke write 3", "0 ok write 3", "1 invoke cas [3 4]", "1 ok cas [3 4]", "0 invoke read nil"];
    let register_right = edn(&[&exchange[..], &["0 ok read 4"]].concat());
    let register_wrong = edn(&[&exchange[..], &["0 ok read 3"]].concat());
    for (spec, right, wrong) in [
        ("queue", &queue_first, &queue_last),
        ("stack", &of_a_stack(&queue_last), &of_a_stack(&queue_first)),
        ("lock", &lock_right, &lock_wrong),
        ("register", &register_right, &register_wrong),
    ] {
        assert_eq!(judge(right, &["--spec", spec]).status.code(), Some(0), "{spec}\n{right}");
        assert_eq!(judge(wrong, &["--spec", spec]).status.code(), Some(1), "{spec}\n{wrong}");
    }
    // What failed did not happen; and a process need not see what others wrote before.
    let failed = edn(&["0 invoke write 3", "0 fail write 3", "1 invoke read nil", "1 ok read nil"]);
    assert_eq!(judge(&failed, &["--spec", "register"]).status.code(), Some(0));
    let stale = edn(&["0 invoke write 3", "0 ok write 3", "1 invoke read nil", "1 ok read nil"]);
    assert_eq!(judge(&stale, &["--spec", "register"]).status.code(), Some(1));
    assert_eq!(judge(&stale, &["--spec", "register", "--criterion", "sequential"]).status.code(), Some(0));
    // Keys have a register each.
    let keyed =
        edn(&["0 invoke write [:x 3]", "0 ok write [:x 3]", "1 invoke read [:y nil]", "1 ok read [:y nil]"]);
    assert_eq!(judge(&keyed, &["--spec", "register", "--keyed"]).status.code(), Some(0));
}

#[test]
fn a_line_of_a_log_needs_no_value_and_no_tabs() {
    let log = "INFO x - 0 :invoke :acquire\nINFO x - 0 :ok  :acquire nil\nINFO x - 0\t:invoke\t:release\n\
               INFO x - 0\t:ok\t:release\t\nINFO x - 1 :invoke :acquire\nINFO x - 1 :ok :acquire\n";
    let output = judge(log, &["--spec", "lock"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text, "history.log   PASS: linearizable; 3 operations, 0 pending; 0 failed\n");
}

#[test]
fn what_does_not_fit_is_told_with_its_lines() {
    let [_, log, _] = after_a_timeout([1, 0]);
    assert_snapshot("judge", &transcript(&judge(&log, &["--spec", "register"])), &[]);
}

#[test]
fn wrong_logs_are_named_with_their_line_and_exit_2() {
    let mut all = String::new();
    for (log, arguments) in [
        ("", ""),
        ("no event", ""),
        ("{\"process\": 0}", ""),
        ("{\"process\": 0", ""),
        ("{:process 0", ""),
        ("{:process 0, :type :invoke}", ""),
        ("{:process 0, :type :begin, :f :read}", ""),
        ("{:process 0, :type :ok, :f :read, :value 3}", ""),
        ("{:process 0, :type :invoke, :f :write, :value 3}\n{:process 0, :type :ok, :f :read, :value 3}", ""),
        ("{:process 0, :type :invoke, :f :read}\n{:process 0, :type :invoke, :f :read}", ""),
        ("{:process 0, :type :invoke, :f :enqueue, :value 3}", ""),
        ("{:process 0, :type :invoke, :f :cas, :value 3}", ""),
        ("{:process 0, :type :invoke, :f :write, :value 3}", "--keyed"),
        ("INFO  jepsen.util - 0 :invoke", ""),
        ("{\"process\": 18446744073709551615, \"type\": \"invoke\", \"f\": \"read\"}", ""),
    ] {
        let mut given = vec!["--spec", "register"];
        given.extend(arguments.split_whitespace());
        let output = judge(log, &given);
        assert_eq!(output.status.code(), Some(2), "{log}");
        all += &format!("{log}\n{}\n", String::from_utf8_lossy(&output.stderr));
    }
    let output = conccheck().args(["judge", "no-such.log", "--spec", "register"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    all += &String::from_utf8_lossy(&output.stderr);
    assert_snapshot("judge_errors", &all, &[]);
}

#[test]
fn a_log_that_cannot_be_judged_does_not_keep_others_from_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.edn"), &after_a_timeout([1, 1])[1]).unwrap();
    fs::write(folder.path().join("bad.edn"), "bad").unwrap();
    let mut command = conccheck();
    command.args(["judge", "bad.edn", "good.edn", "--spec", "register"]).current_dir(folder.path());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("good.edn   PASS: "));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: bad.edn:1: "));
}
