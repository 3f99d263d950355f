//! The other way in: conccheck starts itself as the worker processes of the `processes` model.
//! What such a worker does is the model's; that it ends with its parent is seen to here.

use super::Exit;
use crate::models::processes;
use std::thread;
use std::time::Duration;

/// How often a worker looks whether the process that started it is still there.
const PARENT_CHECK: Duration = Duration::from_millis(50);

/// Serves the process that started this one as a worker and does not come back; returns at once if
/// none did. To be called before anything else.
///
/// A worker ends when its stdin does, and also in the middle of a long job when whoever waits for it
/// is gone: an interrupted run leaves nothing behind.
pub fn serve_if_worker() {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == processes::WORKER_ARGUMENT) {
        end_with_parent();
        processes::serve_if_worker(processes::FUNCTIONS);
    }
}

#[cfg(unix)]
fn end_with_parent() {
    use std::os::unix::process::parent_id;
    let parent = parent_id();
    let watch = move || {
        while parent_id() == parent {
            thread::sleep(PARENT_CHECK);
        }
        std::process::exit(Exit::Interrupted as i32);
    };
    // Without the watch a worker still ends, when its job does.
    let _ = thread::Builder::new().name("parent watch".to_string()).spawn(watch);
}

#[cfg(not(unix))]
fn end_with_parent() {}
