//! Queues: `tests/python/queues.py`.

use super::{Log, all_ended, secs, turn};
use conccheck::models::asyncio::{GetError, LifoQueue, PriorityQueue, PutError, Queue, Task, create_task};
use std::fmt::Display;
use std::rc::Rc;

programs!(
    a_queue_gives_what_came_first,
    a_priority_queue_gives_the_least,
    a_lifo_queue_gives_what_came_last,
    getters_are_served_in_the_order_of_coming,
    putters_are_served_in_the_order_of_coming,
    a_getter_may_be_overtaken,
    without_waiting_a_queue_may_be_empty_or_full,
    a_queue_is_joined_when_all_is_done,
    a_queue_without_work_is_joined_at_once,
    a_getter_that_is_cancelled_leaves_the_line,
    a_getter_that_is_cancelled_when_woken_wakes_the_next,
    a_putter_that_is_cancelled_when_woken_wakes_the_next,
    producers_and_consumers,
    a_queue_that_is_shut_down_gives_what_is_there,
    a_queue_that_is_shut_down_at_once_gives_nothing,
    shutting_down_wakes_getters,
    shutting_down_wakes_putters,
    shutting_down_at_once_leaves_what_is_being_done,
);

async fn get<T: Display>(log: &Log, name: &str, queue: &Queue<T>) {
    match queue.get().await {
        Ok(item) => log.note(format!("{name}-{item}")),
        Err(_) => log.note(format!("{name}-shut down")),
    }
}

fn getter<T: Display + 'static>(log: &Log, name: &'static str, queue: &Rc<Queue<T>>) -> Task<()> {
    let (log, queue) = (log.clone(), queue.clone());
    create_task(async move { get(&log, name, &queue).await })
}

fn putter(log: &Log, name: &'static str, queue: &Rc<Queue<&'static str>>) -> Task<()> {
    let (log, queue) = (log.clone(), queue.clone());
    create_task(async move {
        match queue.put(name).await {
            Ok(()) => log.note(format!("{name}-put")),
            Err(_) => log.note(format!("{name}-shut down")),
        }
    })
}

async fn a_queue_gives_what_came_first(log: Log) {
    let queue = Queue::new();
    for item in [2, 1, 3] {
        queue.put(item).await.unwrap();
    }
    log.note(format!("{}-{}-{}-{}", queue.qsize(), queue.empty(), queue.full(), queue.maxsize()));
    let items = [queue.get().await.unwrap(), queue.get().await.unwrap(), queue.get().await.unwrap()];
    log.note(items.map(|item| item.to_string()).join("-"));
}

async fn a_priority_queue_gives_the_least(log: Log) {
    let queue = PriorityQueue::new();
    for item in [2, 1, 3] {
        queue.put(item).await.unwrap();
    }
    let items = [queue.get().await.unwrap(), queue.get().await.unwrap(), queue.get().await.unwrap()];
    log.note(items.map(|item| item.to_string()).join("-"));
}

async fn a_lifo_queue_gives_what_came_last(log: Log) {
    let queue = LifoQueue::new();
    for item in [2, 1, 3] {
        queue.put(item).await.unwrap();
    }
    let items = [queue.get().await.unwrap(), queue.get().await.unwrap(), queue.get().await.unwrap()];
    log.note(items.map(|item| item.to_string()).join("-"));
}

async fn getters_are_served_in_the_order_of_coming(log: Log) {
    let queue = Rc::new(Queue::new());
    let tasks = ["a", "b", "c"].map(|name| getter(&log, name, &queue));
    turn().await;
    for item in 0..3 {
        queue.put_nowait(item).unwrap();
    }
    log.note(format!("put-{}", queue.qsize()));
    all_ended(tasks).await;
}

async fn putters_are_served_in_the_order_of_coming(log: Log) {
    let queue = Rc::new(Queue::with_maxsize(1));
    let tasks = ["a", "b", "c"].map(|name| putter(&log, name, &queue));
    turn().await;
    for _ in 0..3 {
        log.note(format!("got-{}", queue.get().await.unwrap()));
        turn().await;
    }
    all_ended(tasks).await;
}

async fn a_getter_may_be_overtaken(log: Log) {
    let queue = Rc::new(Queue::new());
    let task = getter(&log, "a", &queue);
    turn().await;
    queue.put_nowait(1).unwrap();
    log.note(format!("main-{}", queue.get_nowait().unwrap()));
    turn().await;
    log.note(task.done());
    queue.put_nowait(2).unwrap();
    task.or_raise().await;
}

async fn without_waiting_a_queue_may_be_empty_or_full(log: Log) {
    let queue = Queue::with_maxsize(1);
    if queue.get_nowait() == Err(GetError::QueueEmpty) {
        log.note("empty");
    }
    queue.put_nowait(1).unwrap();
    if queue.put_nowait(2) == Err(PutError::QueueFull(2)) {
        log.note(format!("full-{}", queue.full()));
    }
    log.note(queue.get_nowait().unwrap());
}

fn joiner<T: 'static>(log: &Log, queue: &Rc<Queue<T>>) -> Task<()> {
    let (log, queue) = (log.clone(), queue.clone());
    create_task(async move {
        queue.join().await;
        log.note("joined");
    })
}

async fn a_queue_is_joined_when_all_is_done(log: Log) {
    let queue = Rc::new(Queue::new());
    queue.put_nowait(1).unwrap();
    queue.put_nowait(2).unwrap();
    let joiner = joiner(&log, &queue);
    let worker = create_task(async move {
        for _ in 0..2 {
            let item = queue.get().await.unwrap();
            secs(1).await;
            log.note(format!("done-{item}"));
            queue.task_done().unwrap();
        }
    });
    all_ended([joiner, worker]).await;
}

async fn a_queue_without_work_is_joined_at_once(log: Log) {
    let queue = Queue::<u32>::new();
    queue.join().await;
    log.note("joined");
    if queue.task_done().is_err() {
        log.note("raised");
    }
}

async fn a_getter_that_is_cancelled_leaves_the_line(log: Log) {
    let queue = Rc::new(Queue::new());
    let tasks = ["a", "b"].map(|name| getter(&log, name, &queue));
    turn().await;
    tasks[0].cancel();
    turn().await;
    queue.put_nowait(1).unwrap();
    all_ended(tasks).await;
}

async fn a_getter_that_is_cancelled_when_woken_wakes_the_next(log: Log) {
    let queue = Rc::new(Queue::new());
    let tasks = ["a", "b"].map(|name| getter(&log, name, &queue));
    turn().await;
    queue.put_nowait(1).unwrap();
    tasks[0].cancel();
    all_ended(tasks).await;
    log.note(queue.qsize());
}

async fn a_putter_that_is_cancelled_when_woken_wakes_the_next(log: Log) {
    let queue = Rc::new(Queue::with_maxsize(1));
    queue.put_nowait("0").unwrap();
    let tasks = ["a", "b"].map(|name| putter(&log, name, &queue));
    turn().await;
    log.note(queue.get_nowait().unwrap());
    tasks[0].cancel();
    all_ended(tasks).await;
    log.note(queue.get_nowait().unwrap());
}

async fn producers_and_consumers(log: Log) {
    let queue = Rc::new(Queue::with_maxsize(2));
    let consumers = ["c", "d"].map(|name| {
        let (log, queue) = (log.clone(), queue.clone());
        create_task(async move {
            while let Ok(item) = queue.get().await {
                log.note(format!("{name}-{item}"));
                queue.task_done().unwrap();
            }
        })
    });
    let producers = ["a", "b"].map(|name| {
        let (log, queue) = (log.clone(), queue.clone());
        create_task(async move {
            for number in 0..3 {
                queue.put(format!("{name}{number}")).await.unwrap();
                log.note(format!("{name}-put-{number}"));
            }
        })
    });
    all_ended(producers).await;
    queue.join().await;
    log.note("joined");
    for task in &consumers {
        task.cancel();
    }
    all_ended(consumers).await;
}

async fn a_queue_that_is_shut_down_gives_what_is_there(log: Log) {
    let queue = Queue::new();
    queue.put_nowait(1).unwrap();
    queue.shutdown();
    if queue.put_nowait(2) == Err(PutError::QueueShutDown(2)) {
        log.note("no more");
    }
    log.note(queue.get().await.unwrap());
    get(&log, "a", &queue).await;
}

async fn a_queue_that_is_shut_down_at_once_gives_nothing(log: Log) {
    let queue = Queue::new();
    queue.put_nowait(1).unwrap();
    queue.put_nowait(2).unwrap();
    queue.shutdown_immediate();
    log.note(queue.qsize());
    get(&log, "a", &queue).await;
    queue.join().await;
    log.note("joined");
}

async fn shutting_down_wakes_getters(log: Log) {
    let queue = Rc::new(Queue::<u32>::new());
    let tasks = ["a", "b"].map(|name| getter(&log, name, &queue));
    turn().await;
    queue.shutdown();
    log.note("shut");
    all_ended(tasks).await;
}

async fn shutting_down_wakes_putters(log: Log) {
    let queue = Rc::new(Queue::with_maxsize(1));
    queue.put_nowait("0").unwrap();
    let tasks = ["a", "b"].map(|name| putter(&log, name, &queue));
    turn().await;
    queue.shutdown();
    log.note("shut");
    all_ended(tasks).await;
    log.note(queue.get_nowait().unwrap());
}

async fn shutting_down_at_once_leaves_what_is_being_done(log: Log) {
    let queue = Rc::new(Queue::new());
    queue.put_nowait(1).unwrap();
    queue.put_nowait(2).unwrap();
    log.note(queue.get().await.unwrap());
    queue.shutdown_immediate();
    let task = joiner(&log, &queue);
    turn().await;
    log.note(task.done());
    queue.task_done().unwrap();
    task.or_raise().await;
}
