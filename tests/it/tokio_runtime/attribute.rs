//! `#[conccheck::test]` explores an async function.

use conccheck::sync::Arc;
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::tokio::runtime::{Handle, RuntimeFlavor};
use conccheck::tokio::sync::mpsc;
use conccheck::tokio::task::spawn;
use conccheck::tokio::time::{Duration, Instant, pause, sleep};
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

#[conccheck::test(start_paused = true)]
async fn a_clock_that_is_paused_goes_on_when_there_is_nothing_else_to_do() {
    let begun = Instant::now();
    let first = spawn(async move {
        sleep(Duration::from_secs(60)).await;
        begun.elapsed()
    });
    sleep(Duration::from_secs(3_600)).await;
    assert_eq!(first.await.unwrap(), Duration::from_secs(60));
    assert_eq!(begun.elapsed(), Duration::from_secs(3_600));
}

#[conccheck::test(start_paused = true)]
#[should_panic(expected = "time is already frozen")]
async fn what_is_paused_cannot_be_paused() {
    pause();
}

#[conccheck::test(start_paused = false)]
async fn what_is_not_paused_can_be() {
    pause();
}

#[conccheck::test(flavor = "multi_thread", start_paused = true)]
#[should_panic(expected = "requires the `current_thread` Tokio runtime")]
async fn a_runtime_of_several_threads_does_not_start_paused() {}

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
