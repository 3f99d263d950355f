//! Work that several ask for is done once. PureWhiteWu/async_singleflight 12: the leader is dropped, and each of those who
//! followed it becomes a leader; in 0.6.1 it is so, in 0.6.2 no more.

use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::future::pending;
use std::sync::Arc;
use tokio::task::{spawn, yield_now};

macro_rules! followers_of_a_dropped_leader {
    ($flights:ident) => {{
        let (group, led) = (Arc::new($flights::Group::<u32, u32, ()>::new()), Arc::new(AtomicUsize::new(0)));
        let first = group.clone();
        let leader = spawn(async move { first.work(&1, pending()).await.ok() });
        yield_now().await;
        let followers = [(); 2].map(|()| {
            let (group, led) = (group.clone(), led.clone());
            spawn(async move {
                let work = async {
                    led.fetch_add(1, SeqCst);
                    yield_now().await;
                    Ok(1)
                };
                group.work(&1, work).await.ok()
            })
        });
        yield_now().await;
        leader.abort();
        for follower in followers {
            assert_eq!(follower.await.unwrap(), Some(1));
        }
        assert_eq!(led.load(SeqCst), 1, "more than one leads");
    }};
}

#[tokio::test]
async fn one_follower_leads() {
    followers_of_a_dropped_leader!(async_singleflight);
}

#[tokio::test]
#[should_panic = "more than one leads"]
async fn once_all_followers_led() {
    followers_of_a_dropped_leader!(async_singleflight_old);
}
