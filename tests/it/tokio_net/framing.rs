//! A stream has no messages: who takes what a read brings for one is caught.

use super::{comes_to, connected};
use conccheck::tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use conccheck::tokio::net::TcpStream;
use conccheck::{Checker, Outcome, Verdict, task};

/// What is wrong with a way to receive two messages of three and two bytes, each behind a byte that says its length.
fn verdict<F>(receive: fn(TcpStream) -> F) -> Verdict
where
    F: Future<Output = Vec<Vec<u8>>> + 'static,
{
    let report = Checker::new().explore(move || {
        task::block_on(async {
            let (mut client, server) = connected().await;
            let receiving = task::spawn_local(receive(server));
            client.write_all(b"\x03one").await.unwrap();
            client.write_all(b"\x02ab").await.unwrap();
            drop(client);
            receiving.await.unwrap()
        })
    });
    report.verdict_against(&vec![b"one".to_vec(), b"ab".to_vec()])
}

#[test]
fn a_message_is_read_whole_by_who_reads_so_many_bytes() {
    async fn receive(mut socket: TcpStream) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        while let Ok(length) = socket.read_u8().await {
            let mut message = vec![0; usize::from(length)];
            socket.read_exact(&mut message).await.unwrap();
            messages.push(message);
        }
        messages
    }
    let right = verdict(receive);
    assert_eq!(right, Verdict::Bounded);
}

#[test]
fn one_read_is_not_one_message() {
    async fn receive(mut socket: TcpStream) -> Vec<Vec<u8>> {
        let (mut messages, mut buffer) = (Vec::new(), [0; 16]);
        loop {
            match socket.read(&mut buffer).await.unwrap() {
                0 => return messages,
                count => messages.push(buffer[1..count].to_vec()),
            }
        }
    }
    let broken = verdict(receive);
    assert_eq!(broken, Verdict::Fail);
}

#[test]
fn a_body_may_come_in_pieces() {
    async fn receive(mut socket: TcpStream) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        while let Ok(length) = socket.read_u8().await {
            let mut message = vec![0; usize::from(length)];
            let count = socket.read(&mut message).await.unwrap();
            message.truncate(count);
            messages.push(message);
        }
        messages
    }
    let broken = verdict(receive);
    assert_eq!(broken, Verdict::Fail);
}

/// The lines that a reader finds in two writes, which it takes apart by itself.
fn lines(splits_end: bool) -> Verdict {
    let report = Checker::new().explore(move || {
        task::block_on(async {
            let (mut client, mut server) = connected().await;
            let receiving = task::spawn_local(async move {
                let (mut lines, mut line, mut buffer) = (Vec::new(), Vec::new(), [0; 16]);
                loop {
                    let count = server.read(&mut buffer).await.unwrap();
                    if count == 0 {
                        return lines;
                    }
                    line.extend(&buffer[..count]);
                    // The broken one looks for the end of a line in what one read brought.
                    let looked_at = if splits_end { &line[..] } else { &buffer[..count] };
                    if looked_at.ends_with(b"\r\n") {
                        line.truncate(line.len() - 2);
                        lines.push(std::mem::take(&mut line));
                    }
                }
            });
            client.write_all(b"hello\r\n").await.unwrap();
            drop(client);
            receiving.await.unwrap()
        })
    });
    report.verdict_against(&vec![b"hello".to_vec()])
}

#[test]
fn the_end_of_a_line_may_be_cut_in_two() {
    assert_eq!(lines(true), Verdict::Bounded);
    assert_eq!(lines(false), Verdict::Fail);
}

#[test]
fn lines_through_a_buffer_are_whole() {
    comes_to([vec!["one".to_string(), "two".to_string()]], || {
        task::block_on(async {
            let (mut client, server) = connected().await;
            let receiving = task::spawn_local(async move {
                let (mut lines, mut read) = (BufReader::new(server).lines(), Vec::new());
                while let Some(line) = lines.next_line().await.unwrap() {
                    read.push(line);
                }
                read
            });
            client.write_all(b"one\ntwo\n").await.unwrap();
            drop(client);
            receiving.await.unwrap()
        })
    });
}

#[test]
fn a_write_may_take_less_than_it_is_given_if_that_is_asked_for() {
    let program = |is_broken: bool| {
        move || {
            task::block_on(async {
                let (mut client, mut server) = connected().await;
                if is_broken {
                    _ = client.write(b"ping").await.unwrap();
                } else {
                    client.write_all(b"ping").await.unwrap();
                }
                drop(client);
                let mut read = Vec::new();
                server.read_to_end(&mut read).await.unwrap();
                read
            })
        }
    };
    let checker = Checker::new().short_reads_max(8);
    let outcomes = |checker: &Checker, is_broken| {
        let report = checker.explore(program(is_broken));
        report.outcomes().cloned().collect::<Vec<_>>()
    };
    let [whole, first] = [b"ping".to_vec(), b"p".to_vec()].map(Outcome::Returned);
    assert_eq!(outcomes(&checker, true), std::slice::from_ref(&whole));
    let checker = checker.short_writes_max(1);
    assert_eq!(outcomes(&checker, true), [first, whole.clone()]);
    assert_eq!(outcomes(&checker, false), [whole]);
}
