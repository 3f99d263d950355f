//! Two threads that send each other two messages before they receive any. It takes channels with room for
//! two; with room for one, each waits for the other to receive.

use crate::models::spawned::join;
use crate::sync::mpsc::{self, Receiver, SyncSender};
use crate::thread;

/// Room for two messages each way.
pub fn crossing() -> String {
    with_capacity(2)
}

/// Broken: room for one.
pub fn crossing_full() -> String {
    with_capacity(1)
}

fn with_capacity(capacity: usize) -> String {
    let (to_other, of_first) = mpsc::sync_channel(capacity);
    let (to_first, of_other) = mpsc::sync_channel(capacity);
    let first = thread::spawn(move || send_then_receive(&to_other, &of_other));
    let other = thread::spawn(move || send_then_receive(&to_first, &of_first));
    format!("received {} and {}", join(first), join(other))
}

fn send_then_receive(sender: &SyncSender<usize>, receiver: &Receiver<usize>) -> usize {
    for message in 0..2 {
        sender.send(message).unwrap();
    }
    (0..2).filter(|_| receiver.recv().is_ok()).count()
}
