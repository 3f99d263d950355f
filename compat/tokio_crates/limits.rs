//! A rate limiter: no permit comes before its time, and who gives up lets the next go on.

use conccheck::task::cancellable;
use leaky_bucket::RateLimiter;
use std::sync::Arc;
use tokio::task::{spawn, yield_now};
use tokio::time::{Duration, Instant};

const MOMENT: Duration = Duration::from_millis(10);

fn limiter(initial: usize) -> Arc<RateLimiter> {
    Arc::new(RateLimiter::builder().initial(initial).max(2).refill(1).interval(MOMENT).build())
}

async fn two_take_one(initial: usize) {
    let (limiter, begun) = (limiter(initial), Instant::now());
    let other = limiter.clone();
    let takes = spawn(async move { other.acquire_one().await });
    limiter.acquire_one().await;
    takes.await.unwrap();
    assert!(begun.elapsed() >= MOMENT);
}

#[tokio::test]
async fn a_second_permit_takes_its_time() {
    two_take_one(1).await;
}

#[tokio::test]
#[should_panic(expected = "FAIL under native")]
async fn with_two_at_first_it_does_not() {
    two_take_one(2).await;
}

#[tokio::test]
async fn who_gives_up_lets_the_next_go_on() {
    let limiter = limiter(0);
    let (one, two) = (limiter.clone(), limiter.clone());
    let gives_up = spawn(async move { cancellable(one.acquire_one()).await.is_ok() });
    let waits = spawn(async move { two.acquire_one().await });
    yield_now().await;
    gives_up.await.unwrap();
    waits.await.unwrap();
}
