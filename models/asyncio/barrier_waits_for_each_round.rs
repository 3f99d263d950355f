//! A barrier that is used again keeps its rounds apart: nobody is in the next before all have left the last.

use super::{Barrier, Event, create_task, gather, run};
use std::cell::{Cell, RefCell};
use std::num::NonZeroUsize;
use std::rc::Rc;

/// Two tasks that meet twice.
pub fn rounds_are_apart() -> String {
    let barrier = Rc::new(Barrier::new(NonZeroUsize::MIN.saturating_add(1)));
    meet(async move || pass(&barrier).await)
}

async fn pass(barrier: &Barrier) {
    barrier.wait().await.expect("nobody breaks it");
}

/// The same with a barrier that is wrong: who is fast finds it open still.
pub fn the_fast_one_passes() -> String {
    let (inside, open) = (Rc::new(Cell::new(0)), Rc::new(Event::new()));
    meet(async move || {
        inside.set(inside.get() + 1);
        if inside.get() == 2 {
            open.set();
        }
        open.wait().await;
        inside.set(inside.get() - 1);
        if inside.get() == 0 {
            open.clear();
        }
    })
}

/// Who has left which round, as it was.
fn meet(wait: impl AsyncFn() + 'static) -> String {
    run(async move {
        let (wait, rounds) = (Rc::new(wait), Rc::new(RefCell::new(Vec::new())));
        let tasks = [(); 2].map(|()| {
            let (wait, rounds) = (wait.clone(), rounds.clone());
            create_task(async move {
                for round in 1..=2 {
                    wait().await;
                    rounds.borrow_mut().push(round);
                }
            })
        });
        gather(tasks)
            .await
            .map_or_else(|error| error.to_string(), |_| format!("rounds {:?}", rounds.borrow()))
    })
}
