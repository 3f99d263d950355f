//! Wakers of the user's own: who polls several futures in one task, and looks only at those that were woken, hears of all, in
//! each order in which tokio may wake them.

use crate::policy::values;
use crate::tokio_sync::{comes_to, on_loop, on_threads};
use conccheck::tokio::sync::{Barrier, Notify, mpsc, oneshot, watch};
use conccheck::tokio::task::{spawn, spawn_local, yield_now};
use conccheck::tokio::time::{Duration, sleep};
use conccheck::{Checker, Verdict};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

/// Futures of one task, each with a waker of its own: they end in the order in which they are woken.
struct Several<T> {
    futures: Vec<Option<Pin<Box<dyn Future<Output = T> + Send>>>>,
    shared: Arc<Woken>,
}

#[derive(Default)]
struct Woken {
    queue: Mutex<VecDeque<usize>>,
    parent: Mutex<Option<Waker>>,
}

struct Node {
    number: usize,
    shared: Arc<Woken>,
}

impl Wake for Node {
    fn wake(self: Arc<Self>) {
        let mut queue = self.shared.queue.lock().unwrap();
        if !queue.contains(&self.number) {
            queue.push_back(self.number);
        }
        drop(queue);
        let parent = self.shared.parent.lock().unwrap().clone();
        parent.into_iter().for_each(Waker::wake);
    }
}

impl<T> Several<T> {
    fn new() -> Self {
        Several { futures: Vec::new(), shared: Arc::default() }
    }

    fn push(&mut self, future: impl Future<Output = T> + Send + 'static) {
        self.shared.queue.lock().unwrap().push_back(self.futures.len());
        self.futures.push(Some(Box::pin(future)));
    }

    /// The next that ends: its number, and what came of it.
    async fn next(&mut self) -> Option<(usize, T)> {
        poll_fn(|context| {
            *self.shared.parent.lock().unwrap() = Some(context.waker().clone());
            loop {
                let next = self.shared.queue.lock().unwrap().pop_front();
                let Some(number) = next else { break };
                let Some(future) = &mut self.futures[number] else { continue };
                let waker = Arc::new(Node { number, shared: self.shared.clone() }).into();
                if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    self.futures[number] = None;
                    return Poll::Ready(Some((number, value)));
                }
            }
            if self.futures.iter().all(Option::is_none) { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }

    /// Their numbers in the order in which they end.
    async fn order(mut self) -> Vec<usize> {
        let mut order = Vec::new();
        while let Some((number, _)) = self.next().await {
            order.push(number);
        }
        order
    }
}

/// In which order those hear who wait for a value to change.
fn hear(count: usize) -> Vec<usize> {
    on_threads(async move {
        let (sender, receiver) = watch::channel(0);
        let mut several = Several::new();
        for _ in 0..count {
            let mut receiver = receiver.clone();
            several.push(async move { receiver.changed().await.is_ok() });
        }
        spawn(async move {
            yield_now().await;
            sender.send(1).unwrap();
            // They hear of it only once.
            std::future::pending::<()>().await;
        });
        several.order().await
    })
}

#[test]
fn who_waits_for_a_change_hears_of_it_in_any_order() {
    let report = Checker::new().explore(|| hear(2));
    assert_eq!(values(&report), [vec![0, 1], vec![1, 0]].into(), "{report}");
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
    let report = Checker::new().explore(|| hear(3));
    assert_eq!(values(&report).len(), 6, "{report}");
    // Who relies on the order is caught.
    let report = Checker::new().explore(|| assert_eq!(hear(2), [0, 1]));
    assert_eq!(report.verdict(), Verdict::Fail, "{report}");
}

#[test]
fn so_do_tasks_of_one_loop() {
    let report = Checker::new().explore(|| {
        on_loop(async {
            let (sender, receiver) = watch::channel(0);
            let (heard, mut order) = mpsc::unbounded_channel();
            for number in 0..2 {
                let (mut receiver, heard) = (receiver.clone(), heard.clone());
                spawn_local(async move {
                    receiver.changed().await.unwrap();
                    heard.send(number).unwrap();
                });
            }
            yield_now().await;
            sender.send(1).unwrap();
            (order.recv().await, order.recv().await)
        })
    });
    assert_eq!(values(&report), [(Some(0), Some(1)), (Some(1), Some(0))].into(), "{report}");
    assert_eq!(report.executions(), 2);
}

#[test]
fn a_barrier_lets_all_go_in_any_order() {
    let report = Checker::new().explore(|| {
        on_loop(async {
            let barrier = Arc::new(Barrier::new(3));
            let mut several = Several::new();
            for _ in 0..3 {
                let barrier = barrier.clone();
                several.push(async move { barrier.wait().await.is_leader() });
            }
            let mut order = Vec::new();
            while let Some((number, is_leader)) = several.next().await {
                order.push((number, is_leader));
            }
            order
        })
    });
    let last = (2, true);
    let expected = [vec![last, (0, false), (1, false)], vec![last, (1, false), (0, false)]];
    assert_eq!(values(&report), expected.into(), "{report}");
}

#[test]
fn all_who_are_notified_hear_in_the_order_in_which_they_came() {
    let executions = comes_to([vec![0, 1, 2]], || {
        on_loop(async {
            let notify = Arc::new(Notify::new());
            let mut several = Several::new();
            for _ in 0..3 {
                let notify = notify.clone();
                several.push(async move { notify.notified().await });
            }
            spawn_local(async move { notify.notify_waiters() });
            several.order().await
        })
    });
    assert_eq!(executions, 1);
}

#[test]
fn messages_and_times_reach_who_polls_them_so() {
    comes_to([(1, vec![0, 1]), (1, vec![1, 0])], || {
        on_threads(async {
            let (sender, receiver) = oneshot::channel();
            let mut several = Several::new();
            several.push(async move { receiver.await.unwrap() });
            several.push(async {
                sleep(Duration::from_millis(1)).await;
                0
            });
            let sending = spawn(async move { sender.send(1) });
            let (mut order, mut sum) = (Vec::new(), 0);
            while let Some((number, value)) = several.next().await {
                order.push(number);
                sum += value;
            }
            sending.await.unwrap().unwrap();
            (sum, order)
        })
    });
}

#[test]
fn a_waker_that_wakes_nobody_is_a_hang() {
    struct Deaf;
    impl Wake for Deaf {
        fn wake(self: Arc<Self>) {}
    }
    let report = Checker::new().explore(|| {
        on_threads(async {
            let (sender, mut receiver) = oneshot::channel::<()>();
            spawn(async move { sender.send(()) });
            poll_fn(|_| Pin::new(&mut receiver).poll(&mut Context::from_waker(&Arc::new(Deaf).into())))
                .await
                .unwrap();
        });
    });
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
}

/// A waker that takes a lock of the program's own.
#[test]
fn a_waker_may_do_what_others_can_interrupt() {
    use conccheck::sync::{Arc as Shared, Mutex as Lock};
    struct Counts(Shared<Lock<u32>>, Waker);
    impl Wake for Counts {
        fn wake(self: Arc<Self>) {
            *self.0.lock().unwrap() += 1;
            self.1.wake_by_ref();
        }
    }
    comes_to([3], || {
        on_threads(async {
            let (sender, mut receiver) = mpsc::unbounded_channel();
            let count = Shared::new(Lock::new(0));
            let other = count.clone();
            spawn(async move {
                sender.send(1).unwrap();
                let _ = *other.lock().unwrap();
                sender.send(2).unwrap();
            });
            let mut sum = 0;
            poll_fn(|context| {
                let waker = Arc::new(Counts(count.clone(), context.waker().clone())).into();
                while let Poll::Ready(message) = receiver.poll_recv(&mut Context::from_waker(&waker)) {
                    match message {
                        Some(number) => sum += number,
                        None => return Poll::Ready(()),
                    }
                }
                Poll::Pending
            })
            .await;
            sum
        })
    });
}
