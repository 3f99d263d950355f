//! When a queue is shut down, all who wait for an item are woken, and learn that none will come.

use super::{Queue, create_task, gather, run, sleep};
use std::rc::Rc;
use std::time::Duration;

/// Two consumers, one item, and the end.
pub fn all_end() -> String {
    consume(Rc::new(Queue::new()), |queue| queue.shutdown())
}

/// The same with an end that is wrong: a last item that says so, which one of them takes.
pub fn one_ends() -> String {
    consume(Rc::new(Queue::new()), put_last)
}

fn put_last(queue: &Items) {
    queue.put_nowait(None).expect("the queue has room for all");
}

type Items = Queue<Option<u32>>;

fn consume(queue: Rc<Items>, end: impl FnOnce(&Items) + 'static) -> String {
    run(async move {
        let consumers = [(); 2].map(|()| {
            let queue = queue.clone();
            create_task(async move {
                let mut sum = 0;
                while let Ok(Some(item)) = queue.get().await {
                    sum += item;
                }
                sum
            })
        });
        sleep(Duration::ZERO).await;
        queue.put(Some(7)).await.expect("the queue is open");
        end(&queue);
        let sums = gather(consumers).await.expect("consumers do not fail");
        format!("consumed {}", sums.iter().sum::<u32>())
    })
}
