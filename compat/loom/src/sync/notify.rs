//! A flag that one thread waits for. It is a channel of nothings, because what a channel orders is all that this orders:
//! whoever notifies comes before whoever is let go on by that, and nothing else.

use conccheck::sync::mpsc::{Receiver, Sender, channel};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Lets one thread wait until another notifies it, now or before.
///
/// ```
/// use loom::{sync::{Arc, Notify}, thread};
///
/// loom::model(|| {
///     let ready = Arc::new(Notify::new());
///     let other = thread::spawn({ let ready = ready.clone(); move || ready.notify() });
///     ready.wait();
///     other.join().unwrap();
/// });
/// ```
#[derive(Debug)]
pub struct Notify {
    sender: Sender<()>,
    receiver: Receiver<()>,
    is_waited_for: AtomicBool,
}

// SAFETY: the ends of the channel are used in a model only, all of whose threads are of one thread of the system.
unsafe impl Sync for Notify {}

impl Notify {
    /// Nobody has notified yet.
    ///
    /// # Panics
    /// Outside of a model.
    #[track_caller]
    pub fn new() -> Notify {
        crate::model::expect("a Notify is made");
        let (sender, receiver) = channel();
        Notify { sender, receiver, is_waited_for: AtomicBool::new(false) }
    }

    /// Lets the one who waits go on, or the next who will.
    #[allow(clippy::missing_panics_doc, reason = "as long as this is there, its channel has both ends")]
    #[track_caller]
    pub fn notify(&self) {
        self.sender.send(()).expect(BOTH_ENDS);
    }

    /// Waits until somebody has notified.
    ///
    /// # Panics
    /// If another thread waits already.
    #[track_caller]
    pub fn wait(&self) {
        assert!(!self.is_waited_for.swap(true, Relaxed), "only a single thread may wait on `Notify`");
        self.receiver.recv().expect(BOTH_ENDS);
        // Several notifications are as one.
        while self.receiver.try_recv().is_ok() {}
        self.is_waited_for.store(false, Relaxed);
    }
}

const BOTH_ENDS: &str = "both ends of the channel are here";

impl Default for Notify {
    #[track_caller]
    fn default() -> Self {
        Notify::new()
    }
}
