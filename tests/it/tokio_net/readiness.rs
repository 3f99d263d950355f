//! What a socket is ready for is what the runtime knows of it, as with tokio, which may be out of date.

use super::{assert_is_whole, comes_to, connected};
use crate::policy::values;
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, ErrorKind, Interest};
use conccheck::tokio::net::TcpStream;
use conccheck::tokio::task::{spawn, yield_now};
use conccheck::tokio::time::{Duration, timeout};
use conccheck::{Checker, Verdict, task};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Reads two bytes by tries. The broken one takes it that what is readable can be read.
async fn read_two(socket: &TcpStream, is_broken: bool) -> usize {
    let (mut buffer, mut filled) = ([0; 2], 0);
    while filled < 2 {
        socket.readable().await.unwrap();
        match socket.try_read(&mut buffer[filled..]) {
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock && !is_broken => {}
            Err(error) => panic!("{error}"),
        }
    }
    filled
}

#[test]
fn what_is_readable_may_have_nothing_to_read() {
    let program = |is_broken| {
        move || {
            task::block_on(async move {
                let (mut client, server) = connected().await;
                let writing = spawn(async move {
                    client.write_all(b"a").await.unwrap();
                    yield_now().await;
                    client.write_all(b"b").await.unwrap();
                });
                let count = read_two(&server, is_broken).await;
                writing.await.unwrap();
                count
            })
        }
    };
    let report = Checker::new().explore(program(false));
    assert_eq!(values(&report), BTreeSet::from([2]), "{report}");
    assert_is_whole(&report);
    assert_eq!(Checker::new().explore(program(true)).verdict(), Verdict::Fail);
}

/// What is told of a socket of which all was read: by tries, or by polls.
#[test]
fn a_poll_that_gets_less_than_it_has_room_for_knows_that_nothing_is_left() {
    comes_to([(true, false, false)], || {
        task::block_on(async {
            let (mut client, mut server) = connected().await;
            let is_readable = async |socket: &TcpStream| {
                timeout(Duration::from_millis(20), socket.readable()).await.is_ok()
            };
            client.write_all(b"a").await.unwrap();
            while server.try_read(&mut [0; 4]).is_err() {
                server.readable().await.unwrap();
            }
            let after_try = is_readable(&server).await;
            // Whoever tries in vain finds out.
            assert_eq!(server.try_read(&mut [0; 4]).unwrap_err().kind(), ErrorKind::WouldBlock);
            let after_failure = is_readable(&server).await;
            client.write_all(b"b").await.unwrap();
            assert_eq!(server.read(&mut [0; 4]).await.unwrap(), 1);
            (after_try, after_failure, is_readable(&server).await)
        })
    });
}

#[test]
fn a_read_without_room_waits_until_something_is_there() {
    comes_to([(Err(ErrorKind::WouldBlock), false, Ok(0))], || {
        task::block_on(async {
            let (mut client, mut server) = connected().await;
            let before = server.try_read(&mut []).map_err(|error| error.kind());
            let in_time = timeout(Duration::from_millis(20), server.read(&mut [])).await.is_ok();
            client.write_all(b"a").await.unwrap();
            (before, in_time, server.read(&mut []).await.map_err(|error| error.kind()))
        })
    });
}

#[test]
fn all_who_await_to_peek_are_woken() {
    // The byte alone comes to each.
    comes_to([2], || {
        task::block_on(async {
            let (mut client, server) = connected().await;
            let server = Arc::new(server);
            let peeks = [(); 2].map(|()| {
                let server = server.clone();
                spawn(async move { server.peek(&mut [0; 4]).await.unwrap() })
            });
            yield_now().await;
            client.write_all(b"a").await.unwrap();
            let mut count = 0;
            for peek in peeks {
                count += peek.await.unwrap();
            }
            count
        })
    });
}

/// Whether a message of four bytes is there, and then it is read. The broken one takes what one look brings for all.
async fn sniff(socket: &mut TcpStream, is_broken: bool) -> [u8; 4] {
    let mut message = [0; 4];
    while socket.peek(&mut message).await.unwrap() < 4 && !is_broken {
        yield_now().await;
    }
    message
}

#[test]
fn a_peek_may_bring_less_than_was_sent() {
    let program = |is_broken| {
        move || {
            task::block_on(async move {
                let (mut client, mut server) = connected().await;
                client.write_all(b"ping").await.unwrap();
                assert_eq!(&sniff(&mut server, is_broken).await, b"ping");
                let mut message = [0; 4];
                server.read_exact(&mut message).await.unwrap();
                assert_eq!(&message, b"ping");
            })
        }
    };
    let report = Checker::new().explore(program(false));
    assert!(matches!(report.verdict(), Verdict::Pass | Verdict::Bounded), "{report}");
    assert_is_whole(&report);
    assert_eq!(Checker::new().explore(program(true)).verdict(), Verdict::Fail);
}

/// More than is ever on its way.
const MUCH: usize = 65 * 1024;

#[test]
fn all_who_await_room_are_woken() {
    let program = || {
        task::block_on(async {
            let (client, mut server) = connected().await;
            let client = Arc::new(client);
            while client.try_write(&[0; MUCH]).is_ok() {}
            let waits = [(); 2].map(|()| {
                let client = client.clone();
                spawn(async move { client.writable().await.unwrap() })
            });
            yield_now().await;
            let reading = spawn(async move { while server.read(&mut [0; MUCH]).await.unwrap() > 0 {} });
            for wait in waits {
                wait.await.unwrap();
            }
            drop(client);
            reading.await.unwrap();
        });
    };
    program();
    let report = Checker::new().short_reads_max(0).explore(program);
    assert!(matches!(report.verdict(), Verdict::Pass | Verdict::Bounded), "{report}");
}

#[test]
fn what_is_writable_may_have_no_room() {
    // Who gets rid of less than all knows no more than before, unless it polls.
    let program = || {
        task::block_on(async {
            let (client, _server) = connected().await;
            let written = client.try_write(&[0; MUCH]).unwrap();
            let is_writable = async || timeout(Duration::from_millis(20), client.writable()).await.is_ok();
            let before = is_writable().await;
            let full = client.try_write(&[0; MUCH]).map_err(|error| error.kind());
            (written < MUCH, before, full, is_writable().await)
        })
    };
    let report = Checker::new().explore(program);
    let expected = (true, true, Err(ErrorKind::WouldBlock), false);
    assert_eq!(values(&report), BTreeSet::from([expected]), "{report}");
}

#[test]
fn who_asks_for_either_is_told_of_either() {
    comes_to([(false, true)], || {
        task::block_on(async {
            let (client, _server) = connected().await;
            let ready = client.ready(Interest::READABLE | Interest::WRITABLE).await.unwrap();
            (ready.is_readable(), ready.is_writable())
        })
    });
}
