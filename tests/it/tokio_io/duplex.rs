//! A pair of streams in memory.

use crate::tokio_sync::{comes_to, hangs, on_loop, on_threads};
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ErrorKind, duplex};
use conccheck::{Checker, Verdict, task};

/// A length of one byte, and as many bytes.
async fn send(stream: &mut DuplexStream, message: &[u8]) {
    stream.write_u8(message.len() as u8).await.unwrap();
    stream.write_all(message).await.unwrap();
}

#[test]
fn what_is_written_is_read_in_order_and_then_the_end() {
    comes_to([b"pingpong".to_vec()], || {
        on_threads(async {
            let (mut near, mut far) = duplex(4);
            let writing = task::spawn(async move {
                near.write_all(b"ping").await.unwrap();
                near.write_all(b"pong").await.unwrap();
            });
            let mut read = Vec::new();
            far.read_to_end(&mut read).await.unwrap();
            writing.await.unwrap();
            read
        })
    });
}

#[test]
fn a_read_brings_what_is_there() {
    // One after the other, or both at once.
    comes_to([1, 2], || {
        on_threads(async {
            let (mut near, mut far) = duplex(4);
            let writing = task::spawn(async move {
                near.write_all(b"a").await.unwrap();
                near.write_all(b"b").await.unwrap();
                near
            });
            let count = far.read(&mut [0; 4]).await.unwrap();
            writing.await.unwrap();
            count
        })
    });
}

#[test]
fn a_message_is_read_by_its_length_and_not_by_one_read() {
    comes_to([b"ping".to_vec()], || {
        on_threads(async {
            let (mut near, mut far) = duplex(3);
            let sending = task::spawn(async move { send(&mut near, b"ping").await });
            let mut message = vec![0; usize::from(far.read_u8().await.unwrap())];
            far.read_exact(&mut message).await.unwrap();
            sending.await.unwrap();
            message
        })
    });
    let broken = || {
        on_threads(async {
            let (mut near, mut far) = duplex(3);
            let sending = task::spawn(async move { send(&mut near, b"ping").await });
            let mut message = vec![0; usize::from(far.read_u8().await.unwrap())];
            let count = far.read(&mut message).await.unwrap();
            let is_whole = count == message.len();
            drop(far);
            _ = sending.await;
            assert!(is_whole, "the message is cut off");
        });
    };
    let report = Checker::new().explore(broken);
    assert_eq!(report.verdict(), Verdict::Fail, "{report}");
}

#[test]
fn who_writes_more_than_there_is_room_for_waits_for_the_reader() {
    // Both write before they read, and neither has room for all.
    let both_write = || {
        on_threads(async {
            let (near, far) = duplex(2);
            let talk = async |mut stream: DuplexStream| {
                stream.write_all(b"hello").await.unwrap();
                stream.read_exact(&mut [0; 5]).await.unwrap();
            };
            let other = task::spawn(talk(far));
            talk(near).await;
            other.await.unwrap();
        });
    };
    let report = Checker::new().explore(both_write);
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
    comes_to([()], || {
        on_threads(async {
            let (near, far) = duplex(8);
            let talk = async |mut stream: DuplexStream| {
                stream.write_all(b"hello").await.unwrap();
                stream.read_exact(&mut [0; 5]).await.unwrap();
            };
            let other = task::spawn(talk(far));
            talk(near).await;
            other.await.unwrap();
        })
    });
}

#[test]
fn who_writes_to_nobody_hears_of_it() {
    comes_to([Err(ErrorKind::BrokenPipe), Ok(())], || {
        on_threads(async {
            let (mut near, far) = duplex(8);
            let dropping = task::spawn(async move { drop(far) });
            let written = near.write_all(b"x").await.map_err(|error| error.kind());
            dropping.await.unwrap();
            assert_eq!(near.write_all(b"x").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
            written
        })
    });
}

#[test]
fn a_direction_that_is_shut_down_leaves_the_other_open() {
    comes_to([b"ping".to_vec()], || {
        on_threads(async {
            let (mut near, mut far) = duplex(8);
            let echo = task::spawn(async move {
                let mut read = Vec::new();
                far.read_to_end(&mut read).await.unwrap();
                far.write_all(&read).await.unwrap();
            });
            near.write_all(b"ping").await.unwrap();
            near.shutdown().await.unwrap();
            let mut answer = Vec::new();
            near.read_to_end(&mut answer).await.unwrap();
            echo.await.unwrap();
            answer
        })
    });
    // Without it, each waits for the other to be done.
    let report = Checker::new().explore(|| {
        on_threads(async {
            let (mut near, mut far) = duplex(8);
            let echo = task::spawn(async move {
                let mut read = Vec::new();
                far.read_to_end(&mut read).await.unwrap();
                far.write_all(&read).await.unwrap();
            });
            near.write_all(b"ping").await.unwrap();
            near.read_to_end(&mut Vec::new()).await.unwrap();
            echo.await.unwrap();
        });
    });
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
}

#[test]
fn a_reader_that_nobody_writes_to_hangs() {
    let outcomes = hangs(|| {
        on_loop(async {
            let (_near, mut far) = duplex(8);
            far.read_u8().await.unwrap()
        })
    });
    assert!(outcomes.is_empty(), "{outcomes:?}");
}

#[test]
fn the_pipes_of_the_two_directions_are_two() {
    // Each writes to its own: that makes no order more than there is without.
    let executions = |writes: bool| {
        let report = Checker::new().explore(move || {
            on_threads(async move {
                let (mut near, mut far) = duplex(8);
                let writing = task::spawn(async move {
                    if writes {
                        far.write_all(b"x").await.unwrap();
                    }
                    far
                });
                if writes {
                    near.write_all(b"x").await.unwrap();
                }
                drop((near, writing.await.unwrap()));
            });
        });
        assert_eq!(report.verdict(), Verdict::Pass, "{report}");
        report.executions()
    };
    assert_eq!(executions(true), executions(false));
}
