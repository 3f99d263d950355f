//! Joining a thread waits for its end and gives its result. Reading a result without joining gives
//! whatever is there by then.

use crate::panic;
use crate::sync::{Arc, Mutex, PoisonError};
use crate::thread;

/// Always `results [0, failed(1)]`: a thread that panics fails alone.
pub fn join_gives_results() -> String {
    let threads: Vec<_> = (0..2)
        .map(|number: usize| {
            thread::spawn(move || {
                if number == 1 {
                    panic::resume_unwind(Box::new("1"));
                }
                number
            })
        })
        .collect();
    let results: Vec<_> = threads
        .into_iter()
        .map(|thread| match thread.join() {
            Ok(number) => number.to_string(),
            Err(payload) => format!("failed({})", panic::message(&*payload)),
        })
        .collect();
    format!("results [{}]", results.join(", "))
}

/// Broken: reads the results before it joins. `results [0, 1]`, or with one or both missing.
pub fn reads_before_joining() -> String {
    let results = Arc::new(Mutex::new([None; 2]));
    let threads: Vec<_> = (0..2)
        .map(|number| {
            let results = results.clone();
            thread::spawn(move || {
                results.lock().unwrap_or_else(PoisonError::into_inner)[number] = Some(number);
            })
        })
        .collect();
    let seen = *results.lock().unwrap_or_else(PoisonError::into_inner);
    for thread in threads {
        // The threads do not panic; they are joined so that none outlives the program.
        let _ = thread.join();
    }
    let shown = seen.map(|result| result.map_or("missing".to_string(), |number| number.to_string()));
    format!("results [{}]", shown.join(", "))
}
