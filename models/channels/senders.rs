//! Senders of one channel. Each one's messages arrive in its order; those of different ones in any.

use crate::models::spawned::{join, join_all};
use crate::sync::mpsc::{self, Receiver};
use crate::thread::{self, JoinHandle};

/// `senders` threads that send two messages each.
pub fn mpsc(senders: usize) -> String {
    unbounded(senders, 2)
}

/// `senders` threads that send one message each.
pub fn mpsc_singles(senders: usize) -> String {
    unbounded(senders, 1)
}

/// `senders` threads that send two messages each through a channel with room for one.
pub fn mpsc_bounded(senders: usize) -> String {
    let (sender, receiver) = mpsc::sync_channel(1);
    let threads = (0..senders)
        .map(|number| {
            let sender = sender.clone();
            thread::spawn(move || (0..2).for_each(|message| sender.send((number, message)).unwrap()))
        })
        .collect();
    received(receiver, threads, senders, 2)
}

fn unbounded(senders: usize, each: usize) -> String {
    let (sender, receiver) = mpsc::channel();
    let threads = (0..senders)
        .map(|number| {
            let sender = sender.clone();
            thread::spawn(move || (0..each).for_each(|message| sender.send((number, message)).unwrap()))
        })
        .collect();
    received(receiver, threads, senders, each)
}

/// A sender and the number of its message.
type Message = (usize, usize);

fn received(
    receiver: Receiver<Message>,
    threads: Vec<JoinHandle<()>>,
    senders: usize,
    each: usize,
) -> String {
    let receiver = thread::spawn(move || {
        (0..senders * each).map(|_| receiver.recv().unwrap()).collect::<Vec<Message>>()
    });
    join_all(threads);
    let messages = join(receiver);
    let of =
        |number| messages.iter().filter(move |(sender, _)| *sender == number).map(|(_, message)| *message);
    let in_order = (0..senders).all(|number| of(number).eq(0..each));
    if in_order { "each one's in order" } else { "out of order" }.to_string()
}
