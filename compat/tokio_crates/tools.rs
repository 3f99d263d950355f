//! What tokio-util and tokio-stream give: tokens, trackers, queues of delays, streams of channels.

use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::spawn;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::{ReceiverStream, WatchStream};
use tokio_util::sync::{CancellationToken, PollSemaphore};
use tokio_util::task::TaskTracker;
use tokio_util::time::DelayQueue;

async fn waits(on_the_parent: bool) {
    let parent = CancellationToken::new();
    let child = parent.child_token();
    let (waited, cancelled) = if on_the_parent { (parent, child) } else { (child, parent) };
    let waits = spawn(async move { waited.cancelled().await });
    cancelled.cancel();
    waits.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_cancelled_with_its_parent() {
    waits(false).await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "HANG under native")]
async fn a_parent_is_not_cancelled_with_its_child() {
    waits(true).await;
}

async fn tracks(closes: bool) {
    let tracker = TaskTracker::new();
    for _ in 0..2 {
        tracker.spawn(async {});
    }
    if closes {
        tracker.close();
    }
    tracker.wait().await;
    assert!(tracker.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_tracked_ends() {
    tracks(true).await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "HANG under native")]
async fn a_tracker_that_is_open_is_waited_for_in_vain() {
    tracks(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_semaphore_that_is_polled_gives_its_permit() {
    let semaphore = std::sync::Arc::new(tokio::sync::Semaphore::new(1));
    let taken = semaphore.clone().acquire_owned().await.unwrap();
    let mut polled = PollSemaphore::new(semaphore);
    let gives = spawn(async move { drop(taken) });
    assert!(std::future::poll_fn(|context| polled.poll_acquire(context)).await.is_some());
    gives.await.unwrap();
}

#[tokio::test]
async fn delays_end_in_their_order() {
    let mut queue = DelayQueue::new();
    queue.insert("late", Duration::from_millis(20));
    queue.insert("early", Duration::from_millis(10));
    let mut ended = Vec::new();
    while let Some(expired) = queue.next().await {
        ended.push(expired.into_inner());
    }
    assert_eq!(ended, ["early", "late"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_streams_are_merged_whole() {
    let streams = [1, 2].map(|number| {
        let (sender, receiver) = mpsc::channel(1);
        spawn(async move { sender.send(number).await.unwrap() });
        ReceiverStream::new(receiver)
    });
    let [one, two] = streams;
    let mut numbers: Vec<u32> = one.merge(two).collect().await;
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_stream_ends_with_the_last_value() {
    let (sender, receiver) = watch::channel(0);
    let sends = spawn(async move {
        for number in 1..=2 {
            sender.send(number).unwrap();
        }
    });
    let seen: Vec<u32> = WatchStream::new(receiver).collect().await;
    assert!(seen.is_sorted() && seen.last() == Some(&2), "{seen:?}");
    sends.await.unwrap();
}
