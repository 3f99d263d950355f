//! How a connection ends: by its halves, with something unread, with nobody there.

use super::{assert_is_whole, comes_to, connected};
use crate::policy::values;
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, ErrorKind};
use conccheck::tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use conccheck::tokio::task::yield_now;
use conccheck::tokio::time::{Duration, sleep};
use conccheck::{Checker, Verdict, task};
use std::collections::BTreeSet;

#[test]
fn a_half_that_is_shut_down_leaves_the_other_open() {
    comes_to([b"ping".to_vec()], || {
        task::block_on(async {
            let (mut client, mut server) = connected().await;
            let echo = task::spawn(async move {
                let mut read = Vec::new();
                server.read_to_end(&mut read).await.unwrap();
                server.write_all(&read).await.unwrap();
            });
            client.write_all(b"ping").await.unwrap();
            client.shutdown().await.unwrap();
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).await.unwrap();
            echo.await.unwrap();
            answer
        })
    });
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let (mut client, mut server) = connected().await;
            let echo = task::spawn(async move {
                let mut read = Vec::new();
                server.read_to_end(&mut read).await.unwrap();
                server.write_all(&read).await.unwrap();
            });
            client.write_all(b"ping").await.unwrap();
            client.read_to_end(&mut Vec::new()).await.unwrap();
            echo.await.unwrap();
        });
    });
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
}

#[test]
fn the_half_that_writes_shuts_its_direction_down_where_it_is_dropped() {
    comes_to([b"ping".to_vec()], || {
        task::block_on(async {
            let (client, mut server) = connected().await;
            let (mut reader, mut writer): (OwnedReadHalf, OwnedWriteHalf) = client.into_split();
            writer.write_all(b"ping").await.unwrap();
            drop(writer);
            let mut read = Vec::new();
            server.read_to_end(&mut read).await.unwrap();
            server.write_all(&read).await.unwrap();
            drop(server);
            let mut answer = Vec::new();
            reader.read_to_end(&mut answer).await.unwrap();
            answer
        })
    });
    // One that is forgotten does not.
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let (client, mut server) = connected().await;
            let (_reader, writer) = client.into_split();
            writer.forget();
            server.read_to_end(&mut Vec::new()).await.unwrap();
        });
    });
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
}

#[test]
fn halves_are_one_again() {
    comes_to([true], || {
        task::block_on(async {
            let ((client, mut server), (other, _server)) = (connected().await, connected().await);
            let (reader, writer) = client.into_split();
            let (strange, _writer) = other.into_split();
            let error = strange.reunite(writer).unwrap_err();
            let mut client = reader.reunite(error.1).unwrap();
            client.write_all(b"x").await.unwrap();
            drop(client);
            server.read_u8().await.unwrap() == b'x' && server.read_u8().await.is_err()
        })
    });
}

#[test]
fn who_closes_with_something_unread_resets() {
    // What has not arrived yet is answered by a reset too.
    let program = || {
        task::block_on(async {
            let (mut client, server) = connected().await;
            client.write_all(b"x").await.unwrap();
            drop(server);
            let mut read = [0; 4];
            let first = client.read(&mut read).await.map_err(|error| error.kind());
            let second = client.read(&mut read).await.map_err(|error| error.kind());
            (first, second)
        })
    };
    // The server closes before the byte has arrived, and its end comes first; or after.
    comes_to([(Err(ErrorKind::ConnectionReset), Ok(0)), (Ok(0), Ok(0))], program);
}

#[test]
fn to_shut_down_what_is_reset_is_no_error() {
    // Whether the reset has arrived by then or not.
    comes_to([true], || {
        task::block_on(async {
            let (mut client, server) = connected().await;
            client.write_all(b"x").await.unwrap();
            drop(server);
            yield_now().await;
            client.shutdown().await.is_ok() && client.shutdown().await.is_ok()
        })
    });
}

#[test]
fn a_reset_that_nobody_has_asked_for_can_be_taken() {
    let program = || {
        task::block_on(async {
            let (mut client, server) = connected().await;
            client.write_all(b"x").await.unwrap();
            drop(server);
            sleep(Duration::from_millis(20)).await;
            client.take_error().unwrap().map(|error| error.kind())
        })
    };
    // It has not come yet; or the end came before it, where the server had not got the byte when it closed.
    let kinds = [None, Some(ErrorKind::ConnectionReset), Some(ErrorKind::BrokenPipe)];
    assert!(kinds.contains(&program()));
    let report = Checker::new().explore(program);
    assert_eq!(values(&report), BTreeSet::from(kinds), "{report}");
}

#[test]
fn what_was_set_is_kept_by_the_halves() {
    comes_to([true], || {
        task::block_on(async {
            let (client, _server) = connected().await;
            client.set_nodelay(true).unwrap();
            let (reader, writer) = client.into_split();
            reader.reunite(writer).unwrap().nodelay().unwrap()
        })
    });
}

#[test]
fn what_was_sent_before_the_end_is_read_first() {
    let bye = || Ok(b"bye".to_vec());
    comes_to([(bye(), Ok(())), (bye(), Err(ErrorKind::BrokenPipe))], || {
        task::block_on(async {
            let (mut client, mut server) = connected().await;
            server.write_all(b"bye").await.unwrap();
            drop(server);
            let mut read = Vec::new();
            let read = client.read_to_end(&mut read).await.map(|_| read).map_err(|error| error.kind());
            // The first write finds nobody, which the answer tells, whenever that arrives.
            client.write_all(b"x").await.unwrap();
            yield_now().await;
            (read, client.write_all(b"x").await.map_err(|error| error.kind()))
        })
    });
}

#[test]
fn halves_that_others_drop_close_the_end_together() {
    comes_to([()], || {
        task::Runtime::multi_thread(2).block_on(async {
            let (client, mut server) = connected().await;
            let (reader, writer) = client.into_split();
            let one = task::spawn(async move { drop(reader) });
            let other = task::spawn(async move { drop(writer) });
            assert_eq!(server.read(&mut [0; 4]).await.unwrap(), 0);
            one.await.unwrap();
            other.await.unwrap();
        });
    });
}

#[test]
fn a_connection_breaks_only_if_that_is_asked_for() {
    let program = || {
        task::block_on(async {
            let (mut client, mut server) = connected().await;
            let sent = client.write_all(b"ab").await.map_err(|error| error.kind());
            let mut read = Vec::new();
            drop(client);
            let end = server.read_to_end(&mut read).await.map_err(|error| error.kind());
            (sent, read.len(), end.map(drop))
        })
    };
    let checker = Checker::new().short_reads_max(0);
    let report = checker.explore(program);
    assert_eq!(values(&report), BTreeSet::from([(Ok(()), 2, Ok(()))]), "{report}");
    let report = checker.disconnections_max(1).explore(program);
    let reset = Err(ErrorKind::ConnectionReset);
    let expected = [(Ok(()), 0, reset), (Ok(()), 1, reset), (Ok(()), 2, Ok(()))];
    assert_eq!(values(&report), BTreeSet::from(expected), "{report}");
    assert_is_whole(&report);
}

#[test]
fn who_has_no_room_waits_for_the_reader() {
    const MANY: usize = 65 * 1024;
    let program = |reads: bool| {
        move || {
            task::block_on(async move {
                let (mut client, mut server) = connected().await;
                let writing = task::spawn(async move { client.write_all(&[0; MANY]).await.unwrap() });
                let mut read = Vec::new();
                if reads {
                    server.read_to_end(&mut read).await.unwrap();
                }
                writing.await.unwrap();
                read.len()
            })
        }
    };
    let checker = Checker::new().short_reads_max(0);
    let report = checker.explore(program(true));
    assert_eq!(values(&report), BTreeSet::from([MANY]), "{report}");
    assert_eq!(checker.explore(program(false)).verdict(), Verdict::Hang);
}
