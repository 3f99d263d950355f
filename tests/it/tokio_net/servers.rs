//! Programs as people write them: servers, a proxy, a deadline.

use super::{assert_is_whole, comes_to, connected};
use crate::policy::values;
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional};
use conccheck::tokio::net::{TcpListener, TcpStream};
use conccheck::tokio::select;
use conccheck::tokio::sync::{mpsc, oneshot};
use conccheck::tokio::time::{Duration, timeout};
use conccheck::{Checker, Strategy, Verdict, task, thread};
use std::collections::BTreeSet;

#[test]
fn an_echo_server_sends_back_what_it_got() {
    comes_to([b"ping".to_vec()], || {
        task::block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = task::spawn(async move {
                let (mut socket, _) = listener.accept().await.unwrap();
                let (mut reader, mut writer) = socket.split();
                copy(&mut reader, &mut writer).await.unwrap();
            });
            let mut client = TcpStream::connect(address).await.unwrap();
            client.write_all(b"ping").await.unwrap();
            client.shutdown().await.unwrap();
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).await.unwrap();
            server.await.unwrap();
            answer
        })
    });
}

/// Accepts until it is told to stop. The broken one leaves those whom it serves where they are.
async fn serve(listener: TcpListener, mut stop: oneshot::Receiver<()>, is_broken: bool) {
    let (working, mut worked) = mpsc::channel::<()>(1);
    loop {
        select! {
            biased;
            _ = &mut stop => break,
            accepted = listener.accept() => {
                let (mut socket, _) = accepted.unwrap();
                let working = working.clone();
                let serving = task::spawn(async move {
                    let request = socket.read_u8().await;
                    if let Ok(request) = request {
                        _ = socket.write_u8(request + 1).await;
                    }
                    drop(working);
                });
                if is_broken {
                    serving.abort();
                }
            }
        }
    }
    drop((listener, working));
    _ = worked.recv().await;
}

/// What a client hears of a server that is told to stop; `None` if it could not connect.
fn graceful(is_broken: bool) -> BTreeSet<Option<Result<u8, ()>>> {
    let report = Checker::new().explore(move || {
        task::block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let (stopper, stop) = oneshot::channel();
            let server = task::spawn(serve(listener, stop, is_broken));
            let client = task::spawn(async move {
                let mut socket = TcpStream::connect(address).await.ok()?;
                _ = socket.write_u8(1).await;
                Some(socket.read_u8().await.map_err(drop))
            });
            let stopping = thread::spawn(move || _ = stopper.send(()));
            let answer = client.await.unwrap();
            server.await.unwrap();
            stopping.join().unwrap();
            answer
        })
    });
    assert_is_whole(&report);
    values(&report)
}

#[test]
fn a_server_that_stops_serves_whom_it_has_accepted() {
    // Who was not accepted is reset.
    assert_eq!(graceful(false), BTreeSet::from([None, Some(Err(())), Some(Ok(2))]));
    // One that gives up whom it has just accepted never answers.
    assert_eq!(graceful(true), BTreeSet::from([None, Some(Err(()))]));
}

#[test]
fn a_proxy_copies_both_directions_to_their_ends() {
    let program = || {
        task::block_on(async {
            let (mut client, mut outside) = connected().await;
            let (mut inside, mut server) = connected().await;
            let proxy =
                task::spawn(async move { copy_bidirectional(&mut outside, &mut inside).await.unwrap() });
            let echo = task::spawn(async move {
                let mut read = Vec::new();
                server.read_to_end(&mut read).await.unwrap();
                server.write_all(&read).await.unwrap();
            });
            client.write_all(b"a").await.unwrap();
            client.shutdown().await.unwrap();
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).await.unwrap();
            echo.await.unwrap();
            (answer, proxy.await.unwrap())
        })
    };
    // All of it is too much for a test.
    let report = Checker::new().strategy(Strategy::Random { seed: 1 }).executions_max(200).explore(program);
    assert_eq!(values(&report), BTreeSet::from([(b"a".to_vec(), (1, 1))]), "{report}");
    assert_eq!(program(), (b"a".to_vec(), (1, 1)));
}

/// What a reader gets of two bytes that is told to stop on its way, and reads the rest then.
fn gets<F>(read: fn(oneshot::Receiver<()>, TcpStream) -> F) -> BTreeSet<usize>
where
    F: Future<Output = usize> + 'static,
{
    let report = Checker::new().explore(move || {
        task::block_on(async {
            let (mut client, server) = connected().await;
            let (stopper, stop) = oneshot::channel();
            let reading = task::spawn_local(read(stop, server));
            client.write_all(b"ab").await.unwrap();
            drop(client);
            conccheck::tokio::task::yield_now().await;
            _ = stopper.send(());
            reading.await.unwrap()
        })
    });
    assert_is_whole(&report);
    values(&report)
}

#[test]
fn read_exact_in_a_select_loses_what_it_has_read_where_read_does_not() {
    async fn exactly(stop: oneshot::Receiver<()>, mut socket: TcpStream) -> usize {
        let mut buffer = [0; 2];
        select! {
            _ = stop => socket.read_to_end(&mut Vec::new()).await.unwrap(),
            read = socket.read_exact(&mut buffer) => read.unwrap(),
        }
    }
    let unsafe_one = gets(exactly);
    assert_eq!(unsafe_one, BTreeSet::from([1, 2]));
    async fn remembering(mut stop: oneshot::Receiver<()>, mut socket: TcpStream) -> usize {
        let (mut buffer, mut filled) = ([0; 2], 0);
        while filled < 2 {
            select! {
                _ = &mut stop => return filled + socket.read_to_end(&mut Vec::new()).await.unwrap(),
                read = socket.read(&mut buffer[filled..]) => filled += read.unwrap(),
            }
        }
        filled
    }
    let safe_one = gets(remembering);
    assert_eq!(safe_one, BTreeSet::from([2]));
}

#[test]
fn an_answer_may_come_after_its_deadline() {
    let program = || {
        task::block_on(async {
            let (mut client, mut server) = connected().await;
            server.write_u8(1).await.unwrap();
            let answer = timeout(Duration::from_secs(1), client.read_u8()).await;
            answer.is_ok()
        })
    };
    let report = Checker::new().explore(program);
    assert_eq!(values(&report), BTreeSet::from([false, true]), "{report}");
    assert_is_whole(&report);
}

#[test]
fn what_is_sent_is_not_there_at_once() {
    // The other end hears by other means that it was sent.
    let program = |waits: bool| {
        move || {
            task::block_on(async move {
                let (client, mut server) = connected().await;
                server.write_all(b"x").await.unwrap();
                if waits {
                    client.readable().await.unwrap();
                }
                client.try_read(&mut [0; 1]).unwrap()
            })
        }
    };
    assert_eq!(Checker::new().explore(program(false)).verdict(), Verdict::Fail);
    assert_eq!(Checker::new().explore(program(true)).verdict(), Verdict::Pass);
}
