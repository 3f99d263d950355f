//! Why a task has no result is told in tokio's words, but for the number of the task.

use super::{comes_to, one_thread};
use conccheck::panic::resume_unwind;
use conccheck::tokio::task::{self, JoinError};
use std::future::pending;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// With a `_` for each number.
fn without_numbers(text: &str) -> String {
    let is_digit = |character: char| character.is_ascii_digit();
    let mut parts = text.split(is_digit).filter(|part| !part.is_empty());
    let mut without = parts.next().unwrap_or_default().to_string();
    for part in parts {
        without = without + "_" + part;
    }
    without
}

fn texts(error: JoinError) -> [String; 3] {
    let texts = [error.to_string(), format!("{error:?}"), io::Error::from(error).to_string()];
    texts.map(|text| without_numbers(&text))
}

#[test]
fn an_error_says_what_a_task_panicked_with() {
    comes_to(
        [[
            "task _ panicked with message \"bro\\\"ken\"",
            "JoinError::Panic(Id(_), \"bro\\\"ken\", ...)",
            "task panicked",
        ]
        .map(String::from)],
        || {
            one_thread()
                .block_on(async { texts(task::spawn(async { panic!("bro\"ken") }).await.unwrap_err()) })
        },
    );
    comes_to(
        [[
            "task _ panicked with message \"broken by it\"",
            "JoinError::Panic(Id(_), \"broken by it\", ...)",
            "task panicked",
        ]
        .map(String::from)],
        || {
            one_thread().block_on(async {
                let by = "it";
                texts(task::spawn(async move { panic!("broken by {by}") }).await.unwrap_err())
            })
        },
    );
    comes_to(
        [["task _ panicked", "JoinError::Panic(Id(_), ...)", "task panicked"].map(String::from)],
        || {
            one_thread().block_on(async {
                texts(task::spawn(async { resume_unwind(Box::new(())) }).await.unwrap_err())
            })
        },
    );
}

#[test]
fn an_error_says_that_a_task_was_cancelled() {
    let cancelled = || {
        one_thread().block_on(async {
            let task = task::spawn(pending::<()>());
            task.abort();
            task.await.unwrap_err()
        })
    };
    comes_to(
        [["task _ was cancelled", "JoinError::Cancelled(Id(_))", "task was cancelled"].map(String::from)],
        move || texts(cancelled()),
    );
    // There is no panic to be had from it.
    let expected = "`JoinError` reason is not a panic.: JoinError::Cancelled(Id(_))";
    comes_to([expected.to_string()], move || {
        let payload = catch_unwind(AssertUnwindSafe(|| cancelled().into_panic())).unwrap_err();
        without_numbers(payload.downcast_ref::<String>().unwrap())
    });
    comes_to([true], move || cancelled().try_into_panic().unwrap_err().is_cancelled());
}
