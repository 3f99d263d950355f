//! The loop of one thread takes tasks in the order in which tokio's does: each program has one outcome, that
//! of a real run.

use super::{comes_to, comes_to_all, one_thread};
use conccheck::sync::{Arc, Mutex};
use conccheck::thread;
use conccheck::tokio::sync::{Notify, oneshot};
use conccheck::tokio::task::{self, LocalSet, spawn_local, yield_now};
use std::cell::RefCell;
use std::fmt::Debug;
use std::rc::Rc;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, text: impl Into<String>) {
        self.0.lock().unwrap().push(text.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// The program has one outcome, in one execution, and a real run has it too.
#[track_caller]
fn is_as_real<T: Ord + Clone + Debug + Send + 'static>(program: fn() -> T) {
    assert_eq!(comes_to([program()], program), 1);
}

#[test]
fn first_come_first_served() {
    is_as_real(|| {
        one_thread().block_on(async {
            let log = Log::default();
            let steps = |name: &'static str| {
                let log = log.clone();
                async move {
                    for step in 1..=3 {
                        log.add(format!("{name}{step}"));
                        yield_now().await;
                    }
                }
            };
            let tasks = [task::spawn(steps("a")), task::spawn(steps("b")), task::spawn(steps("c"))];
            log.add("all are spawned");
            for task in tasks {
                task.await.unwrap();
                log.add("one was awaited");
            }
            log.take()
        })
    });
}

#[test]
fn who_yields_comes_after_those_that_come_meanwhile() {
    is_as_real(|| {
        one_thread().block_on(async {
            let log = Log::default();
            let (first, second) = (log.clone(), log.clone());
            let first = task::spawn(async move {
                first.add("yields");
                yield_now().await;
                first.add("goes on");
            });
            let second = task::spawn(async move {
                let third = second.clone();
                task::spawn(async move { third.add("spawned meanwhile") }).await.unwrap();
                second.add("has awaited it");
            });
            first.await.unwrap();
            second.await.unwrap();
            log.take()
        })
    });
}

#[test]
fn what_is_waited_for_comes_after_the_tasks_that_are_ready() {
    is_as_real(|| {
        one_thread().block_on(async {
            let (log, notify) = (Log::default(), Arc::new(Notify::new()));
            let (wakes, wakes_main) = (log.clone(), notify.clone());
            task::spawn(async move {
                wakes.add("wakes main");
                wakes_main.notify_one();
                let inner = wakes.clone();
                task::spawn(async move { inner.add("spawned after that") });
            });
            let other = log.clone();
            task::spawn(async move { other.add("ready before") });
            notify.notified().await;
            log.add("main");
            log.take()
        })
    });
}

#[test]
fn many_polls_let_main_in() {
    let program = || {
        one_thread().block_on(async {
            let log = Log::default();
            let notify = Arc::new(Notify::new());
            for number in 0..130 {
                let (log, notify) = (log.clone(), notify.clone());
                task::spawn(async move {
                    log.add(number.to_string());
                    notify.notify_one();
                });
            }
            for _ in 0..3 {
                notify.notified().await;
                log.add("main");
            }
            log.take()
        })
    };
    // Some tasks are left, any of which may be dropped first.
    assert_eq!(comes_to([program()], program), 4);
}

#[test]
fn a_local_set_has_its_own_order() {
    is_as_real(|| {
        let log = Rc::new(RefCell::new(Vec::new()));
        let logs = log.clone();
        LocalSet::new().block_on(&one_thread(), async move {
            let steps = |name: &'static str| {
                let log = logs.clone();
                async move {
                    for step in 1..=2 {
                        log.borrow_mut().push(format!("{name}{step}"));
                        yield_now().await;
                    }
                }
            };
            let (one, other) = (spawn_local(steps("a")), spawn_local(steps("b")));
            let log = logs.clone();
            let outside = task::spawn(async { 1 });
            log.borrow_mut().push("all are spawned".to_string());
            one.await.unwrap();
            log.borrow_mut().push("one was awaited".to_string());
            other.await.unwrap();
            outside.await.unwrap();
        });
        log.take()
    });
}

#[test]
fn main_or_a_task_is_first_where_another_thread_woke_both() {
    let first = |wakes_task_first: bool| {
        move || {
            let (runtime, log) = (one_thread(), Log::default());
            let (to_main, main) = oneshot::channel();
            let (to_task, task) = oneshot::channel();
            let logs = log.clone();
            let task = runtime.spawn(async move {
                task.await.unwrap();
                logs.add("task");
            });
            let wakes = thread::spawn(move || {
                if wakes_task_first {
                    to_task.send(()).unwrap();
                    to_main.send(()).unwrap();
                } else {
                    to_main.send(()).unwrap();
                    to_task.send(()).unwrap();
                }
            });
            runtime.block_on(async {
                main.await.unwrap();
                log.add("main");
                task.await.unwrap();
            });
            wakes.join().unwrap();
            log.take()
        }
    };
    let either = || [["main", "task"], ["task", "main"]].map(|order| order.map(String::from).to_vec());
    comes_to_all(either(), first(true));
    comes_to_all(either(), first(false));
}
