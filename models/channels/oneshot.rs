//! A request with a channel for its one answer. A request that is cancelled gets none: its channel is
//! dropped, which whoever waits for the answer has to be ready for.

use crate::models::spawned::join;
use crate::sync::Arc;
use crate::sync::atomic::{AtomicBool, Ordering::SeqCst};
use crate::sync::mpsc::{self, RecvError};
use crate::thread;

/// `answered` or `cancelled`.
pub fn oneshot() -> String {
    request(|answer| answer.map_or("cancelled", |()| "answered"))
}

/// Broken: is not ready for it, and panics.
pub fn oneshot_dropped() -> String {
    request(|answer| {
        answer.expect("an answer");
        "answered"
    })
}

fn request(conclude: fn(Result<(), RecvError>) -> &'static str) -> String {
    let cancelled = Arc::new(AtomicBool::new(false));
    let (answer, answered) = mpsc::channel();
    let server = {
        let cancelled = Arc::clone(&cancelled);
        thread::spawn(move || {
            if !cancelled.load(SeqCst) {
                // Whoever asked may have given up.
                let _ = answer.send(());
            }
        })
    };
    cancelled.store(true, SeqCst);
    let conclusion = conclude(answered.recv());
    join(server);
    conclusion.to_string()
}
