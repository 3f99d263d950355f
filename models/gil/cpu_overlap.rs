//! Steps that compute never overlap under one interpreter's lock, and can where there is none, or
//! one for each.

use super::{Interpreters, Setting};
use crate::models::most_at_once::MostAtOnce;
use crate::sync::Arc;
use crate::thread;
use std::time::Duration;

/// One lock for both threads: always `at most 1 at once`.
pub fn cpu_overlap_gil_on() -> String {
    compute_on_two_threads(Setting::Shared { switch_interval: Duration::ZERO })
}

/// No lock: `at most 1 at once` or `at most 2 at once`.
pub fn cpu_overlap_gil_off() -> String {
    compute_on_two_threads(Setting::Off)
}

/// A lock for each of the threads: `at most 1 at once` or `at most 2 at once`.
pub fn cpu_overlap_gil_per_interpreter() -> String {
    compute_on_two_threads(Setting::PerInterpreter { switch_interval: Duration::ZERO })
}

/// How many threads were inside a CPU step at once. A step ends before the check point: a thread that
/// hands over there is not computing.
fn compute_on_two_threads(setting: Setting) -> String {
    let interpreters = Interpreters::new(setting);
    let steps = Arc::new(MostAtOnce::default());
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let (interpreter, steps) = (interpreters.interpreter(), steps.clone());
            thread::spawn(move || {
                let attached = interpreter.attach();
                steps.pass();
                attached.check_point();
            })
        })
        .collect();
    for thread in threads {
        // The threads do not panic.
        let _ = thread.join();
    }
    steps.to_string()
}
