//! What is left out is said; what is refused says the way out.

use super::connected;
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt};
use conccheck::{Checker, Incomplete, Outcome, Verdict, task};

/// How many reads four bytes take.
fn reads() -> usize {
    task::block_on(async {
        let (mut client, mut server) = connected().await;
        client.write_all(b"ping").await.unwrap();
        let (mut count, mut filled) = (0, 0);
        while filled < 4 {
            filled += server.read(&mut [0; 4][filled..]).await.unwrap();
            count += 1;
        }
        count
    })
}

#[test]
fn how_many_reads_are_short_is_bounded_and_said() {
    for (short_reads_max, most, is_whole) in
        [(0, 1, false), (1, 2, false), (2, 3, false), (3, 4, true), (9, 4, true)]
    {
        let report = Checker::new().short_reads_max(short_reads_max).explore(reads);
        let counts: Vec<_> = report.outcomes().cloned().collect();
        let expected: Vec<_> = (1..=most).map(Outcome::Returned).collect();
        assert_eq!(counts, expected, "{report}");
        let left_out = [Incomplete::ShortReadsMax(short_reads_max)];
        assert_eq!(report.incomplete_because(), if is_whole { &[][..] } else { &left_out }, "{report}");
        assert_eq!(report.verdict(), if is_whole { Verdict::Pass } else { Verdict::Bounded });
    }
}

#[test]
fn a_report_says_that_it_is_bounded() {
    let report = Checker::new().explore(reads);
    assert!(report.to_string().contains("at most 1 short read"), "{report}");
}

#[test]
fn a_short_read_is_replayed() {
    let report = Checker::new().short_reads_max(2).explore(reads);
    let seen = report.seen(&Outcome::Returned(3)).expect("it takes three reads");
    let schedule = seen.schedule.as_ref().expect("native keeps it");
    let (outcome, _) = Checker::new().replay(schedule, reads).unwrap();
    assert_eq!(outcome, Outcome::Returned(3));
}

#[test]
fn what_cannot_be_seen_is_refused() {
    let refusals: [fn(conccheck::tokio::net::TcpStream); 2] = [
        |socket| drop(socket.into_std()),
        |socket| drop(socket.try_io(conccheck::tokio::io::Interest::READABLE, || Ok(()))),
    ];
    for (refused, told) in refusals.into_iter().zip(["`into_std` of a TcpStream", "`try_io` of a TcpStream"])
    {
        let report = Checker::new().explore(move || {
            task::block_on(async { refused(connected().await.0) });
        });
        assert_eq!(report.verdict(), Verdict::Skip, "{report}");
        let Some(Incomplete::Unsupported(why)) = report.incomplete() else { panic!("{report}") };
        assert!(why.contains(told), "{why}");
    }
}
