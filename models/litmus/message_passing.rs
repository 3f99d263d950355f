//! A message is written and then announced. Who has seen the announcement sees the message.

use crate::models::spawned::{join, spawn};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

#[derive(Default)]
struct Message {
    content: AtomicUsize,
    announced: AtomicUsize,
}

/// Never `announced 1, content 0`.
pub fn message_passing() -> String {
    pass(|message| {
        message.content.store(1, SeqCst);
        message.announced.store(1, SeqCst);
    })
}

/// Broken: announced before it is written.
pub fn announced_too_early() -> String {
    pass(|message| {
        message.announced.store(1, SeqCst);
        message.content.store(1, SeqCst);
    })
}

fn pass(write: fn(&Message)) -> String {
    let message = Arc::new(Message::default());
    let writer = spawn(&message, write);
    let reader = spawn(&message, |message| (message.announced.load(SeqCst), message.content.load(SeqCst)));
    join(writer);
    let (announced, content) = join(reader);
    format!("announced {announced}, content {content}")
}
