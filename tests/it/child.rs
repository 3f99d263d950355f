//! A test of this binary run once more, in a process of its own: to see how it fails, and how it replays.

use std::process::Command;

/// Whether the test called `test` passes when `CONCCHECK_TEST` is `checks` and it is asked to replay `token`; and
/// what it says.
pub fn child(test: &str, checks: &str, token: Option<&str>) -> (bool, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads", "2"]);
    command.env("CONCCHECK_TEST", checks).env_remove("CONCCHECK_REPLAY");
    if let Some(token) = token {
        command.env("CONCCHECK_REPLAY", token);
    }
    let output = command.output().unwrap();
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    (output.status.success(), text)
}
