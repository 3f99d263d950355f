//! A device driver that is stopped while a request arrives (Qadeer and Wu, 2004). Requests are counted,
//! and the driver has stopped when the last one has ended and none can begin.

use crate::models::spawned::{join_all, spawn};
use crate::sync::atomic::{AtomicBool, Ordering::SeqCst};
use crate::sync::{Arc, Mutex};

struct Driver {
    /// Requests under way, and one for the driver itself.
    pending: Mutex<i32>,
    stopping: AtomicBool,
    all_ended: AtomicBool,
    stopped: AtomicBool,
}

impl Driver {
    fn new() -> Self {
        Driver {
            pending: Mutex::new(1),
            stopping: AtomicBool::new(false),
            all_ended: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        }
    }

    fn count(&self) {
        *self.pending.lock().unwrap() += 1;
    }

    fn end(&self) {
        let mut pending = self.pending.lock().unwrap();
        *pending -= 1;
        let left = *pending;
        drop(pending);
        if left == 0 {
            self.all_ended.store(true, SeqCst);
        }
    }

    fn stop(&self) {
        self.stopping.store(true, SeqCst);
        self.end();
        if self.all_ended.load(SeqCst) {
            self.stopped.store(true, SeqCst);
        }
    }

    fn serve(&self) {
        assert!(!self.stopped.load(SeqCst), "a request is served after the driver has stopped");
    }
}

/// A request is counted before it looks whether it is too late.
pub fn bluetooth_driver() -> String {
    request_and_stop(|driver| {
        driver.count();
        if !driver.stopping.load(SeqCst) {
            driver.serve();
        }
        driver.end();
    })
}

/// Broken: a request looks whether it is too late, and counts then.
pub fn bluetooth_driver_bad() -> String {
    request_and_stop(|driver| {
        if !driver.stopping.load(SeqCst) {
            driver.count();
            driver.serve();
        }
        driver.end();
    })
}

fn request_and_stop(request: fn(&Driver)) -> String {
    let driver = Arc::new(Driver::new());
    let stop = spawn(&driver, Driver::stop);
    let request = spawn(&driver, request);
    join_all(vec![stop, request]);
    "served in time or not at all".to_string()
}
