//! What is shown of a primitive is not what others change: that would be looked at without an operation.

use super::on_loop;
use conccheck::Checker;
use conccheck::tokio::sync::{Notify, Semaphore, broadcast, mpsc, oneshot};
use std::fmt::Debug;
use std::sync::Arc;

#[track_caller]
fn is_shown(what: impl Debug, name: &str) {
    assert_eq!(format!("{what:?}"), format!("{name} {{ .. }}"));
}

#[test]
fn no_state_is_shown() {
    let program = || {
        on_loop(async {
            let permits = Arc::new(Semaphore::new(2));
            is_shown(&permits, "Semaphore");
            let permit = permits.acquire().await.unwrap();
            assert_eq!(format!("{permit:?}"), "SemaphorePermit { permits: 1, .. }");
            let permit = permits.clone().acquire_owned().await.unwrap();
            assert_eq!(format!("{permit:?}"), "OwnedSemaphorePermit { permits: 1, .. }");
            is_shown(Notify::new(), "Notify");

            let (sender, receiver) = oneshot::channel::<u32>();
            is_shown(sender, "Sender");
            is_shown(receiver, "Receiver");

            let (sender, receiver) = broadcast::channel::<u32>(1);
            is_shown(sender.downgrade(), "WeakSender");
            is_shown(sender, "Sender");
            is_shown(receiver, "Receiver");

            let (sender, receiver) = mpsc::channel::<u32>(3);
            is_shown(sender.reserve().await.unwrap(), "Permit");
            is_shown(sender.reserve_many(2).await.unwrap(), "PermitIterator");
            is_shown(sender.clone().reserve_owned().await.unwrap(), "OwnedPermit");
            is_shown(sender.downgrade(), "WeakSender");
            is_shown(sender, "Sender");
            is_shown(receiver, "Receiver");

            let (sender, receiver) = mpsc::unbounded_channel::<u32>();
            is_shown(sender.downgrade(), "WeakUnboundedSender");
            is_shown(sender, "UnboundedSender");
            is_shown(receiver, "UnboundedReceiver");
        });
    };
    program();
    Checker::new().check(program);
}
