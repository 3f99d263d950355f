//! The parent, as a child process sees it: whether it is still there.

/// Has this process end when the one that started it is gone, also in the middle of a long job: nobody
/// waits for that any more. Called by a worker before [`Pipe::stdio`](super::Pipe::stdio), in which it
/// greets. A parent that is gone already cannot have been greeted and so has sent nothing to do: that
/// the pipe is closed tells it all.
///
/// Where a worker is started through another program that stays, such as a script, that one is meant.
#[cfg(unix)]
pub fn end_with_parent() {
    use std::os::unix::process::parent_id;
    use std::thread;
    use std::time::Duration;

    /// How often the worker looks whether its parent is still there.
    const PARENT_CHECK: Duration = Duration::from_millis(50);

    let parent = parent_id();
    let watch = move || {
        while parent_id() == parent {
            thread::sleep(PARENT_CHECK);
        }
        std::process::exit(1);
    };
    // Without the watch a worker still ends, when its job does.
    let _ = thread::Builder::new().name("parent watch".to_string()).spawn(watch);
}

/// Does nothing where no parent is known: a worker whose parent is gone ends when its job does.
#[cfg(not(unix))]
pub fn end_with_parent() {}
