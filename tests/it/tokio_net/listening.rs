//! Who listens, who connects, and in which order.

use super::{comes_to, connected};
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, ErrorKind};
use conccheck::tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use conccheck::tokio::time::{Duration, timeout};
use conccheck::{Checker, Incomplete, Verdict, task};

#[test]
fn to_connect_before_somebody_listens_is_refused() {
    // A port that nobody else has taken, for real: one that was just given back.
    comes_to([Err(ErrorKind::ConnectionRefused), Ok(())], || {
        task::Runtime::multi_thread(2).block_on(async {
            let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
            let listening = task::spawn(async move { TcpListener::bind(address).await.unwrap() });
            let client = TcpStream::connect(address).await;
            let listener = listening.await.unwrap();
            drop(listener);
            client.map(drop).map_err(|error| error.kind())
        })
    });
}

#[test]
fn an_address_is_taken_once() {
    comes_to([(ErrorKind::AddrInUse, true)], || {
        task::block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let error = TcpListener::bind(address).await.unwrap_err().kind();
            drop(listener);
            (error, TcpListener::bind(address).await.is_ok())
        })
    });
}

#[test]
fn the_two_ends_know_each_other() {
    comes_to([true], || {
        task::block_on(async {
            let (client, server) = connected().await;
            client.local_addr().unwrap() == server.peer_addr().unwrap()
                && client.peer_addr().unwrap() == server.local_addr().unwrap()
                && client.local_addr().unwrap().ip().is_loopback()
        })
    });
}

#[test]
fn ports_are_the_same_in_each_execution() {
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let [one, other] = [TcpListener::bind("[::1]:0").await, TcpListener::bind("0.0.0.0:0").await];
            [one, other].map(|listener| listener.unwrap().local_addr().unwrap().to_string())
        })
    });
    let outcomes: Vec<_> = report.outcomes().map(ToString::to_string).collect();
    assert_eq!(outcomes, [r#"["[::1]:40000", "0.0.0.0:40001"]"#]);
}

#[test]
fn who_connects_first_is_accepted_first() {
    comes_to([*b"ab", *b"ba"], || {
        task::Runtime::multi_thread(2).block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let clients = [b'a', b'b'].map(|name| {
                task::spawn(async move {
                    let mut client = TcpStream::connect(address).await.unwrap();
                    client.write_u8(name).await.unwrap();
                })
            });
            let mut names = [0; 2];
            for name in &mut names {
                *name = listener.accept().await.unwrap().0.read_u8().await.unwrap();
            }
            for client in clients {
                client.await.unwrap();
            }
            names
        })
    });
}

#[test]
fn who_is_not_accepted_is_reset_with_the_listener() {
    comes_to([Err(ErrorKind::ConnectionReset)], || {
        task::block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            drop(listener);
            client.read_u8().await.map_err(|error| error.kind())
        })
    });
}

#[test]
fn to_connect_takes_time() {
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let connecting = TcpStream::connect(listener.local_addr().unwrap());
            timeout(Duration::from_secs(1), connecting).await.is_ok()
        })
    });
    let outcomes: Vec<_> = report.outcomes().map(ToString::to_string).collect();
    assert_eq!(outcomes, ["false", "true"], "{report}");
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
}

#[test]
fn a_socket_is_bound_and_then_listens_or_connects() {
    comes_to([true], || {
        task::block_on(async {
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_reuseaddr(true).unwrap();
            socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let listener = socket.listen(8).unwrap();
            let address = listener.local_addr().unwrap();
            let connecting = TcpSocket::new_v4().unwrap().connect(address);
            let (client, (server, from)) =
                conccheck::tokio::try_join!(connecting, listener.accept()).unwrap();
            client.set_nodelay(true).unwrap();
            client.nodelay().unwrap() && server.peer_addr().unwrap() == from
        })
    });
}

#[test]
fn names_are_looked_up() {
    let found = task::block_on(async {
        let one: Vec<_> = lookup_host("127.0.0.1:80").await.unwrap().collect();
        let other: Vec<_> = lookup_host(("127.0.0.1", 80)).await.unwrap().collect();
        one == other
    });
    assert!(found);
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let found = lookup_host("localhost:80").await.unwrap().collect::<Vec<_>>();
            let invalid = lookup_host("localhost").await.map(drop).unwrap_err().kind();
            (found, invalid)
        })
    });
    let outcomes: Vec<_> = report.outcomes().map(ToString::to_string).collect();
    assert_eq!(outcomes, ["([127.0.0.1:80], InvalidInput)"]);
}

#[test]
fn what_is_not_of_this_machine_is_refused() {
    for (address, what) in [
        ("example.com:80", "the look-up of the host \"example.com\""),
        ("192.0.2.1:80", "a connection to 192.0.2.1:80, which is not of this machine"),
    ] {
        let report = Checker::new()
            .explore(move || task::block_on(async { TcpStream::connect(address).await.is_ok() }));
        assert_eq!(report.verdict(), Verdict::Skip, "{report}");
        let Some(Incomplete::Unsupported(why)) = report.incomplete() else { panic!("{report}") };
        assert!(why.contains(what), "{why}");
    }
    let report = Checker::new().explore(|| {
        task::block_on(async { TcpListener::bind("192.0.2.1:80").await.map(drop).unwrap_err().kind() })
    });
    assert_eq!(report.outcomes().map(ToString::to_string).collect::<Vec<_>>(), ["AddrNotAvailable"]);
}
