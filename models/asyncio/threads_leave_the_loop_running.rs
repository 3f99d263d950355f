//! A call that blocks does not block the loop if it is made on a thread.

use super::{create_task, run, to_thread};
use crate::sync::mpsc;

/// A call that waits for what another task sends.
pub fn the_loop_goes_on() -> String {
    run(async {
        let (sender, receiver) = mpsc::channel();
        let sending = create_task(async move { sender.send(7).is_ok() });
        let received = to_thread(move || receiver.recv()).await;
        format!("received {received:?}, sent {:?}", sending.await)
    })
}

/// The same with a task that is wrong: it blocks, and so does the loop with the task that would send.
pub fn the_loop_is_blocked() -> String {
    run(async {
        let (sender, receiver) = mpsc::channel();
        let sending = create_task(async move { sender.send(7).is_ok() });
        let received = receiver.recv();
        format!("received {received:?}, sent {:?}", sending.await)
    })
}
