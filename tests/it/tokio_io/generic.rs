//! What is tokio's own works on streams that are announced: copying, buffers, lines, a `select!` that drops a read.

use crate::tokio_sync::{comes_to, on_loop, on_threads};
use conccheck::tokio::io::{
    AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter, DuplexStream, copy,
    copy_bidirectional, duplex, empty, join, repeat, sink,
};
use conccheck::tokio::{select, sync::oneshot};
use conccheck::{Checker, Verdict, task, thread};

#[test]
fn a_proxy_copies_both_directions_to_their_ends() {
    comes_to([(b"ping".to_vec(), (4, 4))], || {
        on_loop(async {
            let ((mut client, mut outside), (mut inside, mut server)) = (duplex(2), duplex(2));
            let proxy =
                task::spawn(async move { copy_bidirectional(&mut outside, &mut inside).await.unwrap() });
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
            (answer, proxy.await.unwrap())
        })
    });
}

#[test]
fn lines_are_read_through_a_buffer() {
    comes_to([vec!["one".to_string(), "two".to_string()]], || {
        on_threads(async {
            let (near, far) = duplex(3);
            let writing = task::spawn(async move {
                let mut near = BufWriter::new(near);
                near.write_all(b"one\r\ntwo").await.unwrap();
                near.flush().await.unwrap();
            });
            let mut lines = BufReader::new(far).lines();
            let mut read = Vec::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                read.push(line);
            }
            writing.await.unwrap();
            read
        })
    });
    // What is in the buffer only is not sent.
    let report = Checker::new().explore(|| {
        on_loop(async {
            let (near, mut far) = duplex(8);
            let mut near = BufWriter::new(near);
            near.write_all(b"ping").await.unwrap();
            far.read_exact(&mut [0; 4]).await.unwrap();
        });
    });
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
}

#[test]
fn readers_and_writers_that_are_no_streams_are_tokios() {
    comes_to([(0, 5, b"aaa".to_vec())], || {
        on_loop(async {
            let nothing = copy(&mut empty(), &mut sink()).await.unwrap();
            let mut taken = Vec::new();
            repeat(b'a').take(3).read_to_end(&mut taken).await.unwrap();
            let mut both = join(&b"hello"[..], sink());
            let mut read = [0; 5];
            both.read_exact(&mut read).await.unwrap();
            both.write_all(&read).await.unwrap();
            (nothing, read.len(), taken)
        })
    });
}

/// Reads two bytes, or is told to stop, and reads what is left then: how many bytes it has got.
async fn read_exact(stop: oneshot::Receiver<()>, mut far: DuplexStream) -> usize {
    let mut buffer = [0; 2];
    select! {
        _ = stop => far.read_to_end(&mut Vec::new()).await.unwrap(),
        read = far.read_exact(&mut buffer) => read.unwrap(),
    }
}

/// The same, but remembers what it has.
async fn read(mut stop: oneshot::Receiver<()>, mut far: DuplexStream) -> usize {
    let (mut buffer, mut filled) = ([0; 2], 0);
    while filled < 2 {
        select! {
            _ = &mut stop => return filled + far.read_to_end(&mut Vec::new()).await.unwrap(),
            read = far.read(&mut buffer[filled..]) => filled += read.unwrap(),
        }
    }
    filled
}

/// What a reader gets that may be told to stop.
fn gets<F>(read: fn(oneshot::Receiver<()>, DuplexStream) -> F) -> Vec<usize>
where
    F: Future<Output = usize> + 'static,
{
    let report = Checker::new().explore(move || {
        on_loop(async {
            let (mut near, far) = duplex(1);
            let (stopper, stop) = oneshot::channel();
            let writing = task::spawn(async move { near.write_all(b"ab").await.unwrap() });
            let stopping = thread::spawn(move || stopper.send(()).unwrap_or(()));
            let got = read(stop, far).await;
            stopping.join().unwrap();
            writing.await.unwrap();
            got
        })
    });
    assert!(report.is_complete(), "{report}");
    crate::policy::values(&report).into_iter().collect()
}

#[test]
fn read_exact_in_a_select_loses_what_it_has_read_where_read_does_not() {
    assert_eq!(gets(read), [2]);
    assert_eq!(gets(read_exact), [1, 2]);
}
