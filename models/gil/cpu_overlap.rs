//! Steps that compute never overlap under one interpreter's lock, and can where there is none, or
//! one for each.

use super::{Interpreters, Setting};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::thread;
use std::time::Duration;

/// One lock for both threads: always 1.
pub fn cpu_overlap_gil_on() -> usize {
    most_at_once(Setting::Shared { switch_interval: Duration::ZERO })
}

/// No lock: 1 or 2.
pub fn cpu_overlap_gil_off() -> usize {
    most_at_once(Setting::Off)
}

/// A lock for each of the threads: 1 or 2.
pub fn cpu_overlap_gil_per_interpreter() -> usize {
    most_at_once(Setting::PerInterpreter { switch_interval: Duration::ZERO })
}

/// The greatest number of threads seen inside a CPU step at once. A step ends before the check
/// point: a thread that hands over there is not computing.
fn most_at_once(setting: Setting) -> usize {
    let interpreters = Interpreters::new(setting);
    let most = Arc::new(AtomicUsize::new(0));
    let inside = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let (interpreter, most, inside) = (interpreters.interpreter(), most.clone(), inside.clone());
            thread::spawn(move || {
                let attached = interpreter.attach();
                let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                inside.fetch_sub(1, Ordering::SeqCst);
                attached.check_point();
            })
        })
        .collect();
    for thread in threads {
        // The threads do not panic.
        let _ = thread.join();
    }
    most.load(Ordering::SeqCst)
}
