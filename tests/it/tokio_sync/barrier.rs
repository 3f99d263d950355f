//! All wait for the last, and one leads.

use super::{comes_to, hangs, on_loop, on_threads};
use conccheck::task;
use conccheck::tokio::sync::Barrier;
use std::rc::Rc;
use std::sync::Arc;

fn leaders(needed: usize) -> usize {
    on_threads(async move {
        let barrier = Arc::new(Barrier::new(needed));
        let other = barrier.clone();
        let other = task::spawn(async move { other.wait().await.is_leader() });
        let leads = barrier.wait().await.is_leader();
        usize::from(leads) + usize::from(other.await.unwrap())
    })
}

#[test]
fn one_leads() {
    comes_to([1], || leaders(2));
    assert_eq!(hangs(|| leaders(3)), [0; 0], "one more would be needed");
}

#[test]
fn many_that_wait_at_once_go_on_in_an_order_that_can_be_repeated() {
    comes_to([1], || {
        on_loop(async {
            let barrier = Rc::new(Barrier::new(5));
            let waiting: Vec<_> = (0..4)
                .map(|_| {
                    let barrier = barrier.clone();
                    task::spawn_local(async move { barrier.wait().await.is_leader() })
                })
                .collect();
            task::yield_now().await;
            let mut leaders = usize::from(barrier.wait().await.is_leader());
            for waiting in waiting {
                leaders += usize::from(waiting.await.unwrap());
            }
            leaders
        })
    });
}
