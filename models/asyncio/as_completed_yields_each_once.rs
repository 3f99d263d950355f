//! `as_completed` yields each task once, also when several end before it is asked for the next.

use super::{AsyncIterator, Task, as_completed, create_task, run, sleep};
use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// Two tasks that end in any order.
pub fn each_once() -> String {
    run(async {
        let mut tasks = as_completed([number(0), number(1)]);
        let mut yielded = Vec::new();
        while let Some(task) = tasks.next().await {
            yielded.extend(task.await);
        }
        show(yielded)
    })
}

/// The same with an iteration that is wrong: it remembers one ended task, not a queue of them, so
/// that a second that ends before the first was looked at replaces it.
pub fn last_only() -> String {
    run(async {
        let last = Rc::new(RefCell::new(Slot::default()));
        let tasks = [0, 1].map(|index| create_task(into_slot(index, last.clone())));
        let mut yielded = Vec::new();
        while !tasks.iter().all(Task::done) || last.borrow().ended.is_some() {
            yielded.push(next_of(&last).await);
        }
        show(yielded)
    })
}

/// Where the wrong iteration keeps the task that ended.
#[derive(Default)]
struct Slot {
    ended: Option<u32>,
    waiter: Option<Waker>,
}

async fn into_slot(index: u32, last: Rc<RefCell<Slot>>) {
    let number = number(index).await;
    let mut last = last.borrow_mut();
    last.ended = Some(number);
    last.waiter.take().into_iter().for_each(Waker::wake);
}

async fn next_of(last: &RefCell<Slot>) -> u32 {
    poll_fn(|context| {
        let mut last = last.borrow_mut();
        last.waiter = Some(context.waker().clone());
        last.ended.take().map_or(Poll::Pending, Poll::Ready)
    })
    .await
}

async fn number(number: u32) -> u32 {
    sleep(Duration::from_millis(5)).await;
    number
}

fn show(mut yielded: Vec<u32>) -> String {
    yielded.sort();
    format!("yielded {yielded:?}")
}
