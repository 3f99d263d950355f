//! An event that is set wakes all who wait for it, and lets whoever comes later pass.

use super::{Condition, Event, create_task, gather, run, sleep};
use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

/// Two wait, and one comes later.
pub fn all_go_on() -> String {
    let event = Rc::new(Event::new());
    let waited = event.clone();
    wait(move || pass(waited.clone()), async move { event.set() })
}

async fn pass(event: Rc<Event>) {
    event.wait().await;
}

/// The same with an event that is wrong: it wakes the first who waits.
pub fn one_goes_on() -> String {
    let event = Rc::new((Condition::new(), Cell::new(false)));
    let waited = event.clone();
    let wait_once = move || {
        let waited = waited.clone();
        async move {
            let mut held = waited.0.acquire().await;
            held.wait_for(|| waited.1.get()).await;
        }
    };
    wait(wait_once, async move {
        let held = event.0.acquire().await;
        event.1.set(true);
        held.notify(1);
    })
}

fn wait<W: Future<Output = ()> + 'static>(
    wait: impl Fn() -> W + 'static,
    set: impl Future<Output = ()> + 'static,
) -> String {
    run(async move {
        let waiting = [create_task(wait()), create_task(wait())];
        sleep(Duration::ZERO).await;
        set.await;
        wait().await;
        let count = gather(waiting).await.map_or(0, |ended| ended.len());
        format!("{} went on", count + 1)
    })
}
