//! `#[conccheck::test]` explores an async function.

use conccheck::sync::Arc;
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::tokio::runtime::{Handle, RuntimeFlavor};
use conccheck::tokio::sync::mpsc;
use conccheck::tokio::task::spawn;
use conccheck::{Backend, Checker, Strategy};
use std::error::Error;

#[conccheck::test]
async fn what_is_sent_arrives() {
    assert_eq!(Backend::current(), Backend::Native);
    assert_eq!(Handle::current().runtime_flavor(), RuntimeFlavor::CurrentThread);
    let (sender, mut receiver) = mpsc::channel(1);
    spawn(async move { sender.send(1).await.unwrap() });
    assert_eq!(receiver.recv().await, Some(1));
}

#[conccheck::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_update_is_lost() {
    assert_eq!(adds_twice(|count| count.fetch_add(1, SeqCst)).await, 2);
}

#[conccheck::test(flavor = "multi_thread")]
#[should_panic(expected = "atomicity violation")]
async fn an_update_is_lost() {
    assert_eq!(adds_twice(|count| count.swap(count.load(SeqCst) + 1, SeqCst)).await, 2);
}

/// What two tasks come to that add one each.
async fn adds_twice(add: fn(&AtomicU32) -> u32) -> u32 {
    let count = Arc::new(AtomicU32::new(0));
    let adds = [1, 2].map(|_| {
        let count = count.clone();
        spawn(async move { add(&count) })
    });
    for one in adds {
        one.await.unwrap();
    }
    count.load(SeqCst)
}

#[conccheck::test(checker = Checker::new().strategy(Strategy::Random { seed: 1 }).executions_max(20))]
async fn the_checker_is_the_users() -> Result<(), Box<dyn Error>> {
    let number: u32 = "3".parse()?;
    assert_eq!(spawn(async move { number }).await?, 3);
    Ok(())
}

#[conccheck::test]
#[should_panic(expected = "the test came to an error")]
async fn an_error_is_a_failure() -> Result<(), String> {
    Err("broken".to_string())
}

/// tokio's own attribute runs it once, for real, on what stands where tokio did.
mod for_real {
    use super::{Backend, Handle};
    use conccheck::tokio;

    #[tokio::test]
    async fn once() {
        assert_eq!(Backend::current(), Backend::Real);
        let _: Handle = tokio::runtime::Handle::current();
    }
}
