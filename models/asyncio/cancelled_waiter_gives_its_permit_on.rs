//! Who is cancelled at the moment at which a semaphore served it gives its permit to the next: CPython's issue 90155.

use super::{Event, Semaphore, Task, create_task, run, sleep};
use std::cell::Cell;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

/// Two wait for a permit; it comes, and the first is cancelled before its turn.
pub fn the_next_has_it() -> String {
    run(async {
        let semaphore = Rc::new(Semaphore::new(0));
        let [first, second] = [(); 2].map(|()| {
            let semaphore = semaphore.clone();
            create_task(async move { semaphore.acquire().await.forget() })
        });
        sleep(Duration::ZERO).await;
        semaphore.release();
        show(first, second).await
    })
}

/// The same with a semaphore that is wrong: the permit is the first's from the moment at which it was woken.
pub fn it_is_lost() -> String {
    run(async {
        let semaphore = Rc::new(HandsOver::default());
        let [first, second] = [(); 2].map(|()| {
            let semaphore = semaphore.clone();
            create_task(async move { semaphore.acquire().await })
        });
        sleep(Duration::ZERO).await;
        semaphore.release();
        show(first, second).await
    })
}

async fn show(first: Task<()>, second: Task<()>) -> String {
    first.cancel();
    let shown = |result: Result<(), super::TaskError>| match result {
        Ok(()) => "has it".to_string(),
        Err(error) => error.to_string(),
    };
    format!("first: {}; second: {}", shown(first.await), shown(second.await))
}

/// A semaphore whose permits go from hand to hand.
#[derive(Default)]
struct HandsOver {
    value: Cell<usize>,
    waiters: RefCell<VecDeque<Rc<Event>>>,
}

impl HandsOver {
    async fn acquire(&self) {
        match self.value.get().checked_sub(1) {
            Some(left) => self.value.set(left),
            None => {
                let turn = Rc::new(Event::new());
                self.waiters.borrow_mut().push_back(turn.clone());
                turn.wait().await;
            }
        }
    }

    fn release(&self) {
        match self.waiters.borrow_mut().pop_front() {
            Some(turn) => turn.set(),
            None => self.value.set(self.value.get() + 1),
        }
    }
}
