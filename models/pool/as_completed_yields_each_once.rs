//! `as_completed` gives every future once, also one that is given twice or finishes meanwhile.

use super::{Future, ThreadPoolExecutor, as_completed};
use crate::sync::mpsc::channel;
use std::num::NonZeroUsize;

/// Two jobs on one worker, the first given twice: always `yielded [0, 1]`.
pub fn as_completed_yields_each_once() -> String {
    with_two_futures(|futures| {
        let first = futures[0].clone();
        as_completed(futures.into_iter().chain([first])).filter_map(|future| future.result().ok()).collect()
    })
}

/// Broken: asks to be told of a future, and then looks whether it has finished. One that has counts
/// twice: `yielded [0, 1]`, or with a 0 or a 1 more.
pub fn yields_twice() -> String {
    with_two_futures(|futures| {
        let (sender, finished) = channel();
        for future in futures {
            let told = sender.clone();
            future.add_done_callback(move |future| {
                // The receiver lives until every sender has gone.
                let _ = told.send(future.clone());
            });
            // The fault: if it has finished, it has told so itself.
            if future.done() {
                let _ = sender.send(future.clone());
            }
        }
        drop(sender);
        finished.into_iter().filter_map(|future| future.result().ok()).collect()
    })
}

fn with_two_futures(collect: impl FnOnce(Vec<Future<usize>>) -> Vec<usize>) -> String {
    let pool = ThreadPoolExecutor::new(NonZeroUsize::MIN);
    let futures = (0..2).map(|number| pool.submit(move || number)).collect::<Result<Vec<_>, _>>();
    match futures.map(collect) {
        Ok(mut yielded) => {
            yielded.sort();
            format!("yielded {yielded:?}")
        }
        Err(error) => error.to_string(),
    }
}
