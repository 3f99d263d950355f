//! A counting semaphore: permits, counted under a mutex; whoever finds none waits for a notification and looks
//! again.

use super::{ConcurrentObject, SeededFault, object};
use crate::property::Object;
use crate::sync::{Condvar, Mutex};

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "semaphore",
    about: "permits that are waited for",
    check: || semaphore(None).run(),
    clients: &[],
    faults: &[
        SeededFault::new("looks_once", "whoever was woken takes a permit without looking again", || {
            semaphore(Some(Fault::LooksOnce)).run()
        }),
        SeededFault::new(
            "wakes_the_first_only",
            "release wakes somebody only if there was no permit before",
            || semaphore(Some(Fault::WakesTheFirstOnly)).run(),
        )
        .needs(3, 4, "two wait, and a third task releases twice before either of them has woken"),
        SeededFault::new(
            "looks_then_waits",
            "acquire lets go of the mutex between looking and waiting",
            || semaphore(Some(Fault::LooksThenWaits)).run(),
        ),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    LooksOnce,
    WakesTheFirstOnly,
    LooksThenWaits,
}

fn semaphore(fault: Option<Fault>) -> Object<Semaphore, usize> {
    let specified_acquire = |permits: &mut usize| permits.checked_sub(1).map(|left| *permits = left);
    object(move || Semaphore::new(fault), || 0)
        .blocking("acquire", Semaphore::acquire, specified_acquire)
        .operation("release", Semaphore::release, |permits| *permits += 1)
        .prefix_max(0)
        .scenarios(400)
}

struct Semaphore {
    permits: Mutex<usize>,
    /// Notified for each permit.
    released: Condvar,
    fault: Option<Fault>,
}

impl Semaphore {
    fn new(fault: Option<Fault>) -> Self {
        Semaphore { permits: Mutex::default(), released: Condvar::new(), fault }
    }

    fn acquire(&self) {
        let mut permits = self.permits.lock().unwrap();
        while *permits == 0 {
            if self.fault == Some(Fault::LooksThenWaits) {
                drop(permits);
                permits = self.permits.lock().unwrap();
            }
            permits = self.released.wait(permits).unwrap();
            if self.fault == Some(Fault::LooksOnce) {
                break;
            }
        }
        *permits = permits.checked_sub(1).expect("a permit is there");
    }

    fn release(&self) {
        let mut permits = self.permits.lock().unwrap();
        *permits += 1;
        if self.fault != Some(Fault::WakesTheFirstOnly) || *permits == 1 {
            self.released.notify_one();
        }
    }
}
