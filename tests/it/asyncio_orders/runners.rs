//! Runners: `tests/python/runners.py`.

use super::{Log, caught, raise, secs, steps, turn};
use conccheck::models::asyncio::{
    Event, Runner, catch_cancelled, create_task, current_task, gather, run, sleep_with, to_thread,
};
use conccheck::panic::{self, AssertUnwindSafe};
use conccheck::sync::mpsc;
use std::rc::Rc;
use std::time::Duration;

runs!(
    what_is_left_goes_on_in_the_next_run,
    who_stands_behind_main_steps_once_more,
    what_was_asked_between_runs_comes_first,
    a_task_may_be_there_before_the_first_run,
    a_gather_may_be_cancelled_between_runs,
    a_failing_main_leaves_the_loop_as_it_was,
    a_cancelled_main_leaves_the_loop_as_it_was,
    a_sleep_goes_on_in_the_next_run,
    what_a_thread_gives_between_runs_is_taken_in_the_next,
    closing_cancels_what_is_left,
    closing_calls_what_is_to_be_called,
    a_closed_runner_does_not_run,
    a_runner_without_a_loop_is_not_closed,
    two_runners_have_two_loops,
    a_run_in_a_run_is_an_error,
);

/// Whether that is an error.
fn fails(act: impl FnOnce()) -> bool {
    panic::catch_unwind(AssertUnwindSafe(act)).is_err()
}

/// Sets the event at its third step.
async fn work(log: Log, event: Rc<Event>) {
    for step in 0..6 {
        log.note(format!("left-{step}"));
        if step == 2 {
            event.set();
        }
        turn().await;
    }
}

async fn second(log: Log) {
    log.note("begins");
    turn().await;
    log.note("second");
}

fn what_is_left_goes_on_in_the_next_run(runner: &Runner, log: Log) {
    let noted = log.clone();
    runner.run(async move {
        create_task(steps(noted.clone(), "left", 5));
        turn().await;
        noted.note("first");
    });
    log.note("between");
    runner.run(second(log.clone()));
    log.note("ended");
}

fn who_stands_behind_main_steps_once_more(runner: &Runner, log: Log) {
    let noted = log.clone();
    runner.run(async move {
        let event = Rc::new(Event::new());
        create_task(work(noted.clone(), event.clone()));
        event.wait().await;
        noted.note("first");
    });
    log.note("between");
    runner.run(second(log.clone()));
    log.note("ended");
}

fn what_was_asked_between_runs_comes_first(runner: &Runner, log: Log) {
    let event = Rc::new(Event::new());
    let (noted, waited) = (log.clone(), event.clone());
    let task = runner.run(async move {
        let (woken, endless) = (noted.clone(), noted);
        create_task(async move {
            waited.wait().await;
            woken.note("woken");
        });
        let task = create_task(async move { caught(&endless, "cancelled", secs(100)).await });
        turn().await;
        task
    });
    event.set();
    let [created, called_back, called] = [(); 3].map(|()| log.clone());
    runner.get_loop().create_task(async move { created.note("created") });
    task.cancel();
    task.add_done_callback(move || called_back.note("called-back"));
    runner.get_loop().call_soon(move || called.note("called"));
    log.note("between");
    runner.run(steps(log.clone(), "second", 3));
    log.note(task.cancelled());
}

fn a_task_may_be_there_before_the_first_run(runner: &Runner, log: Log) {
    runner.get_loop().create_task(steps(log.clone(), "task", 2));
    log.note("created");
    runner.run(steps(log, "main", 2));
}

fn a_gather_may_be_cancelled_between_runs(runner: &Runner, log: Log) {
    let noted = log.clone();
    let task = runner.run(async move {
        let task = create_task(async move {
            let both = ["a", "b"].map(|name| {
                let log = noted.clone();
                async move { caught(&log, &format!("{name}-cancelled"), secs(100)).await }
            });
            caught(&noted, "gather-cancelled", gather(both)).await.is_ok()
        });
        turn().await;
        turn().await;
        task
    });
    task.cancel();
    log.note("between");
    runner.run(steps(log.clone(), "second", 4));
    log.note(task.cancelled());
}

fn a_failing_main_leaves_the_loop_as_it_was(runner: &Runner, log: Log) {
    let left = log.clone();
    let failed = panic::catch_unwind(AssertUnwindSafe(|| {
        runner.run(async move {
            create_task(steps(left, "left", 3));
            raise("broken")
        })
    }));
    log.note(format!("raised-{}", panic::message(&*failed.unwrap_err())));
    runner.run(steps(log, "second", 2));
}

fn a_cancelled_main_leaves_the_loop_as_it_was(runner: &Runner, log: Log) {
    let left = log.clone();
    let was_cancelled = fails(|| {
        runner.run(async move {
            create_task(steps(left, "left", 3));
            current_task().cancel();
            turn().await;
        });
    });
    assert!(was_cancelled);
    log.note("main-cancelled");
    runner.run(steps(log, "second", 2));
}

fn a_sleep_goes_on_in_the_next_run(runner: &Runner, log: Log) {
    let later = |word, delay| {
        let log = log.clone();
        async move {
            secs(delay).await;
            log.note(word);
        }
    };
    let sleeper = later("slept", 3);
    runner.run(async move {
        create_task(sleeper);
        secs(1).await;
    });
    log.note("between");
    runner.run(later("second", 1));
    runner.run(later("third", 5));
}

fn what_a_thread_gives_between_runs_is_taken_in_the_next(runner: &Runner, log: Log) {
    let (ends, has_ended) = mpsc::channel();
    let taken = log.clone();
    let task = runner.run(async move {
        let task = create_task(async move {
            to_thread(move || ends.send(()).unwrap()).await;
            taken.note("taken");
        });
        turn().await;
        task
    });
    has_ended.recv().unwrap();
    log.note("between");
    runner.run(async move {
        task.or_raise().await;
        log.note("second");
    });
}

fn closing_cancels_what_is_left(runner: &Runner, log: Log) {
    for _ in 0..2 {
        let left = log.clone();
        runner.run(async move {
            create_task(async move {
                let error = catch_cancelled(secs(100)).await.unwrap_err();
                left.note("cleans");
                secs(1).await;
                left.note("cleaned");
                error.raise::<()>().await
            });
            turn().await;
        });
    }
    log.note("closes");
    runner.close();
    log.note("closed");
}

fn closing_calls_what_is_to_be_called(runner: &Runner, log: Log) {
    let (event_loop, noted) = (runner.get_loop(), log.clone());
    runner.run(async move { event_loop.call_soon(move || noted.note("in-the-last-turn")) });
    let called = log.clone();
    runner.get_loop().call_soon(move || called.note("called"));
    log.note("closes");
    runner.close();
}

fn a_closed_runner_does_not_run(runner: &Runner, log: Log) {
    runner.run(turn());
    runner.close();
    runner.close();
    let attempts: [fn(&Runner); 2] = [|runner| runner.run(turn()), |runner| drop(runner.get_loop())];
    for attempt in attempts {
        if fails(|| attempt(runner)) {
            log.note("raised");
        }
    }
}

fn a_runner_without_a_loop_is_not_closed(_: &Runner, log: Log) {
    let other = Runner::new();
    other.close();
    log.note(other.run(sleep_with(Duration::ZERO, "runs")));
    other.close();
}

fn two_runners_have_two_loops(runner: &Runner, log: Log) {
    let other = Runner::new();
    let left = log.clone();
    runner.run(async move {
        create_task(steps(left, "left", 4));
        turn().await;
    });
    other.run(steps(log.clone(), "other", 3));
    runner.run(steps(log, "second", 1));
}

fn a_run_in_a_run_is_an_error(runner: &Runner, log: Log) {
    runner.run(async move {
        for attempt in [|| Runner::new().run(turn()), || run(turn())] {
            if fails(attempt) {
                log.note("raised");
            }
        }
        turn().await;
        log.note("goes-on");
    });
}
