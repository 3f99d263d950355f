//! A signal comes at any moment after somebody listens.

use crate::policy::values;
use conccheck::tokio::io::ErrorKind;
use conccheck::tokio::signal::{ctrl_c, raise_ctrl_c};
use conccheck::tokio::sync::{mpsc, oneshot};
use conccheck::tokio::{select, task::yield_now};
use conccheck::{Backend, Checker, Outcome, Verdict, task};
use std::collections::BTreeSet;

/// A server that takes jobs until it is interrupted, and then those that are left.
async fn serve(mut jobs: mpsc::Receiver<u32>, drains: bool) -> u32 {
    let mut done = 0;
    let interrupt = ctrl_c();
    conccheck::tokio::pin!(interrupt);
    loop {
        select! {
            biased;
            interrupted = &mut interrupt => {
                interrupted.unwrap();
                break;
            }
            job = jobs.recv() => match job {
                Some(_) => done += 1,
                None => return done,
            },
        }
    }
    jobs.close();
    while drains && jobs.recv().await.is_some() {
        done += 1;
    }
    done
}

/// How many jobs were taken, and how many done.
fn server(drains: bool) -> (u32, u32) {
    task::block_on(async {
        let (sender, jobs) = mpsc::channel(2);
        let server = task::spawn(serve(jobs, drains));
        let mut taken = 0;
        for job in 0..2 {
            taken += u32::from(sender.send(job).await.is_ok());
            yield_now().await;
        }
        drop(sender);
        (taken, server.await.unwrap())
    })
}

#[test]
fn a_server_may_be_interrupted_at_any_moment() {
    let report = Checker::new().explore(|| server(true));
    assert!(report.is_complete(), "{report}");
    assert_eq!(values(&report), BTreeSet::from([(1, 1), (2, 2)]), "{report}");
    // One that drops what it has taken loses it.
    let report = Checker::new().explore(|| server(false));
    assert!(values(&report).contains(&(1, 0)), "{report}");
}

#[test]
fn samples_are_among_what_there_is() {
    let all = values(&Checker::new().explore(|| server(false)));
    let shuttle = values(&Checker::new().backend(Backend::Shuttle).explore(|| server(false)));
    assert!(shuttle.len() > 1 && shuttle.is_subset(&all), "{shuttle:?} of {all:?}");
}

#[test]
fn who_waits_for_one_gets_it() {
    let report = Checker::new().explore(|| task::block_on(async { ctrl_c().await.is_ok() }));
    assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(true)], "{report}");
}

#[test]
fn a_second_one_comes_only_if_it_is_raised() {
    let report = Checker::new().explore(|| {
        task::block_on(async {
            ctrl_c().await.unwrap();
            ctrl_c().await.unwrap();
        });
    });
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
    let report = Checker::new().explore(|| {
        task::block_on(async {
            ctrl_c().await.unwrap();
            let again = task::spawn(async { ctrl_c().await.unwrap() });
            yield_now().await;
            raise_ctrl_c();
            again.await.unwrap();
        });
    });
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
}

#[test]
fn one_that_is_dropped_is_not_missed() {
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let (sender, receiver) = oneshot::channel();
            sender.send(()).unwrap();
            select! {
                biased;
                _ = receiver => "done",
                _ = ctrl_c() => "interrupted",
            }
        })
    });
    assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned("done")], "{report}");
}

#[cfg(unix)]
#[test]
fn for_some_kinds_nobody_listens() {
    use conccheck::tokio::signal::unix::{SignalKind, signal};
    let program = || {
        task::block_on(async {
            [-1, 0, 9, 1_000].map(|number| {
                let refused = signal(SignalKind::from_raw(number)).map(drop).unwrap_err();
                refused.kind()
            })
        })
    };
    assert_eq!(program(), [ErrorKind::Other; 4]);
    let report = Checker::new().explore(program);
    assert_eq!(values(&report), BTreeSet::from([[ErrorKind::Other; 4]]), "{report}");
}

#[cfg(unix)]
#[test]
fn kinds_of_signals_are_told_apart() {
    use conccheck::tokio::signal::unix::{SignalKind, signal};
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let mut hangup = signal(SignalKind::hangup()).unwrap();
            let mut terminate = signal(SignalKind::terminate()).unwrap();
            let mut seen = Vec::new();
            for _ in 0..2 {
                select! {
                    Some(()) = hangup.recv() => seen.push('h'),
                    Some(()) = terminate.recv() => seen.push('t'),
                }
            }
            seen
        })
    });
    assert!(report.is_complete(), "{report}");
    assert_eq!(values(&report), BTreeSet::from([vec!['h', 't'], vec!['t', 'h']]), "{report}");
}
