//! Other strategies and other checkers see nothing else than native's dpor.

use super::connected;
use crate::policy::values;
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt};
use conccheck::tokio::net::TcpListener;
use conccheck::{Backend, Checker, Incomplete, Strategy, Verdict, task};
use std::collections::BTreeSet;

/// What three reads bring, of two writes.
fn program() -> Vec<usize> {
    task::block_on(async {
        let (mut client, mut server) = connected().await;
        let reading = task::spawn_local(async move {
            let (mut counts, mut buffer) = (Vec::new(), [0; 8]);
            loop {
                match server.read(&mut buffer).await.unwrap() {
                    0 => return counts,
                    count => counts.push(count),
                }
            }
        });
        client.write_all(b"abc").await.unwrap();
        client.write_all(b"de").await.unwrap();
        drop(client);
        reading.await.unwrap()
    })
}

/// All that two writes of three and two bytes come to with one short read.
fn all() -> BTreeSet<Vec<usize>> {
    let whole = [vec![5], vec![3, 2]];
    let first_byte = [vec![1, 4], vec![1, 2, 2], vec![3, 1, 1]];
    let but_the_last = [vec![4, 1], vec![2, 1, 2], vec![2, 3]];
    whole.into_iter().chain(first_byte).chain(but_the_last).collect()
}

#[test]
fn what_two_writes_come_to_is_known() {
    let report = Checker::new().explore(program);
    assert_eq!(values(&report), all(), "{report}");
}

#[test]
fn dfs_and_samples_see_nothing_else() {
    for strategy in [Strategy::Dfs, Strategy::Random { seed: 1 }, Strategy::Pct { seed: 1, depth: 3 }] {
        let report = Checker::new().strategy(strategy).executions_max(400).explore(program);
        assert!(values(&report).is_subset(&all()), "{report}");
    }
    let report = Checker::new().strategy(Strategy::Random { seed: 1 }).executions_max(400).explore(program);
    assert!(values(&report).len() > 4, "{report}");
}

#[test]
fn shuttle_draws_of_it() {
    let report = Checker::new().backend(Backend::Shuttle).explore(program);
    let seen = values(&report);
    assert!(seen.is_subset(&all()) && seen.len() > 2, "{seen:?}");
}

#[test]
fn a_real_run_is_one_of_it() {
    let report = Checker::new().backend(Backend::Real).executions_max(20).explore(program);
    assert!(values(&report).is_subset(&all()), "{report}");
}

#[test]
fn loom_says_what_it_cannot() {
    let report = Checker::new().backend(Backend::Loom).explore(program);
    assert_eq!(report.verdict(), Verdict::Skip, "{report}");
    let Some(Incomplete::Unsupported(why)) = report.incomplete() else { panic!("{report}") };
    assert!(why.contains("short_reads_max(0)") || why.contains("more than 5 tasks"), "{why}");
    let alone = || task::block_on(async { TcpListener::bind("127.0.0.1:0").await.is_ok() });
    let report = Checker::new().backend(Backend::Loom).explore(alone);
    assert_eq!(values(&report), BTreeSet::from([true]), "{report}");
}
