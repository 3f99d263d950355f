//! An exploration whose task blocks the thread: in a lock, a channel, a sleep or a loop over an atomic that is not
//! conccheck's. Nobody else can go on then, and nothing inside can say so; whoever waits for the exploration does.

use super::witness::is_in_runtime;
use crate::engine::Pulse;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// A task that does nothing for this long is stuck, as far as anyone can tell; with a limit on the time, as long as that.
const PATIENCE: Duration = Duration::from_secs(5);
const PATIENCE_LEAST: Duration = Duration::from_secs(1);
/// It is looked at so often in that time, so that a machine that stands still meanwhile does not count.
const LOOKS: u32 = 10;

/// What `act` comes to on a thread of its own.
///
/// # Errors
/// When the execution there does not go on: says where it is. The thread is left behind.
pub(super) fn watched<R: Send + 'static>(
    pulse: &Pulse,
    time_max: Option<Duration>,
    act: impl FnOnce() -> R + Send + 'static,
) -> Result<R, String> {
    let result = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&result);
    wait_for(pulse, time_max, Box::new(move || *lock(&slot) = Some(act())))?;
    let result = lock(&result).take();
    Ok(result.expect("it has come to its end"))
}

/// Waits until `act` has come to its end.
fn wait_for(pulse: &Pulse, time_max: Option<Duration>, act: Box<dyn FnOnce() + Send>) -> Result<(), String> {
    let patience = time_max.map_or(PATIENCE, |time_max| time_max.clamp(PATIENCE_LEAST, PATIENCE));
    let (sender, ended) = mpsc::channel();
    let thread = thread::spawn(move || {
        act();
        let _ = sender.send(());
    });
    let (mut last, mut looks) = (None, 0);
    loop {
        match ended.recv_timeout(patience / LOOKS) {
            Ok(()) => {
                thread.join().expect("it has come to its end");
                return Ok(());
            }
            Err(RecvTimeoutError::Disconnected) => {
                // Nothing of the program gets here, so it is a defect of ours.
                let payload = thread.join().expect_err("it has no end");
                std::panic::resume_unwind(payload);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        let now = pulse.now();
        looks = if now.is_some() && now == last { looks + 1 } else { 0 };
        last = now;
        if let Some(beat) = now.filter(|_| looks >= LOOKS) {
            let since = match beat.place {
                None => "it began".to_string(),
                Some(place) if is_in_runtime(place) => "it went on with an async task".to_string(),
                Some(place) => format!("what it did at {place}"),
            };
            return Err(format!("{} has done nothing for {patience:?}, since {since}; {WHY}", beat.task));
        }
    }
}

fn lock<R>(slot: &Mutex<Option<R>>) -> MutexGuard<'_, Option<R>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

const WHY: &str = "it waits for what conccheck does not see, or computes for that long: inside a check locks, channels, \
                   sleeps and atomics have to be those of conccheck (conccheck::sync where std::sync is imported, \
                   conccheck::thread where std::thread is)";
